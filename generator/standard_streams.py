"""The standard streams of the process: open whatever the caller closed, and written without a traceback.

A standard output that cannot be written ends the process (`Stopped`): with the status of SIGPIPE where its reader has
gone, else with status 2 and the reason. Standard error is the last resort: what cannot be written there is lost.
Characters that the encoding does not have are written as escape sequences.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from typing import TextIO

from generator.stopped import Stopped

READER_GONE = 128 + signal.SIGPIPE
HINT = "free some space, or redirect it to another file or program"
OUTPUT, ERRORS = 1, 2


def guard_standard_streams() -> None:
    """Replace the standard streams by ones that are open and guarded."""
    _open_closed_streams()
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _guarded(StandardOutput, sys.stdout, OUTPUT)
    sys.stderr = _guarded(StandardError, sys.stderr, ERRORS)


class StandardOutput(io.TextIOWrapper):
    """A standard output whose errors end the process."""

    def write(self, text: str, /) -> int:
        """Write a text. Stopped: it cannot be written."""
        try:
            return super().write(text)
        except OSError as error:
            raise self._stopped(error) from None

    def flush(self) -> None:
        """Write what is buffered. Stopped: it cannot be written."""
        try:
            super().flush()
        except OSError as error:
            raise self._stopped(error) from None

    def _stopped(self, error: OSError) -> Stopped:
        _discard(self)
        if error.errno == errno.EPIPE:
            return Stopped(READER_GONE)
        return Stopped(2, f"standard output: it cannot be written ({error.strerror}); {HINT}.")


class StandardError(io.TextIOWrapper):
    """A standard error that loses what it cannot write."""

    def write(self, text: str, /) -> int:
        """Write a text, or lose it."""
        try:
            return super().write(text)
        except OSError:
            _discard(self)
            return len(text)

    def flush(self) -> None:
        """Write what is buffered, or lose it."""
        try:
            super().flush()
        except OSError:
            _discard(self)


def _discard(stream: io.TextIOWrapper) -> None:
    """Lead a stream to nowhere, so that what it has buffered can be written when Python exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _open_closed_streams() -> None:
    """Open each of the three descriptors that is closed: another file would get its number otherwise.

    Standard output is opened for reading, so that writing to it fails, as it does for the programs of the shell.
    """
    for descriptor, flags in ((0, os.O_RDONLY), (OUTPUT, os.O_RDONLY), (ERRORS, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free number is the one that is closed, because the lower ones are open by now.
            os.set_inheritable(os.open(os.devnull, flags), True)


def _guarded(kind: type[StandardOutput] | type[StandardError], stream: TextIO | None, descriptor: int) -> TextIO:
    """A guarded stream in place of one of Python's, which is None where the descriptor was closed."""
    if not isinstance(stream, io.TextIOWrapper):
        raw = open(descriptor, "wb", buffering=0, closefd=False)  # noqa: SIM115
        return kind(io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace", line_buffering=descriptor == 2)
    encoding, line_buffering, write_through = stream.encoding, stream.line_buffering, stream.write_through
    return kind(
        stream.detach(),
        encoding=encoding,
        errors="backslashreplace",
        line_buffering=line_buffering,
        write_through=write_through,
    )
