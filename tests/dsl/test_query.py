"""Queries: grouped by labels, filtered by matchers, derived from others, and never about labels that a metric lacks."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from generator.dsl.error_budget import ErrorBudgetRemaining
from generator.dsl.metrics import Forecast, Increase, Priced, SeriesCount
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
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import (
    ALARMS,
    GLASSES,
    GUEST,
    LARGE,
    MISSPELT_TABLE,
    ORDERS,
    SIPS,
    SIZE,
    SPILT,
    TABLE,
    WAIT,
)
from tests.dsl.trees import tree

WINDOW = minutes(5)
SIPS_PER_DAY = ThresholdSeries(ThresholdTable("sips", TOKENS_UNIT, None, {"a": quantity(9, TOKENS_UNIT)}), GUEST, None)

UNKNOWN_LABELS: list[Callable[[], object]] = [
    lambda: ORDERS.increase(WINDOW).by(GUEST, MISSPELT_TABLE),
    lambda: ORDERS.increase(WINDOW).where(MISSPELT_TABLE.is_("1")),
    lambda: ORDERS.increase(WINDOW).filtered_by(MISSPELT_TABLE),
]


def test_a_query_is_grouped_by_the_labels_of_the_last_by() -> None:
    """Without `by`, all series are aggregated into one."""
    assert ORDERS.increase(WINDOW).output_labels == ()
    assert ORDERS.increase(WINDOW).by(GUEST).by(TABLE, GUEST).output_labels == (TABLE, GUEST)


def test_every_where_adds_matchers() -> None:
    """A second `where` keeps the matchers of the first."""
    query = ORDERS.increase(WINDOW).where(TABLE.is_("1")).where(GUEST.is_not("a"))
    assert [metric_query.matchers for metric_query in query.metric_queries()] == [(TABLE.is_("1"), GUEST.is_not("a"))]


def test_template_variables_filter_by_all_some_or_no_labels() -> None:
    """By default all template variables of the dashboard apply (None); `filtered_by` lists those that do."""
    orders = ORDERS.increase(WINDOW)
    filters = [
        metric_query.filters
        for query in (orders, orders.filtered_by(), orders.filtered_by(GUEST))
        for metric_query in query.metric_queries()
    ]
    assert filters == [None, (), (GUEST,)]


def test_both_sides_of_a_ratio_are_grouped_and_filtered_alike() -> None:
    """Labels, matchers and template variables apply to the numerator and the denominator."""
    ratio = SPILT.ratio_to(ORDERS, WINDOW).by(GUEST).where(TABLE.is_("1")).filtered_by(GUEST)
    assert [
        (metric_query.metric, metric_query.output_labels, metric_query.matchers, metric_query.filters)
        for metric_query in ratio.metric_queries()
    ] == [
        (SPILT, (GUEST,), (TABLE.is_("1"),), (GUEST,)),
        (ORDERS, (GUEST,), (TABLE.is_("1"),), (GUEST,)),
    ]
    assert (ratio.output_labels, ratio.unit) == ((GUEST,), RATIO)


@pytest.mark.parametrize("define", UNKNOWN_LABELS, ids=["by", "where", "filtered_by"])
def test_an_unknown_label_is_an_error_with_the_nearest_label(define: Callable[[], object]) -> None:
    """Whether the query is grouped by it, matched by it or filtered by its template variable."""
    assert definition_error(define) == (
        'orders_total has no label tabel; did you mean "table"? Use it, or declare "tabel"'
    )


def test_a_label_that_one_side_of_a_ratio_lacks_is_an_error() -> None:
    """Large glasses have no guest, a combined counter of them has none either, and alarms have no size."""
    message = definition_error(lambda: ORDERS.ratio_to(LARGE, WINDOW).by(GUEST))
    assert message == "large_total has no label guest_id; use table"
    assert definition_error(lambda: GLASSES.rate().by(GUEST)) == "glasses has no label guest_id; use one of size, table"
    assert definition_error(lambda: ALARMS.firing().by(SIZE)) == "ALARMS has no label size; use table"


def test_a_fraction_of_a_threshold_is_a_ratio() -> None:
    """Sips are divided by a threshold in sips; a threshold in another unit is an error."""
    used = SIPS.increase(days(1)).by(GUEST).fraction_of(SIPS_PER_DAY)
    assert tree(used) == tree(FractionOf(SIPS.increase(days(1)).by(GUEST), SIPS_PER_DAY))
    assert (used.unit, used.output_labels) == (RATIO, (GUEST,))
    assert definition_error(lambda: ORDERS.increase(days(1)).fraction_of(SIPS_PER_DAY)) == (
        "requests divided by a threshold in tokens; use the same unit on both sides"
    )


def test_a_forecast_reads_the_increase_so_far_and_a_recent_one() -> None:
    """Both are grouped by the same labels, and the forecast has their unit."""
    forecast = SIPS.increase(hours(18)).forecast(days(1), recent=hours(1)).by(GUEST)
    so_far, recent = (Increase(metric=SIPS, window=hours(window), by_labels=(GUEST,)) for window in (18, 1))
    assert tree(forecast) == tree(Forecast(so_far, recent, days(1)))
    assert (forecast.unit, forecast.output_labels) == (TOKENS_UNIT, (GUEST,))


@pytest.mark.parametrize("window", [DashboardWindow.RANGE, DashboardWindow.STEP, days(1), days(2)])
def test_a_forecast_without_remaining_time_is_an_error(window: Window) -> None:
    """The window must be fixed and shorter than the time that is forecast."""
    assert definition_error(lambda: SIPS.increase(window).forecast(days(1), recent=hours(1))) == (
        "no time remains to forecast of 24 hours; write .increase(…) with a fixed window shorter than 24 hours"
    )


def test_the_cost_of_tokens_is_in_dollars() -> None:
    """The cost is grouped by the labels of the tokens."""
    cost = SIPS.increase(days(1)).priced().by(GUEST)
    assert tree(cost) == tree(Priced(SIPS.increase(days(1)).by(GUEST)))
    assert (cost.unit, cost.output_labels) == (DOLLARS, (GUEST,))


def test_a_count_of_series_is_a_single_number() -> None:
    """Orders are grouped by guest, the number of guests by no label."""
    guests = SeriesCount(ORDERS.increase(WINDOW).by(GUEST))
    assert (guests.unit, guests.output_labels) == (TENANTS_UNIT, ())
    assert [metric_query.output_labels for metric_query in guests.metric_queries()] == [(GUEST,)]


def test_the_remaining_error_budget_is_a_ratio() -> None:
    """It has the error ratio and the SLO's target."""
    error_ratio = SPILT.ratio_to(ORDERS, days(30))
    remaining = error_ratio.error_budget_remaining(percent(99.5))
    assert tree(remaining) == tree(ErrorBudgetRemaining(error_ratio, percent(99.5)))
    assert remaining.unit == RATIO


