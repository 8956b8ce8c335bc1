"""Expressions that read native histograms in place of classic buckets."""

from __future__ import annotations

from fractions import Fraction

import pytest

from contract import CONTRACT
from contract.api import LATENCY
from contract.labels import ROUTE
from generator.dsl.labels import BUCKET_BOUND, Label, Matcher
from generator.dsl.units import minutes
from generator.errors import DefinitionError
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.ir.rules import RecordingRule
from generator.lowering.native_histograms import NativeHistograms
from generator.rendering.promql import flat

BY_BOUND = "route_le:latency_ms_bucket:increase5m"
FIVE = minutes(5)


def summed(name: str, *labels: Matcher, by: tuple[Label, ...] = (ROUTE,)) -> Expression:
    """The sum of the increases of a raw series."""
    return Aggregate("sum", Call("increase", (Selector(name, labels, FIVE),)), by)


RULE = RecordingRule(BY_BOUND, (ROUTE, BUCKET_BOUND), summed("latency_ms_bucket", by=(ROUTE, BUCKET_BOUND)), "api")
NATIVE = NativeHistograms(CONTRACT, [RULE])


def native(node: Expression) -> str:
    """The native form of an expression, as text."""
    return flat(NATIVE.expression(node))


def test_recorded_buckets_become_histograms() -> None:
    """The rule records whole histograms under a name without `le`."""
    rule = NATIVE.recording_rule(RULE)
    assert (rule.name, rule.labels) == ("route:latency_ms:increase5m", (ROUTE,))
    assert flat(rule.expression) == "sum by (route) (increase(latency_ms[5m]))"


def test_quantiles_are_read_from_whole_histograms() -> None:
    """Raw or recorded, summed or not: nothing is grouped by `le`."""
    q = Scalar(Fraction("0.95"))
    raw = Call("histogram_quantile", (q, summed("latency_ms_bucket", by=(ROUTE, BUCKET_BOUND))))
    assert native(raw) == "histogram_quantile(0.95, sum by (route) (increase(latency_ms[5m])))"
    recorded = Call("histogram_quantile", (q, Aggregate("sum", Selector(BY_BOUND), (BUCKET_BOUND,))))
    assert native(recorded) == "histogram_quantile(0.95, sum(route:latency_ms:increase5m))"


def test_counts_and_sums_are_functions_of_a_histogram() -> None:
    """`latency_ms_count` and `latency_ms_sum` are no series of a native histogram."""
    assert native(summed("latency_ms_count")) == "histogram_count(sum by (route) (increase(latency_ms[5m])))"
    assert native(summed("latency_ms_sum")) == "histogram_sum(sum by (route) (increase(latency_ms[5m])))"


def test_a_bucket_is_a_fraction_of_the_count_from_minus_infinity_on() -> None:
    """The fraction of no observations is NaN, which would stay in every sum: the count, 0, takes its place."""
    histogram = "sum by (route) (increase(latency_ms[5m]))"
    at_500 = summed("latency_ms_bucket", Matcher(BUCKET_BOUND, "=~", "500(\\.0)?"))
    up_to = f"histogram_fraction(-Inf, 500, {histogram}) * histogram_count({histogram})"
    assert native(at_500) == f"{up_to} >= 0 or histogram_count({histogram})"


def test_what_compares_buckets_compares_their_count() -> None:
    """A comparison of a histogram with a number has no result."""
    any_value = Aggregate("group", Binary(">", Selector(BY_BOUND), Scalar(Fraction(0))), (ROUTE,))
    assert native(any_value) == "group by (route) (histogram_count(route:latency_ms:increase5m) > 0)"


def test_rows_of_a_heatmap_have_the_bounds_as_a_label() -> None:
    """One for each bound and one for all; Grafana draws rows of `le` as it does classic buckets."""
    rows = native(Call("round", (Aggregate("sum", Selector(BY_BOUND), (BUCKET_BOUND,)),)))
    assert rows.startswith("round(label_replace(histogram_fraction(-Inf, 5, sum(route:latency_ms:increase5m)) * ")
    for bound in (*LATENCY.buckets, "+Inf"):
        assert rows.count(f'"le", "{bound}", "", ""') == 1


def test_other_series_and_numbers_stay() -> None:
    """Counters and recorded numbers are not of a histogram, even where a name ends in _count or _sum."""
    for node in (summed("requests_total"), Selector("route:latency_ms:limit"), Scalar(Fraction(1))):
        assert NATIVE.expression(node) == node


def test_functions_that_take_no_histograms_are_refused() -> None:
    """max_over_time of a histogram is empty in Prometheus: the build says so instead."""
    with pytest.raises(DefinitionError, match="max_over_time of the histogram latency_ms has no native form"):
        NATIVE.expression(Call("max_over_time", (Selector("latency_ms_count", (), FIVE),)))
