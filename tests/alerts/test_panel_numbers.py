"""The panel that an alert opens shows the alert's number: in every alert test, when the alert begins to fire, the panel
has the alert's value, and it is beyond the threshold that the panel draws."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.alert import PAGE, Severity
from generator.dsl.alert_test import AlertTest, FiringAlert, Scenario
from generator.dsl.chance import decided_by
from generator.dsl.metrics import Quantile
from generator.dsl.platform import Platform
from generator.dsl.query import Comparison
from generator.dsl.stops import StopsComing
from generator.dsl.units import Duration
from generator.external.promtool import Promtool
from generator.ir.build import Lowered
from generator.ir.dashboard import Colour, DashboardSpec, PanelSpec, QueryTarget
from generator.ir.expression import series_names
from generator.ir.links import PanelLink
from generator.lowering.alert_numbers import numbers_of
from generator.lowering.identity import identity_names
from generator.lowering.lower import lower
from generator.lowering.metric_labels import with_labelled_series
from generator.promql.dependencies import rule_dependencies
from generator.promql.grafana_variables import filled
from generator.rendering.input_series import samples_by_series
from generator.rendering.promql import flat
from generator.rendering.rule_files import rule_file_yaml, rule_files

ALERT_TESTS = {f"{test.module.rpartition('.')[2]}.{test.id}": test for test in load_definitions().alert_tests}


@dataclass(frozen=True)
class FirstFiring:
    """An alert that begins to fire in an alert test."""

    at: Duration
    alert: FiringAlert


@dataclass(frozen=True)
class OpenedPanel:
    """The panel that an alert's link opens, with the values of the variables that the link gives; `shows_quantile` is
    whether the alert compares a quantile, whose value is a share, and `shows_stop` whether it fires where nothing
    comes, with the value of what came. `operator` is how the alert compares its value with the threshold."""

    dashboard: DashboardSpec
    panel: PanelSpec
    link: PanelLink
    alert: FiringAlert
    value: float
    shows_quantile: bool
    shows_stop: bool
    operator: str = ">"

    def query(self, target: QueryTarget) -> str:
        """A query as Grafana sends it: a variable that the link does not give has all values."""
        selected = {variable: (self.alert.labels[label],) for label, variable in self.link.variables}
        expression = flat(target.expression)
        for variable in self.dashboard.variables:
            if variable.name not in selected:
                expression = expression.replace(f"${{{variable.name}:regex}}", ".*")
        return filled(expression, selected)

    def beyond_threshold(self, number: QueryTarget) -> str:
        """The values of a number that are beyond the threshold which the panel draws for the alert's severity."""
        has_warning = any(step.colour is Colour.WARNING for step in self.panel.steps)
        has_warning |= any(target.is_warning for target in self.panel.targets)
        is_warning = has_warning and self.alert.severity is not PAGE
        colour = Colour.WARNING if is_warning else Colour.CRITICAL
        lines = [each for each in self.panel.targets if each.is_threshold and each.is_warning is is_warning]
        own = [each for each in lines if number.legend.startswith(name_of(each))]
        value = next((step.value for step in self.panel.steps if step.colour is colour), None)
        query = self.query(number)
        if own:
            label = re.search(r"\{\{(\w+)\}\}", own[0].legend)
            limit = self.query(own[0])
            return f"({query}) > on ({label[1]}) group_left () ({limit})" if label else f"({query}) > scalar({limit})"
        return f"({query}) {self.operator} {value or 0}"


def name_of(line: QueryTarget) -> str:
    """The name of the series that a line is the threshold of; empty where it is that of all."""
    return next((part for part in line.legend.split(" · ")[1:] if "{{" not in part), "")


def opened(lowered: Lowered, test: AlertTest, alert: FiringAlert) -> OpenedPanel:
    """The panel that a firing alert opens."""
    rule = next(
        each for each in lowered.alerts if (each.alert.name, each.alert.severity) == (test.alert, alert.severity)
    )
    link = lowered.link(rule.alert)
    assert link is not None
    dashboard = next(each for each in lowered.dashboards if each.uid == link.dashboard_uid)
    panel = next(each for row in dashboard.rows for each in row.panels if each.id == link.panel_id)
    value = decided_by(alert.value)[1] if rule.value_names_window else alert.value
    compared = next(rule.condition.queries(), None)
    stops = isinstance(rule.condition, StopsComing)
    operator = rule.condition.operator if isinstance(rule.condition, Comparison) else ">"
    return OpenedPanel(dashboard, panel, link, alert, value, isinstance(compared, Quantile), stops, operator)


def first_firing(scenario: Scenario) -> Iterator[FirstFiring]:
    """The first expectation of each severity, while the condition is true."""
    severities: set[Severity] = set()
    for expectation in scenario.expectations:
        for alert in expectation.firing:
            if alert.severity not in severities and alert.condition_ended is None:
                severities.add(alert.severity)
                yield FirstFiring(expectation.at, alert)


@pytest.fixture(scope="module")
def lowered(platform: Platform) -> Lowered:
    """The tests' own platform, lowered."""
    return lower(platform, load_definitions())


