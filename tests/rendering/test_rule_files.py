"""Rule files: recorded series by area, alerts by family, in groups that are evaluated in the right order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import errors, telemetry
from contract.api import REQUESTS
from contract.labels import TENANT
from contract.objectives import token_budget
from contract.rag import RAG_QUERIES
from generator.dsl.platform import Platform
from generator.dsl.units import days, hours, minutes
from generator.ir.links import PanelLink
from generator.ir.rule_files import RuleFile
from generator.lowering.alerts import lower_alert
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.lowering.thresholds import threshold_series
from generator.rendering.rule_files import rule_files

LINK = PanelLink("https://grafana.example.com/d/some", {"route": "route"}, 7)


@pytest.fixture
def files(platform: Platform) -> dict[str, RuleFile]:
    """The files of two alerts, of some counts and of the budgets, by their names in their order."""
    lowering = QueryLowering(platform, RecordingRules())
    nowhere = replace(telemetry.watchdog, panel="")
    firing = [lower_alert(lowering, alert) for alert in (errors.route_down, nowhere)]
    for window in (minutes(5), hours(1), days(1)):
        lowering.lower(REQUESTS.increase(window).by(TENANT))
    lowering.lower(RAG_QUERIES.increase(minutes(5)))
    threshold_series(lowering, token_budget(platform))
    made = rule_files(platform, lowering.recording_rules.rules(), firing, lambda alert: LINK if alert.panel else None)
    return {file.name: file for file in made}


def test_what_is_read_comes_before_what_reads_it(files: dict[str, RuleFile]) -> None:
    """Recorded series first, limits after what they are joined with, alerts last."""
    assert list(files) == ["recorded-ai", "recorded-api", "recorded-rag", "recorded-limits", "errors", "telemetry"]


def test_groups_follow_each_other_by_what_they_need(files: dict[str, RuleFile]) -> None:
    """Five minutes and an hour every 30 seconds; a day every two minutes, from what was recorded before."""
    assert [(group.name, group.interval) for group in files["recorded-api"].groups] == [
        ("api-recorded", "30s"),
        ("api-long-windows", "2m"),
    ]
    assert [rule.name for rule in files["recorded-api"].groups[0].rules if rule.name.startswith("tenant_id:")] == [
        "tenant_id:requests_total:increase5m",
        "tenant_id:requests_total:increase1h",
    ]
    assert [group.name for group in files["recorded-limits"].groups] == ["limits-recorded", "limits-joined"]


def test_a_recorded_constant_bears_its_labels(files: dict[str, RuleFile]) -> None:
    """A budget is a number with its tenant."""
    budgets = files["recorded-limits"].groups[0].rules
    assert [(rule.type, rule.name, rule.expression, dict(rule.labels)) for rule in budgets] == [
        ("record", "tenant_id:tokens_per_day:override", "vector(2000000)", {"tenant_id": "com-mrrainbowsmoke"}),
        ("record", "tenant_id:tokens_per_day:override", "vector(5000000)", {"tenant_id": "com.rainbowsmokeofficial"}),
    ]


def test_an_alert_carries_all_that_a_person_needs(files: dict[str, RuleFile]) -> None:
    """Severity, owner, summary, description, the page and the panel; no label holds a value that changes."""
    (group,) = files["errors"].groups
    (rule,) = group.rules
    assert (rule.type, rule.name, rule.for_, group.interval) == ("alert", "RouteDown", "1m", "30s")
    assert rule.keep_firing_for == "10m"
    assert dict(rule.labels) == {"severity": "page", "owner": "platform"}
    assert set(rule.annotations) == {"summary", "description", "runbook_url", "dashboard_url"}
    assert rule.annotations["runbook_url"].endswith("/out/runbooks/route-down.md")
    assert "&var-route={{ $labels.route | urlquery }}&viewPanel=panel-7" in rule.annotations["dashboard_url"]
    assert rule.annotations["summary"] == (
        "{{ $labels.route }} ({{ $labels.service }}) is down: {{ $value | humanizePercentage }} of its requests fail."
    )


def test_an_alert_that_leads_nowhere_has_no_link(files: dict[str, RuleFile]) -> None:
    """An alert without a panel has no URL, and one that need not last is told at once, and no longer than it is so."""
    (rule,) = files["telemetry"].groups[0].rules
    assert "dashboard_url" not in rule.annotations
    assert (rule.expression, rule.for_, rule.keep_firing_for) == ("vector(1)", "", "")
