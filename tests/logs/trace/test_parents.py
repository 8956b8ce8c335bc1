"""What contains a server span: by span ids, by time, and by duration where clocks differ."""

from __future__ import annotations

import pytest

from generator.logs.trace.parents import MAX_CLOCK_OFFSET_MS, Parent, find_parents
from generator.logs.trace.server_spans import server_spans
from tests.logs.trace.sample_request import API, INGEST, Record, answer, arrival, call, parse

BINDING: Record = {"binding": "INGEST"}
FIRST, SECOND, THIRD = "00000000000000a1", "00000000000000a2", "00000000000000a3"


def parents_of(*records: Record) -> dict[tuple[str, float], tuple[str, float | None]]:
    """By service and duration: the service of the caller, and the duration of the call."""
    servers = server_spans(parse(*records))

    def described(parent: Parent) -> tuple[str, float | None]:
        caller = servers[parent.server]
        return caller.service, None if parent.call is None else caller.inner_lines[parent.call].latency

    return {
        (servers[index].service, servers[index].end - servers[index].start): described(parent)
        for index, parent in find_parents(servers).items()
    }


def ids(own: str, parent: str = "") -> Record:
    """Metadata with a span's id and that of its parent."""
    return {"span_id": own} | ({"parent_span_id": parent} if parent else {})


@pytest.mark.parametrize("skew", [-5000, -100, 0, 100, 5000])
def test_ids_decide_over_times(skew: int) -> None:
    """A server span whose parent is the call's span belongs to it, whatever the clocks say, although another call fits
    its time and its duration."""
    begin = 10_000
    records = (
        arrival(begin, meta=ids(FIRST)),
        call(begin + 60, 50, meta=BINDING | ids(SECOND, FIRST)),
        call(begin + 200, 41 + abs(skew), meta=BINDING),
        answer(begin + 300, 300, meta=ids(FIRST)),
        arrival(begin + skew + 15, INGEST, meta=ids(THIRD, SECOND)),
        answer(begin + skew + 55, 40, INGEST, meta=ids(THIRD, SECOND)),
    )
    assert parents_of(*records) == {(INGEST, 40): (API, 50)}


def test_the_id_of_the_caller_leads_to_its_call() -> None:
    """Where the parent is the caller's own span, its call that is long enough contains the server span."""
    records = (
        arrival(0, meta=ids(FIRST)), call(20, 15, meta=BINDING | ids(FIRST)), call(90, 60, meta=BINDING | ids(FIRST)),
        answer(100, 100, meta=ids(FIRST)),
        arrival(2000, INGEST, meta=ids(THIRD, FIRST)), answer(2040, 40, INGEST, meta=ids(THIRD, FIRST)),
    )  # fmt: skip
    assert parents_of(*records) == {(INGEST, 40): (API, 60)}


def test_a_forged_circle_of_ids_has_a_root() -> None:
    """Two server spans that name each other as parents are not nested in each other."""
    records = (
        arrival(0, meta=ids(FIRST, SECOND)), answer(50, 50, meta=ids(FIRST, SECOND)),
        arrival(10, INGEST, meta=ids(SECOND, FIRST)), answer(20, 10, INGEST, meta=ids(SECOND, FIRST)),
    )  # fmt: skip
    assert len(parents_of(*records)) == 1


@pytest.mark.parametrize("skew", [-900, -200, -25, 25, 300, 2000])
def test_a_clock_that_differs_does_not_hide_the_caller(skew: int) -> None:
    """A visit of 40 ms belongs to the call of 50 ms, not to that of 20 ms, whether its clock is ahead or behind."""
    begin = 1000
    records = (
        arrival(begin), call(begin + 30, 20, meta=BINDING), call(begin + 160, 50, meta=BINDING),
        answer(begin + 400, 400), arrival(begin + skew + 115, INGEST), answer(begin + skew + 155, 40, INGEST),
    )  # fmt: skip
    assert parents_of(*records) == {(INGEST, 40): (API, 50)}


def test_parallel_visits_are_distinguished_by_their_durations() -> None:
    """Two visits with the clock of another machine belong to the calls that are just longer than they are."""
    records = (
        arrival(0), call(70, 60, meta=BINDING), call(190, 180, meta=BINDING), answer(200, 200),
        arrival(715, INGEST), answer(765, 50, INGEST), arrival(716, INGEST), answer(886, 170, INGEST),
    )  # fmt: skip
    assert parents_of(*records) == {(INGEST, 50): (API, 60), (INGEST, 170): (API, 180)}


@pytest.mark.parametrize("message", ["message arrived", "schedule arrived"])
def test_what_a_queue_delivers_is_not_moved_into_a_call(message: str) -> None:
    """Work of a queue or a schedule comes later; no call contains it, although one is long enough."""
    records = (arrival(0), call(60, 50, meta=BINDING), answer(100, 100))
    assert parents_of(*records, arrival(900, INGEST, message=message), answer(940, 40, INGEST)) == {}


@pytest.mark.parametrize(
    ("duration", "start", "expected"),
    [(40, 150, 50), (24, 150, None), (51, 900, 50), (53, 900, None), (5, 900, 50)],
)
def test_the_call_must_be_long_enough(duration: int, start: int, expected: float | None) -> None:
    """A call of 50 ms contains a visit up to 52 ms, because of rounding. A visit within the caller's own time, whose
    call may be missing, is moved only if the call is not much longer."""
    records = (arrival(0), call(60, 50, meta=BINDING), answer(300, 300))
    visit = (arrival(start, INGEST), answer(start + duration, duration, INGEST))
    assert parents_of(*records, *visit).get((INGEST, duration), (API, None))[1] == expected


def test_clocks_do_not_differ_by_more_than_the_maximum() -> None:
    """Two server spans that are more than an hour apart are two."""
    first = parse(arrival(0), call(60, 50, meta=BINDING), answer(100, 100))
    later = [each.moved(MAX_CLOCK_OFFSET_MS + 100) for each in parse(arrival(15, INGEST), answer(55, 40, INGEST))]
    assert find_parents(server_spans([*first, *later])) == {}
