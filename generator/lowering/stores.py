"""The definitions without what only stores have that the platform does not use: panels, alerts, steps and tests.

A query of a metric that the platform lacks has no result, ever. A panel or an alert of such queries alone is left out;
one that also reads other metrics is an error, because nobody can say what remains of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeAlias, TypeVar

from contract.labels import STORE
from generator.definitions import attempt
from generator.dsl.alert import Alert, Severity
from generator.dsl.alert_test import AlertTest, NotApplicable
from generator.dsl.dashboard import (
    BarGauge,
    Dashboard,
    Freshness,
    GaugePanel,
    Heatmap,
    HistogramPanel,
    Panel,
    Stat,
    Table,
    TimeSeries,
    Visualization,
)
from generator.dsl.definitions import Definitions
from generator.dsl.labels import Matcher
from generator.dsl.metrics import CombinedCounter, Member, Metric, uses
from generator.dsl.observations import Observations
from generator.dsl.platform import Platform
from generator.dsl.query import MetricQuery, Query
from generator.dsl.routing import Inhibition
from generator.dsl.text import TemplatePart
from generator.errors import BuildError, DefinitionError, Problem
from generator.frozen import frozen

AlertKey: TypeAlias = tuple[str, Severity]
Step: TypeAlias = tuple[TemplatePart, ...]
Declared = TypeVar("Declared", AlertTest, NotApplicable)
STORE_STEP = re.compile(r"\[(\w+)\] ")
"""The beginning of a first step that is about one store: `[kv] Look for …`."""


def with_used_stores(platform: Platform, definitions: Definitions) -> Definitions:
    """The definitions of what the platform's stores have. Raises BuildError for definitions that mix metrics of the
    platform with others."""
    problems: list[Problem] = []
    selection = _Selection(platform, problems)
    alerts = tuple(selection.steps(alert) for alert in definitions.alerts if selection.has_alert(alert))
    removed = {_key(alert) for alert in definitions.alerts} - {_key(alert) for alert in alerts}
    inhibitions = (each for rule in definitions.routing.inhibitions for each in _inhibitions(rule, removed))
    tests = (_of_alerts(test, removed) for test in definitions.alert_tests if selection.has_test(test))
    declarations = (_of_alerts(each, removed) for each in definitions.not_applicable)
    result = replace(
        definitions,
        alerts=alerts,
        dashboards=tuple(map(selection.dashboard, definitions.dashboards)),
        alert_tests=tuple(test for test in tests if test.severities),
        not_applicable=tuple(each for each in declarations if each.severities),
        contract=definitions.contract.of_stores(platform.stores),
        routing=replace(definitions.routing, inhibitions=tuple(inhibitions)),
    )
    if problems:
        raise BuildError(problems)
    return result


def is_absent(query: Query, platform: Platform) -> bool:
    """Whether a query reads only metrics that the platform does not have. Raises DefinitionError where it reads others
    too."""
    return _all_absent((query,), platform, "the query")


@frozen
class _Selection:
    """Which definitions a platform has; definitions that mix metrics become problems."""

    platform: Platform
    problems: list[Problem]

    def has_alert(self, alert: Alert) -> bool:
        """Whether the platform has what an alert reads. One that cannot be built stays, and lowering reports it."""
        rule = attempt(partial(alert.rule, self.platform), [])
        if rule is None:
            return True
        queries = tuple(rule.condition.queries())
        absent = attempt(partial(_all_absent, queries, self.platform, "the condition"), self.problems, alert.where)
        return not absent

    def steps(self, alert: Alert) -> Alert:
        """An alert without the first steps of other stores."""
        text = alert.alert_text
        steps = tuple(_without_mark(step) for step in text.steps if _store_of(step) in (*self.platform.stores, None))
        return alert if steps == text.steps else replace(alert, alert_text=replace(text, steps=steps))

    def has_test(self, test: AlertTest) -> bool:
        """Whether the platform has every metric of a test's input series. A test that cannot be built stays, and a
        check reports it; so does one that is not possible, and the build reports it."""
        scenario = attempt(partial(test.scenario, self.platform), [])
        metrics = (series.metric for series in scenario.series) if scenario is not None else ()
        return all(uses(self.platform.stores, metric) for metric in metrics if isinstance(metric, Metric))

    def dashboard(self, dashboard: Dashboard) -> Dashboard:
        """A dashboard without the panels of other stores, and without rows that have no panel left."""
        rows = (row.map_panels(self._panel) for row in dashboard.rows)
        return replace(dashboard, rows=tuple(row for row in rows if row is not None))

    def _panel(self, panel: Panel) -> Panel | None:
        """A panel of what the platform has, or None. One that cannot be built stays, and lowering reports it."""
        body = attempt(partial(panel.build, self.platform), [])
        if body is None:
            return panel
        reduced = attempt(partial(_reduced, body, self.platform), self.problems, panel.where)
        if reduced is body:
            return panel
        return None if reduced is None else replace(panel, build=partial(_rebuilt, panel))


def _store_of(step: Step) -> str | None:
    """The store that a step is about, or None for one about all of them."""
    marked = STORE_STEP.match(step[0]) if step and isinstance(step[0], str) else None
    return marked[1] if marked and marked[1] in STORE.listed else None


def _without_mark(step: Step) -> Step:
    first, *rest = step
    return step if _store_of(step) is None else (STORE_STEP.sub("", str(first), count=1), *rest)


def _key(alert: Alert) -> AlertKey:
    return alert.name, alert.severity


def _rebuilt(panel: Panel, platform: Platform) -> Visualization:
    reduced = _reduced(panel.build(platform), platform)
    assert reduced is not None
    return reduced


def _reduced(body: Visualization, platform: Platform) -> Visualization | None:
    """A panel's content without the series and columns that are absent; None where nothing remains; the same object
    where nothing is absent."""
    match body:
        case TimeSeries(series=series):
            kept = tuple(each for each in series if not is_absent(each.query, platform))
            return body if len(kept) == len(series) else replace(body, series=kept) if kept else None
        case Table(columns=columns):
            left = tuple(each for each in columns if not is_absent(each.query, platform))
            return body if len(left) == len(columns) else replace(body, columns=left) if left else None
        case Stat() | Freshness() | GaugePanel() | BarGauge():
            return None if is_absent(body.query, platform) else body
        case Heatmap() | HistogramPanel():
            return body if uses(platform.stores, body.histogram) else None
    return body


def _all_absent(queries: Iterable[Query], platform: Platform, what: str) -> bool:
    read = [each for query in queries for each in query.metric_queries()]
    absent = [each for each in read if not _exists(each, platform)]
    if absent and len(absent) < len(read):
        names = ", ".join(dict.fromkeys(each.metric.name for each in absent))
        raise DefinitionError(
            f"{what} reads {names}, of a store that the platform does not use, and metrics that it has",
            "define what reads the store by itself, or add the store to `stores` in platform.yaml",
        )
    return bool(absent)


def _exists(query: MetricQuery, platform: Platform) -> bool:
    """Whether a query can have a result: of a combined counter, whether a counter that its matchers select exists."""
    metric = query.metric
    if isinstance(metric, CombinedCounter):
        selected = (member for member in metric.members if _matches(member, query.matchers))
        return any(uses(platform.stores, member.counter) for member in selected) or not _is_selected(metric, query)
    declared = metric.histogram if isinstance(metric, Observations) else metric
    return not isinstance(declared, Metric) or uses(platform.stores, declared)


def _is_selected(metric: CombinedCounter, query: MetricQuery) -> bool:
    """Whether the matchers select any counter; lowering reports a query without one."""
    return any(_matches(member, query.matchers) for member in metric.members)


def _matches(member: Member, matchers: Iterable[Matcher]) -> bool:
    values = ((member.distinguishing_labels.get(matcher.label), matcher) for matcher in matchers)
    return all(
        value is None or matcher.variable or (value == matcher.value) == (matcher.operator == "=")
        for value, matcher in values
    )


def _of_alerts(definition: Declared, removed: Collection[AlertKey]) -> Declared:
    """A test or a declaration without the severities whose rules are left out."""
    severities = tuple(each for each in definition.severities if (definition.alert, each) not in removed)
    return replace(definition, severities=severities)


def _inhibitions(rule: Inhibition, removed: Collection[AlertKey]) -> Iterator[Inhibition]:
    """An inhibition of the alerts that remain, if any do on both sides."""
    source, target = (
        tuple(alert for alert in alerts if _key(alert) not in removed) for alerts in (rule.source, rule.target)
    )
    if source and target:
        yield replace(rule, source=source, target=target)
