"""The axis: times to shares of the width, long idle times short."""

from __future__ import annotations

import pytest

from generator.logs.trace.scale import Scale, scale
from generator.logs.trace.tree import Kind, Step


def axis(*spans: tuple[float, float]) -> Scale:
    """The axis of steps with these starts and ends."""
    return scale(Step(Kind.VISIT, "a", "a", start, end, None, False) for start, end in spans)


@pytest.mark.parametrize(("time", "share"), [(100, 0), (150, 0.25), (300, 1), (0, 0), (400, 1)])
def test_one_span_is_the_whole_width(time: float, share: float) -> None:
    """200 ms from 100 on; what lies outside is drawn at the edge."""
    assert axis((100, 300)).at(time) == share


@pytest.mark.parametrize(("time", "share"), [(0, 0), (50, 50 / 105), (500, 55 / 105), (1000, 55 / 105), (1050, 1)])
def test_a_long_idle_time_is_drawn_short(time: float, share: float) -> None:
    """50 ms, 950 idle, 50 ms: the idle time takes 5 % of the busy 100, and all in it is drawn at its end."""
    assert axis((0, 50), (1000, 1050)).at(time) == pytest.approx(share)


def test_a_short_idle_time_is_drawn_as_it_is() -> None:
    """25 ms between two spans of 50 are not more than a quarter of the busy time."""
    assert axis((0, 50), (75, 125)).at(75) == 75 / 125
    assert axis((0, 50), (76, 126)).at(76) < 76 / 126


def test_a_span_within_another_does_not_shorten_it() -> None:
    """A step that ends before the one that it began after changes nothing."""
    assert axis((0, 200), (50, 100)).at(100) == 0.5


def test_steps_that_reach_out_of_theirs_have_a_place() -> None:
    """A step within another that ends later stretches the axis."""
    inner = Step(Kind.CALL, "a", "b", 50, 200, None, False)
    outer = Step(Kind.VISIT, "a", "a", 0, 100, None, False, (inner,))
    assert scale([outer]).at(100) == 0.5


def test_no_time_at_all_is_the_beginning() -> None:
    """Steps that take no time are drawn at the left."""
    assert axis((5, 5)).at(5) == 0
