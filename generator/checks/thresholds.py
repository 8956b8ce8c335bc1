"""Law 3: what alerts judge by can be measured, and is what dashboards draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from generator.dsl.alert import Alert
from generator.dsl.dashboard import TimeSeries
from generator.dsl.metrics import Histogram, Quantile
from generator.dsl.platform import Platform
from generator.dsl.query import Comparison, DerivedQuery, FractionOf, Query, Rule, ThresholdSeries
from generator.dsl.units import Quantity
from generator.errors import Problem
from generator.ir.build import Lowered

Threshold: TypeAlias = Quantity | ThresholdSeries


@dataclass(frozen=True)
class TestedRule:
    """A comparison that an alert makes."""

    alert: Alert
    comparison: Comparison


def latency_thresholds_are_bucket_bounds(lowered: Lowered) -> list[Problem]:
    """A threshold of a quantile, and each override of it, is a bucket bound of its histogram and below the highest
    finite bound: between two bounds a quantile is a guess, and above the highest it never gets."""
    return [
        problem
        for judged in comparisons(lowered)
        if isinstance(judged.comparison.query, Quantile)
        for whose, threshold in amounts(judged.comparison.threshold)
        for problem in _off_bounds(judged.alert, judged.comparison.query.metric, whose, threshold)
    ]


def ceilings_are_thresholds(lowered: Lowered) -> list[Problem]:
    """A ceiling that is drawn on a panel is a threshold of some alert, in the same unit: a reader takes the line for
    where somebody is told."""
    judged = {_identity(one) for each in comparisons(lowered) for one in _thresholds(each.comparison)}
    return [
        Problem(panel.where, f"its line at {_spoken(drawn)} is no alert's threshold", "draw the threshold of an alert")
        for board in lowered.definitions.dashboards
        for row in board.rows
        for panel in row.panels
        if isinstance(body := panel.build(lowered.platform), TimeSeries)
        for drawn in (body.threshold, body.warning)
        if drawn is not None and _identity(drawn) not in judged
    ]


def comparisons(lowered: Lowered) -> Iterator[TestedRule]:
    """Every comparison of every alert."""
    for one in lowered.alerts:
        yield from (TestedRule(one.alert, comparison) for comparison in _said(one.alert, lowered.platform))


def _said(alert: Alert, platform: Platform) -> Iterator[Comparison]:
    said = alert.build(platform)
    return (said.condition if isinstance(said, Rule) else said).comparisons()


def amounts(threshold: Threshold) -> Iterator[tuple[str, Quantity]]:
    """Every value of a threshold, and whose it is (empty for one that is everyone's)."""
    if isinstance(threshold, Quantity):
        yield "", threshold
        return
    if threshold.table.default is not None:
        yield "", threshold.table.default
    yield from sorted(threshold.table.overrides.items(), key=lambda item: item[0])


def _off_bounds(alert: Alert, metric: Histogram, whose: str, threshold: Quantity) -> Iterator[Problem]:
    bounds = metric.buckets[:-1]
    if threshold.amount not in bounds:
        what = (
            f"its threshold{f' for {whose}' if whose else ''} is {threshold.text()}, no bucket bound of {metric.name}"
        )
        yield Problem(alert.where, f"{what} below the highest", f"use one of {', '.join(map(str, bounds))}")


def _thresholds(comparison: Comparison) -> Iterator[Threshold]:
    """The threshold, and the limit that the measure is a part of."""
    yield comparison.threshold
    query: Query = comparison.query
    while isinstance(query, DerivedQuery):
        if isinstance(query, FractionOf):
            yield query.threshold
        query = query.inner


def _identity(threshold: Threshold) -> tuple[object, object]:
    if isinstance(threshold, ThresholdSeries):
        return threshold.series, threshold.unit
    return threshold.amount, threshold.unit


def _spoken(threshold: Threshold) -> str:
    return threshold.text() if isinstance(threshold, Quantity) else threshold.series
