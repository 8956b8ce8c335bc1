"""Progress of work that prints nothing: a line now and then, on terminals and on pipes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress(text: str, seconds: float = SECONDS_BETWEEN_LINES) -> Iterator[None]:
    """While the block runs, print the text and the time since its start to stderr, each time that `seconds` pass."""
    ended = Event()
    start = time.monotonic()

    def report() -> None:
        while not ended.wait(seconds):
            print(f"{text}: {time.monotonic() - start:.0f} s so far ...", file=sys.stderr, flush=True)

    thread = Thread(target=report, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
