"""Alert tests as promtool's rule tests, on the rule files of `out/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TypeAlias

from generator.dsl.alert import Severity
from generator.dsl.alert_test import AlertTest, Expectation, FiringAlert, InputSeries, Scenario, Tickets
from generator.dsl.metrics import Histogram
from generator.dsl.platform import Platform
from generator.dsl.units import Duration
from generator.errors import BuildError, DefinitionError, Problem, did_you_mean
from generator.frozen import frozen
from generator.ir.links import PanelLink
from generator.ir.rule_files import RuleFile
from generator.ir.rules import AlertRule, RecordingRule
from generator.lowering.identity import identity_names
from generator.lowering.metric_labels import with_labelled_series
from generator.lowering.severity_names import with_named_severities
from generator.output import alert_test_path
from generator.rendering import annotation_text
from generator.rendering.annotation_text import FiringMoment, threshold_label
from generator.rendering.input_series import samples_by_series, series_text
from generator.rendering.native_series import native_samples
from generator.rendering.overrides_file import labels_of, value_of
from generator.rendering.templates import render


@frozen
class TestedRule:
    """An alerting rule under test: its link, and the rule files that it depends on, in order."""

    __test__ = False

    rule: AlertRule
    link: PanelLink | None
    files: tuple[str, ...]


TestedRules: TypeAlias = Mapping[tuple[str, Severity], TestedRule]
"""The alerting rules of a build by name and severity."""


NumbersByValue: TypeAlias = Mapping[str, Sequence[RecordingRule]]
"""Numbers that Prometheus scrapes, by the value of the label that they differ by."""


@frozen
class BuiltTest:
    """An alert test, and its scenario and claim on a platform."""

    test: AlertTest
    scenario: Scenario
    claim: str

    @property
    def module(self) -> str:
        """The name of the module that defines the test, which its file in `out/tests` is named after."""
        return self.test.module.rpartition(".")[2]

    @property
    def interval(self) -> Duration:
        """The evaluation interval; the tests of one file share it."""
        return self.scenario.evaluation_interval


def alert_test_files(
    platform: Platform,
    tests: Iterable[AlertTest],
    rules: TestedRules,
    files: Sequence[RuleFile],
    scraped: Sequence[RecordingRule] = (),
) -> dict[str, str]:
    """A test file for each module and evaluation interval, by its path, without tests that are not possible on the
    platform. Numbers that are `scraped`, and not recorded, are input series of the tests with series of their labels.
    Raises BuildError for tests of alerts that do not exist, with wrong labels, or that cannot be built.
    """
    built: list[BuiltTest] = []
    problems: list[Problem] = []
    for test in tests:
        problems += _unknown_alerts(test, rules)
        try:
            scenario = test.scenario(platform)
            built += [BuiltTest(test, scenario, test.claim_of(scenario))] if scenario else []
        except DefinitionError as error:
            problems.append(error.at(test.where))
    problems += [problem for test in built for problem in _wrong_expectations(test, rules)]
    if problems:
        raise BuildError(problems)
    by_value = numbers_by_label_value(scraped)
    built.sort(key=lambda test: (test.module, test.interval))
    return {
        alert_test_path(file_name(module, interval)): _file(list(group), rules, files, by_value, platform)
        for (module, interval), group in groupby(built, key=lambda test: (test.module, test.interval))
    }


def numbers_by_label_value(scraped: Iterable[RecordingRule]) -> NumbersByValue:
    """The numbers by the value of their own label, which is the last one."""
    result: dict[str, list[RecordingRule]] = {}
    for rule in scraped:
        _, value = rule.static_labels[-1]
        result.setdefault(value, []).append(rule)
    return result


def file_name(module: str, interval: Duration) -> str:
    """The name of a test file, without its ending."""
    return f"{module}-every-{interval}"


def _unknown_alerts(test: AlertTest, rules: TestedRules) -> Iterable[Problem]:
    for severity in test.severities:
        if (test.alert, severity) not in rules:
            known = sorted({f"{name} ({known_severity.value})" for name, known_severity in rules})
            name = f"{test.alert} ({severity.value})"
            yield Problem(test.where, f"there is no alert {name}", did_you_mean(name, known))


def _wrong_expectations(built: BuiltTest, rules: TestedRules) -> Iterable[Problem]:
    alert, where = built.test.alert, built.test.where
    for each in built.scenario.tickets:
        if (alert, each.severity) not in rules:
            name = f"{alert} ({each.severity.value})"
            yield Problem(where, f"it counts {name}, which does not exist", "count a severity that the alert has")
    for firing in (firing for expectation in built.scenario.expectations for firing in expectation.firing):
        tested = rules.get((alert, firing.severity))
        name = f"{alert} ({firing.severity.value})"
        if tested is None:
            yield Problem(where, f"it expects {name}, which does not exist", "expect a severity that the alert has")
            continue
        labels = {label.name for label in tested.rule.labels}
        if labels != firing.labels.keys():
            what = f"it expects {name} with the labels ({', '.join(sorted(firing.labels))})"
            yield Problem(where, what, f"expect the labels ({', '.join(sorted(labels))})")
        if tested.rule.queries.keys() != firing.values.keys():
            what = f"it expects {name} with the values ({', '.join(sorted(firing.values))})"
            yield Problem(where, what, f"expect the values ({', '.join(sorted(tested.rule.queries))})")


def _file(
    tests: Sequence[BuiltTest],
    rules: TestedRules,
    files: Sequence[RuleFile],
    scraped: NumbersByValue,
    platform: Platform,
) -> str:
    alerts = {built.test.alert for built in tests}
    needed = {name for (alert, _), tested in rules.items() if alert in alerts for name in tested.files}
    used = [file for file in files if file.name in needed]
    return render(
        "alert_test.yaml.j2",
        files=[file.file_name for file in used],
        groups=[group.name for file in used for group in file.groups],
        interval=str(tests[0].interval),
        tests=[_test(built, rules, scraped, platform) for built in tests],
    )


def _test(built: BuiltTest, rules: TestedRules, scraped: NumbersByValue, platform: Platform) -> dict[str, object]:
    scenario, alert = built.scenario, built.test.alert
    series = list(with_named_severities(with_labelled_series(scenario.series, platform), platform))
    return {
        "id": built.test.id,
        "claim": built.claim,
        "sample_interval": str(scenario.sample_interval),
        "series": {**_samples(series, scenario, platform), **_scraped_samples(scraped, scenario)},
        "alert": alert,
        "expectations": [
            {"time": str(expectation.at), "alerts": _expected_alerts(alert, expectation, rules)}
            for expectation in scenario.expectations
        ],
        "tickets": [_tickets(rules[alert, each.severity].rule, each, scenario) for each in scenario.tickets],
    }


def _samples(series: Sequence[InputSeries], scenario: Scenario, platform: Platform) -> dict[str, str]:
    """The samples of all series; of histograms as the platform's backend stores them."""
    interval, identity = scenario.sample_interval, identity_names(platform)
    if not platform.native_histograms:
        return samples_by_series(series, interval, platform.stored_name, identity)
    others = [each for each in series if not isinstance(each.metric, Histogram)]
    numbers = samples_by_series(others, interval, platform.stored_name, identity)
    return dict(sorted({**numbers, **native_samples(series, interval, platform.stored_name, identity)}.items()))


