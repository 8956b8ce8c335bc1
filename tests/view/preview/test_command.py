"""The preview: what ends it, and that nothing is left behind."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.errors import BuildError, Problem
from generator.verify.replay.server import running_prometheus
from generator.view.preview import command
from generator.view.preview.command import Asked
from generator.view.preview.page import Page
from tests.external.programs import program


def given(**options: object) -> argparse.Namespace:
    """What the command was told, as for the project's own platform."""
    defaults = {"platform": Path("platform.yaml"), "out": Path("out"), "prometheus": "", "port": 0}
    return argparse.Namespace(**{**defaults, **options})


def node(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Node, played by a script that notes its process and says a URL, as the page's server does."""
    place = program(folder / "bin/node", f"echo $$ > {folder}/process; echo http://127.0.0.1:1; {script}")
    monkeypatch.setattr("generator.view.preview.page.node", lambda: str(place))
    monkeypatch.setattr(command, "node", lambda: str(place))
    monkeypatch.setattr(command, "demand_prometheus", lambda url: None)


def test_a_prometheus_of_the_previews_own_that_died_is_said(tmp_path: Path) -> None:
    """It is content while it lives; of a user's own it asks nothing, for the page says that one's troubles."""
    with running_prometheus(tmp_path / "data") as server:
        asked = Asked(server.url, ("0", "1"), server)
        asked.demand_alive()
        os.kill(server.process, signal.SIGKILL)
        os.waitid(os.P_PID, server.process, os.WEXITED | os.WNOWAIT)
        with pytest.raises(
            BuildError, match=rf"{server.url}: the preview's Prometheus has died; start the preview again"
        ):
            asked.demand_alive()
    Asked(server.url, ("0", "1")).demand_alive()


def test_a_page_that_is_gone_ends_the_preview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Node leaves: its last words are the fault."""
    node(tmp_path, monkeypatch, "echo 'preview: out of memory' >&2")
    with pytest.raises(BuildError, match="out of memory"):
        command.preview(given(prometheus="http://127.0.0.1:1"))
    assert capsys.readouterr().out == "http://127.0.0.1:1/?from=now-6h&to=now\nCtrl-C ends it.\n"


def test_what_interrupts_the_preview_ends_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes while it watches: Node, which would stay for a minute, is gone afterwards."""
    node(tmp_path, monkeypatch, "exec sleep 60")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_watch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        command.preview(given(prometheus="http://127.0.0.1:1"))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text(encoding="utf-8")), 0)


def test_without_a_prometheus_the_cure_is_said_before_a_page_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither Go nor $PROMETHEUS: the fault of the search is told, and Node is not started."""
    node(tmp_path, monkeypatch, "exec sleep 60")

    @contextmanager
    def unfound(*_: object, **__: object) -> Iterator[None]:
        raise BuildError(
            [Problem("tools/go.mod", "prometheus is not on this machine, nor is Go to build it", "install Go")]
        )
        yield

    monkeypatch.setattr(command, "history", unfound)
    with pytest.raises(BuildError, match="prometheus is not on this machine, nor is Go to build it; install Go"):
        command.preview(given())
    assert not (tmp_path / "process").exists()


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the page's file of faults said, look by look; the page is gone at the fourth."""
    said: list[list[str]] = []

    def gone(page: Page) -> None:
        said.append([file.read_text(encoding="utf-8") for file in tmp_path.glob("preview-*/faults.txt")])
        if len(said) == 4:
            raise BuildError([Problem("preview", "gone", "start it again")])

    monkeypatch.setattr(Page, "demand_served", gone)
    return said


def test_a_definition_that_is_edited_is_built_and_its_faults_reach_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: list[list[str]]
) -> None:
    """Of four looks the third differs: one build, and its complaint is in the page's file from then on."""
    found = iter([frozenset({1}), frozenset({1}), frozenset({2}), frozenset({2})])
    built: list[Path] = []

    def build(platform: Path, out: Path) -> str:
        built.append(out)
        return "overview.py:4: no\n"

    node(tmp_path, monkeypatch, "exec sleep 60")
    monkeypatch.setattr(command, "looks", lambda platform: next(found))
    monkeypatch.setattr(command, "rebuild", build)
    monkeypatch.setattr(command, "LOOK_EVERY", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(BuildError, match="gone"):
        command.preview(given(prometheus="http://127.0.0.1:1"))
    assert (built, seen) == ([Path("out")], [[], [], ["overview.py:4: no\n"], ["overview.py:4: no\n"]])
