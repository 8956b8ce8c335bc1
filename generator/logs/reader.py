"""Reads logs as blocks of whole lines in constant memory, and divides plain files between lines."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from generator.errors import BuildError, Problem
from generator.logs.log_file import ByteStream, DamagedData, open_log

MAX_LINE_BYTES = 16 << 20
"""The longest line, or JSON value of several lines, that is read completely. Cloudflare keeps 256 KB for all lines of
an invocation; an export can be one line."""
BLOCK_BYTES = 1 << 20
RANGE_BYTES = 8 << 20
INNER_LINE_START = b" \t\r\n}]"
"""What the lines of a JSON value of several lines begin with, but its first one."""
VALUE_START = re.compile(rb"\n(?=[^ \t\r\n}\]])")


def read_blocks(stream: ByteStream, name: str, length: int = sys.maxsize) -> Iterator[bytes]:
    """Yield the lines of the stream's next `length` bytes in blocks, each without its last newline.

    A block ends before a line that can begin a value, if it has one. Of a line longer than MAX_LINE_BYTES only a
    beginning is yielded, which is also longer than MAX_LINE_BYTES, so that the caller can tell. Raises `DamagedData`
    after the lines before the damage, and `BuildError` for a file that cannot be read.
    """
    rest, damage = b"", None
    while damage is None:
        data, damage = _read(stream, name, min(BLOCK_BYTES, length))
        if not data:
            break
        length -= len(data)
        end = last_value_start(data)
        if end >= 0:
            yield rest + data[:end]
            rest = data[end + 1 :]
        elif len(rest) <= MAX_LINE_BYTES:
            rest += data
    if rest:
        yield rest.removesuffix(b"\n")
    if damage is not None:
        raise damage


def last_value_start(data: bytes) -> int:
    """Return the offset of the last newline before a line that can begin a value; of the last one of all where there is
    none; -1 without a newline."""
    position = last = data.rfind(b"\n")
    while position >= 0 and (position + 1 == len(data) or data[position + 1] in INNER_LINE_START):
        position = data.rfind(b"\n", 0, position)
    return position if position >= 0 else last


def byte_ranges(name: str, size: int = RANGE_BYTES) -> Iterator[tuple[int, int]]:
    """Yield start and end offsets of about `size` bytes that divide a plain file before lines that can begin a
    value."""
    start, total = 0, os.stat(name).st_size
    with open(name, "rb") as stream:
        while start < total:
            stream.seek(start + size - 1)
            end = total
            rest = b""
            while data := stream.read(BLOCK_BYTES):
                if match := VALUE_START.search(rest + data):
                    end = stream.tell() - len(rest + data) + match.end()
                    break
                rest = data[-1:]
            yield start, end
            start = end


def first_line(name: str) -> bytes:
    """Return the beginning of the first line of a log that is not blank."""
    with open_log(name) as stream:
        while line := stream.readline(BLOCK_BYTES):
            if not line.isspace():
                return line
    return b""


def _read(stream: ByteStream, name: str, size: int) -> tuple[bytes, DamagedData | None]:
    """Read `size` bytes, or less at the end and before damage, which is returned."""
    parts: list[bytes] = []
    missing = size
    try:
        while missing and (data := stream.read1(missing)):
            parts.append(data)
            missing -= len(data)
    except DamagedData as damage:
        return b"".join(parts), damage
    except OSError as error:
        raise BuildError([Problem(name, f"cannot be read: {error.strerror}", "fix that, and run this again")]) from None
    return b"".join(parts), None
