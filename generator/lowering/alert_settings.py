"""The definitions as a platform's settings of alerts change them: severities, and everything about disabled alerts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product

from contract.alerting import OVERRIDES_INFO
from generator.config.schema.alerts import SETTINGS
from generator.definitions import attempt
from generator.dsl.alert import NONE, Alert
from generator.dsl.alert_test import AlertTest, FiringAlert, NotApplicable, NotPossible, Scenario, Tickets
from generator.dsl.built_in import FiringCount, FiringStarts
from generator.dsl.dashboard import (
    BarGauge,
    Column,
    Dashboard,
    Freshness,
    GaugePanel,
    Panel,
    Stat,
    Table,
    TimeSeries,
    Visualization,
)
from generator.dsl.definitions import Definitions
from generator.dsl.panel_thresholds import AlertThreshold, CriticalThreshold, FractionOfCritical, WarningThreshold
from generator.dsl.platform import AlertSettings, Platform
from generator.dsl.presence import Absent
from generator.dsl.query import Condition, FractionOf, Query
from generator.dsl.routing import Inhibition
from generator.dsl.server_counters import ServerIncrease
from generator.dsl.severity import TICKET, URGENCY, Severity
from generator.dsl.stops import route_label
from generator.dsl.units import SECONDS, Quantity
from generator.frozen import frozen
from generator.lowering.alert_names import disabled_names, without_names
from generator.lowering.alert_numbers import with_alert_numbers
from generator.lowering.alert_thresholds import ThresholdKey, threshold_key, threshold_keys
from generator.lowering.notifications import routing_on

NAMES_A_SEVERITY = re.compile(r"\b(pages?|tickets?)\b")
PROMETHEUS = "Prometheus"
"""The server of counters that other rulers have under other names."""
SENTENCE = re.compile(r"(?<=[.:]) (?=[A-Z])")


def with_alert_settings(platform: Platform, definitions: Definitions) -> Definitions:
    """The definitions without the alerts that the platform disables or cannot have, and what belongs to them, and with
    the platform's severities and its timing of notifications."""
    definitions = without_overrides_missing(platform, definitions)
    platform = without_alerts(platform, _without_purpose(platform, definitions.alerts))
    if (routing := routing_on(platform, definitions.routing)) is not definitions.routing:
        definitions = replace(definitions, routing=routing)
    if not platform.alerts and not definitions.replaced_alerts:
        return definitions
    enabled = [alert for alert in definitions.alerts if _enabled(platform, alert)]
    not_applicable = (_declaration(platform, each) for each in definitions.not_applicable)
    inhibitions = (each for rule in definitions.routing.inhibitions for each in _inhibitions(platform, rule))
    panels = _panel_changes(platform, definitions.alerts, definitions.replaced_alerts)
    gone = disabled_names(platform, enabled)
    return replace(
        definitions,
        alerts=tuple(
            replace(alert.on(platform), alert_text=without_names(alert.alert_text, gone)) for alert in enabled
        ),
        dashboards=tuple(map(panels.dashboard, with_alert_numbers(definitions).dashboards)),
        alert_tests=tuple(_test(platform, each) for each in definitions.alert_tests if _severities(platform, each)),
        not_applicable=tuple(each for each in not_applicable if each.severities),
        routing=replace(definitions.routing, inhibitions=tuple(inhibitions)),
    )


def without_alerts(platform: Platform, disabled: Iterable[Alert]) -> Platform:
    """The platform with these alerts disabled, as if its file said `enabled: false`."""
    settings: dict[tuple[str, Severity | None], AlertSettings] = {
        (alert.name, alert.declared): replace(alert.settings(platform), enabled=False) for alert in disabled
    }
    return replace(platform, alerts={**platform.alerts, **settings}) if settings else platform


def alerts_of_prometheus(platform: Platform, definitions: Definitions) -> Iterator[Alert]:
    """The alerts that read what Prometheus counts of itself, where the backend's ruler counts under other names."""
    if platform.backend.counts_as_prometheus:
        return
    for alert in definitions.alerts:
        rule = attempt(partial(alert.declared_rule, platform), [])
        comparisons = rule.condition.comparisons() if rule is not None else ()
        read = (query for each in comparisons for query in each.query.metric_queries())
        if any(isinstance(query, ServerIncrease) and query.metric.server == PROMETHEUS for query in read):
            yield alert


