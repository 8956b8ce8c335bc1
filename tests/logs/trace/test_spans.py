"""Traces computed by hand: the parent of each span, and when it starts."""

from __future__ import annotations

import pytest

from generator.logs.trace.parents import MAX_DEPTH
from generator.logs.trace.spans import Span, SpanKind, Trace, build_trace
from tests.logs.trace.sample_request import (
    API,
    BINDING_AND_QUEUE,
    INGEST,
    ORIGIN,
    Record,
    answer,
    arrival,
    call,
    line,
    parse,
)

BINDING: Record = {"binding": "INGEST"}
OBJECT: Record = {"store": "durable_objects", "operation": "request", "binding": "COUNTER"}


def trace_of(*records: Record) -> Trace:
    """The trace of these lines."""
    return build_trace(parse(*records))


def tree(spans: tuple[Span, ...]) -> list[object]:
    """Spans as lists: name, start and end in milliseconds from the origin, and the children."""
    return [
        [span.name, span.start - ORIGIN, span.end - ORIGIN, *([tree(span.children)] if span.children else [])]
        for span in spans
    ]


def test_a_request_through_a_binding_and_a_queue() -> None:
    """The other Worker's span is a child of the call that invoked it, the queue's span has no parent, and a call starts
    its latency before its line."""
    assert tree(trace_of(*BINDING_AND_QUEUE).spans) == [
        [
            "worker-api /chat", 0, 100, [
                ["INGEST fetch", 11, 41, [["ingest-worker /ingest", 12, 40, [["CACHE get", 15, 30]]]]],
                ["@cf/baai/bge-m3", 45, 90],
            ],
        ],
        ["ingest-worker /ingest", 1000, 1050, [["vectorize write", 1000, 1050]]],
    ]  # fmt: skip


def test_the_order_of_lines_does_not_matter() -> None:
    """The lines in reverse order have the same trace."""
    assert tree(trace_of(*reversed(BINDING_AND_QUEUE)).spans) == tree(trace_of(*BINDING_AND_QUEUE).spans)


def test_parallel_calls_contain_their_own_server_spans() -> None:
    """With two concurrent calls over one binding, each server span is a child of the call that it fits into."""
    trace = trace_of(
        arrival(0), arrival(10, INGEST), answer(20, 10, INGEST), call(22, 14, meta=BINDING),
        arrival(30, INGEST), answer(80, 50, INGEST), call(82, 80, meta=BINDING), answer(90, 90),
    )  # fmt: skip
    (root,) = trace.spans
    assert tree(root.children) == [
        ["INGEST call", 2, 82, [["ingest-worker /ingest", 30, 80]]],
        ["INGEST call", 8, 22, [["ingest-worker /ingest", 10, 20]]],
    ]


def test_a_call_contains_at_most_one_server_span() -> None:
    """Of two server spans that fit into the same call, the first is its child and the second is its sibling."""
    records = [arrival(0), arrival(10, INGEST), answer(20, 10, INGEST), arrival(30, INGEST), answer(40, 10, INGEST)]
    (root,) = trace_of(*records, call(50, 50, meta=BINDING), answer(60, 60)).spans
    assert [len(span.children) for span in root.children if span.kind is SpanKind.CLIENT] == [1]


def test_an_answer_belongs_to_the_server_span_that_fits_its_latency() -> None:
    """Of two concurrent server spans of one service, the answer of 90 ms ends the outer, that of 20 ms the inner."""
    trace = trace_of(
        arrival(0),
        arrival(40),
        answer(60, 20),
        call(70, 60, message="Durable Object increment", meta=OBJECT),
        answer(90, 90),
    )
    assert tree(trace.spans) == [
        ["worker-api /chat", 0, 90, [["COUNTER increment", 10, 70, [["worker-api /chat", 40, 60]]]]]
    ]


