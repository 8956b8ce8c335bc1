"""SLOs: burn rates and error ratios, with the numbers of chapter 5 of the SRE Workbook."""

from __future__ import annotations

from fractions import Fraction

import pytest

from generator.dsl.query import And, labels_of
from generator.dsl.slo import BurnRateWindows, Slo
from generator.dsl.units import RATIO, Duration, Quantity, days, hours, minutes, percent
from tests.dsl.sample_contract import ORDERS, SPILT, TABLE
from tests.dsl.trees import tree

SLO = Slo(percent(99.5), days(30))

BURN_RATES = [
    (percent(2), hours(1), Fraction(72, 5), Fraction(72, 1000)),
    (percent(5), hours(6), Fraction(6), Fraction(3, 100)),
    (percent(10), days(3), Fraction(1), Fraction(5, 1000)),
]


def test_the_error_budget_is_the_rest_of_the_target() -> None:
    """A target of 99.5 % has an error budget of exactly 0.5 %."""
    assert SLO.error_budget == Quantity(Fraction(1, 200), RATIO)


@pytest.mark.parametrize(("budget_fraction", "window", "burn_rate", "error_ratio"), BURN_RATES)
def test_a_fraction_of_the_budget_in_a_window_is_a_burn_rate_and_an_error_ratio(
    budget_fraction: Quantity, window: Duration, burn_rate: Fraction, error_ratio: Fraction
) -> None:
    """For 99.5 % in 30 days, 2 % in 1 h is a burn rate of 14.4 (7.2 % errors), 5 % in 6 h of 6, 10 % in 3 days of 1."""
    assert SLO.burn_rate(budget_fraction, window) == burn_rate
    assert SLO.error_ratio_at(budget_fraction, window) == Quantity(error_ratio, RATIO)


def test_the_long_and_the_short_window_have_the_same_burn_rate() -> None:
    """Both windows are compared with the same error ratio and grouped by the same labels."""
    condition = BurnRateWindows(percent(2), long_window=hours(1), short_window=minutes(5)).condition(
        SPILT, ORDERS, SLO, TABLE
    )
    error_ratio = Quantity(Fraction(72, 1000), RATIO)
    assert [
        (tree(comparison.query), comparison.operator, comparison.threshold) for comparison in condition.comparisons()
    ] == [
        (tree(SPILT.ratio_to(ORDERS, window=hours(1)).by(TABLE)), ">", error_ratio),
        (tree(SPILT.ratio_to(ORDERS, window=minutes(5)).by(TABLE)), ">", error_ratio),
    ]
    assert isinstance(condition, And)
    assert labels_of(condition) == (TABLE,)


def test_the_current_window_has_a_burn_rate_above_one() -> None:
    """A third window, if given, is compared with the 0.5 % of the error budget."""
    burn = BurnRateWindows(percent(5), long_window=hours(6), short_window=minutes(30), current_window=minutes(5))
    *_, last = burn.condition(SPILT, ORDERS, SLO, TABLE).comparisons()
    assert tree(last.query) == tree(SPILT.ratio_to(ORDERS, window=minutes(5)).by(TABLE))
    assert (last.operator, last.threshold) == (">", Quantity(Fraction(1, 200), RATIO))
