"""What depends on a series: the panels that query it, the alerts that read it, and their tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from urllib.parse import parse_qs, urlsplit

from generator.frozen import frozen
from generator.promql.dependencies import Dependencies
from generator.view.diff.expressions import series_of_query, series_of_rule
from generator.view.diff.snapshot import BuildSnapshot, PanelKey, RuleSnapshot

ALERTS = frozenset({"ALERTS"})
"""The series that Prometheus writes for the alerts that are pending or firing."""
HISTOGRAM_SUFFIXES = ("_bucket", "_sum", "_count")


@frozen
class Affected:
    """What a change affects: panels (by their places), alerts and alert tests (by their names)."""

    panels: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    alert_tests: tuple[str, ...] = ()


@frozen
class BuildDependencies:
    """A build with the series that each panel and each alert depends on. A histogram counts by its metric's name and
    by the names of its stored series."""

    build: BuildSnapshot
    panel_series: Mapping[PanelKey, Set[str]]
    alert_series: Mapping[str, Set[str]]

    def panels_reading(self, series: Set[str]) -> list[PanelKey]:
        """The panels that depend on one of the series."""
        return [key for key, names in self.panel_series.items() if names & series]

    def alerts_reading(self, series: Set[str]) -> list[str]:
        """The alerts that depend on one of the series."""
        return [key for key, names in self.alert_series.items() if names & series]

    def panels_showing(self, alert: RuleSnapshot) -> Iterator[PanelKey]:
        """The panels on which an alert is visible: the one it links to has its annotations, others count alerts."""
        linked = linked_panel(alert)
        yield from (key for key in self.build.panels if key.id == linked)
        yield from self.panels_reading(ALERTS)

    def panels_changed_by(self, series: Set[str]) -> Iterator[PanelKey]:
        """The panels that may look different if the series have other values."""
        yield from self.panels_reading(series)
        for key in self.alerts_reading(series):
            yield from self.panels_showing(self.build.alerts[key])

    def tests_of(self, alerts: Iterable[RuleSnapshot]) -> Iterator[str]:
        """The names of the alert tests that expect one of the alerts, or expect that it does not fire."""
        names = {alert.name for alert in alerts}
        for test, content in self.build.alert_tests.items():
            if any(check["alertname"] in names for check in content["alert_rule_test"]):
                yield test

    def affected_by_series(self, series: Set[str]) -> Affected:
        """Everything that depends on one of the series."""
        alerts = self.alerts_reading(series)
        tests = self.tests_of(self.build.alerts[key] for key in alerts)
        return Affected(self.places(self.panels_reading(series)), tuple(alerts), tuple(tests))

    def affected_by_alert(self, alert: RuleSnapshot) -> Affected:
        """The panels that show an alert, and its tests."""
        return Affected(self.places(self.panels_showing(alert)), (), tuple(self.tests_of([alert])))

    def places(self, keys: Iterable[PanelKey]) -> tuple[str, ...]:
        """Where a reader finds the panels."""
        return tuple(dict.fromkeys(self.build.panels[key].place for key in keys))


def dependencies_of(build: BuildSnapshot) -> BuildDependencies:
    """Compute which series the panels and alerts of a build depend on."""
    reads: dict[str, frozenset[str]] = {}
    for rule in build.recording_rules.values():
        reads[rule.name] = reads.get(rule.name, frozenset()) | series_of_rule(rule.expression)
    recorded = Dependencies(reads)
    metric_of = {series: name for name, metric in build.metrics.items() for series in stored_series(metric)}

    def closure(names: Iterable[str]) -> Set[str]:
        series = recorded.closure(names)
        return series | {metric_of[name] for name in series if name in metric_of}

    return BuildDependencies(
        build,
        {
            key: closure(name for query in panel.queries for name in series_of_query(query, _variables(build, key)))
            for key, panel in build.panels.items()
        },
        {key: closure(series_of_rule(rule.expression)) for key, rule in build.alerts.items()},
    )


def _variables(build: BuildSnapshot, panel: PanelKey) -> tuple[str, ...]:
    return build.dashboards[panel.dashboard].variables


def stored_series(metric: Mapping[str, object]) -> tuple[str, ...]:
    """The names under which Prometheus stores a metric of the contract."""
    name = str(metric["name"])
    return tuple(f"{name}{suffix}" for suffix in HISTOGRAM_SUFFIXES) if metric.get("type") == "histogram" else (name,)


def linked_panel(alert: RuleSnapshot) -> int | None:
    """The id of the panel that an alert's dashboard_url opens (`viewPanel=panel-7`); None if it opens none."""
    url = alert.fields.get("annotations", {}).get("dashboard_url", "")
    (panel, *_) = parse_qs(urlsplit(str(url)).query).get("viewPanel", [""])
    number = panel.removeprefix("panel-")
    return int(number) if number.isdecimal() else None
