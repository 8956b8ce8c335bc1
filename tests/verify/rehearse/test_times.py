"""The times of evaluations: a group's own phase, to the millisecond, and chunks that leave none out."""

from __future__ import annotations

from generator.verify.rehearse.history_api import Times, times_between


def test_times_have_the_phase_of_the_group() -> None:
    """A group of 30 s that was evaluated at 1,000,007.123 is evaluated at 17.123 and 47.123 of each minute, UTC, as
    1,000,007 = 33,333 × 30 + 17."""
    times = times_between(1_200, 1_320, 30, 1_000_007.123)
    assert times == Times(1_217_123, 1_307_123, 30_000)
    assert times.count == 4


def test_a_time_at_the_border_counts() -> None:
    """The start and the end are included."""
    assert times_between(60, 120, 30, 0) == Times(60_000, 120_000, 30_000)
    assert times_between(61, 89, 30, 0).count == 0


def test_chunks_follow_each_other() -> None:
    """Seven times in chunks of three."""
    chunks = [*Times(0, 180, 30).chunks(3)]
    assert chunks == [Times(0, 60, 30), Times(90, 150, 30), Times(180, 180, 30)]
