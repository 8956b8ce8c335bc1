"""Conditions: comparisons in one unit, joined in their order, and the labels of their series."""

from __future__ import annotations

from generator.dsl.query import (
    Always,
    And,
    Comparison,
    Condition,
    Or,
    Rule,
    ThresholdSeries,
    ThresholdTable,
    WithoutPrice,
    labels_of,
)
from generator.dsl.units import (
    MILLISECONDS,
    RATIO,
    REQUESTS_UNIT,
    SECONDS,
    TIMESTAMP_SECONDS,
    TOKENS_UNIT,
    days,
    hours,
    minutes,
    percent,
    quantity,
)
from generator.dsl.unusual import Unusual
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import BELL, GUEST, ORDERS, SIPS, SPILT, TABLE, WAIT
from tests.dsl.trees import tree

WINDOW = minutes(5)
THRESHOLD_BY_GUEST = ThresholdSeries(ThresholdTable("spilt_share", RATIO, None, {"a": percent(9)}), GUEST, None)
SPILT_RATIO = SPILT.ratio_to(ORDERS, WINDOW)


def thresholds(condition: Condition) -> list[object]:
    """The thresholds of a condition's comparisons, in order."""
    return [comparison.threshold for comparison in condition.comparisons()]


def test_a_duration_is_a_threshold_in_seconds() -> None:
    """An age can be compared with a duration."""
    age = BELL.age(lookback=days(1), expected=TABLE).by(TABLE)
    assert tree(age.above(minutes(3))) == tree(Comparison(age, ">", quantity(180, SECONDS)))


def test_a_threshold_in_another_unit_is_an_error() -> None:
    """Milliseconds are not compared with a ratio, with a threshold series in ratios or with seconds."""
    wait = WAIT.quantile(0.95, WINDOW).by(GUEST)
    hint = "give a threshold in milliseconds, as milliseconds(1)"
    message = f"a query in milliseconds is compared with a threshold in ratio; {hint}"
    assert definition_error(lambda: wait.above(percent(5))) == message
    assert definition_error(lambda: wait.above(THRESHOLD_BY_GUEST)) == message
    assert definition_error(lambda: wait.above(minutes(1))) == (
        f"a query in milliseconds is compared with a threshold in seconds; {hint}"
    )
    assert definition_error(lambda: SPILT_RATIO.above(quantity(5, MILLISECONDS))) == (
        "a query in ratio is compared with a threshold in milliseconds; give a threshold in ratio, as percent(1)"
    )


def test_a_threshold_by_guest_needs_a_query_by_guest() -> None:
    """A series without a guest has no threshold of its own."""
    assert definition_error(lambda: SPILT_RATIO.by(TABLE).above(THRESHOLD_BY_GUEST)) == (
        "a threshold per guest_id, but the query is not grouped by guest_id; add GUEST to .by(…)"
    )
    by_guest = SPILT_RATIO.by(TABLE, GUEST)
    assert tree(by_guest.above(THRESHOLD_BY_GUEST)) == tree(Comparison(by_guest, ">", THRESHOLD_BY_GUEST))


def test_conditions_are_joined_in_their_order() -> None:
    """`&` and `|` keep the order, and the first comparison gives the alert's value."""
    low, middle, high = (SPILT_RATIO.above(percent(percentage)) for percentage in (1, 2, 3))
    assert tree(low & middle) == tree(And(low, middle))
    assert tree(low | middle) == tree(Or(low, middle))
    assert tree(low & (middle & high)) == tree(And(And(low, middle), high))
    assert thresholds((low & middle) | high) == [percent(1), percent(2), percent(3)]
    assert thresholds(high & (low | middle)) == [percent(3), percent(1), percent(2)]


def test_a_rule_is_a_condition_with_durations() -> None:
    """`for_` and `keep_firing_for` are kept beside the condition."""
    condition = SPILT_RATIO.above(percent(1))
    assert tree(condition.for_(WINDOW)) == tree(Rule(condition, WINDOW))
    assert tree(condition.for_(WINDOW).keep_firing_for(minutes(1))) == tree(Rule(condition, WINDOW, minutes(1)))


def test_a_rule_has_the_window_that_all_its_queries_share() -> None:
    """Queries of one window give the rule that window; two windows, a forecast's 18 hours and 1 hour, and no window
    at all give none. A query without a window, as a gauge's latest value, does not count."""
    ratio, orders = SPILT_RATIO.above(percent(1)), ORDERS.increase(WINDOW).at_least(quantity(15, REQUESTS_UNIT))
    latest = BELL.latest().above(quantity(1, TIMESTAMP_SECONDS))
    longer = SPILT.ratio_to(ORDERS, minutes(6)).above(percent(1))
    forecast = SIPS.increase(hours(18)).forecast(days(1), recent=hours(1)).above(quantity(1, TOKENS_UNIT))
    assert Rule(ratio & orders).window == Rule(latest & ratio).window == WINDOW
    assert Rule(WithoutPrice(SIPS.increase(hours(1)))).window == hours(1)
    assert [Rule(each).window for each in (ratio & longer, ratio | longer, forecast, latest, Always())] == [None] * 5


def test_conditions_without_a_threshold_have_no_comparisons() -> None:
    """An alert that always fires and one on missing prices compare nothing."""
    assert thresholds(Always()) == []
    assert thresholds(WithoutPrice(SIPS.increase(WINDOW))) == []
    assert thresholds(Unusual(SIPS.increase(WINDOW))) == []


def test_a_condition_is_grouped_by_the_labels_of_its_first_query() -> None:
    """The labels of its series are those of the first query; an alert that always fires has none."""
    by_table = SPILT_RATIO.by(TABLE).above(percent(1))
    assert labels_of(by_table) == labels_of(by_table & by_table) == labels_of(by_table | by_table) == (TABLE,)
    assert labels_of(WithoutPrice(SIPS.increase(WINDOW).by(GUEST, TABLE))) == (GUEST, TABLE)
    assert labels_of(Unusual(SIPS.increase(WINDOW).by(GUEST))) == (GUEST,)
    assert labels_of(Always()) == ()
