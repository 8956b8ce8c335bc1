"""Builds the trace of a request from its log lines: server spans, and in each the spans of its calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import TypeAlias

from generator.frozen import frozen
from generator.logs.trace.lines import LogLine

CLOCK_SKEW_MS = 20.0
"""How far a server span may exceed the call that contains it, because the clocks of two machines differ."""

MAX_DEPTH = 32
"""Cloudflare lets a request pass through at most 32 Workers; deeper server spans are forged and not nested."""

CALL_METHOD = re.compile(r"(\w+)(?: failed)?\Z")
"""The method at the end of a call's message, as in "Durable Object increment" or "KV get failed"."""


class SpanKind(Enum):
    """The kind of a span."""

    SERVER = "server"
    """A service handles the request, from the arrival line to the answer line."""
    CLIENT = "client"
    """A service calls a model, a store or another service."""
    EVENT = "event"
    """A line of the application or of telemetry; it has no duration."""


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
    def lines(self) -> tuple[LogLine, ...]:
        """All lines: the arrival, the inner lines, the answer."""
        return (*filter(None, (self.arrival,)), *self.inner_lines, *filter(None, (self.answer,)))

    @property
    def failed(self) -> bool:
        """Whether the answer is a failure."""
        return self.answer is not None and self.answer.failed


@frozen
class Span:
    """A node of the trace's tree. Times are in milliseconds since 1970; `line` was written at the span's end and is
    None for a server span without an answer."""

    kind: SpanKind
    service: str
    name: str
    start: float
    end: float
    line: LogLine | None
    failed: bool
    children: tuple[Span, ...] = ()


@frozen
class Trace:
    """The trace of a request: its server spans in order of start, and the tree of all spans."""

    server_spans: tuple[ServerSpan, ...]
    spans: tuple[Span, ...]

    @property
    def origin(self) -> float:
        """The first arrival in milliseconds since 1970, or else the first start."""
        arrivals = [server.arrival.time for server in self.server_spans if server.arrival is not None]
        return min(arrivals or [server.start for server in self.server_spans])

    @property
    def root(self) -> ServerSpan:
        """The server span that received the request."""
        return self.server_spans[0]


Parents: TypeAlias = dict[int, tuple[int, LogLine | None]]
"""By a server span's index: the index of the server span that contains it, and the call that invoked it if known."""


def build_trace(lines: Sequence[LogLine]) -> Trace:
    """Build the trace from the lines of a request, at least one."""
    servers = server_spans(lines)
    parents: Parents = {}
    depths = [0] * len(servers)
    for index, server in enumerate(servers):
        used = [call for _, call in parents.values() if call is not None]
        parent = _parent(server, servers[:index], used)
        if parent is not None and depths[parent[0]] < MAX_DEPTH:
            parents[index], depths[index] = parent, depths[parent[0]] + 1
    roots = tuple(_server_node(index, servers, parents) for index in range(len(servers)) if index not in parents)
    return Trace(tuple(servers), roots)


def server_spans(lines: Sequence[LogLine]) -> list[ServerSpan]:
    """Group the lines of a request into server spans in order of start.

    A line belongs to its service's newest server span without an answer. An answer ends the one whose start is nearest
    to the answer's own start.
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


def may_invoke_service(call: LogLine) -> bool:
    """Return whether a call can invoke one of our services: not a model, and not a store without code of ours."""
    return (
        call.step == "call" and not call.metadata.get("model") and call.metadata.get("store") not in ("vectorize", "kv")
    )


def outside(server: ServerSpan, start: float, end: float) -> float:
    """Return by how many milliseconds a server span exceeds the time from `start` to `end`."""
    return max(0.0, start - server.start) + max(0.0, server.end - end)


def _add_answer(servers: list[ServerSpan], line: LogLine) -> None:
    unanswered = [
        index for index, server in enumerate(servers) if server.service == line.service and server.answer is None
    ]
    if unanswered:
        nearest = min(reversed(unanswered), key=lambda index: abs(servers[index].start - line.start))
        servers[nearest] = replace(servers[nearest], answer=line)
    else:
        servers.append(ServerSpan(line.service, None, answer=line))


def _add_inner_line(servers: list[ServerSpan], line: LogLine) -> None:
    """Add a line to its server span, even after the answer: work may continue in the background."""
    own = [index for index, server in enumerate(servers) if server.service == line.service]
    unanswered = [index for index in own if servers[index].answer is None]
    if not own:
        servers.append(ServerSpan(line.service, None, (line,)))
        return
    newest = (unanswered or own)[-1]
    servers[newest] = replace(servers[newest], inner_lines=(*servers[newest].inner_lines, line))


def _parent(
    server: ServerSpan, earlier: Sequence[ServerSpan], used: Sequence[LogLine]
) -> tuple[int, LogLine | None] | None:
    """Return the server span and the call that contain a server span: the call that fits best, or else the innermost
    server span without a call."""
    candidates = [
        (outside(server, call.start, call.time), call.time - call.start, index, call)
        for index, other in enumerate(earlier)
        for call in other.inner_lines
        if may_invoke_service(call) and not any(call is taken for taken in used) and server.start <= call.time
    ]
    fitting = [candidate for candidate in candidates if candidate[0] <= CLOCK_SKEW_MS]
    if fitting:
        _, _, index, call = min(fitting, key=lambda candidate: candidate[:3])
        return index, call
    containing = [index for index, other in enumerate(earlier) if outside(server, other.start, other.end) == 0]
    return (containing[-1], None) if containing else None


def _server_node(index: int, servers: Sequence[ServerSpan], parents: Parents) -> Span:
    server = servers[index]
    nested = [
        (call, _server_node(child, servers, parents)) for child, (parent, call) in parents.items() if parent == index
    ]
    children = [_line_node(line, tuple(node for call, node in nested if call is line)) for line in server.inner_lines]
    children += [node for call, node in nested if call is None]
    ordered = tuple(sorted(children, key=lambda node: (node.start, -node.end)))
    route = next((line.route for line in server.lines if line.route), "")
    name = f"{server.service} {route}".strip()
    return Span(SpanKind.SERVER, server.service, name, server.start, server.end, server.answer, server.failed, ordered)


def _line_node(line: LogLine, children: tuple[Span, ...]) -> Span:
    kind = SpanKind.CLIENT if line.step == "call" else SpanKind.EVENT
    start = line.start if kind is SpanKind.CLIENT else line.time
    return Span(kind, line.service, _name(line), start, line.time, line, line.failed, children)


def _name(line: LogLine) -> str:
    """Return the model, the binding with its method, the store with its operation, or else the message."""
    if line.step != "call":
        return line.message
    model, store, operation, binding = (
        str(line.metadata.get(key) or "") for key in ("model", "store", "operation", "binding")
    )
    method = CALL_METHOD.search(line.message) if binding else None
    bound = f"{binding} {method[1]}" if method else binding
    return model or bound or f"{store} {operation}".strip() or line.message
