"""Law 3: what alerts judge by can be measured, and is what dashboards draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from generator.dsl.alert import Alert
from generator.dsl.condition import Compared, Lasting
from generator.dsl.dashboard import Lines
from generator.dsl.derived import UsedOf, Wrapped
from generator.dsl.limit import LimitPer
from generator.dsl.measure import Measure
from generator.dsl.metric import Histogram
from generator.dsl.platform import Platform
from generator.dsl.readings import Quantile
from generator.dsl.units import Quantity
from generator.errors import Problem

if TYPE_CHECKING:
    from generator.pipeline import Lowered

Threshold: TypeAlias = Quantity | LimitPer


@dataclass(frozen=True)
class Judged:
    """A comparison that an alert makes."""

    alert: Alert
    compared: Compared


def latency_thresholds_are_bucket_bounds(lowered: Lowered) -> list[Problem]:
    """A threshold of a quantile, and each override of it, is a bucket bound of its histogram and below the highest
    finite bound: between two bounds a quantile is a guess, and above the highest it never gets."""
    return [
        problem
        for judged in comparisons(lowered)
        if isinstance(judged.compared.measure, Quantile)
        for whose, threshold in amounts(judged.compared.threshold)
        for problem in _off_bounds(judged.alert, judged.compared.measure.of, whose, threshold)
    ]


def ceilings_are_thresholds(lowered: Lowered) -> list[Problem]:
    """A ceiling that is drawn on a panel is a threshold of some alert, in the same unit: a reader takes the line for
    where somebody is told."""
    judged = {_identity(one) for each in comparisons(lowered) for one in _thresholds(each.compared)}
    return [
        Problem(panel.where, f"its line at {_spoken(drawn)} is no alert's threshold", "draw the threshold of an alert")
        for board in lowered.definitions.dashboards
        for row in board.rows
        for panel in row.panels
        if isinstance(body := panel.shows(lowered.platform), Lines)
        for drawn in (body.ceiling, body.warn)
        if drawn is not None and _identity(drawn) not in judged
    ]


def comparisons(lowered: Lowered) -> Iterator[Judged]:
    """Every comparison of every alert."""
    for one in lowered.alerts:
        yield from (Judged(one.alert, compared) for compared in _said(one.alert, lowered.platform))


def _said(alert: Alert, platform: Platform) -> Iterator[Compared]:
    said = alert.says(platform)
    return (said.condition if isinstance(said, Lasting) else said).comparisons()


def amounts(threshold: Threshold) -> Iterator[tuple[str, Quantity]]:
    """Every value of a threshold, and whose it is (empty for one that is everyone's)."""
    if isinstance(threshold, Quantity):
        yield "", threshold
        return
    if threshold.limit.default is not None:
        yield "", threshold.limit.default
    yield from sorted(threshold.limit.overrides.items(), key=lambda item: item[0])


def _off_bounds(alert: Alert, of: Histogram, whose: str, threshold: Quantity) -> Iterator[Problem]:
    bounds = of.buckets[:-1]
    if threshold.amount not in bounds:
        what = f"its threshold{f' for {whose}' if whose else ''} is {threshold.spoken()}, no bucket bound of {of.name}"
        yield Problem(alert.where, f"{what} below the highest", f"use one of {', '.join(map(str, bounds))}")


def _thresholds(compared: Compared) -> Iterator[Threshold]:
    """The threshold, and the limit that the measure is a part of."""
    yield compared.threshold
    measure: Measure = compared.measure
    while isinstance(measure, Wrapped):
        if isinstance(measure, UsedOf):
            yield measure.limit
        measure = measure.inner


def _identity(threshold: Threshold) -> tuple[object, object]:
    if isinstance(threshold, LimitPer):
        return threshold.series, threshold.unit
    return threshold.amount, threshold.unit


def _spoken(threshold: Threshold) -> str:
    return threshold.spoken() if isinstance(threshold, Quantity) else threshold.series
