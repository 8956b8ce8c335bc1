"""Reads log files as blocks of whole lines in constant memory: plain or gzip, from files or standard input."""

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
MAX_LINE_BYTES = 1 << 20
"""The longest line that is read completely; Cloudflare keeps 256 KB for all lines of an invocation."""
BLOCK_BYTES = 1 << 20
RANGE_BYTES = 8 << 20
GZIP_MAGIC = b"\x1f\x8b"


def require_readable(names: Iterable[str]) -> None:
    """Raise `BuildError` with a problem for each name that is not a readable file; `-` is standard input."""
    problems = [problem for name in dict.fromkeys(names) if (problem := _file_problem(name))]
    if problems:
        raise BuildError(problems)


@contextmanager
def open_log(name: str) -> Iterator[BinaryIO]:
    """Open a file, decompressed if its first two bytes are those of gzip, whatever its name."""
    with nullcontext(sys.stdin.buffer) if name == STANDARD_INPUT else open(name, "rb") as stream:
        yield gzip.GzipFile(fileobj=stream) if is_gzip(stream) else stream  # type: ignore[misc]


def is_gzip(stream: BinaryIO) -> bool:
    """Return whether a stream that has not been read yet contains gzip data."""
    return isinstance(stream, io.BufferedReader) and stream.peek(2)[:2] == GZIP_MAGIC


def is_divisible(name: str, stream: BinaryIO) -> bool:
    """Return whether several processes can read different ranges: true for a plain file, not for a pipe."""
    return name != STANDARD_INPUT and Path(name).is_file() and not isinstance(stream, gzip.GzipFile)


def read_blocks(stream: BinaryIO, name: str, length: int = sys.maxsize) -> Iterator[bytes]:
    """Yield the lines of the stream's next `length` bytes in blocks, each without its last newline.

    Of a line longer than MAX_LINE_BYTES only a beginning is yielded, which is also longer than MAX_LINE_BYTES, so that
    the caller can tell. Raises `BuildError` for damaged gzip data.
    """
    rest = b""
    try:
        while data := stream.read(min(BLOCK_BYTES, length)):
            length -= len(data)
            lines, newline, last = data.rpartition(b"\n")
            if newline:
                yield rest + lines
                rest = last
            elif len(rest) <= MAX_LINE_BYTES:
                rest += last
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise BuildError([Problem(name, "the gzip data is damaged or truncated", "download the file again")]) from None
    except OSError as error:
        raise BuildError([Problem(name, f"cannot be read: {error.strerror}", "fix that, and run this again")]) from None
    if rest:
        yield rest


def byte_ranges(name: str, size: int = RANGE_BYTES) -> Iterator[tuple[int, int]]:
    """Yield start and end offsets of about `size` bytes that divide a plain file between lines."""
    start, total = 0, os.stat(name).st_size
    with open(name, "rb") as stream:
        while start < total:
            end = min(_next_line(stream, start + size), total)
            yield start, end
            start = end


def _next_line(stream: BinaryIO, offset: int) -> int:
    """Return the offset of the first line that starts at `offset` or later, or of the end of the file."""
    stream.seek(offset - 1)
    while data := stream.read(BLOCK_BYTES):
        if (newline := data.find(b"\n")) >= 0:
            return stream.tell() - len(data) + newline + 1
    return stream.tell()


def _file_problem(name: str) -> Problem | None:
    path = Path(name)
    if name == STANDARD_INPUT:
        return None
    if not path.exists():
        return Problem(name, "file not found", "name a file of log lines, or - for standard input")
    if path.is_dir():
        return Problem(name, "this is a folder", f"name the files in it: {path / '*'}")
    if not os.access(path, os.R_OK):
        return Problem(name, "permission denied", "make the file readable, or name another one")
    return None
