"""The progress of long runs: what is done, on a terminal and on a pipe."""

from __future__ import annotations

import sys
from threading import Event

import pytest

from generator.verify.simulation.progress import reported_progress


class Stream:
    """Standard error that tells when a line was written."""

    def __init__(self, is_terminal: bool) -> None:
        self.is_terminal = is_terminal
        self.text = ""
        self.is_written = Event()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self.is_terminal

    def write(self, text: str) -> None:
        """Keep a text."""
        self.text += text
        self.is_written.set()

    def flush(self) -> None:
        """Nothing is buffered."""


def test_a_pipe_gets_lines_also_before_and_during_a_piece_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that waits for a line gets one before its first piece is done; after 3 of 4 pieces, lines say 75 %."""
    stream = Stream(is_terminal=False)
    monkeypatch.setattr(sys, "stderr", stream)
    with reported_progress("simulate", seconds=0.01) as progress:
        assert stream.is_written.wait(60)
        progress("replaying rules", 3, 4)
        while "75 %" not in stream.text:
            stream.is_written.clear()
            assert stream.is_written.wait(60)
    first, *_, last = stream.text.splitlines()
    assert first == "simulate, 0 s so far ..."
    assert last.startswith("simulate: replaying rules:  75 %, ")
    assert "\r" not in stream.text


def test_a_terminal_has_one_line_that_is_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece of work overwrites the line, which ends with the last piece."""
    stream = Stream(is_terminal=True)
    monkeypatch.setattr(sys, "stderr", stream)
    with reported_progress("simulate", seconds=0.01) as progress:
        progress("writing", 1, 2)
        progress("writing", 2, 2)
    assert stream.text == "\rsimulate: writing:  50 %\rsimulate: writing: 100 %\n"


def test_a_short_run_prints_nothing_on_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no line before the first interval is over."""
    stream = Stream(is_terminal=False)
    monkeypatch.setattr(sys, "stderr", stream)
    with reported_progress("simulate", seconds=3600) as progress:
        progress("writing", 1, 2)
    assert stream.text == ""
