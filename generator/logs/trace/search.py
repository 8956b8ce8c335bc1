"""The lines of one request, found among millions in constant memory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from generator.logs.reader import blocks, opened
from generator.logs.trace.lines import Told, told

MOST = 2_000
"""So many lines of a request are kept; the others are counted."""
MARK = b'"request_id"'


@dataclass(frozen=True)
class Counts:
    """How many lines were searched; how many of them bear no request id, came again, are cut or undated, or beyond
    the most that are kept."""

    lines: int = 0
    foreign: int = 0
    repeated: int = 0
    unreadable: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Searched:
    """What was found: the lines in the order in which they were read, and requests that a caller gave this id to."""

    request: str
    counts: Counts
    lines: tuple[Told, ...]
    callers: tuple[str, ...] = ()


@dataclass
class _Found:
    counts: Counts = field(default_factory=Counts)
    lines: list[Told] = field(default_factory=list)
    seen: Counter[bytes] = field(default_factory=Counter)
    """How often a line stands in the file, of those read so far, in which it stands most often."""
    callers: dict[str, None] = field(default_factory=dict)

    def add(self, **more: int) -> None:
        self.counts = replace(self.counts, **{name: getattr(self.counts, name) + many for name, many in more.items()})


def searched(request: str, names: Iterable[str]) -> Searched:
    """Search files for a request id. Raises Faults for damaged gzip."""
    found = _Found()
    for name in names:
        here: Counter[bytes] = Counter()
        for place, line in _mentions(name, request.encode(), found):
            here[line] += 1
            # Calls of one millisecond write the same line twice; only another file can hold it for the second time.
            if here[line] <= found.seen[line]:
                found.add(repeated=1)
            else:
                _take(line, place, request, found)
        found.seen |= here
    return Searched(request, found.counts, tuple(found.lines), tuple(found.callers))


def _mentions(name: str, sought: bytes, found: _Found) -> Iterator[tuple[str, bytes]]:
    number = 0
    with opened(name) as stream:
        for block in blocks(stream, name):
            lines = block.split(b"\n")
            found.add(lines=len(lines), foreign=sum(MARK not in line and not line.isspace() for line in lines if line))
            if sought in block:
                yield from ((f"{name}:{number + at}", line) for at, line in enumerate(lines, 1) if sought in line)
            number += len(lines)


def _take(line: bytes, place: str, request: str, found: _Found) -> None:
    record = _record(line)
    if record is None:
        found.add(unreadable=1)
    elif record.get("request_id") != request:
        metadata = record.get("metadata")
        if isinstance(metadata, dict) and metadata.get("caller_request_id") == request and len(found.callers) < 3:
            found.callers[str(record.get("request_id"))] = None
    elif len(found.lines) == MOST:
        found.add(left_out=1)
    elif (line_told := told(record, place)) is None:
        found.add(unreadable=1)
    else:
        found.lines.append(line_told)


def _record(line: bytes) -> dict[str, object] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
