"""A history that is coarser in the past: which steps it has, and when rules are evaluated."""

from __future__ import annotations

from generator.verify.simulation.clock import Clock
from generator.verify.simulation.resolution import EvaluatedSpan, Resolution

CLOCK = Clock(start=7_200, length=240, step=15)


def test_the_past_has_every_second_step() -> None:
    """At a step of 15 s, one sample in 30 s before the time, and all from then on."""
    assert Resolution(7_200 + 120).steps(CLOCK).tolist() == [0, 2, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16]
    assert Resolution().steps(CLOCK).tolist() == [*range(17)]


def test_long_steps_stay() -> None:
    """A minute is longer than 30 s: nothing is left out."""
    assert Resolution(7_200 + 120).steps(Clock(start=7_200, length=240, step=60)).tolist() == [*range(5)]


def test_rules_are_evaluated_at_no_time_twice() -> None:
    """In the past once a minute, up to a minute before the time from which they are evaluated at their intervals."""
    past, detailed = Resolution(7_200 + 120).spans(CLOCK)
    assert (past.start, past.end, past.interval) == (7_200, 7_260, 60)
    assert (detailed.start, detailed.end, detailed.interval) == (7_320, 7_440, 0)
    assert Resolution().spans(CLOCK) == Resolution(7_200).spans(CLOCK) == (EvaluatedSpan(7_200, 7_440),)
