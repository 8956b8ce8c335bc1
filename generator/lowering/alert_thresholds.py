"""The thresholds of alerts, by which panels and alerts are compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from generator.dsl.chance import shown_comparison
from generator.dsl.panel_thresholds import PanelThreshold
from generator.dsl.query import Comparison, Condition, DerivedQuery, FractionOf, Query, ThresholdSeries

ThresholdKey: TypeAlias = tuple[object, object]


def threshold_keys(condition: Condition) -> set[ThresholdKey]:
    """What identifies each threshold of a condition."""
    compared = (each for comparison in condition.comparisons() for each in (comparison, shown_comparison(comparison)))
    return {threshold_key(each) for comparison in compared for each in _thresholds(comparison)}


def threshold_key(threshold: PanelThreshold) -> ThresholdKey:
    """What identifies a threshold: the series or the number, and the unit."""
    if isinstance(threshold, ThresholdSeries):
        return threshold.series, threshold.unit
    return threshold.amount, threshold.unit


def _thresholds(comparison: Comparison) -> Iterator[PanelThreshold]:
    """The threshold of a comparison, and those that its query is a fraction of."""
    yield comparison.threshold
    query: Query = comparison.query
    while isinstance(query, DerivedQuery):
        if isinstance(query, FractionOf):
            yield query.threshold
        query = query.inner
