"""Gives every series of a build the labels of its platform: `platform`, and `cluster` where the platform names one.

Definitions and lowering do not know these labels. One step adds them to the lowered build: a selector reads the series
of its own platform alone, so that the rules of two platforms can be in one Prometheus, and every result keeps the
labels, so that recorded series, alerts and joins have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from contract import SERIES_OF_PLATFORM
from contract.labels import CLUSTER, PLATFORM, RULE_GROUP
from generator.dsl.built_in import BuiltIn
from generator.dsl.contract import Contract
from generator.dsl.labels import Label, Matcher
from generator.dsl.platform import Platform
from generator.dsl.server_counters import ServerCounter
from generator.ir.build import Lowered
from generator.ir.dashboard import DashboardSpec
from generator.ir.expression import Aggregate, Binary, Call, Expression, Selector, String, is_constant
from generator.ir.rules import AlertRule, RecordingRule
from generator.lowering.rewriting import rewritten_alert, rewritten_dashboard

IDENTITY_LABELS = (PLATFORM, CLUSTER)
"""The labels that say whose a series or an alert is. Alertmanager compares both, whatever a platform names: an alert
without a cluster is of no other cluster than one without it."""


def identity_of(platform: Platform) -> Mapping[Label, str]:
    """The labels that every series and every alert of a platform has, with their values."""
    return {PLATFORM: platform.name} | ({CLUSTER: platform.cluster} if platform.cluster else {})


def identity_names(platform: Platform) -> Mapping[str, str]:
    """The names of the labels that every series of a platform has, with their values."""
    return {label.name: value for label, value in identity_of(platform).items()}


def with_identity(lowered: Lowered) -> Lowered:
    """The build whose series, rules and dashboards are those of its platform."""
    foreign = foreign_series(lowered.definitions.contract, lowered.platform)
    identity = Identity(identity_of(lowered.platform), foreign)
    return replace(
        lowered,
        recording_rules=tuple(map(identity.recording_rule, lowered.recording_rules)),
        alerts=tuple(map(identity.alert, lowered.alerts)),
        dashboards=tuple(map(identity.dashboard, lowered.dashboards)),
    )


def is_by_group(series: BuiltIn) -> bool:
    """Whether Prometheus counts by group of rules: such a series has no label of a platform, the group's name says
    whose it is."""
    return RULE_GROUP in series.labels


def foreign_series(contract: Contract, platform: Platform) -> Mapping[str, tuple[Matcher, ...]]:
    """The series that lack the labels of a platform, by their names, each with the matchers that select what is of the
    platform. Prometheus' counters by group of rules are those of its own groups, whoever scrapes Prometheus; what the
    servers count of all platforms has the labels of the platform whose configuration they run with."""
    groups = Matcher(RULE_GROUP, "=~", f".+;{platform.rule_group('')}[^:]+")
    series = (each for each in contract.built_in if each.name not in SERIES_OF_PLATFORM)
    by_group = {each.name: (groups,) if is_by_group(each) else () for each in series}
    servers = {each.name for each in contract.built_in if isinstance(each, ServerCounter)}
    return {name: matchers for name, matchers in by_group.items() if matchers or name not in servers}


class Identity:
    """The labels of a platform with their values. Series of the names `foreign` are of Prometheus itself and lack them;
    what is read of them, with the matchers that each name has, gets the labels."""

    def __init__(
        self, values: Mapping[Label, str], foreign: Mapping[str, tuple[Matcher, ...]] = MappingProxyType({})
    ) -> None:
        self.values = values
        self.foreign = foreign
        self.labels = tuple(values)
        self._matchers = tuple(label.is_(value) for label, value in values.items())

    def expression(self, node: Expression) -> Expression:
        """An expression that reads the series of the platform, and whose results have its labels. A number by itself
        stays one: whoever records it or alerts on it sets the labels, and on a panel it is a line."""
        return node if is_constant(node) else self._expression(node)

    def _expression(self, node: Expression) -> Expression:
        match node:
            case Selector():
                return self._selector(node)
            case Call(function="vector"):
                return self._labelled(node)
            case Call(arguments=arguments):
                if any(isinstance(each, Selector) and each.name in self.foreign for each in arguments):
                    return self._labelled(replace(node, arguments=tuple(map(self._of_platform, arguments))))
                return Call(node.function, tuple(map(self._expression, arguments)))
            case Aggregate(by=by, inner=inner):
                return replace(node, by=(*self.labels, *by), inner=self._expression(inner))
            case Binary(left=left, right=right, on=on):
                # `on ()` asks whether there is any series: both sides have those of one platform alone.
                matched = (*self.labels, *on) if on else on
                return replace(node, left=self._expression(left), right=self._expression(right), on=matched)
        return node

    def _selector(self, node: Selector) -> Expression:
        if node.name in self.foreign:
            return self._labelled(self._of_platform(node))
        return replace(node, matchers=(*self._matchers, *node.matchers))

    def _of_platform(self, node: Expression) -> Expression:
        """A selector of a foreign series, which selects what is of the platform."""
        if not isinstance(node, Selector):
            return node
        return replace(node, matchers=(*self.foreign.get(node.name, ()), *node.matchers))

    def _labelled(self, node: Expression) -> Expression:
        """What has none of the labels, with them."""
        for label, value in self.values.items():
            node = Call("label_replace", (node, String(label.name), String(value), String(""), String("")))
        return node

    def recording_rule(self, rule: RecordingRule) -> RecordingRule:
        """A recording rule of the platform's series. A number has no series whose labels it could keep: its rule sets
        them."""
        set_by_rule = self.values.items() if rule.is_constant else ()
        return replace(
            rule,
            labels=(*self.labels, *rule.labels),
            expression=self.expression(rule.expression),
            static_labels=(*set_by_rule, *rule.static_labels),
        )

    def alert(self, rule: AlertRule) -> AlertRule:
        """An alerting rule of the platform's series. It sets the labels itself too: they are there whatever its
        expression results in, and tests of the alert expect them as they do the severity."""
        names = {label.name: value for label, value in self.values.items()}
        return replace(rewritten_alert(rule, self.expression), extra_labels={**names, **rule.extra_labels})

    def dashboard(self, dashboard: DashboardSpec) -> DashboardSpec:
        """A dashboard that reads the platform's series."""
        return rewritten_dashboard(dashboard, self.expression)
