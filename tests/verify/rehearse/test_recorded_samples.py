"""What a recording rule writes: its results, and a staleness marker at the first evaluation without one."""

from __future__ import annotations

from collections.abc import Sequence

from generator.verify.rehearse.history_api import RangeSeries, Times
from generator.verify.rehearse.recorded_samples import RecordedSamples

NAME = {"__name__": "r:x:sum", "region": "eu", "route": "/chat"}
TIMES = Times(0, 90, 30)


def series(*times: int) -> Sequence[RangeSeries]:
    """A result of 1 at these times."""
    return [RangeSeries({"route": "/chat", "region": "us"}, tuple((time, "1") for time in times))]


def test_a_series_that_goes_on_has_no_marker() -> None:
    """Its labels are those of the result, with the rule's own."""
    samples = RecordedSamples("r:x:sum", {"region": "eu"})
    assert [*samples.of_chunk(series(0, 30, 60, 90), TIMES)] == [(NAME, [(0, 1), (30, 1), (60, 1), (90, 1)])]


def test_a_series_ends_at_the_first_evaluation_without_it() -> None:
    """It is absent at 30, comes again at 60, and is absent at 90."""
    samples = RecordedSamples("r:x:sum", {"region": "eu"})
    assert [*samples.of_chunk(series(0, 60), TIMES)] == [(NAME, [(0, 1), (30, None), (60, 1), (90, None)])]


def test_a_series_that_begins_late_has_no_marker_before() -> None:
    """At 0 and 30 it was not there before."""
    samples = RecordedSamples("r:x:sum", {"region": "eu"})
    assert [*samples.of_chunk(series(60, 90), TIMES)] == [(NAME, [(60, 1), (90, 1)])]


def test_a_series_ends_between_two_chunks() -> None:
    """It is there at the end of a chunk: absent from the next one, it ended at its first time, once."""
    samples = RecordedSamples("r:x:sum", {"region": "eu"})
    assert len([*samples.of_chunk(series(90), TIMES)]) == 1
    later = Times(120, 210, 30)
    assert [*samples.of_chunk(series(150), later)] == [(NAME, [(120, None), (150, 1), (180, None)])]
    assert [*RecordedSamples("r:x:sum", {}).of_chunk([], later)] == []
    assert [*samples.of_chunk([], Times(240, 330, 30))] == []