def expression_test(panel: OpenedPanel, at: Duration) -> dict[str, object]:
    """A test of promtool: one of the numbers has the alert's value and is beyond its threshold. A quantile is beyond it
    where the alert's value, the share of what is slower, is more than the quantile allows; the value of a stop is what
    came before, and its panel shows that nothing comes."""
    numbers = [target for target in panel.panel.targets if not target.is_threshold]
    value = panel.value
    if panel.shows_quantile:
        shown = " or ".join(f"group({panel.beyond_threshold(number)})" for number in numbers)
        return {"expr": shown, "eval_time": str(at), "exp_samples": [{"labels": "{}", "value": 1}]}
    if panel.shows_stop:
        shown = " or ".join(f"group({panel.query(number)} == 0)" for number in numbers)
        return {"expr": shown, "eval_time": str(at), "exp_samples": [{"labels": "{}", "value": 1}]}
    near = f"< {value + abs(value) * 1e-6!r} > {value - abs(value) * 1e-6!r}"
    shown = " or ".join(f"group(({panel.beyond_threshold(number)}) {near})" for number in numbers)
    return {"expr": shown, "eval_time": str(at), "exp_samples": [{"labels": "{}", "value": 1}]}


def with_needed_rules(lowered: Lowered, panels: Sequence[OpenedPanel]) -> Lowered:
    """The build with the recording rules that these panels read alone: all of them would take ten times as long."""
    shown = {name for each in panels for target in each.panel.targets for name in series_names(target.expression)}
    needed = rule_dependencies(lowered.recording_rules).recorded(shown)
    recording_rules = tuple(rule for rule in lowered.recording_rules if rule.name in needed)
    return replace(lowered, alerts=(), recording_rules=recording_rules)


def test_every_alert_with_a_number_begins_to_fire_in_some_test(lowered: Lowered, platform: Platform) -> None:
    """No alert is left out of the tests below."""
    fired = {
        (test.alert, first.alert.severity)
        for test in ALERT_TESTS.values()
        if (scenario := test.scenario(platform)) is not None
        for first in first_firing(scenario)
    }
    assert {(each.alert.name, each.alert.severity) for each in lowered.alerts} <= fired


def test_an_alert_s_panel_is_beyond_its_threshold_when_it_fires(
    lowered: Lowered, platform: Platform, promtool: Promtool, tmp_path: Path
) -> None:
    """In every alert test the panel that the alert opens has the alert's value when it begins to fire, or the quantile
    of which it is the share above, above the line of its severity, with the variables of the alert's link."""
    written = []
    # Watchdog and what is not recorded at all compare nothing: there is no number to show.
    compared = {rule.alert.name for rule in lowered.alerts if numbers_of(rule.alert, platform)}
    of_stores = {test.id for test in lowered.definitions.alert_tests}
    for name, test in ALERT_TESTS.items():
        scenario = test.scenario(platform)
        if scenario is None or test.alert not in compared or test.id not in of_stores:
            continue
        panels = [(opened(lowered, test, each.alert), each.at) for each in first_firing(scenario)]
        if not panels:
            continue
        (tmp_path / name).mkdir()
        files = rule_files(with_needed_rules(lowered, [panel for panel, _ in panels]))
        for file in files:
            (tmp_path / name / f"{file.name}.yaml").write_text(rule_file_yaml(file), encoding="utf-8")
        series = with_labelled_series(scenario.series, platform)
        samples = samples_by_series(series, scenario.sample_interval, platform.stored_name, identity_names(platform))
        document = {
            "rule_files": [f"{file.name}.yaml" for file in files],
            "group_eval_order": [group.name for file in files for group in file.groups],
            "evaluation_interval": str(scenario.evaluation_interval),
            "tests": [
                {
                    "name": name,
                    "interval": str(scenario.sample_interval),
                    "input_series": [{"series": each, "values": values} for each, values in samples.items()],
                    "promql_expr_test": [expression_test(panel, at) for panel, at in panels],
                }
            ],
        }
        written.append(tmp_path / name / "test.yaml")
        written[-1].write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    results = promtool.test_rules(written).results
    assert written
    assert [failure for result in results for failure in result.failures] == []


def test_a_panel_below_its_threshold_fails(
    lowered: Lowered, platform: Platform, promtool: Promtool, tmp_path: Path
) -> None:
    """The same test finds that a panel has no such number before the alert fires."""
    scenarios = ((test, test.scenario(platform)) for test in ALERT_TESTS.values() if test.alert == "RouteHighErrorRate")
    test, scenario = next((test, each) for test, each in scenarios if each is not None and list(first_firing(each)))
    first = next(first_firing(scenario))
    for file in rule_files(lowered):
        (tmp_path / f"{file.name}.yaml").write_text(rule_file_yaml(file), encoding="utf-8")
    samples = samples_by_series(
        scenario.series, scenario.sample_interval, platform.stored_name, identity_names(platform)
    )
    document = {
        "rule_files": [f"{file.name}.yaml" for file in rule_files(lowered)],
        "evaluation_interval": str(scenario.evaluation_interval),
        "tests": [
            {
                "interval": str(scenario.sample_interval),
                "input_series": [{"series": each, "values": values} for each, values in samples.items()],
                "promql_expr_test": [expression_test(opened(lowered, test, first.alert), scenario.evaluation_interval)],
            }
        ],
    }
    (tmp_path / "early.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    (result,) = promtool.test_rules([tmp_path / "early.yaml"]).results
    assert len(result.failures) == 1


def test_the_dashboard_of_an_alert_s_panel_marks_the_moment_it_fired(lowered: Lowered) -> None:
    """The dashboard has an annotation of the severity of every alert that opens one of its panels."""
    boards = {each.uid: each for each in lowered.dashboards}
    for rule in lowered.alerts:
        link = lowered.link(rule.alert)
        if link is None or rule.alert.name == "Watchdog":
            continue
        annotations = [flat(each.expression) for each in boards[link.dashboard_uid].annotations]
        severity = f'severity="{rule.alert.severity.value}"'
        assert any('alertstate="firing"' in each and severity in each for each in annotations)
