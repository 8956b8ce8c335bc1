"""Builds the trace of a request from its log lines: the tree of server spans, and in each the spans of its calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from generator.frozen import frozen
from generator.logs.trace.clocks import AlignedClock, align_clocks
from generator.logs.trace.lines import LogLine
from generator.logs.trace.parents import Parents, find_parents
from generator.logs.trace.server_spans import ServerSpan, server_spans

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
class Span:
    """A node of the trace's tree. Times are in milliseconds since 1970; `line` was written at the span's end and is
    None for a server span without an answer. The ids are those of the lines, and empty without them; a server span
    `is_delivered` by a queue or a schedule."""

    kind: SpanKind
    service: str
    name: str
    start: float
    end: float
    line: LogLine | None
    failed: bool
    children: tuple[Span, ...] = ()
    span_id: str = ""
    parent_span_id: str = ""
    is_delivered: bool = False


@frozen
class Trace:
    """The trace of a request: its server spans in order of start, the tree of all spans, and the clocks that were
    aligned."""

    server_spans: tuple[ServerSpan, ...]
    spans: tuple[Span, ...]
    aligned_clocks: tuple[AlignedClock, ...] = ()

    @property
    def origin(self) -> float:
        """The first arrival in milliseconds since 1970, or else the first start."""
        arrivals = [server.arrival.time for server in self.server_spans if server.arrival is not None]
        return min(arrivals or [server.start for server in self.server_spans])

    @property
    def root(self) -> ServerSpan:
        """The server span that received the request."""
        return self.server_spans[0]


def build_trace(lines: Sequence[LogLine]) -> Trace:
    """Build the trace from the lines of a request, at least one."""
    written = server_spans(lines)
    parents = find_parents(written)
    servers, clocks = align_clocks(written, parents)
    roots = [_server_node(index, servers, parents) for index in range(len(servers)) if index not in parents]
    return Trace(
        tuple(sorted(servers, key=lambda server: (server.start, -server.end))),
        tuple(sorted(roots, key=lambda span: (span.start, -span.end))),
        tuple(clocks[index] for index in sorted(clocks)),
    )


def _server_node(index: int, servers: Sequence[ServerSpan], parents: Parents) -> Span:
    server = servers[index]
    nested = [
        (parent.call, _server_node(child, servers, parents))
        for child, parent in parents.items()
        if parent.server == index
    ]
    children = [
        _line_node(line, tuple(node for call, node in nested if call == inner))
        for inner, line in enumerate(server.inner_lines)
    ]
    children += [node for call, node in nested if call is None]
    ordered = tuple(sorted(children, key=lambda node: (node.start, -node.end)))
    route = next((line.route for line in server.lines if line.route), "")
    name = f"{server.service} {route}".strip()
    return Span(
        SpanKind.SERVER,
        server.service,
        name,
        server.start,
        server.end,
        server.answer,
        server.failed,
        ordered,
        server.span_id,
        server.parent_span_id,
        server.is_delivered,
    )


def _line_node(line: LogLine, children: tuple[Span, ...]) -> Span:
    kind = SpanKind.CLIENT if line.step == "call" else SpanKind.EVENT
    start = line.start if kind is SpanKind.CLIENT else line.time
    ids = (line.span_id, line.parent_span_id)
    return Span(kind, line.service, _name(line), start, line.time, line, line.failed, children, *ids)


def _name(line: LogLine) -> str:
    """Return the model, the binding with its method, the store with its operation, `fetch` with its host, or else the
    message."""
    if line.step != "call":
        return line.message
    model, store, operation, binding, host = (
        str(line.metadata.get(key) or "") for key in ("model", "store", "operation", "binding", "http_host")
    )
    method = CALL_METHOD.search(line.message) if binding else None
    bound = f"{binding} {method[1]}" if method else binding
    fetched = f"fetch {host}" if host else ""
    return model or bound or f"{store} {operation}".strip() or fetched or line.message
