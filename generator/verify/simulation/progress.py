"""The progress of a long run: one line of a terminal, or a line every few seconds on a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Protocol

SECONDS_BETWEEN_LINES = 5.0


class Progress(Protocol):
    """A callback before the first piece of work and after each: the name of the task, pieces done, pieces in total."""

    def __call__(self, task: str, done: int, total: int) -> None: ...


def no_progress(task: str, done: int, total: int) -> None:
    """Report nothing."""


@contextmanager
def reported_progress(name: str, seconds: float = SECONDS_BETWEEN_LINES) -> Iterator[Progress]:
    """A callback that reports to standard error while the block runs, with the name of the run.

    On a terminal it overwrites one line. On a pipe it prints what is done each time that `seconds` pass, also while a
    single piece takes long.
    """
    state = ""
    start = time.monotonic()
    ended = Event()
    overwrites = sys.stderr.isatty()

    def reported(task: str, done: int, total: int) -> None:
        nonlocal state
        state = f": {task}: {100 * done // max(total, 1):3} %"
        if overwrites:
            end = "\n" if done == total else ""
            print(f"\r{name}{state}", end=end, file=sys.stderr, flush=True)

    def report() -> None:
        while not ended.wait(seconds):
            print(f"{name}{state}, {time.monotonic() - start:.0f} s so far ...", file=sys.stderr, flush=True)

    thread = Thread(target=report, daemon=True)
    if not overwrites:
        thread.start()
    try:
        yield reported
    finally:
        ended.set()
        if not overwrites:
            thread.join()
