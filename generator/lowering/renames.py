"""Reads and records renamed metrics under both names, for as long as the contract says.

Workers count each event once: under the earlier name until they are deployed with the new one, which begins
at 0. So what reads raw series reads those of both names, each by itself, before anything is summed:
the increase of a window that holds the change is the sum of both increases.

Recorded series have the metric's name in theirs. Those of the earlier name have the past that windows of days need, so
rules, alerts and dashboards go on reading them. Those of the new name are recorded beside them, so that their past is
as long when the earlier name is removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.dsl.contract import Contract
from generator.dsl.labels import Label, Matcher
from generator.dsl.metrics import Gauge, Histogram, Metric
from generator.frozen import frozen
from generator.ir.build import Lowered
from generator.ir.dashboard import VariableSpec
from generator.ir.expression import Aggregate, Binary, Call, Expression, Selector, String
from generator.ir.rules import AlertRule, RecordingRule
from generator.lowering.rewriting import rewritten_alert, rewritten_dashboard

OTHER_NAME = Label("other_name", "The name of a series in an expression that reads a metric by another one.")
NAME = Label("__name__", "The name of a series.")


def with_both_recorded(lowered: Lowered, earlier: Lowered) -> Lowered:
    """The build that reads what is recorded under earlier names, with the rules that record the new ones. `earlier` is
    the same build of the contract with the earlier names."""
    read = {(rule.name, rule.static_labels) for rule in earlier.recording_rules}
    others = (rule for rule in lowered.recording_rules if (rule.name, rule.static_labels) not in read)
    rules = sorted((*earlier.recording_rules, *others), key=lambda rule: rule.key)
    return replace(earlier, definitions=lowered.definitions, recording_rules=tuple(rules))


def with_both_read(lowered: Lowered) -> Lowered:
    """The build that reads the raw series of both names; its names are those that Prometheus stores."""
    platform = lowered.platform
    names = earlier_series(lowered.definitions.contract, platform.metric_prefix, platform.native_histograms)
    if not names:
        return lowered
    both = BothNames(names)
    return replace(
        lowered,
        recording_rules=tuple(map(both.recording_rule, lowered.recording_rules)),
        alerts=tuple(map(both.alert, lowered.alerts)),
        dashboards=tuple(
            replace(
                rewritten_dashboard(dashboard, both.expression),
                variables=tuple(map(both.variable, dashboard.variables)),
            )
            for dashboard in lowered.dashboards
        ),
    )


def is_recorded(metric: Metric) -> bool:
    """Whether a rule records the metric, so that no Worker pushes it under any name."""
    return isinstance(metric, Gauge) and metric.recorded_from is not None


def earlier_series(contract: Contract, prefix: str = "", native: bool = False) -> Mapping[str, str]:
    """The earlier name of each series that Workers push under a new one; of `native` histograms as one series."""
    return {
        f"{prefix}{name}": f"{prefix}{earlier}"
        for metric in contract.metrics
        if metric.renamed_from is not None and not is_recorded(metric)
        for name, earlier in _both_names(metric, native)
    }


def _both_names(metric: Metric, native: bool) -> Iterator[tuple[str, str]]:
    """Each name of a metric's series with the earlier one; a native histogram has the metric's own."""
    if native and isinstance(metric, Histogram):
        yield metric.name, metric.earlier.name
    else:
        yield from zip(metric.names(), metric.earlier.names(), strict=True)


@frozen
class BothNames:
    """The earlier name of each renamed series, by its new one."""

    earlier: Mapping[str, str]

    def expression(self, node: Expression) -> Expression:
        """An expression that reads the series of both names. Those of the name that it did not read before have a label
        more, which keeps apart two series of one shard; the aggregations that read them drop it. So what is recorded
        one to one goes on with the labels that it had: under the earlier name when a metric is renamed, and under the
        new one when the earlier name is removed."""
        match node:
            case Selector(range=None):
                return self._both(node, node)
            case Call(arguments=arguments):
                for argument in arguments:
                    if isinstance(argument, Selector) and argument.range is not None:
                        return self._both(node, argument)
                return replace(node, arguments=tuple(map(self.expression, arguments)))
            case Aggregate(inner=inner):
                return replace(node, inner=self.expression(inner))
            case Binary(left=left, right=right):
                return replace(node, left=self.expression(left), right=self.expression(right))
        return node

    def _both(self, node: Selector | Call, selector: Selector) -> Expression:
        names = self._names(selector.name)
        if names is None:
            return node
        other = names[1] if selector.name == names[0] else names[0]
        labels = (String(OTHER_NAME.name), String(other), String(""), String(""))
        return Binary("or", node, Call("label_replace", (_with_name(node, selector, other), *labels)))

    def _names(self, name: str) -> tuple[str, str] | None:
        """The new and the earlier name of a raw series, by either of them; None for one that was not renamed."""
        if name in self.earlier:
            return name, self.earlier[name]
        return next((pair for pair in self.earlier.items() if pair[1] == name), None)

    def recording_rule(self, rule: RecordingRule) -> RecordingRule:
        """A recording rule of the series of both names."""
        return replace(rule, expression=self.expression(rule.expression))

    def alert(self, rule: AlertRule) -> AlertRule:
        """An alerting rule of the series of both names."""
        return rewritten_alert(rule, self.expression)

    def variable(self, variable: VariableSpec) -> VariableSpec:
        """A template variable that lists the values of both names: Grafana takes a selector, and no expression."""
        source = variable.source
        names = self._names(source.name) if isinstance(source, Selector) else None
        if names is None or not isinstance(source, Selector):
            return variable
        matchers = (Matcher(NAME, "=~", "|".join(names)), *source.matchers)
        return replace(variable, source=replace(source, name="", matchers=matchers))


def _with_name(node: Selector | Call, selector: Selector, name: str) -> Expression:
    named = replace(selector, name=name)
    if isinstance(node, Selector):
        return named
    return replace(node, arguments=tuple(named if each is selector else each for each in node.arguments))
