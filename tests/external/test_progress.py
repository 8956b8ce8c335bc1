"""Progress of silent commands: lines while they run, and their status at the end."""

from __future__ import annotations

import sys
from threading import Event

import pytest

from generator.external.progress import progress
from generator.external.with_progress import main


class Lines:
    """A stream that tells when a line was written."""

    def __init__(self) -> None:
        self.text = ""
        self.is_written = Event()

    def write(self, text: str) -> None:
        """Keep a text."""
        self.text += text
        self.is_written.set()

    def flush(self) -> None:
        """Nothing is buffered."""


def test_work_that_takes_longer_prints_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that waits until a line is printed ends: the line names the work and the time since its start."""
    lines = Lines()
    monkeypatch.setattr(sys, "stderr", lines)
    with progress("promtool: building", seconds=0.01):
        assert lines.is_written.wait(60)
    assert lines.text.startswith("promtool: building: 0 s so far ...\n")


def test_work_that_ends_at_once_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no line before the first interval is over."""
    with progress("promtool: building", seconds=3600):
        pass
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("status", [0, 3])
def test_a_command_keeps_its_status(status: int) -> None:
    """The wrapper ends as the command does, so that make stops where the command failed."""
    assert main(["text", sys.executable, "-c", f"raise SystemExit({status})"]) == status