def without_overrides_missing(platform: Platform, definitions: Definitions) -> Definitions:
    """The definitions without the alerts on a missing file of overrides, where the platform has no such file."""
    if platform.scrapes_overrides:
        return definitions
    rules = ((alert, attempt(partial(alert.declared_rule, platform), [])) for alert in definitions.alerts)
    gone = {alert.name for alert, rule in rules if rule is not None and _is_of_overrides(rule.condition)}
    return replace(
        definitions,
        alerts=tuple(each for each in definitions.alerts if each.name not in gone),
        alert_tests=tuple(each for each in definitions.alert_tests if each.alert not in gone),
        not_applicable=tuple(each for each in definitions.not_applicable if each.alert not in gone),
    )


def _is_of_overrides(condition: Condition) -> bool:
    return isinstance(condition, Absent) and condition.series == OVERRIDES_INFO


def allowed_keys(alert: Alert, platform: Platform) -> tuple[str, ...]:
    """The settings that an alert takes."""
    refused = refused_keys(alert, platform)
    return tuple(key for key in SETTINGS if key not in refused)


def refused_keys(alert: Alert, platform: Platform) -> dict[str, str]:
    """The settings that an alert does not take, each with the reason."""
    rule = attempt(partial(alert.declared_rule, platform), [])
    refused = {}
    if alert.follows:
        refused["severity"] = "it notifies nobody: it is there for what it inhibits"
    elif alert.declared is NONE:
        refused["enabled"] = 'its absence is the only sign that alerting is broken, and "Pages firing" needs it'
        refused["severity"] = "the dead man's switch gets the alerts of severity none"
    if rule is None or rule.window is None:
        refused["window"] = "its definition has no window, or more than one"
    elif alert.fixed_window:
        refused["window"] = alert.fixed_window
    if rule is None or rule.pending is None:
        refused["for"] = "its definition has no for_(…)"
    if rule is None or route_label(rule.condition) is None:
        refused["except_routes"] = "only an alert on routes whose requests stop leaves out some"
    return refused


def _enabled(platform: Platform, alert: Alert) -> bool:
    return alert.settings(platform).enabled


def _without_purpose(platform: Platform, alerts: Iterable[Alert]) -> Iterator[Alert]:
    """The inhibitors that follow no enabled alert, or outlast none."""
    for alert in alerts:
        listed = (alert.follows, alert.outlasts) if alert.follows else ()
        if not all(any(_enabled(platform, each) for each in some) for some in listed):
            yield alert


def _severities(platform: Platform, definition: AlertTest | NotApplicable) -> tuple[Severity, ...]:
    """The severities of a test's alert on the platform, without those of disabled rules."""
    settings = ((each, platform.alert_settings(definition.alert, each)) for each in definition.severities)
    return tuple(setting.severity or declared for declared, setting in settings if setting.enabled)


def _declaration(platform: Platform, declaration: NotApplicable) -> NotApplicable:
    return replace(declaration, severities=_severities(platform, declaration))


def _test(platform: Platform, test: AlertTest) -> AlertTest:
    """A test with the alerts and severities that the platform has. Its scenario is built on any platform."""
    if not any(name == test.alert for name, _ in platform.alerts):
        return test

    def firing(alerts: Iterable[FiringAlert]) -> Iterator[FiringAlert]:
        for alert in alerts:
            settings = platform.alert_settings(test.alert, alert.severity)
            if settings.enabled:
                yield replace(alert, severity=settings.severity or alert.severity)

    def tickets(expected: Iterable[Tickets]) -> Iterator[Tickets]:
        for each in expected:
            settings = platform.alert_settings(test.alert, each.severity)
            if settings.enabled:
                yield replace(each, severity=settings.severity or each.severity)

    def build(built_platform: Platform) -> Scenario | NotPossible:
        scenario = test.build(built_platform)
        if isinstance(scenario, NotPossible):
            return scenario
        expectations = (replace(each, firing=tuple(firing(each.firing))) for each in scenario.expectations)
        return replace(scenario, expectations=tuple(expectations), tickets=tuple(tickets(scenario.tickets)))

    return replace(test, severities=_severities(platform, test), build=build)


