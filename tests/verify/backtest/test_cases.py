"""The library of cases can be run, and expects alerts that the shipped rules have."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from backtests.cases import cases, ordinary_days
from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.lowering.lower import lower
from generator.rendering.rule_files import rule_files
from generator.verify.backtest.rule_sets import baseline_rules, evaluable
from generator.verify.replay.stages import ReplayRule, load_rules
from generator.verify.simulation.incident import IncidentKind
from tests.alerts.other_platforms import PLATFORMS, platform_file


def alerts_of(shipped: tuple[ReplayRule, ...]) -> set[tuple[str, str]]:
    """Return the names and severities of the alerting rules."""
    return {(rule.body["alert"], rule.body["labels"]["severity"]) for rule in shipped if "alert" in rule.body}


def test_there_are_at_least_17_cases_with_distinct_file_names(platform: Platform) -> None:
    """The library has at least 16 incidents and the ordinary days, and each chart has its own file name."""
    all_cases = (*cases(platform), ordinary_days(platform))
    assert len(all_cases) >= 17
    assert len({case.slug for case in all_cases}) == len(all_cases)


def test_expected_alerts_are_shipped_and_evaluable(platform: Platform, root: Path) -> None:
    """Every expected or allowed alert is a shipped rule of that severity, and the windows of an expected alert fit in
    the case's warm-up."""
    shipped = load_rules(root / "out" / "prometheus" / "rules")
    for case in cases(platform):
        in_warm_up = alerts_of(evaluable(shipped, case.warm_up))
        assert {(item.alert.name, item.alert.severity) for item in case.expected} <= in_warm_up, case.name
        assert {(alert.name, alert.severity) for alert in case.allowed} <= alerts_of(shipped), case.name


def test_a_case_starts_after_its_warm_up_and_includes_every_deadline(platform: Platform) -> None:
    """The first incident starts at `incident_start`, and the run ends after the last deadline."""
    for case in cases(platform):
        assert min(incident.start for incident in case.incidents) == case.warm_up, case.name
        assert case.clock.start + case.warm_up == case.incident_start, case.name
        assert all(item.deadline <= case.duration + case.cool_down for item in case.expected), case.name


def test_the_baseline_uses_the_routes_latency_thresholds(platform: Platform) -> None:
    """The baseline has six alerts, all pages, and its threshold for /search is production's 500 ms."""
    baseline = baseline_rules(platform)
    assert len(baseline) == 6
    (search,) = (str(rule.body["expr"]) for rule in baseline if "/search" in str(rule.body["expr"]))
    assert search.endswith("> 500")
    assert {rule.body["labels"]["severity"] for rule in baseline} == {"page"}


@pytest.mark.parametrize("name", PLATFORMS)
def test_cases_have_the_names_of_the_platform(name: str, tmp_path: Path) -> None:
    """Routes, services, models and tenants of incidents and alerts are the platform's, or tenants that the simulation
    adds; no text has a name of production. Every case has a file of its own."""
    platform = load(platform_file(tmp_path, name, PLATFORMS[name]))
    all_cases = (*cases(platform), ordinary_days(platform))
    assert len({case.slug for case in all_cases}) == len(all_cases)
    known = {"route": set(platform.routes), "service": set(platform.services), "model": set(platform.model_prices)}
    for case in all_cases:
        labels = [incident.matchers for incident in case.incidents]
        labels += [case.traffic_labels, *(each.alert.labels for each in case.expected)]
        labels += [alert.labels for alert in case.allowed]
        for label, values in known.items():
            assert {each[label] for each in labels if each.get(label)} <= values, case.name
    if "/chat" not in platform.routes:
        assert not [case.claim for case in all_cases if "/chat" in case.claim or "worker-api" in case.claim]


def test_rules_without_results_are_shipped(platform: Platform) -> None:
    """The groups of rules that fail, are not loaded or are evaluated too late are groups of a build, in the file that
    the incident names. Those without results record what RecordedSeriesMissing looks for."""
    groups = {
        f"/etc/prometheus/rules/{file.name}.yaml;{group.name}": {rule.name for rule in group.rules}
        for file in rule_files(lower(platform, load_definitions()))
        for group in file.groups
    }
    by_name = {case.name: case for case in cases(platform)}
    for name, rule in (
        ("rules fail", "route_service:requests_total:increase5m"),
        ("rules are not loaded", "route_service_model:ai_requests_total:increase5m"),
        ("evaluations are missed", "RouteDown"),
    ):
        named = {incident.matchers["rule_group"] for incident in by_name[name].incidents}
        assert len(named) == 1
        assert rule in groups[named.pop()]


def test_cases_of_stores_that_a_platform_does_not_use_are_left_out(platform: Platform) -> None:
    """Without KV and Vectorize, only the overload of Durable Objects remains of the three."""
    names = {case.name for case in cases(replace(platform, stores=("durable_objects",)))}
    assert "Durable Object overload" in names
    assert not {"KV 429 storm", "Vectorize time-outs"} & names


def test_an_alert_that_a_platform_does_not_have_is_not_expected(platform: Platform) -> None:
    """Of the token loop, the ticket alone remains where the platform disables the others."""
    loop = next(case for case in cases(platform) if case.name == "a runaway loop of tokens")
    (left,) = loop.with_alerts({("HighAICosts", "ticket"), ("RouteDown", "page")}).expected
    assert (left.alert.name, left.alert.severity) == ("HighAICosts", "ticket")


def test_an_ordinary_month_has_disturbances_and_no_expected_alert(platform: Platform) -> None:
    """30 days from a Monday on have 22 deploys that reset counters and fail for a minute, 4 scrape gaps, 4 model
    failures, and 30 failures at night."""
    month = ordinary_days(platform)
    assert (month.expected, month.allowed, month.clock.length) == ((), (), 30 * 86_400)
    kinds = Counter(incident.kind for incident in month.incidents)
    assert kinds == {
        IncidentKind.COUNTERS_RESET: 22,
        IncidentKind.REQUESTS_FAIL: 22,
        IncidentKind.MODEL_FAILS: 4,
        IncidentKind.SAMPLES_MISSING: 4,
        IncidentKind.LONE_REQUESTS: 30,
    }
    assert all(incident.start + incident.duration <= month.clock.length for incident in month.incidents)


def test_low_traffic_cases_have_no_traffic_factor(platform: Platform) -> None:
    """Four cases, those of a small tenant, and the token loops, whose tokens must match the budget, use the requests
    that the budgets yield."""
    low_traffic = {case.name for case in cases(platform) if case.traffic_factor == 1}
    loops = {"a runaway loop of tokens", "a loop of tokens through a gap"}
    small = {name for name in low_traffic if name.startswith("a small tenant")}
    assert len(small) == 4
    assert len(low_traffic) == 10
    assert {name for name in low_traffic - small if not name.endswith(", few requests")} == loops
