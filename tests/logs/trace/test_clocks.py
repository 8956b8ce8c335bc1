"""Times after clocks were aligned, worked out by hand."""

from __future__ import annotations

import pytest

from generator.logs.trace.clocks import AlignedClock
from generator.logs.trace.spans import build_trace
from tests.logs.trace.sample_request import API, INGEST, ORIGIN, Record, answer, arrival, call, parse
from tests.logs.trace.test_spans import tree

BINDING: Record = {"binding": "INGEST"}


@pytest.mark.parametrize("skew", [-500, -26, 26, 500])
def test_a_visit_is_in_the_middle_of_its_call(skew: int) -> None:
    """A visit of 40 ms in a call from 110 to 160 ms is from 115 to 155 ms, whatever its clock says, and so is what it
    logged in between."""
    visit = (
        arrival(1115 + skew, INGEST),
        call(1135 + skew, 10, INGEST, meta={"store": "kv", "operation": "read"}),
        answer(1155 + skew, 40, INGEST),
    )
    trace = build_trace(parse(arrival(1000), call(1160, 50, meta=BINDING), answer(1400, 400), *visit))
    assert tree(trace.spans) == [
        ["worker-api /chat", 1000, 1400, [
            ["INGEST call", 1110, 1160, [["ingest-worker /ingest", 1115, 1155, [["kv read", 1125, 1135]]]]],
        ]],
    ]  # fmt: skip
    assert trace.aligned_clocks == (AlignedClock(INGEST, -skew, API, "the call"),)
    assert (trace.root.service, trace.origin - ORIGIN) == (API, 1000)


def test_a_small_difference_is_not_aligned() -> None:
    """A visit that exceeds its call by 20 ms stays where its lines say."""
    records = (arrival(0), call(60, 50, meta=BINDING), answer(100, 100), arrival(40, INGEST), answer(80, 40, INGEST))
    trace = build_trace(parse(*records))
    assert trace.aligned_clocks == ()
    assert [server.start - ORIGIN for server in trace.server_spans] == [0, 40]


def test_what_a_queue_delivers_is_not_moved() -> None:
    """A message that names the call that sent it is handled after that call, which is no difference of clocks."""
    sent, parent = {"binding": "QUEUE", "span_id": "00000000000000c1"}, {"parent_span_id": "00000000000000c1"}
    delivered = (arrival(900, INGEST, message="message arrived", meta=parent), answer(940, 40, INGEST, meta=parent))
    trace = build_trace(parse(arrival(0), call(60, 50, meta=sent), answer(100, 100), *delivered))
    assert trace.aligned_clocks == ()
    assert tree(trace.spans) == [
        ["worker-api /chat", 0, 100, [["QUEUE call", 10, 60, [["ingest-worker /ingest", 900, 940]]]]],
    ]


def test_what_an_aligned_service_calls_is_moved_with_it() -> None:
    """A Durable Object on the clock of a moved caller is moved by the same 500 ms without a note; one that is on the
    clock of the first caller, as its parent's id says, stays."""
    own = "00000000000000c1"
    objects: Record = {"binding": "COUNTER", "store": "durable_objects", "operation": "request", "span_id": own}
    for skew, moved in ((500, 1), (0, 1)):
        parent = {"parent_span_id": own}
        records = (
            arrival(0), call(200, 190, meta=BINDING), answer(210, 210),
            arrival(515, INGEST), call(600, 60, INGEST, meta=objects), answer(695, 180, INGEST),
            arrival(45 + skew, "counter", meta=parent), answer(95 + skew, 50, "counter", meta=parent),
        )  # fmt: skip
        trace = build_trace(parse(*records))
        assert len(trace.aligned_clocks) == moved
        assert {server.service: server.start - ORIGIN for server in trace.server_spans} == {
            API: 0,
            INGEST: 15,
            "counter": 45,
        }
