"""Groups the lines of a request into server spans: what a service wrote while it handled the request once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.frozen import frozen
from generator.logs.trace.lines import LogLine

DELIVERED = ("message ", "schedule ")
"""What the arrival and the answer begin with of work that no call contains: of a queue and of a schedule."""


@frozen
class ServerSpan:
    """The lines that a service wrote while it handled a request. The arrival or the answer may be missing."""

    service: str
    arrival: LogLine | None
    inner_lines: tuple[LogLine, ...] = ()
    answer: LogLine | None = None

    @property
    def start(self) -> float:
        """The time of the arrival in milliseconds since 1970, or else the earliest start of a line."""
        if self.arrival is not None:
            return self.arrival.time
        return min(line.start for line in self.lines)

    @property
    def end(self) -> float:
        """The time of the answer in milliseconds since 1970, or else of the last line."""
        return self.answer.time if self.answer is not None else max(line.time for line in self.lines)

    @property
    def span_id(self) -> str:
        """The span id of the work, or an empty text: that of a line that is no call, or else the parent of a call."""
        own = [line.span_id for line in self.lines if line.step != "call"]
        parents = [line.parent_span_id for line in self.lines if line.step == "call"]
        return next(filter(None, (*own, *parents)), "")

    @property
    def parent_span_id(self) -> str:
        """The id of the span that caused the work, or an empty text."""
        ends = filter(None, (self.arrival, self.answer))
        messages = (line for line in self.inner_lines if line.step != "call" and line.span_id == self.span_id)
        return next((line.parent_span_id for line in (*ends, *messages) if line.parent_span_id), "")

    @property
    def is_visit(self) -> bool:
        """Whether it is work that writes neither an arrival nor an answer: that of a Durable Object or RPC method."""
        return self.arrival is None and self.answer is None and bool(self.span_id)

    @property
    def is_delivered(self) -> bool:
        """Whether the work was delivered by a queue or a schedule, so that it can be after the call that caused it."""
        return any(line.message.startswith(DELIVERED) for line in filter(None, (self.arrival, self.answer)))

    def moved(self, offset: float) -> ServerSpan:
        """Return the span with all of its times moved by so many milliseconds."""
        return ServerSpan(
            self.service,
            self.arrival and self.arrival.moved(offset),
            tuple(line.moved(offset) for line in self.inner_lines),
            self.answer and self.answer.moved(offset),
        )

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """All lines: the arrival, the inner lines, the answer."""
        return (*filter(None, (self.arrival,)), *self.inner_lines, *filter(None, (self.answer,)))

    @property
    def failed(self) -> bool:
        """Whether the answer is a failure."""
        return self.answer is not None and self.answer.failed


def server_spans(lines: Sequence[LogLine]) -> list[ServerSpan]:
    """Group the lines of a request into server spans in order of start.

    A line with a span id belongs to the server span that has it, or whose id is its parent's. Any other one belongs to
    its service's newest server span without an answer; an answer ends the one whose start is nearest to the answer's
    own start.
    """
    servers: list[ServerSpan] = []
    for line in sorted(lines, key=lambda line: line.time):
        if line.step == "arrival":
            servers.append(ServerSpan(line.service, line))
        elif line.step == "answer":
            _add_answer(servers, line)
        else:
            _add_inner_line(servers, line)
    return sorted(servers, key=lambda server: (server.start, -server.end))


def _candidates(servers: Sequence[ServerSpan], line: LogLine) -> list[int]:
    """Return the indexes of the server spans that a line may belong to: those with its ids, or else those of its
    service without other ids."""
    own = [index for index, server in enumerate(servers) if server.service == line.service]
    if not line.span_id:
        return own
    exact = [index for index in own if servers[index].span_id == line.span_id]
    if not exact and line.step != "answer":
        exact = [index for index in own if line.parent_span_id and servers[index].span_id == line.parent_span_id]
    return exact or [index for index in own if not servers[index].span_id]


def _add_answer(servers: list[ServerSpan], line: LogLine) -> None:
    unanswered = [index for index in _candidates(servers, line) if servers[index].answer is None]
    if unanswered:
        nearest = min(reversed(unanswered), key=lambda index: abs(servers[index].start - line.start))
        servers[nearest] = replace(servers[nearest], answer=line)
    else:
        servers.append(ServerSpan(line.service, None, answer=line))


def _add_inner_line(servers: list[ServerSpan], line: LogLine) -> None:
    """Add a line to its server span, even after the answer: work may continue in the background."""
    own = _candidates(servers, line)
    unanswered = [index for index in own if servers[index].answer is None]
    if not own:
        servers.append(ServerSpan(line.service, None, (line,)))
        return
    newest = (unanswered or own)[-1]
    servers[newest] = replace(servers[newest], inner_lines=(*servers[newest].inner_lines, line))
