"""Metrics: the names of their series, the queries that read them, and metrics that cannot be declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from generator.dsl.labels import Label
from generator.dsl.metrics import (
    Age,
    Buckets,
    CombinedCounter,
    Histogram,
    Increase,
    Latest,
    Member,
    Quantile,
    Rate,
    Ratio,
)
from generator.dsl.query import DashboardWindow
from generator.dsl.units import (
    CALLS_UNIT,
    ERRORS_UNIT,
    MILLISECONDS,
    RATIO,
    SECONDS,
    TIMESTAMP_SECONDS,
    days,
    minutes,
)
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import BELL, GLASSES, GUEST, LARGE, ORDERS, SIZE, SMALL, SPILT, TABLE, WAIT
from tests.dsl.trees import tree


def test_a_histogram_has_series_of_three_names() -> None:
    """Buckets, sum and count; a counter and a gauge have series of one name, their own."""
    assert WAIT.names() == ("wait_ms_bucket", "wait_ms_sum", "wait_ms_count")
    assert (ORDERS.names(), BELL.names()) == (("orders_total",), ("bell_timestamp_seconds",))


def test_a_counter_is_read_as_a_rate_or_an_increase() -> None:
    """A rate is per second, over the panel's step; an increase is over a window."""
    assert tree(ORDERS.rate()) == tree(Rate(metric=ORDERS, window=DashboardWindow.STEP))
    assert ORDERS.rate().unit.name == "requests per second"
    assert tree(ORDERS.increase(minutes(5))) == tree(Increase(metric=ORDERS, window=minutes(5)))
    assert ORDERS.increase(DashboardWindow.RANGE).unit == ORDERS.unit


def test_two_counters_give_a_ratio_or_a_quotient() -> None:
    """`ratio_to` has the unit of ratios, `per` that of the numerator; the window is the panel's step by default."""
    numerator, denominator = SPILT.increase(minutes(5)), ORDERS.increase(minutes(5))
    assert tree(SPILT.ratio_to(ORDERS, minutes(5))) == tree(Ratio(numerator, denominator, RATIO))
    assert tree(SPILT.per(ORDERS, minutes(5))) == tree(Ratio(numerator, denominator, ERRORS_UNIT))
    assert {
        metric_query.window
        for metric_query in SPILT.ratio_to(ORDERS).metric_queries()
        if isinstance(metric_query, Increase)
    } == {DashboardWindow.STEP}


def test_a_histogram_is_read_as_a_quantile_or_by_bucket() -> None:
    """Both are in the histogram's unit."""
    assert tree(WAIT.quantile(0.95, minutes(5))) == tree(Quantile(metric=WAIT, window=minutes(5), q=0.95))
    assert tree(WAIT.bucket_counts(DashboardWindow.RANGE)) == tree(Buckets(metric=WAIT, window=DashboardWindow.RANGE))
    assert WAIT.quantile(0.5).unit == WAIT.bucket_counts().unit == MILLISECONDS


@pytest.mark.parametrize(
    ("q", "example"), [(0, "0.95"), (1, "0.95"), (1.5, "0.95"), (95, "0.95"), (99, "0.99"), (-0.5, "0.95")]
)
def test_a_quantile_is_between_0_and_1(q: float, example: str) -> None:
    """The hint for a percentile is the same quantile as a fraction: .quantile(99) is meant as 0.99."""
    assert definition_error(lambda: WAIT.quantile(q)) == (
        f".quantile(…) takes a number between 0 and 1, not {q}; write {example}"
    )


@pytest.mark.parametrize("buckets", [(10, 100, 50), (10, 10, 100), (100, 10)])
def test_bucket_bounds_must_ascend(buckets: tuple[int, ...]) -> None:
    """Bounds that descend or repeat are an error."""
    assert definition_error(lambda: replace(WAIT, buckets=buckets)) == (
        "the bucket bounds of wait_ms are not in ascending order; list each bound once, the smallest first"
    )


def test_bucket_bounds_can_be_integers_and_floats() -> None:
    """A histogram can have bounds of 0, 0.5 and 1."""
    assert isinstance(replace(WAIT, buckets=(0, 0.5, 1)), Histogram)


def test_a_gauge_is_read_as_its_latest_value_or_its_age() -> None:
    """The latest value is in the gauge's unit, the age of a timestamp in seconds."""
    assert tree(BELL.latest()) == tree(Latest(metric=BELL))
    assert BELL.latest().unit == TIMESTAMP_SECONDS
    age = BELL.age(lookback=days(1), expected=TABLE)
    assert tree(age) == tree(Age(metric=BELL, lookback=days(1), expected=TABLE))
    assert age.unit == SECONDS


def test_a_combined_counter_has_the_labels_that_all_members_share() -> None:
    """Only small glasses have a guest, so the combined counter has the table, and the size that distinguishes them."""
    assert GLASSES.labels == (TABLE, SIZE)
    assert GLASSES.increase(minutes(5)).by(SIZE).output_labels == (SIZE,)
    assert GLASSES.rate().unit.name == "calls per second"


def combined(*distinguishing_labels: Mapping[Label, str]) -> CombinedCounter:
    """Small and large glasses combined, with these labels."""
    counters = zip((SMALL, LARGE), distinguishing_labels, strict=True)
    members = tuple(Member(counter, labels) for counter, labels in counters)
    return CombinedCounter(name="glasses", unit=CALLS_UNIT, help="Glasses.", members=members)


def test_members_with_the_same_labels_are_an_error() -> None:
    """They would be one series, in whatever order their labels are listed."""
    message = "two members of glasses have the same labels; give each different values"
    assert definition_error(lambda: combined({SIZE: "small"}, {SIZE: "small"})) == message
    labels = {SIZE: "small", GUEST: "a"}, {GUEST: "a", SIZE: "small"}
    assert definition_error(lambda: combined(*labels)) == message


def test_members_distinguished_by_different_labels_are_an_error() -> None:
    """A sum by size would drop a member without a size."""
    assert definition_error(lambda: combined({SIZE: "small"}, {GUEST: "all"})) == (
        "the members of glasses are distinguished by different labels; use the same labels for each"
    )
