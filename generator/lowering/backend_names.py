"""Gives raw series the names under which the platform's backend stores them.

Everything above uses the names that Workers push. Some OTLP receivers end the name of each counter in `_total`: a rule
that reads `ai_tokens_input` there reads nothing, and its alert is silent. Recorded series keep their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.dsl.contract import Contract
from generator.dsl.labels import Matcher
from generator.dsl.metrics import Counter, Metric
from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.ir.build import Lowered
from generator.ir.dashboard import DashboardSpec
from generator.ir.expression import Aggregate, Binary, Call, Expression, Selector
from generator.ir.rules import AlertRule, RecordingRule
from generator.lowering.renames import NAME
from generator.lowering.rewriting import rewritten_alert, rewritten_dashboard


def stored_names(contract: Contract, platform: Platform) -> Mapping[str, str]:
    """The name under which the backend stores each series that it renames, by the name that Workers push."""
    counters = (metric for metric in contract.metrics if isinstance(metric, Counter))
    names = dict.fromkeys(each.name for counter in counters for each in (counter, counter.earlier))
    stored = {f"{platform.metric_prefix}{name}": platform.stored_name(name, is_counter=True) for name in names}
    return {pushed: name for pushed, name in stored.items() if name != pushed}


def with_backend_names(lowered: Lowered) -> Lowered:
    """The build whose raw series have the names of its backend."""
    stored = stored_names(lowered.definitions.contract, lowered.platform)
    if not stored:
        return lowered
    _check_names(lowered.definitions.contract, lowered.platform, stored)
    names = BackendNames(stored)
    return replace(
        lowered,
        recording_rules=tuple(map(names.recording_rule, lowered.recording_rules)),
        alerts=tuple(map(names.alert, lowered.alerts)),
        dashboards=tuple(map(names.dashboard, lowered.dashboards)),
    )


def _check_names(contract: Contract, platform: Platform, stored: Mapping[str, str]) -> None:
    """Raise BuildError for metrics that the backend would store under one name."""
    problems: list[Problem] = []
    place: dict[str, Metric] = {}
    for metric in contract.metrics:
        pushed = f"{platform.metric_prefix}{metric.name}"
        name = stored.get(pushed, pushed)
        if name in place:
            what = f"{platform.backend.title} stores {metric.name} and {place[name].name} under one name, {name}"
            problems.append(Problem(contract.place_of(metric), what, "rename one of them"))
        place[name] = metric
    if problems:
        raise BuildError(problems)


@frozen
class BackendNames:
    """The stored name of each renamed series, by the pushed one."""

    stored: Mapping[str, str]

    def expression(self, node: Expression) -> Expression:
        """An expression that reads the stored series."""
        match node:
            case Selector(name=name, matchers=matchers):
                return replace(node, name=self._name(name), matchers=tuple(map(self._matcher, matchers)))
            case Call(arguments=arguments):
                return replace(node, arguments=tuple(map(self.expression, arguments)))
            case Aggregate(inner=inner):
                return replace(node, inner=self.expression(inner))
            case Binary(left=left, right=right):
                return replace(node, left=self.expression(left), right=self.expression(right))
        return node

    def _name(self, name: str) -> str:
        return self.stored.get(name, name)

    def _matcher(self, matcher: Matcher) -> Matcher:
        """A matcher of names, which lists the two of a renamed metric."""
        if matcher.label != NAME:
            return matcher
        return replace(matcher, value="|".join(map(self._name, matcher.value.split("|"))))

    def recording_rule(self, rule: RecordingRule) -> RecordingRule:
        """A recording rule of the stored series."""
        return replace(rule, expression=self.expression(rule.expression))

    def alert(self, rule: AlertRule) -> AlertRule:
        """An alerting rule of the stored series."""
        return rewritten_alert(rule, self.expression)

    def dashboard(self, dashboard: DashboardSpec) -> DashboardSpec:
        """A dashboard of the stored series."""
        return rewritten_dashboard(dashboard, self.expression)
