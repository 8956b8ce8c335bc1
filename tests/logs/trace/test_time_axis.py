"""The time axis maps times to positions and shortens long idle times."""

from __future__ import annotations

import pytest

from generator.logs.trace.spans import Span, SpanKind
from generator.logs.trace.waterfall import WaterfallAxis, time_axis


def axis(*extents: tuple[float, float]) -> WaterfallAxis:
    """The axis of spans with these starts and ends."""
    return time_axis(Span(SpanKind.SERVER, "a", "a", start, end, None, False) for start, end in extents)


@pytest.mark.parametrize(("time", "position"), [(100, 0), (150, 0.25), (300, 1), (0, 0), (400, 1)])
def test_one_span_fills_the_axis(time: float, position: float) -> None:
    """A span of 200 ms from 100 ms on fills the axis; times outside of it are at the edges."""
    assert axis((100, 300)).position(time) == position


@pytest.mark.parametrize(("time", "position"), [(0, 0), (50, 50 / 105), (500, 55 / 105), (1000, 55 / 105), (1050, 1)])
def test_a_long_idle_time_is_shortened(time: float, position: float) -> None:
    """950 idle ms between spans of 50 ms take 5 % of the busy 100 ms, and times within have the position of its end."""
    assert axis((0, 50), (1000, 1050)).position(time) == pytest.approx(position)


def test_a_short_idle_time_keeps_its_length() -> None:
    """25 ms between two spans of 50 ms are not more than a quarter of the busy time."""
    assert axis((0, 50), (75, 125)).position(75) == 75 / 125
    assert axis((0, 50), (76, 126)).position(76) < 76 / 126


def test_a_span_within_another_changes_nothing() -> None:
    """A span that starts and ends within another does not change the axis."""
    assert axis((0, 200), (50, 100)).position(100) == 0.5


def test_a_child_that_ends_later_extends_the_axis() -> None:
    """A child that ends after its parent extends the axis."""
    child = Span(SpanKind.CLIENT, "a", "b", 50, 200, None, False)
    parent = Span(SpanKind.SERVER, "a", "a", 0, 100, None, False, (child,))
    assert time_axis([parent]).position(100) == 0.5


def test_the_wait_for_a_queue_is_shortened() -> None:
    """What a queue delivers is part of the span that sent it, and the idle time between them is shortened all the same:
    950 ms between spans of 50 ms take 5 % of the busy 100 ms."""
    late = Span(SpanKind.SERVER, "b", "b", 1000, 1050, None, False, is_delivered=True)
    call = Span(SpanKind.CLIENT, "a", "send", 10, 20, None, False, (late,))
    root = Span(SpanKind.SERVER, "a", "a", 0, 50, None, False, (call,))
    assert time_axis([root]).position(1000) == pytest.approx(55 / 105)


def test_spans_without_duration_are_at_the_start() -> None:
    """With a total duration of zero, every time is at the start of the axis."""
    assert axis((5, 5)).position(5) == 0