def test_a_minimum_takes_the_unit_of_its_query() -> None:
    """A minimum of 15 applies to requests, calls and tokens alike."""
    (comparison,) = SIPS.increase(WINDOW).at_least(quantity(15, REQUESTS_UNIT)).comparisons()
    assert (comparison.operator, comparison.threshold) == (">=", quantity(15, TOKENS_UNIT))


@pytest.mark.parametrize(
    ("query", "unit"), [(SPILT.ratio_to(ORDERS, WINDOW), "ratio"), (WAIT.quantile(0.5), "milliseconds")]
)
def test_a_minimum_of_what_is_not_a_count_is_an_error(query: Query, unit: str) -> None:
    """A ratio never reaches 15, so the alert would never fire."""
    assert definition_error(lambda: query.at_least(quantity(15, REQUESTS_UNIT))) == (
        f".at_least(…) compares counts, and this query is in {unit}; use .above(…), or count with .increase(window)"
    )


def test_above_a_threshold_is_greater_than() -> None:
    """A latency of exactly 500 ms is not above 500 ms."""
    (comparison,) = WAIT.quantile(0.95, WINDOW).above(quantity(500, MILLISECONDS)).comparisons()
    assert (comparison.operator, comparison.threshold) == (">", quantity(Fraction(500), MILLISECONDS))
