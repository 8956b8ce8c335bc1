"""The progress of a long run, on one line of a terminal."""

from __future__ import annotations

import sys
from typing import Protocol


class Progress(Protocol):
    """A callback after each piece of work: the name of the task, pieces done, pieces in total."""

    def __call__(self, task: str, done: int, total: int) -> None: ...


def no_progress(task: str, done: int, total: int) -> None:
    """Report nothing."""


def terminal_progress(task: str, done: int, total: int) -> None:
    """Overwrite one line on standard error, if that is a terminal, until the task is complete."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\r{task}: {100 * done // max(total, 1):3} %", end=end, file=sys.stderr, flush=True)