def _scraped_samples(scraped: NumbersByValue, scenario: Scenario) -> dict[str, str]:
    """The samples of the scraped numbers that are about what the scenario has: those of thousands of other tenants
    would change nothing."""
    values = {value for series in scenario.series for value in series.labels.values()}
    count = scenario.last_evaluation.seconds // scenario.sample_interval.seconds
    return {
        series_text(rule.name, labels_of(rule)): f"{value_of(rule)}x{count}"
        for value in values
        for rule in scraped.get(value, ())
    }


def _tickets(rule: AlertRule, tickets: Tickets, scenario: Scenario) -> dict[str, str | int]:
    """A query of how often an alert began to fire: at each of these evaluations it fires, and did not before."""
    labels = {**tickets.labels, "alertname": rule.alert.name, "alertstate": "firing"}
    labels["severity"] = rule.severity_name
    interval = scenario.evaluation_interval
    firing = series_text("ALERTS", labels)
    began = f"{firing} unless {firing} offset {interval}"
    count = f"sum(count_over_time(({began})[{tickets.until}:{interval}])) or vector(0)"
    return {"expression": count, "time": str(tickets.until), "count": tickets.count}


def _expected_alerts(alert: str, expectation: Expectation, rules: TestedRules) -> list[dict[str, Mapping[str, str]]]:
    return [
        _expected_alert(rules[alert, firing.severity], firing, expectation.at.seconds) for firing in expectation.firing
    ]


def _expected_alert(tested: TestedRule, firing: FiringAlert, time: int) -> dict[str, Mapping[str, str]]:
    rule, text = tested.rule, tested.rule.alert.alert_text
    annotated = firing.condition_ended.seconds if firing.condition_ended is not None else time
    since = firing.since.seconds if firing.since is not None and rule.link_start is not None else None
    moment = FiringMoment(firing.labels, firing.value, annotated, firing.values, since)
    texts = {
        "summary": annotation_text.rendered(rule, text.summary, moment),
        "description": annotation_text.rendered(rule, text.description, moment),
        "runbook_url": rule.runbook_url,
    }
    if tested.link:
        texts["dashboard_url"] = annotation_text.link_rendered(tested.link, rule.lookback, moment)
    labels = {**firing.labels, **rule.static_labels, **threshold_label(rule, firing.labels)}
    return {"exp_labels": dict(sorted(labels.items())), "exp_annotations": dict(sorted(texts.items()))}
