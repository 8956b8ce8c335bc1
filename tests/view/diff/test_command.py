"""The command: text always, a page unless it is not wanted, and what is left out is said."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from generator.errors import BuildError, Problem
from generator.view.diff import command
from tests.view.diff.builds import RULES, build

Review = Callable[..., Path]


@pytest.fixture
def review(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Review:
    """A review of two small builds, where there is no Node; the path of the page."""

    def no_node() -> str:
        raise BuildError([Problem("preview", "Node.js is not on the PATH", "install Node.js 20 or newer, with npm")])

    def reviewed(
        before: Mapping[str, str], after: Mapping[str, str], text: bool = False, page: str = "index.html"
    ) -> Path:
        monkeypatch.setattr(command, "committed", lambda revision, out: dict(before))
        monkeypatch.setattr(command, "described", lambda revision: revision)
        monkeypatch.setattr(command, "compiled", lambda platform: SimpleNamespace(texts=dict(after)))
        monkeypatch.setattr(command, "node", no_node)
        path = tmp_path / "review" / page
        given = argparse.Namespace(base="main", out=Path("out"), platform=Path("platform.yaml"), text=text, page=path)
        assert command.review(given) == 0
        return path

    return reviewed


def test_text_alone_writes_no_page(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    """Left out on purpose, it is not missed."""
    path = review(build(), build(RULES.replace("0.05", "0.02")), text=True)
    told = capsys.readouterr()
    assert told.out == "alert:\n  HighErrorRate (page) changed\n    threshold 0.05 → 0.02\n"
    assert told.err == ""
    assert not path.parent.exists()


def test_without_node_the_words_are_there_and_the_lack_is_one_line(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the terminal and in the page, which must not look as if nothing had changed."""
    path = review(build(), build(RULES.replace("0.05", "0.02")))
    told = capsys.readouterr()
    lack = "Node.js is not on the PATH; install Node.js 20 or newer, with npm."
    assert told.err == f"\nThe pictures are left out: {lack}\n"
    assert "threshold 0.05 → 0.02" in told.out
    assert f"No pictures: {lack}" in path.read_text(encoding="utf-8")


def test_where_nothing_drawn_changes_nothing_is_missed(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    """Another summary is no picture: neither Node nor Prometheus is asked for, and the page says so."""
    path = review(build(), build(RULES.replace("Requests fail.", "They fail.")))
    assert capsys.readouterr().err == ""
    assert "Nothing drawn changes" in path.read_text(encoding="utf-8")


def test_a_base_that_cannot_be_read_is_said_file_by_file(review: Review) -> None:
    """A broken dashboard and a rule without an expression: both at once, where they are."""
    broken = {**build("groups: [{rules: [{alert: Down}]}]"), "grafana/dashboards/overview.json": "{"}
    with pytest.raises(BuildError) as told:
        review(broken, build())
    assert sorted(problem.where for problem in told.value.problems) == [
        "main:out/grafana/dashboards/overview.json",
        "main:out/prometheus/rules/errors.yaml",
    ]


def test_a_base_whose_query_is_no_promql_is_compared(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    """Its text differs, and no more is known of it."""
    review(build(panel7="sum(("), build(RULES.replace("0.05", "0.02")), text=True)
    assert "query: sum(( → sum(rate(requests_total[$__rate_interval]))" in capsys.readouterr().out


def test_a_page_that_cannot_be_written_is_said(review: Review, tmp_path: Path) -> None:
    """Where a folder should be is a file."""
    (tmp_path / "review").write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match=r"it cannot be written .*make it writable, or name another with --page"):
        review(build(), build())
