"""Finds the lines of one request among millions in constant memory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from generator.frozen import frozen
from generator.logs.log_file import open_log
from generator.logs.reader import read_blocks
from generator.logs.trace.lines import LogLine, parse_line

MAX_LINES = 2_000
"""The most lines of a request that are kept; the others are counted."""
MAX_ASSIGNED_IDS = 3
REQUEST_ID_KEY = b'"request_id"'


@frozen
class SearchCounts:
    """How many lines were searched, how many have no request id, and how many of the request's lines were not kept:
    duplicates in another file, lines that are truncated or have no timestamp, and lines beyond the maximum."""

    searched: int = 0
    without_request_id: int = 0
    duplicates: int = 0
    unreadable: int = 0
    omitted: int = 0


@frozen
class SearchResult:
    """The lines of a request in the order in which they were read.

    `assigned_ids` are the request ids of requests whose caller sent `request_id` as its own id.
    """

    request_id: str
    counts: SearchCounts
    lines: tuple[LogLine, ...]
    assigned_ids: tuple[str, ...] = ()


@dataclass
class _Search:
    request_id: str
    counts: SearchCounts = field(default_factory=SearchCounts)
    lines: list[LogLine] = field(default_factory=list)
    occurrences: Counter[bytes] = field(default_factory=Counter)
    """How often each line occurs in the file, of those read so far, in which it occurs most often."""
    assigned_ids: dict[str, None] = field(default_factory=dict)

    def count(self, **added: int) -> None:
        counts = {name: getattr(self.counts, name) + number for name, number in added.items()}
        self.counts = replace(self.counts, **counts)


def search(request_id: str, names: Iterable[str]) -> SearchResult:
    """Search files for the lines of a request. Raises `BuildError` for damaged gzip data."""
    state = _Search(request_id)
    for name in names:
        occurrences: Counter[bytes] = Counter()
        for location, line in _lines_with_id(name, state):
            occurrences[line] += 1
            # Two calls in the same millisecond write equal lines; an equal line in another file is a duplicate.
            if occurrences[line] <= state.occurrences[line]:
                state.count(duplicates=1)
            else:
                _add(line, location, state)
        state.occurrences |= occurrences
    return SearchResult(request_id, state.counts, tuple(state.lines), tuple(state.assigned_ids))


def _lines_with_id(name: str, state: _Search) -> Iterator[tuple[str, bytes]]:
    request_id = state.request_id.encode()
    number = 0
    with open_log(name) as stream:
        for block in read_blocks(stream, name):
            lines = block.split(b"\n")
            without_id = sum(REQUEST_ID_KEY not in line and not line.isspace() for line in lines if line)
            state.count(searched=len(lines), without_request_id=without_id)
            if request_id in block:
                yield from (
                    (f"{name}:{number + index}", line) for index, line in enumerate(lines, 1) if request_id in line
                )
            number += len(lines)


def _add(line: bytes, location: str, state: _Search) -> None:
    record = _decode(line)
    if record is None:
        state.count(unreadable=1)
    elif record.get("request_id") != state.request_id:
        metadata = record.get("metadata")
        sent = metadata.get("caller_request_id") if isinstance(metadata, dict) else None
        if sent == state.request_id and len(state.assigned_ids) < MAX_ASSIGNED_IDS:
            state.assigned_ids[str(record.get("request_id"))] = None
    elif len(state.lines) == MAX_LINES:
        state.count(omitted=1)
    elif (parsed := parse_line(record, location)) is None:
        state.count(unreadable=1)
    else:
        state.lines.append(parsed)


def _decode(line: bytes) -> dict[str, object] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
