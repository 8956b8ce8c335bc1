"""The notes below a waterfall, each only when it applies."""

from __future__ import annotations

import pytest

from generator.logs.trace.notes import notes
from generator.logs.trace.spans import build_trace
from tests.logs.trace.sample_request import (
    API,
    BINDING_AND_QUEUE,
    INGEST,
    Record,
    answer,
    arrival,
    call,
    line,
    search_result,
)


def notes_on(*records: Record, **counts: int) -> list[str]:
    """The notes on these lines."""
    result = search_result(*records, **counts)
    return notes(result, build_trace(result.lines))


def test_a_complete_trace_has_no_notes() -> None:
    """A request with arrival, call and answer and without a gap has no notes."""
    assert notes_on(arrival(0), call(90, 85), answer(100, 100)) == []


def test_a_wait_between_server_spans() -> None:
    """The queue's server span at 1,000 ms starts 900 ms after the answer at 100 ms."""
    (wait,) = notes_on(*BINDING_AND_QUEUE)
    assert wait.startswith(f"{INGEST} started 900 ms after the previous span")


@pytest.mark.parametrize(
    ("records", "start"),
    [
        ((arrival(0), call(9, 9)), f"{API}: no answer line"),
        ((call(9, 9), answer(10, 10)), f"{API}: no arrival line"),
        ((arrival(0), arrival(5), answer(20, 15), answer(30, 30)), f"{API}: two server spans overlap"),
        (
            (arrival(0), call(10, 10), call(300, 50), answer(300, 300)),
            f"{API} logged nothing for 240 ms, from 10 to 250 ms",
        ),
        ((arrival(0), call(10, 10), answer(300, 300)), f"{API} logged nothing for 290 ms, from 10 to 300 ms"),
        (
            (arrival(0), call(10, 10), answer(90, 40)),
            f"{API} logged a latency of 40 ms, but its arrival and answer are 90 ms apart",
        ),
        ((arrival(0), answer(0, 0)), "0 ms means no I/O, not no CPU time"),
        (
            (arrival(0), answer(5, 5, tenant_id="other")),
            "the lines name 2 tenants instead of one: com-mrrainbowsmoke, other",
        ),
        ((call(9, 4), arrival(0), answer(10, 10)), "out of order: 1 line;"),
    ],
)
def test_each_note_when_it_applies(records: tuple[Record, ...], start: str) -> None:
    """Missing ends, gaps, clocks, mixed tenants and lines out of order have one note each."""
    assert [note[: len(start)] for note in notes_on(*records)] == [start]


def test_a_clock_skew_is_noted() -> None:
    """A server span that ends 8 ms before the call that contains it starts has a note about clocks."""
    assert notes_on(
        arrival(0), arrival(12, INGEST), answer(32, 20, INGEST), call(60, 40, meta={"binding": "B"}), answer(60, 60)
    ) == [f"{INGEST} exceeds the call that invoked it by 8 ms: two clocks differ"]


def test_a_visit_has_no_ends_to_miss() -> None:
    """Work in a Durable Object, which has a span id and writes neither an arrival nor an answer, has no notes, and two
    server spans that overlap are distinguished by their ids."""
    own, visit = {"span_id": "00000000000000a1"}, {"span_id": "00000000000000a2", "parent_span_id": "00000000000000c1"}
    sent = {"binding": "OBJECT", "span_id": "00000000000000c1", "parent_span_id": "00000000000000a1"}
    records = (arrival(0, meta=own), line(20, "message", meta=visit), call(40, 38, meta=sent), answer(60, 60, meta=own))
    assert notes_on(*records) == []


def test_the_delay_of_a_queue_is_noted() -> None:
    """A message that is handled 840 ms after the call that sent it has a note; its clock is not compared."""
    sent, parent = {"binding": "QUEUE", "span_id": "00000000000000c1"}, {"parent_span_id": "00000000000000c1"}
    delivered = (arrival(900, INGEST, message="message arrived", meta=parent), answer(940, 40, INGEST, meta=parent))
    assert notes_on(arrival(0), call(60, 50, meta=sent), answer(60, 60), *delivered) == [
        f"{INGEST} started 840 ms after it was sent: a queue delayed it"
    ]
    soon = (arrival(150, INGEST, message="message arrived", meta=parent), answer(190, 40, INGEST, meta=parent))
    assert notes_on(arrival(0), call(60, 50, meta=sent), answer(60, 60), *soon) == []


@pytest.mark.parametrize("latency", [-1, "12 ms", True, 1e300])
def test_a_malformed_latency_is_noted(latency: object) -> None:
    """A latency that is no duration is counted; a line without one is not."""
    records = (arrival(0), call(5, 0, latency_ms=latency), call(6, 0, latency_ms=None), answer(9, 9))
    assert notes_on(*records) == ["a latency_ms that is no number of milliseconds: 1 line; shown without a duration"]


def test_an_aligned_clock_is_noted() -> None:
    """A visit that is 500 ms early by its own clock is shown 500 ms later, and the note says into which call."""
    records = (arrival(600), call(660, 50, message="service fetch", meta={"binding": "B"}), answer(670, 70))
    assert notes_on(*records, arrival(115, INGEST), answer(155, 40, INGEST)) == [
        f"{INGEST} is shown 500 ms later than its lines say, within the call that contains it "
        f'("service fetch" of {API}): their clocks differ'
    ]


def test_damage_is_noted() -> None:
    """A file whose end could not be read is counted."""
    assert notes_on(arrival(0), answer(5, 5), damaged=1) == [
        "damaged: 1 file; only the lines before the damage were searched"
    ]


def test_short_gaps_are_not_noted() -> None:
    """99 ms are too short, and so are 150 of 1,000 ms."""
    assert notes_on(arrival(0), call(1, 1), answer(100, 100)) == []
    assert notes_on(arrival(0), call(850, 850), answer(1000, 1000)) == []


def test_lines_that_are_not_shown_are_counted() -> None:
    """Duplicate, unreadable and omitted lines are counted in a note each."""
    assert notes_on(arrival(0), answer(5, 5), duplicates=3, unreadable=2, omitted=1) == [
        "doubled: 3 lines; each is shown once",
        "truncated or without a timestamp: 2 lines with this request id",
        "not shown: 1 line beyond the maximum of 2",
    ]


def test_equal_times_are_in_order() -> None:
    """Lines of the same millisecond, and of two services in one file, are in order."""
    assert notes_on(arrival(0), line(5, "message"), line(5, "message"), answer(5, 5)) == []
    assert (
        notes_on(
            arrival(0), call(40, 40, meta={"binding": "B"}), arrival(1, INGEST), answer(39, 38, INGEST), answer(41, 41)
        )
        == []
    )
