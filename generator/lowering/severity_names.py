"""Gives what a build reads of alerts the platform's names of severities.

Definitions and lowering use ours: page, ticket and none. Alerting rules set the platform's names themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from contract.labels import SEVERITY
from generator.dsl.alert_test import InputSeries
from generator.dsl.labels import Matcher
from generator.dsl.platform import Platform
from generator.ir.build import Lowered
from generator.ir.expression import Aggregate, Binary, Call, Expression, Selector
from generator.lowering.rewriting import rewritten_alert, rewritten_dashboard


def with_severity_names(lowered: Lowered) -> Lowered:
    """The build whose queries of alerts select severities by the platform's names."""
    if not (names := {severity.value: name for severity, name in lowered.platform.severity_names.items()}):
        return lowered

    def rewrite(node: Expression) -> Expression:
        return renamed(node, names)

    return replace(
        lowered,
        recording_rules=tuple(replace(rule, expression=rewrite(rule.expression)) for rule in lowered.recording_rules),
        alerts=tuple(rewritten_alert(rule, rewrite) for rule in lowered.alerts),
        dashboards=tuple(rewritten_dashboard(dashboard, rewrite) for dashboard in lowered.dashboards),
    )


def with_named_severities(series: Iterable[InputSeries], platform: Platform) -> Iterator[InputSeries]:
    """Input series of an alert test with the platform's names: Prometheus writes them into the series of alerts."""
    names = {severity.value: name for severity, name in platform.severity_names.items()}
    for each in series:
        severity = each.labels.get(SEVERITY.name, "")
        yield replace(each, labels={**each.labels, SEVERITY.name: names[severity]}) if severity in names else each


def renamed(node: Expression, names: Mapping[str, str]) -> Expression:
    """An expression that selects severities by other names."""
    match node:
        case Selector(matchers=matchers):
            return replace(node, matchers=tuple(_renamed(matcher, names) for matcher in matchers))
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(renamed(argument, names) for argument in arguments))
        case Aggregate(inner=inner):
            return replace(node, inner=renamed(inner, names))
        case Binary(left=left, right=right):
            return replace(node, left=renamed(left, names), right=renamed(right, names))
    return node


def _renamed(matcher: Matcher, names: Mapping[str, str]) -> Matcher:
    if matcher.label != SEVERITY or matcher.variable:
        return matcher
    return replace(matcher, value=names.get(matcher.value, matcher.value))
