"""The command prints text, writes a page unless `--text` is given, and reports what it skips."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from generator.errors import BuildError, Problem
from generator.view.diff import command
from tests.view.diff.builds import RULES, build

RunDiff = Callable[..., Path]


@pytest.fixture
def run_diff(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunDiff:
    """Runs the command on two builds, without Node.js; returns the path of the page."""

    def missing_node() -> str:
        raise BuildError([Problem("preview", "Node.js is not on the PATH", "install Node.js 20 or newer, with npm")])

    def run(before: Mapping[str, str], after: Mapping[str, str], text: bool = False) -> Path:
        monkeypatch.setattr(command, "committed_files", lambda revision, out: dict(before))
        monkeypatch.setattr(command, "describe_revision", lambda revision: revision)
        monkeypatch.setattr(command, "compiled", lambda platform: SimpleNamespace(texts=dict(after)))
        monkeypatch.setattr(command, "find_node", missing_node)
        page = tmp_path / "diff/index.html"
        arguments = argparse.Namespace(
            base="main", out=Path("out"), platform=Path("platform.yaml"), text=text, page=page
        )
        assert command.diff(arguments).status == 0
        return page

    return run


def test_text_alone_writes_no_page(run_diff: RunDiff, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor does it report the missing Node.js."""
    path = run_diff(build(), build(RULES.replace("0.05", "0.02")), text=True)
    output = capsys.readouterr()
    assert output.out.splitlines() == [
        "Alerts:",
        "  HighErrorRate (page) changed",
        "    threshold 0.05 → 0.02",
        "    affects 2 panels: Overview / Requests, Overview / Firing",
    ]
    assert output.err == ""
    assert not path.parent.exists()


def test_without_node_the_text_and_the_reason_are_there(run_diff: RunDiff, capsys: pytest.CaptureFixture[str]) -> None:
    """On the terminal and on the page, which must not look as if nothing had changed."""
    path = run_diff(build(), build(RULES.replace("0.05", "0.02")))
    output = capsys.readouterr()
    reason = "Node.js is not on the PATH; install Node.js 20 or newer, with npm."
    assert output.err == f"\nNo screenshots: {reason}\n"
    assert "threshold 0.05 → 0.02" in output.out
    assert output.out.endswith(f"\nPage: {path}\n")
    assert f"No screenshots: {reason}" in path.read_text(encoding="utf-8")


def test_changes_that_redraw_no_panel_need_no_node(run_diff: RunDiff, capsys: pytest.CaptureFixture[str]) -> None:
    """Another summary is not on a screenshot: neither Node.js nor Prometheus is needed."""
    path = run_diff(build(), build(RULES.replace("Too many errors.", "Requests fail.")))
    assert capsys.readouterr().err == ""
    assert "No change affects how a panel looks." in path.read_text(encoding="utf-8")


def test_every_unreadable_file_of_the_base_is_reported(run_diff: RunDiff) -> None:
    """An invalid dashboard and a rule without an expression: both at once, with their paths."""
    broken = {**build("groups: [{rules: [{alert: Down}]}]"), "grafana/dashboards/overview.json": "{"}
    with pytest.raises(BuildError) as error:
        run_diff(broken, build())
    assert sorted(problem.where for problem in error.value.problems) == [
        "main:out/grafana/dashboards/overview.json",
        "main:out/prometheus/rules/errors.yaml",
    ]


def test_a_base_with_an_invalid_query_is_compared(run_diff: RunDiff, capsys: pytest.CaptureFixture[str]) -> None:
    """Its text differs; what it depends on is unknown."""
    run_diff(build(panel7="sum(("), build(RULES.replace("0.05", "0.02")), text=True)
    assert "query: sum(( → sum(rate(requests_total[$__rate_interval]))" in capsys.readouterr().out


def test_a_page_that_cannot_be_written_is_reported(run_diff: RunDiff, tmp_path: Path) -> None:
    """A file is in the place of its folder."""
    (tmp_path / "diff").write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match=r"it cannot be written .*make it writable, or name another with --page"):
        run_diff(build(), build())
