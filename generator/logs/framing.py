"""Divides the lines of a log into entries: a line, a JSON value of several lines, or the pieces of one that a container
runtime divided.

What container runtimes write around a line (CRI, Docker's json-file) is removed. An array's brackets and commas between
its elements are no entries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from generator.logs.reader import MAX_LINE_BYTES

OPENING = re.compile(rb"([ \t]*)\[?[ \t]*\{[ \t\r]*")
"""The first line of an object, as every printer of JSON indents it: the brace alone."""
CLOSING = re.compile(rb"([ \t]*)\}[ \t]*(?:,[ \t]*(\{)?|\])?[ \t\r]*")
PUNCTUATION = re.compile(rb"[ \t]*[\[\],]+[ \t\r]*")
CRI = re.compile(rb"([0-9T:.Z+-]{20,40}) (stdout|stderr) ([FP])(?:[:A-Z]*) ")
"""What a container runtime of Kubernetes writes before a line: P says that the line continues."""
DOCKER = b'{"log":"'
DOCKER_KEYS = ("log", "stream", "time")
TIME = re.compile(r"[0-9T:.Z+-]{20,40}")
FRAMED = (b"{\n", b"[\n", b"{\r\n", b"[\r\n", b"{ \n", b" stdout ", b" stderr ", DOCKER)
"""One of these is in any block whose entries are not its lines."""


class LogEntry(NamedTuple):
    """The number of an entry's first line, its data, and why it is not complete, if it is not."""

    line: int
    data: bytes
    cut: str = ""


def is_framed(block: bytes) -> bool:
    """Return whether a block can have entries that are not lines."""
    return block.endswith((b"{", b"[")) or any(mark in block for mark in FRAMED)


def entry_blocks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Divide blocks of lines again, so that each entry is in one block."""
    framer = Framer()
    begun: list[bytes] = []
    for block in blocks:
        if not begun and not is_framed(block):
            yield block
            continue
        lines = block.split(b"\n")
        end = 0
        for index, line in enumerate(lines, 1):
            for _ in framer.add(line):
                pass
            if not framer.is_open:
                end = index
        if end:
            yield b"\n".join([*begun, *lines[:end]])
            begun = lines[end:]
        else:
            begun += lines
    if begun:
        yield b"\n".join(begun)


class Framer:
    """Collects lines until they are an entry."""

    def __init__(self) -> None:
        self.number = 0
        """The number of lines so far."""
        self._object: list[bytes] = []
        self._indent = b""
        self._start = self._size = 0
        self._pieces: dict[bytes, LogEntry] = {}
        """What container runtimes began, by stream."""

    @property
    def is_open(self) -> bool:
        """Whether an entry has begun that is not complete."""
        return bool(self._object or self._pieces)

    def add(self, line: bytes) -> Iterator[LogEntry]:
        """Add the next line, and yield the entries that are complete with it."""
        self.number += 1
        if self._object:
            if self._continues(line):
                yield from self._close(line)
                return
            yield self._cut_object()
        first = line[:1]
        if first == b"{" and len(line) > 2 and not line.startswith(DOCKER):
            yield LogEntry(self.number, line)
        elif not line or line.isspace() or PUNCTUATION.fullmatch(line):
            pass
        elif opening := OPENING.fullmatch(line):
            self._open(opening[1])
        elif cri := CRI.match(line):
            yield from self._piece(cri[2], line[cri.end() :], cri[3] == b"F")
        elif line.startswith(DOCKER) and (docker := _docker(line)) is not None:
            stream, text = docker
            yield from self._piece(stream, text.removesuffix(b"\n"), text.endswith(b"\n"))
        else:
            yield LogEntry(self.number, line)

    def end(self) -> Iterator[LogEntry]:
        """Yield what has begun and is not complete."""
        if self._object:
            yield self._cut_object()
        for piece in self._pieces.values():
            yield piece._replace(cut="the rest of the line is missing")
        self._pieces.clear()

    def _open(self, indent: bytes) -> None:
        self._object, self._indent, self._start, self._size = [b"{"], indent, self.number, 0

    def _continues(self, line: bytes) -> bool:
        """Return whether a line belongs to the open object: it is indented more, or closes it."""
        deeper = line.startswith((self._indent + b" ", self._indent + b"\t")) or not line.strip()
        return (deeper or CLOSING.fullmatch(line) is not None) and self._size <= MAX_LINE_BYTES

    def _close(self, line: bytes) -> Iterator[LogEntry]:
        """Add a line of the open object, and yield the object if it is complete."""
        closing = CLOSING.fullmatch(line)
        if closing is None or closing[1] != self._indent:
            self._object.append(line)
            self._size += len(line)
            return
        yield LogEntry(self._start, b"\n".join([*self._object, b"}"]))
        self._object = []
        if closing[2]:
            self._open(self._indent)

    def _cut_object(self) -> LogEntry:
        large = self._size > MAX_LINE_BYTES
        cut = f"a JSON value above {MAX_LINE_BYTES >> 20} MiB" if large else "JSON that is cut off"
        cut_entry = LogEntry(self._start, b"\n".join(self._object), cut)
        self._object = []
        return cut_entry

    def _piece(self, stream: bytes, text: bytes, is_last: bool) -> Iterator[LogEntry]:
        begun = self._pieces.pop(stream, LogEntry(self.number, b""))
        entry = LogEntry(begun.line, begun.data + text)
        if not is_last and len(entry.data) <= MAX_LINE_BYTES:
            self._pieces[stream] = entry
        elif entry.data and not entry.data.isspace():
            yield entry


def _docker(line: bytes) -> tuple[bytes, bytes] | None:
    """Return the stream and the text of a line of Docker's json-file; None if the line is another one."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    text, stream, time = (record.get(key) for key in DOCKER_KEYS)
    if len(record) > len(DOCKER_KEYS) or not isinstance(text, str) or stream not in ("stdout", "stderr"):
        return None
    if not isinstance(time, str) or not TIME.fullmatch(time):
        return None
    return str(stream).encode(), text.encode("utf-8", "replace")
