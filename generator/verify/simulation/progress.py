"""How far a long run has come, on one line of a terminal."""

from __future__ import annotations

import sys
from typing import Protocol


class Progress(Protocol):
    """Told after each piece of work: what is being done, how many pieces are done, of how many."""

    def __call__(self, doing: str, done: int, whole: int) -> None: ...


def silence(doing: str, done: int, whole: int) -> None:
    """Nobody is told."""


def on_terminal(doing: str, done: int, whole: int) -> None:
    """On standard error, where that is a terminal: a line that is written over until the work is done."""
    if sys.stderr.isatty():
        end = "\n" if done == whole else ""
        print(f"\r{doing}: {100 * done // max(whole, 1):3} %", end=end, file=sys.stderr, flush=True)