@pytest.mark.parametrize(
    ("message", "meta", "name"),
    [
        ("Durable Object increment", OBJECT, "COUNTER increment"),
        ("KV get failed", {"store": "kv", "operation": "read", "binding": "CACHE"}, "CACHE get"),
        ("AI run", {"model": "@cf/baai/bge-m3", "binding": "AI"}, "@cf/baai/bge-m3"),
        ("KV get", {"store": "kv", "operation": "read"}, "kv read"),
        ("?!", OBJECT, "COUNTER"),
        ("fetch", {"http_host": "api.example.com", "http_method": "GET"}, "fetch api.example.com"),
        ("?!", {}, "?!"),
    ],
)
def test_the_name_of_a_call(message: str, meta: Record, name: str) -> None:
    """A call has the name of its model, or its binding and method, or its store and operation, or its host, or its
    message."""
    (server,) = trace_of(arrival(0), call(9, 5, message=message, meta=meta), answer(10, 10)).spans
    assert [span.name for span in server.children] == [name]


@pytest.mark.parametrize(
    "meta", [{"model": "@cf/baai/bge-m3"}, {"store": "kv", "operation": "read"}, {"http_host": "api.example.com"}]
)
def test_calls_of_models_stores_and_hosts_contain_no_server_span(meta: Record) -> None:
    """A server span during a call of a model, of KV or of a host is a child of the caller's server span, not of the
    call."""
    trace = trace_of(arrival(0), arrival(10, INGEST), answer(20, 10, INGEST), call(30, 25, meta=meta), answer(40, 40))
    (root,) = trace.spans
    first, _ = root.children
    assert (first.kind, first.children) == (SpanKind.CLIENT, ())
    assert [span.service for span in root.children] == [API, INGEST]


@pytest.mark.parametrize(("ahead", "inside"), [(20, True), (21, False)])
def test_a_small_clock_skew_is_tolerated(ahead: int, inside: bool) -> None:
    """A server span that ends 20 ms after a call is still its child; with 21 ms it is not."""
    end = 60 + ahead
    trace = trace_of(
        arrival(0), arrival(20, INGEST), call(60, 50, meta=BINDING), answer(61, 61), answer(end, end - 20, INGEST)
    )
    (call_span,) = trace.spans[0].children
    assert bool(call_span.children) is inside


def test_a_server_span_without_an_answer_ends_with_its_last_line() -> None:
    """A server span that was cut off ends with its last line and has not failed."""
    (server,) = trace_of(arrival(0), call(70, 10)).spans
    assert (server.end - ORIGIN, server.line, server.failed) == (70, None, False)


def test_a_server_span_without_an_arrival_starts_with_its_answer() -> None:
    """An answer of 30 ms at 50 ms started at 20 ms."""
    (server,) = trace_of(answer(50, 30)).spans
    assert (server.start - ORIGIN, server.end - ORIGIN) == (20, 50)


def test_background_work_belongs_to_the_server_span() -> None:
    """A call after the answer is a child of the server span, after its end."""
    (server,) = trace_of(arrival(0), answer(10, 10), call(50, 30)).spans
    assert tree(server.children) == [["the call", 20, 50]]


def test_an_event_has_no_duration() -> None:
    """A message has no duration, even with a forged latency, and its text is its name."""
    (server,) = trace_of(arrival(0), line(5, "message", message="cached", latency_ms=4), answer(9, 9)).spans
    (event,) = server.children
    assert (event.kind, event.name, event.start - ORIGIN, event.end - ORIGIN) == (SpanKind.EVENT, "cached", 5, 5)


def test_forged_depth_is_bounded() -> None:
    """A thousand server spans, each within the previous, are nested only as deeply as Cloudflare allows."""
    records = [arrival(at) for at in range(1000)] + [answer(3000 - at, 3000 - 2 * at) for at in range(1000)]

    def depth(spans: tuple[Span, ...]) -> int:
        return max((1 + depth(span.children) for span in spans), default=0)

    assert depth(trace_of(*records).spans) == MAX_DEPTH + 1


def test_the_origin_is_the_first_arrival() -> None:
    """The origin is the first arrival, or else the first start."""
    assert trace_of(*BINDING_AND_QUEUE).origin == ORIGIN
    assert trace_of(answer(50, 30)).origin == ORIGIN + 20
