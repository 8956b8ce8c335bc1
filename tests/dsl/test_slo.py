"""Promises: paces and ceilings follow from the objective; the numbers are those of Google's SRE Workbook, chapter 5."""

from __future__ import annotations

from fractions import Fraction

import pytest

from generator.dsl.query import And, labels_of
from generator.dsl.slo import Burn, Objective
from generator.dsl.units import RATIO, Duration, Quantity, days, hours, minutes, percent
from tests.dsl.nouns import ORDERS, SPILT, TABLE

OBJECTIVE = Objective(percent(99.5), days(30))

PACES = [
    (percent(2), hours(1), Fraction(72, 5), Fraction(72, 1000)),
    (percent(5), hours(6), Fraction(6), Fraction(3, 100)),
    (percent(10), days(3), Fraction(1), Fraction(5, 1000)),
]


def test_the_budget_is_what_the_objective_leaves() -> None:
    """99.5 % kept are 0.5 % to fail, to the letter."""
    assert OBJECTIVE.budget == Quantity(Fraction(1, 200), RATIO)


@pytest.mark.parametrize(("spent", "within", "pace", "ceiling"), PACES)
def test_a_part_gone_within_a_time_is_a_pace_and_a_ceiling(
    spent: Quantity, lookback: Duration, pace: Fraction, ceiling: Fraction
) -> None:
    """Of 99.5 % over 30 days: 2 % in 1 h is a pace of 14.4 and 7.2 % errors, 5 % in 6 h is 6, 10 % in 3 days is 1."""
    assert OBJECTIVE.pace(spent, lookback) == pace
    assert OBJECTIVE.ceiling(spent, lookback) == Quantity(ceiling, RATIO)


def test_a_budget_burns_in_a_long_window_and_in_a_short_one() -> None:
    """Both windows are above the same ceiling, and told by the same labels."""
    condition = Burn(percent(2), within=hours(1), still=minutes(5)).of(SPILT, ORDERS, OBJECTIVE, TABLE)
    ceiling = Quantity(Fraction(72, 1000), RATIO)
    assert [(one.query, one.operator, one.threshold) for one in condition.comparisons()] == [
        (SPILT.ratio_to(ORDERS, hours(1)).by(TABLE), ">", ceiling),
        (SPILT.ratio_to(ORDERS, minutes(5)).by(TABLE), ">", ceiling),
    ]
    assert isinstance(condition, And)
    assert labels_of(condition) == (TABLE,)


def test_a_budget_that_burns_now_burns_faster_than_it_lasts() -> None:
    """Where `now` is given, more than the 0.5 % that may fail must fail in that window too."""
    burn = Burn(percent(5), within=hours(6), still=minutes(30), now=minutes(5))
    *_, last = burn.of(SPILT, ORDERS, OBJECTIVE, TABLE).comparisons()
    assert last.query == SPILT.ratio_to(ORDERS, minutes(5)).by(TABLE)
    assert (last.operator, last.threshold) == (">", Quantity(Fraction(1, 200), RATIO))
