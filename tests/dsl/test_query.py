"""Measures: told by labels, narrowed by matchers, wrapped in others, and never about what a metric does not have."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from generator.dsl.metrics import ErrorBudgetRemaining, Forecast, Increase, Priced, SeriesCount
from generator.dsl.query import DashboardWindow, FractionOf, Query, ThresholdSeries, ThresholdTable, Window
from generator.dsl.units import (
    DOLLARS,
    MILLISECONDS,
    RATIO,
    REQUESTS_UNIT,
    TENANTS_UNIT,
    TOKENS_UNIT,
    days,
    hours,
    minutes,
    percent,
    quantity,
)
from tests.dsl.nouns import ABSENT, ALARMS, GLASSES, GUEST, LARGE, ORDERS, SIPS, SIZE, SPILT, TABLE, WAIT
from tests.dsl.refused import refused

FIVE = minutes(5)
SIPS_A_DAY = ThresholdSeries(ThresholdTable("sips", TOKENS_UNIT, None, {"a": quantity(9, TOKENS_UNIT)}), GUEST, None)

UNKNOWN: list[Callable[[], object]] = [
    lambda: ORDERS.increase(FIVE).by(GUEST, ABSENT),
    lambda: ORDERS.increase(FIVE).where(ABSENT.is_("1")),
    lambda: ORDERS.increase(FIVE).filtered_by(ABSENT),
]


def test_a_measure_is_told_by_labels() -> None:
    """The last `by` holds; without one, all series are taken together."""
    assert ORDERS.increase(FIVE).output_labels == ()
    assert ORDERS.increase(FIVE).by(GUEST).by(TABLE, GUEST).output_labels == (TABLE, GUEST)


def test_matchers_add_up() -> None:
    """Each `where` narrows further."""
    narrowed = ORDERS.increase(FIVE).where(TABLE.is_("1")).where(GUEST.is_not("a"))
    assert [metric_query.matchers for metric_query in narrowed.metric_queries()] == [
        (TABLE.is_("1"), GUEST.is_not("a"))
    ]


def test_variables_narrow_all_none_or_some() -> None:
    """Left alone, every variable of the dashboard narrows a measure (None); `picked_by` lists those that may."""
    orders = ORDERS.increase(FIVE)
    picks = [
        metric_query.filters
        for one in (orders, orders.filtered_by(), orders.filtered_by(GUEST))
        for metric_query in one.metric_queries()
    ]
    assert picks == [None, (), (GUEST,)]


def test_what_a_share_is_told_by_holds_for_both_of_its_counts() -> None:
    """Labels, matchers and variables reach the numerator and the denominator."""
    share = SPILT.ratio_to(ORDERS, FIVE).by(GUEST).where(TABLE.is_("1")).filtered_by(GUEST)
    assert [
        (metric_query.metric, metric_query.output_labels, metric_query.matchers, metric_query.filters)
        for metric_query in share.metric_queries()
    ] == [
        (SPILT, (GUEST,), (TABLE.is_("1"),), (GUEST,)),
        (ORDERS, (GUEST,), (TABLE.is_("1"),), (GUEST,)),
    ]
    assert (share.output_labels, share.unit) == ((GUEST,), RATIO)


@pytest.mark.parametrize("speak", UNKNOWN)
def test_an_unknown_label_is_refused_with_the_nearest_known_one(speak: Callable[[], object]) -> None:
    """Whether it groups, narrows or is picked by."""
    said = 'orders_total has no label tabel; did you mean "table"? Use it, or declare "tabel"'
    assert refused(speak) == said


def test_a_label_that_one_side_of_a_share_lacks_is_refused() -> None:
    """Large glasses do not know their guest."""
    said = refused(lambda: LARGE.ratio_to(ORDERS, FIVE).by(GUEST))
    assert said == "large_total has no label guest_id; use one of table"
    assert refused(lambda: GLASSES.rate().by(GUEST)).startswith("glasses has no label guest_id; ")
    assert refused(lambda: ALARMS.firing().by(SIZE)) == "ALARMS has no label size; use one of table"


def test_a_part_of_a_limit_is_a_share() -> None:
    """Tokens against a budget in tokens; anything else is refused."""
    used = SIPS.increase(days(1)).by(GUEST).fraction_of(SIPS_A_DAY)
    assert used == FractionOf(SIPS.increase(days(1)).by(GUEST), SIPS_A_DAY)
    assert (used.unit, used.output_labels) == (RATIO, (GUEST,))
    said = "requests against a limit in tokens; compare what has one unit"
    assert refused(lambda: ORDERS.increase(days(1)).fraction_of(SIPS_A_DAY)) == said


def test_a_forecast_reads_a_day_so_far_and_its_newest_hour() -> None:
    """Both are told by the same labels, and the forecast keeps the unit."""
    forecast = SIPS.increase(hours(18)).forecast(days(1), recent=hours(1)).by(GUEST)
    so_far, recent = (Increase(metric=SIPS, window=hours(window), by_labels=(GUEST,)) for window in (18, 1))
    assert forecast == Forecast(so_far, recent, days(1))
    assert (forecast.unit, forecast.output_labels) == (TOKENS_UNIT, (GUEST,))


@pytest.mark.parametrize("over", [DashboardWindow.RANGE, DashboardWindow.STEP, days(1), days(2)])
def test_a_forecast_with_nothing_left_to_come_is_refused(window: Window) -> None:
    """A window that the dashboard chooses, or one that is the whole already, leaves no rest to project."""
    said = "nothing is left to forecast of 1 day; count over a shorter duration"
    assert refused(lambda: SIPS.increase(window).forecast(days(1), recent=hours(1))) == said


def test_tokens_cost_dollars() -> None:
    """What tokens cost is told by the labels that the tokens are told by."""
    cost = SIPS.increase(days(1)).priced().by(GUEST)
    assert cost == Priced(SIPS.increase(days(1)).by(GUEST))
    assert (cost.unit, cost.output_labels) == (DOLLARS, (GUEST,))


def test_how_many_is_one_number_of_series() -> None:
    """Guests who ordered: the orders are told by guest, their number by nothing."""
    guests = SeriesCount(ORDERS.increase(FIVE).by(GUEST))
    assert (guests.unit, guests.output_labels) == (TENANTS_UNIT, ())
    assert [metric_query.output_labels for metric_query in guests.metric_queries()] == [(GUEST,)]


def test_what_is_left_of_a_budget_is_a_share() -> None:
    """It keeps the share of errors and the objective that grants the budget."""
    failed = SPILT.ratio_to(ORDERS, days(30))
    left = failed.error_budget_remaining(percent(99.5))
    assert left == ErrorBudgetRemaining(failed, percent(99.5))
    assert left.unit == RATIO


def test_a_floor_takes_the_unit_of_what_it_is_a_floor_of() -> None:
    """Fifteen are enough, be they requests, calls or tokens."""
    (floor,) = SIPS.increase(FIVE).at_least(quantity(15, REQUESTS_UNIT)).comparisons()
    assert (floor.operator, floor.threshold) == (">=", quantity(15, TOKENS_UNIT))


@pytest.mark.parametrize(
    ("measure", "name"), [(SPILT.ratio_to(ORDERS, FIVE), "share"), (WAIT.quantile(0.5), "milliseconds")]
)
def test_enough_of_what_is_not_counted_is_refused(query: Query, name: str) -> None:
    """A share of 15 is never reached: the alert would stay silent for ever."""
    said = f"enough {name} are asked for; ask for enough of something counted"
    assert refused(lambda: query.at_least(quantity(15, REQUESTS_UNIT))) == said


def test_a_measure_above_a_threshold_is_a_comparison() -> None:
    """More than 500 ms, not as many: what just keeps a promise is not told."""
    (comparison,) = WAIT.quantile(0.95, FIVE).above(quantity(500, MILLISECONDS)).comparisons()
    assert (comparison.operator, comparison.threshold) == (">", quantity(Fraction(500), MILLISECONDS))
