"""Alerts fire as Prometheus evaluates them: `for`, its reset, `keep_firing_for`, and what a chunk's border does not
change."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from generator.verify.rehearse.firing import FiringState
from generator.verify.rehearse.history_api import RangeSeries

INTERVAL = 30
LABELS = (("alertname", "A"), ("tenant_id", "a"))


def intervals(
    times: Sequence[int], hold: int = 0, keep: int = 0, end: int = 900, chunk: int = 10_000
) -> list[tuple[int, int]]:
    """The firings of an alert whose expression has a result at these times, evaluated in chunks of that length."""
    state = FiringState({"alertname": "A"}, INTERVAL, hold, keep)
    for first in range(0, end + 1, chunk):
        part = tuple((time, "1") for time in times if first <= time < first + chunk)
        state.add([RangeSeries({"tenant_id": "a"}, part)] if part else [])
    firings = state.ended(end)
    assert all(firing.labels == LABELS for firing in firings)
    return [(firing.first, firing.last) for firing in firings]


def test_without_for_an_alert_fires_at_once() -> None:
    """Three evaluations in a row, and one alone."""
    assert intervals([0, 30, 60, 150]) == [(0, 60), (150, 150)]


def test_for_is_reached_at_the_evaluation_that_is_so_much_later() -> None:
    """Active from 0: with 60 it fires from 60 on, and with 61 from 90 on."""
    times = [0, 30, 60, 90, 120]
    assert intervals(times, hold=60) == [(60, 120)]
    assert intervals(times, hold=61) == [(90, 120)]
    assert intervals(times, hold=121) == []


def test_a_missing_result_resets_for() -> None:
    """Without a result at 60, `for` begins again at 90: 60 seconds are over at 150."""
    assert intervals([0, 30, 90, 120, 150], hold=60) == [(150, 150)]


def test_an_alert_keeps_firing() -> None:
    """Absent from 60 on, it keeps firing while less than 90 seconds have passed since: at 60, 90, 120, not at 150. With
    91 it is resolved at the first evaluation after, 180."""
    assert intervals([0, 30], keep=90) == [(0, 120)]
    assert intervals([0, 30], keep=91) == [(0, 150)]


def test_a_result_in_time_keeps_it_firing_without_for() -> None:
    """It would be resolved at 150. A result at 150 prevents that; one at 180 begins `for` again."""
    assert intervals([0, 30, 150], keep=90) == [(0, 240)]
    assert intervals([0, 30, 180], keep=90) == [(0, 120), (180, 270)]
    assert intervals([0, 30, 60, 210, 240, 270], hold=60, keep=90) == [(60, 150), (270, 360)]


def test_a_pending_alert_does_not_keep_firing() -> None:
    """`keep_firing_for` is of alerts that fired."""
    assert intervals([0, 60, 120], hold=60, keep=300) == []


def test_a_firing_ends_with_the_history() -> None:
    """What would keep firing beyond the last evaluation ends there."""
    assert intervals([0, 30], keep=600, end=90) == [(0, 90)]


@pytest.mark.parametrize("chunk", [30, 60, 90, 240])
def test_chunks_change_nothing(chunk: int) -> None:
    """Wherever they end: in `for`, while it fires, while it keeps firing, and between firings."""
    times = [0, 30, 60, 210, 240, 270, 600, 630, 660, 690]
    assert intervals(times, 60, 90, chunk=chunk) == intervals(times, 60, 90) == [(60, 150), (270, 360), (660, 780)]
