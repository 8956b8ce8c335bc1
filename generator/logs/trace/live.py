"""Follows logs that are still written: the trace of each request, as soon as it is complete."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from generator.errors import BuildError, Problem
from generator.logs.envelopes import contents
from generator.logs.framing import Framer, LogEntry
from generator.logs.log_file import STANDARD_INPUT, ByteStream, DamagedData, open_log
from generator.logs.parsing import parse
from generator.logs.reader import MAX_LINE_BYTES
from generator.logs.trace.search import RequestLines, SearchResult
from generator.logs.trace.server_spans import server_spans

SETTLE_SECONDS = 1.0
"""How long nothing follows an answered request before it is drawn: lines of other services come later."""
PATIENCE_SECONDS = 30.0
"""How long nothing follows a request that is not answered before it is drawn as it is."""
MAX_REQUESTS = 1_000
"""How many requests are remembered; the one whose last line is the oldest is drawn and forgotten."""
POLL_SECONDS = 0.2
MAX_WAITING_LINES = 10_000
NOTHING = b"\0"
"""No line that a program writes."""
Clock = Callable[[], float]


@dataclass
class _LiveRequest:
    lines: RequestLines
    last: float
    """When its last line came, in seconds of the clock."""
    is_drawn: bool = False

    @property
    def is_answered(self) -> bool:
        servers = [server for server in server_spans(self.lines.lines) if not server.is_visit]
        return bool(servers) and all(server.answer is not None for server in servers)


@dataclass
class LiveTraces:
    """Collects the lines of all requests, or of the one with an id, and says which are complete."""

    request_id: str = ""
    requests: dict[str, _LiveRequest] = field(default_factory=dict)
    """By request id, that of the oldest last line first."""

    def add(self, entry: LogEntry, now: float) -> Iterator[SearchResult]:
        """Add an entry. Yields what has to be forgotten for it."""
        for record in contents(parse(entry.data).values).records:
            request_id = record.get("request_id")
            if not isinstance(request_id, str) or (self.request_id and request_id != self.request_id):
                continue
            request = self.requests.pop(request_id, None) or _LiveRequest(RequestLines(request_id), now)
            request.lines.count(searched=1)
            before = len(request.lines.lines)
            request.lines.add(record, f"{STANDARD_INPUT}:{entry.line}")
            if len(request.lines.lines) > before:
                request.last, request.is_drawn = now, False
            self.requests[request_id] = request
            if len(self.requests) > MAX_REQUESTS:
                yield from _undrawn(self.requests.pop(next(iter(self.requests))))

    def complete(self, now: float) -> Iterator[SearchResult]:
        """Yield the requests that are complete and not drawn yet."""
        for request in self.requests.values():
            silence = now - request.last
            if silence < SETTLE_SECONDS:
                break  # those that follow had their last line later
            if not request.is_drawn and (silence >= PATIENCE_SECONDS or request.is_answered):
                yield from _undrawn(request)

    def rest(self) -> Iterator[SearchResult]:
        """Yield all requests that are not drawn yet, at the end of the log."""
        for request in self.requests.values():
            yield from _undrawn(request)


def follow(request_id: str = "", clock: Clock = time.monotonic) -> Iterator[SearchResult]:
    """Yield the lines of each request on standard input when it is complete, and again when later lines complete it; of
    the request with an id only, if there is one. The counts are those of the request."""
    traces = LiveTraces(request_id)
    for entry in _entries():
        now = clock()
        if entry is not None:
            yield from traces.add(entry, now)
        yield from traces.complete(now)
    yield from traces.rest()


def _undrawn(request: _LiveRequest) -> Iterator[SearchResult]:
    if not request.is_drawn and request.lines.lines:
        request.is_drawn = True
        yield request.lines.result()


def _entries() -> Iterator[LogEntry | None]:
    """Yield the entries of standard input as they come, and None now and then."""
    lines: queue.Queue[bytes | None] = queue.Queue(MAX_WAITING_LINES)
    framer = Framer()
    try:
        with open_log(STANDARD_INPUT) as stream:
            threading.Thread(target=_read_lines, args=(stream, lines), daemon=True).start()
            while (line := _next(lines)) is not None:
                yield from framer.add(line) if line is not NOTHING else (None,)
    except DamagedData as damage:
        raise BuildError([Problem(STANDARD_INPUT, str(damage), "pass the output of the program itself")]) from None
    yield from framer.end()


def _next(lines: queue.Queue[bytes | None]) -> bytes | None:
    """Return the next line, NOTHING if none comes for a while, and None at the end."""
    try:
        return lines.get(timeout=POLL_SECONDS)
    except queue.Empty:
        return NOTHING


def _read_lines(stream: ByteStream, lines: queue.Queue[bytes | None]) -> None:
    try:
        while line := stream.readline(MAX_LINE_BYTES):
            lines.put(line.removesuffix(b"\n"))
    except (DamagedData, OSError):
        pass  # what was read before is drawn
    finally:
        lines.put(None)