def _inhibitions(platform: Platform, inhibition: Inhibition) -> Iterator[Inhibition]:
    """An inhibition of the enabled alerts. Where the platform changes a severity it is one for each pair of severities,
    because Alertmanager selects alerts by name and severity; an alert never inhibits a more urgent one. An inhibitor
    counts as a ticket: once a page ended, other pages are sent."""
    source, target = (
        [alert for alert in listed if _enabled(platform, alert)] for listed in (inhibition.source, inhibition.target)
    )
    if all(alert.settings(platform).severity is None for alert in (*source, *target)):
        if source and target:
            yield replace(inhibition, source=tuple(source), target=tuple(target))
        return
    for sources, targets in product(_by_severity(platform, source), _by_severity(platform, target)):
        if max(URGENCY[sources[0].severity], URGENCY[TICKET]) >= URGENCY[targets[0].severity]:
            yield replace(inhibition, source=sources, target=targets)


def _by_severity(platform: Platform, alerts: Iterable[Alert]) -> list[tuple[Alert, ...]]:
    on_platform = [alert.on(platform) for alert in alerts]
    groups = (tuple(alert for alert in on_platform if alert.severity is severity) for severity in Severity)
    return [group for group in groups if group]


@frozen
class _PanelChanges:
    """What alerts that `platform` disables change on panels: `disabled` are the alerts, `panels` those that they link
    to, `thresholds` those that no enabled alert has; `gone` are the names that no enabled alert has,
    `other_severities` those with changed severities."""

    disabled: Sequence[Alert]
    platform: Platform
    gone: Collection[str]
    other_severities: Collection[str]
    panels: Collection[str]
    thresholds: Collection[ThresholdKey]

    @property
    def names(self) -> Collection[str]:
        """The names of the disabled alerts."""
        return {alert.name for alert in self.disabled}

    def dashboard(self, dashboard: Dashboard) -> Dashboard:
        """A dashboard whose panels neither draw a threshold of a disabled alert nor say what is no longer true, without
        the tables that are about disabled alerts alone."""
        rows = (row.map_panels(partial(self._panel, dashboard)) for row in dashboard.rows)
        return replace(dashboard, rows=tuple(row for row in rows if row is not None))

    def _panel(self, dashboard: Dashboard, panel: Panel) -> Panel | None:
        declared = attempt(partial(panel.build, self.platform), [])
        if isinstance(declared, Table) and not any(map(self._column, declared.columns)):
            return None
        sentences = SENTENCE.split(panel.description)
        is_of_disabled = _names(panel.description, self.names) or f"{dashboard.id}/{panel.id}" in self.panels
        body = partial(self._body, panel, is_of_disabled)
        lost = attempt(partial(self._lost, panel, body), []) or ()
        description = " ".join(each for each in sentences if self._is_true(each, lost)) or panel.title
        return replace(panel, description=description, build=body)

    def _is_true(self, sentence: str, lost: Collection[str]) -> bool:
        changed = _names(sentence, self.other_severities) and NAMES_A_SEVERITY.search(sentence)
        states_lost = any(f"{{{name}}}" in sentence for name in lost)
        return not changed and not states_lost and not _names(sentence, self.names)

    def _lost(self, panel: Panel, body: Callable[[Platform], Visualization]) -> tuple[str, ...]:
        """The thresholds that a panel has by its definition and loses on the platform."""
        declared, kept = panel.build(self.platform), body(self.platform)
        names = ("threshold", "warning", "critical")
        return tuple(name for name in names if getattr(declared, name, None) and not getattr(kept, name, None))

    def _body(self, panel: Panel, is_of_disabled: bool, platform: Platform) -> Visualization:
        """A panel's content without the thresholds of the disabled alerts. A colour loses its threshold where the panel
        names one of them or belongs to it: the same number may be somebody else's elsewhere."""
        body = panel.build(platform)
        if isinstance(body, TimeSeries):
            kept = partial(self._kept, platform, body.series[0].query)
            series = tuple(
                replace(each, threshold=kept(each.threshold), warning=_warning(kept, each.threshold, each.warning))
                for each in body.series
            )
            body = replace(body, series=series)
            return replace(body, threshold=kept(body.threshold), warning=_warning(kept, body.threshold, body.warning))
        if isinstance(body, Stat | GaugePanel | BarGauge):
            kept = partial(self._kept, platform, body.query, numbers_stay=not is_of_disabled)
            return replace(body, critical=kept(body.critical), warning=_warning(kept, body.critical, body.warning))
        if isinstance(body, Freshness):
            # Whether telemetry arrives is shown whether an alert fires on it or not.
            stale = Quantity(Fraction(platform.telemetry_stale_after.seconds), SECONDS)
            kept_threshold = self._kept(platform, body.query, body.critical)
            return replace(body, critical=stale if kept_threshold is None else kept_threshold)
        if isinstance(body, Table):
            columns = tuple(column for each in body.columns if (column := self._column(each)) is not None)
            return replace(body, columns=columns)
        return body

    def _column(self, column: Column) -> Column | None:
        """A column about the alerts that are enabled among those that it names; None where none of them is."""
        query = column.query
        if not isinstance(query, FiringCount | FiringStarts) or not query.alerts:
            return column
        alerts = tuple(name for name in query.alerts if name not in self.gone)
        return replace(column, query=replace(query, alerts=alerts)) if alerts else None

    def _kept(
        self, platform: Platform, query: Query, threshold: CriticalThreshold | None, numbers_stay: bool = False
    ) -> CriticalThreshold | None:
        """A threshold of a panel's query; None for one that only disabled alerts have. That of a disabled alert becomes
        the number or the objective that an enabled one has, too."""
        if isinstance(threshold, AlertThreshold):
            disabled = (alert for alert in self.disabled if alert.name == threshold.alert)
            alert = next((each for each in disabled if threshold.severity in (None, each.declared)), None)
            if alert is None:
                return threshold
            comparison = next(alert.rule(platform).condition.comparisons(), None)
            divides = comparison is not None and isinstance(comparison.query, FractionOf)
            if comparison is None or (divides and not isinstance(query, FractionOf)):
                return None
            threshold, numbers_stay = comparison.threshold, False
        is_lost = threshold is not None and threshold_key(threshold) in self.thresholds and not numbers_stay
        return None if is_lost else threshold


