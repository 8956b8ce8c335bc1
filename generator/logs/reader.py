"""Log files as blocks of whole lines: plain or gzip, files or standard input, in constant memory."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from generator.errors import BuildError, Problem

STANDARD_INPUT = "-"
LONGEST = 1 << 20
"""The longest line that is read whole, in bytes; a Worker's invocation has 256 KB for all of its lines."""
BLOCK = 1 << 20
PART = 8 << 20
GZIP = b"\x1f\x8b"


def readable(names: Iterable[str]) -> None:
    """Raise Faults with every name that is no file that can be read; `-` is standard input."""
    problems = [problem for name in dict.fromkeys(names) if (problem := _unreadable(name))]
    if problems:
        raise BuildError(problems)


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """A file's bytes, those of a gzip file unpacked; what it is, its first two bytes say, never its name."""
    with nullcontext(sys.stdin.buffer) if name == STANDARD_INPUT else open(name, "rb") as stream:
        yield gzip.GzipFile(fileobj=stream) if packed(stream) else stream  # type: ignore[misc]


def packed(stream: BinaryIO) -> bool:
    """Whether a stream that was not yet read from holds gzip."""
    return isinstance(stream, io.BufferedReader) and stream.peek(2)[:2] == GZIP


def divisible(name: str, stream: BinaryIO) -> bool:
    """Whether several can read different parts of it: a plain file, no pipe."""
    return name != STANDARD_INPUT and Path(name).is_file() and not isinstance(stream, gzip.GzipFile)


def blocks(stream: BinaryIO, name: str, length: int = sys.maxsize) -> Iterator[bytes]:
    """The stream's lines, to `length` bytes, in blocks without the last newline. Raises Faults for damaged gzip.

    Of a line above LONGEST comes the beginning, also above LONGEST, so that who reads it sees that it is too long.
    """
    rest = b""
    try:
        while chunk := stream.read(min(BLOCK, length)):
            length -= len(chunk)
            lines, newline, last = chunk.rpartition(b"\n")
            if newline:
                yield rest + lines
                rest = last
            elif len(rest) <= LONGEST:
                rest += last
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise BuildError(
            [Problem(name, "its gzip data is damaged or ends too early", "fetch the file again")]
        ) from None
    except OSError as error:
        raise BuildError(
            [Problem(name, f"it cannot be read: {error.strerror}", "see to it, and run this again")]
        ) from None
    if rest:
        yield rest


def parts(name: str, size: int = PART) -> Iterator[tuple[int, int]]:
    """Where a plain file can be cut to be read by several at once: offsets in bytes, each at a line's beginning."""
    start, whole = 0, os.stat(name).st_size
    with open(name, "rb") as stream:
        while start < whole:
            end = min(_next_line(stream, start + size), whole)
            yield start, end
            start = end


def _next_line(stream: BinaryIO, offset: int) -> int:
    """The offset of the first line that begins at `offset` or later, or of the file's end."""
    stream.seek(offset - 1)
    while chunk := stream.read(BLOCK):
        if (found := chunk.find(b"\n")) >= 0:
            return stream.tell() - len(chunk) + found + 1
    return stream.tell()


def _unreadable(name: str) -> Problem | None:
    path = Path(name)
    if name == STANDARD_INPUT:
        return None
    if not path.exists():
        return Problem(name, "there is no such file", "name a file of log lines, or - for standard input")
    if path.is_dir():
        return Problem(name, "it is a folder", f"name the files in it: {path / '*'}")
    if not os.access(path, os.R_OK):
        return Problem(name, "it may not be read", "grant the right, or name another file")
    return None
