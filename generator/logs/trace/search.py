"""Finds the lines of one request among millions in constant memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from generator.frozen import frozen
from generator.logs.envelopes import Record, contents
from generator.logs.framing import Framer, LogEntry, is_framed
from generator.logs.log_file import DamagedData, open_log
from generator.logs.parsing import parse
from generator.logs.reader import read_blocks
from generator.logs.trace.lines import LogLine, parse_line, trace_id_of

MAX_LINES = 2_000
"""The most lines of a request that are kept; the others are counted."""
MAX_ASSIGNED_IDS = 3
REQUEST_ID_KEY = b"request_id"


@frozen
class SearchCounts:
    """How many entries were searched, how many have no request id, and how many of the request's lines were not kept:
    duplicates, lines that are truncated or have no timestamp, and lines beyond the maximum. `damaged` is the number of
    files whose end could not be read."""

    searched: int = 0
    without_request_id: int = 0
    duplicates: int = 0
    unreadable: int = 0
    omitted: int = 0
    damaged: int = 0


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
class RequestLines:
    """Collects the lines of one request, each of them once."""

    request_id: str
    counts: SearchCounts = field(default_factory=SearchCounts)
    lines: list[LogLine] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    """The lines so far, as text in which the order of fields is the same."""
    assigned_ids: dict[str, None] = field(default_factory=dict)

    def count(self, **added: int) -> None:
        """Add to the counts."""
        counts = {name: getattr(self.counts, name) + number for name, number in added.items()}
        self.counts = replace(self.counts, **counts)

    def add(self, record: Record, location: str) -> None:
        """Add a line of the request."""
        text = json.dumps(record, sort_keys=True)
        if text in self.known:
            self.count(duplicates=1)
        elif len(self.lines) == MAX_LINES:
            self.count(omitted=1)
        elif (parsed := parse_line(record, location)) is None:
            self.count(unreadable=1)
        else:
            self.known.add(text)
            self.lines.append(parsed)

    def result(self) -> SearchResult:
        """Return what was collected so far."""
        return SearchResult(self.request_id, self.counts, tuple(self.lines), tuple(self.assigned_ids))


def search(request_id: str, names: Iterable[str]) -> SearchResult:
    """Search logs for the lines of a request, by its id and by its trace id, which is the same without dashes."""
    state = RequestLines(request_id)
    trace_id = request_id.replace("-", "")
    for name in names:
        for entry in _entries_with_id(name, state, (request_id.encode(), trace_id.encode())):
            _add(entry, f"{name}:{entry.line}", state, trace_id)
    return state.result()


def _entries_with_id(name: str, state: RequestLines, ids: tuple[bytes, ...]) -> Iterator[LogEntry]:
    framer = Framer()
    try:
        with open_log(name) as stream:
            for block in read_blocks(stream, name):
                yield from _with_id(_entries(block, framer, state, ids), ids)
    except DamagedData:
        state.count(damaged=1)
    yield from _with_id(list(framer.end()), ids)


def _entries(block: bytes, framer: Framer, state: RequestLines, ids: tuple[bytes, ...]) -> list[LogEntry]:
    """Return the entries of a block that may have one of the ids, and count all of them."""
    lines = block.split(b"\n")
    if framer.is_open or is_framed(block):
        entries = [entry for line in lines for entry in framer.add(line)]
        state.count(searched=len(entries), without_request_id=sum(REQUEST_ID_KEY not in each.data for each in entries))
        return entries
    before = framer.number
    framer.number += len(lines)
    without_id = sum(REQUEST_ID_KEY not in line and not line.isspace() for line in lines if line)
    state.count(searched=len(lines), without_request_id=without_id)
    if not any(each in block for each in ids):
        return []
    return [LogEntry(before + index, line) for index, line in enumerate(lines, 1)]


def _with_id(entries: Iterable[LogEntry], ids: tuple[bytes, ...]) -> Iterator[LogEntry]:
    return (entry for entry in entries if any(each in entry.data for each in ids))


def _add(entry: LogEntry, location: str, state: RequestLines, trace_id: str) -> None:
    parsed = parse(entry.data)
    contained = contents(parsed.values)
    own = [
        record
        for record in contained.records
        if record.get("request_id") == state.request_id or trace_id_of(record) == trace_id
    ]
    if not own and (entry.cut or parsed.unreadable or contained.unreadable):
        state.count(unreadable=1)
    for record in own:
        state.add(record, location)
    for record in contained.records:
        metadata = record.get("metadata")
        sent = metadata.get("caller_request_id") if isinstance(metadata, dict) else None
        if sent == state.request_id and len(state.assigned_ids) < MAX_ASSIGNED_IDS:
            state.assigned_ids[str(record.get("request_id"))] = None
