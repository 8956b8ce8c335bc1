"""The preview command: what ends it, that it leaves no process behind, and that it rebuilds changed sources."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.errors import BuildError, Problem
from generator.reporting import ignore_event
from generator.verify.replay.server import running_prometheus
from generator.view.preview import command
from generator.view.preview.command import PreviewPrometheus
from generator.view.preview.page import PreviewPage
from generator.view.preview.rebuild import Rebuilt
from tests.external.programs import program


def preview_arguments(**options: object) -> argparse.Namespace:
    """The arguments of the command, for the project's own platform unless the options differ."""
    defaults: dict[str, object] = {"platform": Path("platform.yaml"), "out": Path("out"), "prometheus": "", "port": 0}
    defaults["print_event"] = ignore_event
    return argparse.Namespace(**{**defaults, **options})


def fake_node(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Replace Node.js with a script that writes its process id to a file and prints a URL, as the server does."""
    node = program(folder / "bin/node", f"echo $$ > {folder}/process; echo http://127.0.0.1:1; {script}")
    monkeypatch.setattr("generator.view.preview.page.find_node", lambda: str(node))
    monkeypatch.setattr(command, "find_node", lambda: str(node))
    monkeypatch.setattr(command, "check_prometheus", lambda url: None)


def test_a_stopped_prometheus_of_the_preview_is_reported(tmp_path: Path) -> None:
    """While it runs there is no error; a user's own Prometheus is not checked, because the page reports its errors."""
    with running_prometheus(tmp_path / "data") as server:
        prometheus = PreviewPrometheus(server.url, ("0", "1"), server)
        prometheus.check_alive()
        os.kill(server.process, signal.SIGKILL)
        os.waitid(os.P_PID, server.process, os.WEXITED | os.WNOWAIT)
        with pytest.raises(
            BuildError, match=rf"{server.url}: the Prometheus of the preview has stopped; start the preview again"
        ):
            prometheus.check_alive()
    PreviewPrometheus(server.url, ("0", "1")).check_alive()


def test_a_stopped_server_of_the_page_ends_the_preview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The problem has what Node.js printed last."""
    fake_node(tmp_path, monkeypatch, "echo 'preview: out of memory' >&2")
    with pytest.raises(BuildError, match="out of memory"):
        command.preview(preview_arguments(prometheus="http://127.0.0.1:1"))
    assert capsys.readouterr().out == "http://127.0.0.1:1/?from=now-6h&to=now\nPress Ctrl-C to stop.\n"


def test_an_interrupted_preview_ends_its_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while it watches: Node.js, which would run for a minute, has ended."""
    fake_node(tmp_path, monkeypatch, "exec sleep 60")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_watch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        command.preview(preview_arguments(prometheus="http://127.0.0.1:1"))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text(encoding="utf-8")), 0)


def test_a_missing_prometheus_is_reported_before_a_page_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither Go nor $PROMETHEUS: the problem of the search is raised, and Node.js is not started."""
    fake_node(tmp_path, monkeypatch, "exec sleep 60")

    @contextmanager
    def missing(*_: object, **__: object) -> Iterator[None]:
        raise BuildError(
            [Problem("tools/go.mod", "prometheus is not on this machine, nor is Go to build it", "install Go")]
        )
        yield

    monkeypatch.setattr(command, "history", missing)
    with pytest.raises(BuildError, match="prometheus is not on this machine, nor is Go to build it; install Go"):
        command.preview(preview_arguments())
    assert not (tmp_path / "process").exists()


@pytest.fixture
def displayed_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The content of the page's file of problems at each check; the server has stopped at the fourth."""
    contents: list[list[str]] = []

    def stopped(page: PreviewPage) -> None:
        contents.append([file.read_text(encoding="utf-8") for file in tmp_path.glob("preview-*/problems.txt")])
        if len(contents) == 4:
            raise BuildError([Problem("preview", "stopped", "start it again")])

    monkeypatch.setattr(PreviewPage, "check_running", stopped)
    return contents


def test_a_changed_definition_is_rebuilt_and_its_errors_reach_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, displayed_problems: list[list[str]]
) -> None:
    """Of four states of the sources the third differs: one build, whose errors are in the page's file afterwards."""
    states = iter([frozenset({1}), frozenset({1}), frozenset({2}), frozenset({2})])
    builds: list[Path] = []

    def rebuild(platform: Path, out: Path) -> Rebuilt:
        builds.append(out)
        return Rebuilt("overview.py:4: no\n")

    fake_node(tmp_path, monkeypatch, "exec sleep 60")
    monkeypatch.setattr(command, "source_state", lambda platform: next(states))
    monkeypatch.setattr(command, "rebuild", rebuild)
    monkeypatch.setattr(command, "POLL_SECONDS", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(BuildError, match="stopped"):
        command.preview(preview_arguments(prometheus="http://127.0.0.1:1"))
    assert builds == [Path("out")]
    assert displayed_problems == [[], [], ["overview.py:4: no\n"], ["overview.py:4: no\n"]]
