"""Checks of thresholds: a latency threshold is a bucket bound, and a threshold on a panel is one of an alert."""

from __future__ import annotations

from collections.abc import Iterator

from generator.check import check
from generator.checks.alerts import example
from generator.checks.stages import LOWERED
from generator.dsl.alert import Alert
from generator.dsl.dashboard import TimeSeries
from generator.dsl.metrics import Quantile
from generator.dsl.panel_thresholds import PanelThreshold
from generator.dsl.query import Comparison
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
    """The threshold of a quantile, including the override of each label value, is a bucket bound of the histogram below
    the highest one.

    Between two bounds Prometheus interpolates a quantile, and it never returns more than the highest finite bound.
    """
    for alert, comparison in comparisons(lowered):
        if not isinstance(comparison.query, Quantile):
            continue
        histogram = lowered.definitions.contract.current(comparison.query.metric)
        bounds = histogram.buckets[:-1]
        for label_value, quantity in quantities(comparison.threshold):
            if quantity.amount not in bounds:
                of_value = f" for {label_value}" if label_value else ""
                what = (
                    f"its threshold{of_value} is {quantity.text()}, which is not a bucket bound of {histogram.name} "
                    "below the highest"
                )
                yield Problem(alert.where, what, f"use one of {', '.join(map(str, bounds))}")


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
