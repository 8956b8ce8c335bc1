"""Metrics: under which names they are stored, how they may be read, and which cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from generator.dsl.labels import Label
from generator.dsl.metrics import (
    Age,
    Buckets,
    CombinedCounter,
    FiringCount,
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
    ALERTS_UNIT,
    CALLS_UNIT,
    ERRORS_UNIT,
    MILLISECONDS,
    RATIO,
    SECONDS,
    TIMESTAMP_SECONDS,
    days,
    minutes,
)
from tests.dsl.nouns import ALARMS, BELL, GLASSES, GUEST, LARGE, ORDERS, SIZE, SMALL, SPILT, TABLE, WAIT
from tests.dsl.refused import refused


def test_a_histogram_is_stored_under_three_names() -> None:
    """Buckets, sum and count; a counter and a gauge have one series each, of their own name."""
    assert WAIT.names() == ("wait_ms_bucket", "wait_ms_sum", "wait_ms_count")
    assert (ORDERS.names(), BELL.names()) == (("orders_total",), ("bell_timestamp_seconds",))


def test_a_counter_is_read_through_its_increase() -> None:
    """Per second over the panel's step, or over a window that is named."""
    assert ORDERS.rate() == Rate(metric=ORDERS, window=DashboardWindow.STEP)
    assert ORDERS.rate().unit.name == "requests per second"
    assert ORDERS.increase(minutes(5)) == Increase(metric=ORDERS, window=minutes(5))
    assert ORDERS.increase(DashboardWindow.RANGE).unit == ORDERS.unit


def test_two_counters_make_a_share_or_so_many_of_each() -> None:
    """A share is a share, whatever is counted; so many per other keeps the unit of what comes on top."""
    numerator, denominator = SPILT.increase(minutes(5)), ORDERS.increase(minutes(5))
    assert SPILT.ratio_to(ORDERS, minutes(5)) == Ratio(numerator, denominator, RATIO)
    assert SPILT.per(ORDERS, minutes(5)) == Ratio(numerator, denominator, ERRORS_UNIT)
    assert {
        metric_query.window
        for metric_query in SPILT.ratio_to(ORDERS).metric_queries()
        if isinstance(metric_query, Increase)
    } == {DashboardWindow.STEP}


def test_a_histogram_is_read_through_its_buckets() -> None:
    """A quantile is in the histogram's unit, and so is the spread of its values."""
    assert WAIT.quantile(0.95, minutes(5)) == Quantile(metric=WAIT, window=minutes(5), q=0.95)
    assert WAIT.bucket_counts(DashboardWindow.RANGE) == Buckets(metric=WAIT, window=DashboardWindow.RANGE)
    assert WAIT.quantile(0.5).unit == WAIT.bucket_counts().unit == MILLISECONDS


@pytest.mark.parametrize("q", [0, 1, 1.5, 95, -0.5])
def test_what_is_no_quantile_is_refused(q: float) -> None:
    """A quantile lies between 0 and 1, and is neither: the buckets know no smallest and no largest value."""
    assert refused(lambda: WAIT.quantile(q)) == f"{q} is no quantile; give a share between 0 and 1, as 0.95"


@pytest.mark.parametrize("buckets", [(10, 100, 50), (10, 10, 100), (100, 10)])
def test_buckets_that_do_not_rise_are_refused(buckets: tuple[int, ...]) -> None:
    """Neither a fall nor a bound given twice passes."""
    said = "the buckets of wait_ms do not rise; list each bound once, the smallest first"
    assert refused(lambda: replace(WAIT, buckets=buckets)) == said


def test_buckets_may_mix_whole_and_broken_bounds() -> None:
    """A half is a bound as good as another."""
    assert isinstance(replace(WAIT, buckets=(0, 0.5, 1)), Histogram)


def test_a_gauge_is_read_newest_or_as_a_time() -> None:
    """The newest value is in the gauge's unit; the age of the time that it holds is in seconds."""
    assert BELL.latest() == Latest(metric=BELL)
    assert BELL.latest().unit == TIMESTAMP_SECONDS
    age = BELL.age(lookback=days(1), expected=TABLE)
    assert age == Age(metric=BELL, lookback=days(1), expected=TABLE)
    assert age.unit == SECONDS


def test_alerts_that_fire_are_counted() -> None:
    """All that tell somebody, or those of one severity."""
    assert ALARMS.firing() == FiringCount(metric=ALARMS, severity="")
    assert ALARMS.firing("page") == FiringCount(metric=ALARMS, severity="page")
    assert ALARMS.firing().unit == ALERTS_UNIT


def test_a_union_has_the_labels_that_all_parts_share() -> None:
    """Only small glasses know their guest, so the union knows the table, and the size that tells its parts apart."""
    assert GLASSES.labels == (TABLE, SIZE)
    assert GLASSES.increase(minutes(5)).by(SIZE).output_labels == (SIZE,)
    assert GLASSES.rate().unit.name == "calls per second"


def combined(*marks: Mapping[Label, str]) -> CombinedCounter:
    members = tuple(Member(counter, mark) for counter, mark in zip((SMALL, LARGE), marks, strict=True))
    return CombinedCounter(name="glasses", unit=CALLS_UNIT, help="Glasses.", members=members)


def test_two_parts_alike_are_refused() -> None:
    """They would fall into one series, in whatever order their labels are given."""
    said = "two parts of glasses bear the same labels; give each a value of its own"
    assert refused(lambda: combined({SIZE: "small"}, {SIZE: "small"})) == said
    assert refused(lambda: combined({SIZE: "small", GUEST: "a"}, {GUEST: "a", SIZE: "small"})) == said


def test_parts_told_apart_by_other_labels_are_refused() -> None:
    """A sum by size would lose the part that has none."""
    said = "the parts of glasses are not told apart by the same labels; name the same for each"
    assert refused(lambda: combined({SIZE: "small"}, {GUEST: "all"})) == said
