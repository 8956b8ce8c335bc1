"""Signals during a run: the first one ends it, and none interrupts the removal of what it made."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from generator.stopped import Stopped

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether signals end the run (before the removal), or wait until it is over."""

    def __init__(self) -> None:
        self.waits = False
        self._waiting: int | None = None
        self._earlier: dict[int, Any] = {}

    def receive(self, number: int, frame: FrameType | None) -> None:
        """Take a signal. Only the first one ends the run; from then on signals wait."""
        if self.waits:
            self._waiting = self._waiting or number
            return
        self.waits = True
        self._end(number, frame)

    def _end(self, number: int, frame: FrameType | None) -> None:
        earlier = self._earlier.get(number)
        if callable(earlier):
            earlier(number, frame)
        raise Stopped(128 + number, "stopped")

    @contextmanager
    def handled(self) -> Iterator[None]:
        """Handle signals while the block runs. A signal that waited ends the process after it."""
        if threading.current_thread() is not threading.main_thread():
            yield  # Only the main thread gets signals.
            return
        for number in SIGNALS:
            self._earlier[number] = signal.signal(number, self.receive)
        try:
            yield
        finally:
            for each, handler in self._earlier.items():
                signal.signal(each, handler)
        if self._waiting is not None:
            self._end(self._waiting, None)