def _warning(
    kept: Callable[[CriticalThreshold | None], CriticalThreshold | None],
    critical: CriticalThreshold | None,
    warning: WarningThreshold | None,
) -> WarningThreshold | None:
    """The warning of a panel; one that is a fraction of the critical threshold goes with it."""
    if isinstance(warning, FractionOfCritical):
        return warning if kept(critical) is not None else None
    return kept(warning)


def _names(text: str, alerts: Iterable[str]) -> bool:
    return any(re.search(rf"\b{name}\b", text) for name in alerts)


def _panel_changes(platform: Platform, alerts: Iterable[Alert], replaced: Iterable[Alert]) -> _PanelChanges:
    """What changes on panels: an alert that a project replaced by its own has, like a disabled one, no threshold."""
    thresholds: dict[bool, set[ThresholdKey]] = {True: set(), False: set()}
    disabled: list[Alert] = []
    enabled: list[Alert] = []
    other_severities: set[str] = set()
    for alert in alerts:
        settings = alert.settings(platform)
        rule = attempt(partial(alert.rule, platform), [])
        thresholds[settings.enabled] |= threshold_keys(rule.condition) if rule is not None else set()
        (enabled if settings.enabled else disabled).append(alert)
        other_severities |= {alert.name} if settings.severity not in (None, alert.declared) else set()
    for alert in replaced:
        rule = attempt(partial(alert.rule, platform), [])
        thresholds[False] |= threshold_keys(rule.condition) if rule is not None else set()
    panels = {alert.panel for alert in disabled}
    gone = disabled_names(platform, enabled)
    return _PanelChanges(disabled, platform, gone, other_severities, panels, thresholds[False] - thresholds[True])
