"""Puts a platform's prefix before the names of all series of a build.

Everything above uses the contract's names; the rendering and all that follows it the names that Prometheus stores.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from generator.dsl.metrics import CombinedCounter, Metric
from generator.dsl.observations import Observations
from generator.dsl.query import Query, Readable, ThresholdSeries
from generator.frozen import frozen
from generator.ir.build import Lowered
from generator.ir.dashboard import DashboardSpec
from generator.ir.expression import Aggregate, Binary, Call, Expression, Selector
from generator.ir.rules import AlertRule, RecordingRule
from generator.lowering.convention_rules import AREA as CONVENTIONS
from generator.lowering.rewriting import rewritten_alert, rewritten_dashboard


def with_metric_prefix(lowered: Lowered) -> Lowered:
    """The build with the platform's prefix before the names of its series."""
    if not lowered.platform.metric_prefix:
        return lowered
    built_in = frozenset(series.name for series in lowered.definitions.contract.built_in)
    conventional = {rule.name for rule in lowered.recording_rules if rule.area == CONVENTIONS}
    prefix = MetricPrefix(lowered.platform.metric_prefix, built_in | conventional)
    return replace(
        lowered,
        recording_rules=tuple(map(prefix.recording_rule, lowered.recording_rules)),
        alerts=tuple(map(prefix.alert, lowered.alerts)),
        dashboards=tuple(map(prefix.dashboard, lowered.dashboards)),
    )


@frozen
class MetricPrefix:
    """What the names of series begin with. `kept` are those that keep their names: what Prometheus writes itself, and
    what is recorded under the names of a convention."""

    text: str
    kept: Collection[str] = ()

    def name(self, name: str) -> str:
        """The name of a series: the prefix is before a metric's name, and before the second part of a recorded series'
        name, `level:metric:operation`."""
        if name in self.kept:
            return name
        level, colon, rest = name.partition(":")
        return f"{level}:{self.text}{rest}" if colon else f"{self.text}{name}"

    def expression(self, node: Expression) -> Expression:
        """An expression that reads the series with the prefix."""
        match node:
            case Selector(name=name):
                return replace(node, name=self.name(name))
            case Call(arguments=arguments):
                return replace(node, arguments=tuple(map(self.expression, arguments)))
            case Aggregate(inner=inner):
                return replace(node, inner=self.expression(inner))
            case Binary(left=left, right=right):
                return replace(node, left=self.expression(left), right=self.expression(right))
        return node

    def recording_rule(self, rule: RecordingRule) -> RecordingRule:
        """A recording rule of the series with the prefix."""
        return replace(rule, name=self.name(rule.name), expression=self.expression(rule.expression))

    def alert(self, rule: AlertRule) -> AlertRule:
        """An alerting rule with all that its texts and its runbook name."""
        threshold = rule.threshold
        return replace(
            rewritten_alert(rule, self.expression),
            threshold=self._threshold(threshold) if isinstance(threshold, ThresholdSeries) else threshold,
            condition=rule.condition.map_queries(self._query),
        )

    def dashboard(self, dashboard: DashboardSpec) -> DashboardSpec:
        """A dashboard whose panels, variables and annotations read the series with the prefix."""
        return rewritten_dashboard(dashboard, self.expression)

    def _threshold(self, threshold: ThresholdSeries) -> ThresholdSeries:
        return replace(threshold, table=replace(threshold.table, name=f"{self.text}{threshold.table.name}"))

    def _query(self, query: Query) -> Query:
        return query.map_metric_queries(lambda each: replace(each, metric=self._readable(each.metric)))

    def _readable(self, metric: Readable) -> Readable:
        if isinstance(metric, Metric | CombinedCounter):
            return replace(metric, name=f"{self.text}{metric.name}")
        if isinstance(metric, Observations):
            histogram = replace(metric.histogram, name=f"{self.text}{metric.histogram.name}")
            above = metric.threshold
            threshold = self._threshold(above) if isinstance(above, ThresholdSeries) else above
            return replace(metric, histogram=histogram, threshold=threshold)
        return metric
