"""Rule files: recording rules by area, alerting rules by family, in groups in evaluation order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import errors, telemetry
from contract.api import REQUESTS
from contract.labels import TENANT
from contract.objectives import token_budget
from contract.rag import RAG_QUERIES
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.dsl.units import days, hours, minutes
from generator.ir.build import Lowered
from generator.ir.links import PanelLink
from generator.ir.rule_files import RuleFile
from generator.lowering.alerts import lower_alert
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.lowering.thresholds import threshold_series
from generator.rendering.rule_files import rule_files

LINK = PanelLink("https://grafana.example.com", "some", "Some", 7, "Error ratio", (("route", "route"),))


@pytest.fixture
def files(platform: Platform) -> dict[str, RuleFile]:
    """The rule files of two alerts, some increases and the budgets, by name in their order."""
    recording_rules = RecordingRules()
    lowering = QueryLowering(platform, recording_rules)
    without_panel = replace(telemetry.watchdog, panel="")
    alerts = tuple(lower_alert(lowering, alert) for alert in (errors.route_down, without_panel))
    for window in (minutes(5), hours(1), days(1)):
        lowering.of_shares.lower(REQUESTS.increase(window).by(TENANT))
    lowering.lower(RAG_QUERIES.increase(minutes(5)))
    threshold_series(lowering, token_budget(platform))
    links = {errors.route_down.key: LINK, without_panel.key: None}
    lowered = Lowered(platform, load_definitions(), recording_rules.all(), alerts, (), links)
    return {file.name: file for file in rule_files(lowered)}


def test_files_come_after_those_that_they_read(files: dict[str, RuleFile]) -> None:
    """Recording rules come first, thresholds after the series that they are joined with, and alerts last."""
    assert list(files) == ["recorded-ai", "recorded-api", "recorded-rag", "recorded-limits", "errors", "telemetry"]


def test_groups_come_after_those_that_they_read(files: dict[str, RuleFile]) -> None:
    """Increases over five minutes and an hour are evaluated every 30 seconds; those over a day every two minutes, after
    the series that they sum up. Names of groups begin with the platform."""
    assert [(group.name, group.interval) for group in files["recorded-api"].groups] == [
        ("production:api-recorded", "30s"),
        ("production:api-long-windows", "2m"),
    ]
    assert [rule.name for rule in files["recorded-api"].groups[0].rules if rule.name.startswith("tenant_id:")] == [
        "tenant_id:requests_total:increase5m",
        "tenant_id:requests_total:increase1h",
    ]
    assert [group.name for group in files["recorded-limits"].groups] == [
        "production:limits-recorded",
        "production:limits-joined",
    ]


def test_a_constant_has_its_labels(files: dict[str, RuleFile]) -> None:
    """The rule of a budget records a number with its tenant as a label."""
    budgets = files["recorded-limits"].groups[0].rules
    assert [(rule.kind, rule.name, rule.expression, dict(rule.labels)) for rule in budgets] == [
        ("record", "tenant_id:tokens_per_day:override", "vector(2000000)", {"tenant_id": "com-mrrainbowsmoke"}),
        ("record", "tenant_id:tokens_per_day:override", "vector(5000000)", {"tenant_id": "com.rainbowsmokeofficial"}),
    ]


def test_an_alert_has_everything_that_an_engineer_needs(files: dict[str, RuleFile]) -> None:
    """An alert has severity, owner, summary, description, runbook and panel; no label has a changing value."""
    (group,) = files["errors"].groups
    (rule,) = group.rules
    assert (rule.kind, rule.name, rule.for_, group.interval) == ("alert", "RouteDown", "1m", "30s")
    assert rule.keep_firing_for == "10m"
    assert dict(rule.labels) == {"severity": "page", "owner": "platform"}
    assert set(rule.annotations) == {"summary", "description", "runbook_url", "dashboard_url"}
    assert rule.annotations["runbook_url"].endswith("/out/runbooks/route-down.md")
    assert "&var-route={{ $labels.route | urlquery }}&viewPanel=panel-7" in rule.annotations["dashboard_url"]
    assert rule.annotations["summary"] == (
        "{{ $labels.route }} ({{ $labels.service }}) is down: {{ $value | humanizePercentage }} of requests fail."
    )


def test_an_alert_without_a_panel_and_durations_has_no_link_and_no_for(files: dict[str, RuleFile]) -> None:
    """Without a panel, an alert has no dashboard URL; without durations, it has neither `for` nor `keep_firing_for`."""
    (rule,) = files["telemetry"].groups[0].rules
    assert "dashboard_url" not in rule.annotations
    assert (rule.expression, rule.for_, rule.keep_firing_for) == ("vector(1)", "", "")
