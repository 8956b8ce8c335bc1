"""Checks of thresholds: a latency threshold is a bucket bound, and a threshold on a panel is one of an alert."""

from __future__ import annotations

from collections.abc import Iterator

from generator.check import check
from generator.checks.alerts import example
from generator.checks.stages import LOWERED
from generator.dsl.alert import Alert
from generator.dsl.dashboard import TimeSeries
from generator.dsl.metrics import Histogram, Quantile
from generator.dsl.observations import Observations
from generator.dsl.panel_text import queries_of
from generator.dsl.panel_thresholds import PanelThreshold
from generator.dsl.query import Comparison, Query
from generator.dsl.units import Quantity
from generator.errors import Problem
from generator.ir.build import Lowered
from generator.lowering.alert_thresholds import threshold_key, threshold_keys


@check(
    "alert/threshold-not-a-bucket-bound",
    stage=LOWERED,
    language="python",
    bad=example(threshold="milliseconds(600)"),
    good=example(threshold="milliseconds(500)"),
    message="its threshold is 600 ms, which is not a bucket bound of latency_ms below the highest; "
    "use one of 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000",
)
def latency_thresholds_are_bucket_bounds(lowered: Lowered) -> Iterator[Problem]:
    """The threshold of a quantile, and one above which observations are counted, is a bucket bound of the histogram
    below the highest one; so is the override of each label value.

    How many observations are above a threshold is known at the bounds alone. Between two of them Prometheus
    interpolates a quantile, and it never returns more than the highest finite bound.
    """
    for where, declared, threshold in _thresholds_of_histograms(lowered):
        histogram = lowered.definitions.contract.current(declared)
        bounds = histogram.buckets[:-1]
        for label_value, quantity in quantities(threshold):
            if quantity.amount not in bounds:
                of_value = f" for {label_value}" if label_value else ""
                what = (
                    f"its threshold{of_value} is {quantity.text()}, which is not a bucket bound of {histogram.name} "
                    "below the highest"
                )
                yield Problem(where, what, f"use one of {', '.join(map(str, bounds))}")


@check(
    "dashboard/threshold-without-alert",
    stage=LOWERED,
    language="python",
    bad='''
        @panel("Latency", id="latency")
        def latency(platform: Platform) -> TimeSeries:
            """{quantile} latency of each route."""
            return TimeSeries((Series(LATENCY.quantile(P95).by(ROUTE)),), threshold=milliseconds(2500))
    ''',
    good='''
        @panel("Latency", id="latency")
        def latency(platform: Platform) -> TimeSeries:
            """{quantile} latency of each route."""
            return TimeSeries((Series(LATENCY.quantile(P95).by(ROUTE)),))
    ''',
    message="its threshold line at 2.5 s is not the threshold of an alert; draw the threshold of an alert",
)
def panel_thresholds_are_those_of_alerts(lowered: Lowered) -> Iterator[Problem]:
    """A threshold or warning that is drawn on a time series panel is the threshold of an alert, in the same unit.

    Readers take the line for the value at which an alert fires.
    """
    of_alerts = {key for _, comparison in comparisons(lowered) for key in threshold_keys(comparison)}
    for dashboard in lowered.definitions.dashboards:
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            body = panel.build(lowered.platform)
            if not isinstance(body, TimeSeries):
                continue
            for threshold in (body.threshold, body.warning):
                if isinstance(threshold, PanelThreshold) and threshold_key(threshold) not in of_alerts:
                    what = f"its threshold line at {_text(threshold)} is not the threshold of an alert"
                    yield Problem(panel.where, what, "draw the threshold of an alert")


def _thresholds_of_histograms(lowered: Lowered) -> Iterator[tuple[str, Histogram, PanelThreshold]]:
    """The thresholds with which alerts compare quantiles, and those above which alerts and panels count observations,
    each once in an alert or a panel, with its place."""
    for alert, comparison in comparisons(lowered):
        if isinstance(comparison.query, Quantile):
            yield alert.where, comparison.query.metric, comparison.threshold
    counted = {
        (where, each.metric.name): each.metric for where, query in _queries(lowered) for each in query.metric_queries()
    }
    for (where, _), metric in counted.items():
        if isinstance(metric, Observations) and metric.threshold is not None:
            yield where, metric.histogram, metric.threshold


def _queries(lowered: Lowered) -> Iterator[tuple[str, Query]]:
    """The queries of all alerts and panels, each with its place."""
    for rule in lowered.alerts:
        yield from ((rule.alert.where, query) for query in rule.alert.rule(lowered.platform).condition.queries())
    for dashboard in lowered.definitions.dashboards:
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            yield from ((panel.where, query) for query in queries_of(panel.build(lowered.platform)))


def comparisons(lowered: Lowered) -> Iterator[tuple[Alert, Comparison]]:
    """Every comparison of every alert."""
    for rule in lowered.alerts:
        condition = rule.alert.rule(lowered.platform).condition
        yield from ((rule.alert, comparison) for comparison in condition.comparisons())


def quantities(threshold: PanelThreshold) -> Iterator[tuple[str, Quantity]]:
    """Every value of a threshold, and the label value that it applies to; empty for one that applies to all."""
    if isinstance(threshold, Quantity):
        yield "", threshold
        return
    if threshold.table.default is not None:
        yield "", threshold.table.default
    yield from sorted(threshold.table.overrides.items(), key=lambda item: item[0])


def _text(threshold: PanelThreshold) -> str:
    return threshold.text() if isinstance(threshold, Quantity) else threshold.series
