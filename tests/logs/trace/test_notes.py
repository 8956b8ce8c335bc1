"""What stands under a picture: each remark where it is due, and only there."""

from __future__ import annotations

import pytest

from generator.logs.trace.notes import remarks
from generator.logs.trace.tree import flow
from tests.logs.trace.made import API, INGEST, THROUGH, Line, answer, arrival, call, found, line


def said(*lines: Line, **counts: int) -> list[str]:
    """The remarks on these lines."""
    searched = found(*lines, **counts)
    return remarks(searched, flow(searched.lines))


def test_where_all_is_told_nothing_is_remarked() -> None:
    """A request with arrival, call and answer, without a gap."""
    assert said(arrival(0), call(90, 85), answer(100, 100)) == []


def test_a_wait_between_visits() -> None:
    """The queue's visit at 1,000 ms begins 900 after the answer at 100."""
    (waited,) = said(*THROUGH)
    assert waited.startswith(f"{INGEST} began 900 ms after what came before")


@pytest.mark.parametrize(
    ("lines", "start"),
    [
        ((arrival(0), call(9, 9)), f"{API}: no answer is told"),
        ((call(9, 9), answer(10, 10)), f"{API}: no arrival is told"),
        ((arrival(0), arrival(5), answer(20, 15), answer(30, 30)), f"{API} was visited twice at one time"),
        (
            (arrival(0), call(10, 10), call(300, 50), answer(300, 300)),
            f"{API} tells of nothing for 240 ms, from 10 to 250 ms",
        ),
        ((arrival(0), call(10, 10), answer(300, 300)), f"{API} tells of nothing for 290 ms, from 10 to 300 ms"),
        ((arrival(0), call(10, 10), answer(90, 40)), f"{API} says it took 40 ms, and its lines lie 90 ms apart"),
        ((arrival(0), answer(0, 0)), "0 ms means no I/O, not no work"),
        ((arrival(0), answer(5, 5, tenant_id="other")), "its lines name 2 tenants: com-mrrainbowsmoke, other"),
        ((call(9, 4), arrival(0), answer(10, 10)), "1 lines stood out of order"),
    ],
)
def test_each_remark_where_it_is_due(lines: tuple[Line, ...], start: str) -> None:
    """Ends that are missing, silences, clocks, tenants that are mixed, lines that stood out of order."""
    assert [one[: len(start)] for one in said(*lines)] == [start]


def test_a_clock_that_differs_is_told() -> None:
    """A visit that began 8 ms before the call that led to it was written by another clock."""
    told = said(
        arrival(0), arrival(12, INGEST), answer(32, 20, INGEST), call(60, 40, meta={"binding": "B"}), answer(60, 60)
    )
    assert told == [f"{INGEST} lies 8 ms outside of the call that led to it: two clocks differ"]


def test_a_silence_must_be_long_and_a_part_of_the_whole() -> None:
    """99 ms are none, nor are 150 of 1,000."""
    assert said(arrival(0), call(1, 1), answer(100, 100)) == []
    assert said(arrival(0), call(850, 850), answer(1000, 1000)) == []


def test_what_was_counted_is_said() -> None:
    """Lines that came again, that are cut, that are left out."""
    told = said(arrival(0), answer(5, 5), repeated=3, unreadable=2, left_out=1)
    assert [one.split(maxsplit=1)[0] for one in told] == ["3", "2", "1"]


def test_a_word_at_the_same_time_is_in_order() -> None:
    """Lines of one millisecond, and of two services in one file, stand in order."""
    assert said(arrival(0), line(5, "message"), line(5, "message"), answer(5, 5)) == []
    assert (
        said(
            arrival(0), call(40, 40, meta={"binding": "B"}), arrival(1, INGEST), answer(39, 38, INGEST), answer(41, 41)
        )
        == []
    )
