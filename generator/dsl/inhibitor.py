"""Inhibitors: alerts that notify nobody. An inhibitor fires with the alerts that it follows, and keeps firing for as
long as the alerts that these inhibit may last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from generator.dsl.alert import NONE, Alert, AlertText, kebab_case
from generator.dsl.arguments import require, require_text, require_tuple
from generator.dsl.billing import LONGEST_MONTH, CostOfMonth
from generator.dsl.chance import SHORTEST, STILL_FAILING_SPARSE, TooManyToBeChance
from generator.dsl.labels import Label
from generator.dsl.metrics import fixed_windows
from generator.dsl.per_platform import once_per_platform
from generator.dsl.platform import Platform
from generator.dsl.query import MetricQuery, OfQuery, Query, Rule
from generator.dsl.text import template_parts
from generator.dsl.units import ALERTS_UNIT, Duration, Unit
from generator.errors import DefinitionError
from generator.frozen import frozen

SUMMARY = "An alert of {labels} fires, or has fired in the last {{kept}}."
DESCRIPTION = (
    "An alert of {labels} fires, or has fired in the last {{kept}}. Until then nobody is notified of tickets that "
    "began because of it: they last longer than it does."
)
IMPACT = "Nobody is notified of this alert. A ticket whose own incident begins in this time is sent when the time ends."
STEP = "Look at the inhibited alerts of Alertmanager: they are what this alert holds back."


@frozen(eq=False)
class FiringAlerts(Query):
    """The firing alerts of some names and severities, grouped by labels that all of them have."""

    alerts: tuple[Alert, ...]
    labels: tuple[Label, ...]

    @property
    def unit(self) -> Unit:
        return ALERTS_UNIT

    @property
    def output_labels(self) -> tuple[Label, ...]:
        return self.labels

    def metric_queries(self) -> Iterator[MetricQuery]:
        return iter(())

    def map_metric_queries(self, change: Callable[[MetricQuery], MetricQuery]) -> Query:
        return self


@frozen(eq=False)
class AlertsFire(OfQuery):
    """Any of some alerts fires. The condition has no value, as one that is always true has none."""

    query: FiringAlerts

    def queries(self) -> Iterator[Query]:
        return iter(())


def inhibitor(name: str, *labels: Label, follows: tuple[Alert, ...], outlasts: tuple[Alert, ...]) -> Alert:
    """Return an alert that fires while an alert of `follows` fires with the same labels, and afterwards for as long as
    an alert of `outlasts` may last that began with it. It is of the family of the first alert that it follows.

    Raises DefinitionError where it follows or outlasts no alerts, and where it has no labels."""
    require_text(name, "inhibitor(name)")
    hint = "name the functions that @alert(…) decorates, as (route_down,)"
    require_tuple(follows, Alert, "inhibitor(follows=…)", "alerts", hint)
    require_tuple(outlasts, Alert, "inhibitor(outlasts=…)", "alerts", hint)
    require(labels, Label, "inhibitor(…)", "labels", 'write inhibitor("Name", ROUTE, follows=…)')
    if not labels:
        raise DefinitionError("inhibitor(…) has no labels", 'write those of its alerts, as inhibitor("Name", ROUTE, …)')
    first = follows[0]
    return Alert(
        name=name,
        severity=NONE,
        declared=NONE,
        family=first.family,
        panel="",
        runbook=kebab_case(name),
        alert_text=_text(labels),
        build=once_per_platform(partial(_rule, labels, follows, outlasts)),
        where=f"{first.where.partition(':')[0]} {name}",
        values=partial(_kept, outlasts),
        follows=follows,
        outlasts=outlasts,
    )


def lasts_after(rule: Rule) -> Duration:
    """How long the alert of a rule may fire after the last event that it is about: its longest window, in which the
    event still is, and its `keep_firing_for`."""
    condition = rule.condition
    if isinstance(condition, TooManyToBeChance):
        # An hour with failures counts as failing while it has steps in which the shortest window failed.
        longest = SHORTEST + STILL_FAILING_SPARSE
    else:
        windows = [window for query in condition.queries() for window in (*fixed_windows(query), *_months(query))]
        if not windows:
            raise DefinitionError("an inhibitor outlasts an alert without a window", "name an alert on a window")
        longest = max(windows)
    return longest if rule.keep_firing is None else longest + rule.keep_firing


def _months(query: Query) -> Iterator[Duration]:
    """The longest month for each cost of a month that a query reads."""
    return (LONGEST_MONTH for each in query.metric_queries() if isinstance(each, CostOfMonth))


def _rule(
    labels: tuple[Label, ...], follows: tuple[Alert, ...], outlasts: tuple[Alert, ...], platform: Platform
) -> Rule:
    enabled = tuple(alert.on(platform) for alert in follows if alert.settings(platform).enabled)
    return Rule(AlertsFire(FiringAlerts(enabled or follows, labels)), None, _longest(outlasts, platform))


def _longest(outlasts: tuple[Alert, ...], platform: Platform) -> Duration:
    return max(lasts_after(alert.rule(platform)) for alert in outlasts)


def _kept(outlasts: tuple[Alert, ...], platform: Platform) -> Mapping[str, Duration]:
    return {"kept": _longest(outlasts, platform)}


def _text(labels: tuple[Label, ...]) -> AlertText:
    names = ", ".join(f"{{{label.name}}}" for label in labels)
    summary, description = (template_parts(text.format(labels=names)) for text in (SUMMARY, DESCRIPTION))
    return AlertText(summary, description, template_parts(IMPACT), (template_parts(STEP),))
