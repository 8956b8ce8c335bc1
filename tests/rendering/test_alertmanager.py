"""Who is told of what: routes asked of amtool, texts rendered by it, secrets looked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from alerts import cost, errors, latency, storage, telemetry
from generator.dsl.alert import Alert
from generator.dsl.platform import Owner, Platform
from generator.dsl.query import Rule, labels_of
from generator.external.process import run
from generator.rendering.alertmanager import INHIBITIONS, Inhibition, alertmanager
from tests.rendering.platform_by_hand import platform_by_hand

PLATFORM = Owner("platform", "/secrets/platform-page", "/secrets/platform-ticket")
FINANCE = Owner("finance", "/secrets/finance-page", "/secrets/finance-ticket")
TWO_TEAMS = replace(
    platform_by_hand(worker_api=("/chat",)),
    owners={"errors": PLATFORM, "cost": FINANCE, "telemetry": PLATFORM},
    dead_man_url_file="/secrets/dead-man",
)
ALERTS = tuple(
    one
    for family in (cost, errors, latency, storage, telemetry)
    for one in vars(family).values()
    if isinstance(one, Alert)
)


def written(platform: Platform, folder: Path) -> Path:
    """The configuration, written with its texts beside it."""
    for path, text in alertmanager(platform).items():
        (folder / Path(path).name).write_text(text, encoding="utf-8")
    return folder / "alertmanager.yaml"


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("alertname=RouteDown severity=page owner=platform route=/chat service=worker-api", "page platform"),
        ("alertname=HighErrorRate severity=ticket owner=platform tenant_id=acme route=/chat", "ticket platform"),
        ("alertname=HighAICosts severity=page owner=finance tenant_id=acme", "page finance"),
        ("alertname=HighAICosts severity=ticket owner=finance tenant_id=acme", "ticket finance"),
        ("alertname=HighAISpend severity=ticket owner=finance", "ticket finance"),
        ("alertname=TelemetryMissing severity=page owner=platform service=worker-api", "page platform"),
        ("alertname=Watchdog severity=none owner=platform", "dead man"),
        ("alertname=Watchdog severity=none owner=finance", "nobody"),
        ("alertname=Watchdog severity=none", "nobody"),
        ("alertname=InfoInhibitor severity=none owner=platform", "nobody"),
        ("alertname=RouteDown severity=page owner=dissolved route=/chat", "page platform"),
        ("alertname=HighLatency severity=ticket owner=dissolved", "ticket platform"),
        ("alertname=NodeDown severity=critical", "ticket platform"),
        ("alertname=NodeDown severity=critical owner=finance", "ticket finance"),
        ("alertname=NodeDown", "ticket platform"),
    ],
)
def test_alert_reaches_its_owner_as_its_severity_asks(
    labels: str, receiver: str, amtool_path: Path, tmp_path: Path
) -> None:
    """Pages and tickets go to their owner, the Watchdog to the dead man; what is not known still reaches somebody."""
    configuration = written(TWO_TEAMS, tmp_path)
    asked = [str(amtool_path), "config", "routes", "test", f"--config.file={configuration}", *labels.split()]
    assert run(asked, seconds=30).output.strip() == receiver


@pytest.mark.parametrize("name", ["platform", 'quo"te', "it's: #1", "back\\slash", "two words", "été", "a\u2028b"])
def test_any_name_of_a_team_is_a_name(name: str, amtool_path: Path, tmp_path: Path) -> None:
    """Alertmanager reads the configuration, and sends a team its pages, whatever the team is called."""
    owner = replace(FINANCE, name=name)
    configuration = written(replace(TWO_TEAMS, owners={**TWO_TEAMS.owners, "cost": owner}), tmp_path)
    assert run([str(amtool_path), "check-config", str(configuration)], seconds=30).status == 0
    receivers = yaml.safe_load(configuration.read_text(encoding="utf-8"))["receivers"]
    assert f"page {name}" in [receiver["name"] for receiver in receivers]
    matcher = f"owner={json.dumps(name, ensure_ascii=False)}"
    asked = ["config", "routes", "test", f"--config.file={configuration}", "severity=page", matcher]
    assert run([str(amtool_path), *asked], seconds=30).output.strip() == f"page {name}"


def test_production_is_read_and_holds_no_secret(
    platform: Platform, amtool_path: Path, tmp_path: Path, check_schema: Callable[[object, str], None]
) -> None:
    """Production's configuration passes amtool, and our schema, in which a secret has no place but by its file."""
    configuration = written(platform, tmp_path)
    assert run([str(amtool_path), "check-config", str(configuration)], seconds=30).status == 0
    check_schema(yaml.safe_load(configuration.read_text(encoding="utf-8")), "alertmanager")


def test_page_repeats_sooner_than_ticket_and_the_watchdog_soonest(platform: Platform) -> None:
    """What wakes somebody is told again after 1 hour, a ticket after 1 day, the Watchdog every minute."""
    route = yaml.safe_load(alertmanager(platform)["alertmanager/alertmanager.yaml"])["route"]
    assert route["repeat_interval"] == "1d"
    assert route["group_by"] == ["alertname", "route"]
    nobody, finance, platform_team, unowned = route["routes"]
    assert nobody["routes"][0]["repeat_interval"] == "1m"
    pages = [finance["routes"][0], platform_team["routes"][0], unowned]
    assert [page["repeat_interval"] for page in pages] == ["1h", "1h", "1h"]


def firing(status: str, *summaries: str) -> dict[str, object]:
    """What Alertmanager gives to a template: alerts that began one after the other."""
    alerts = [
        {
            "status": status,
            "annotations": {
                "summary": summary,
                "description": f"About {summary}",
                "runbook_url": "https://r",
                "dashboard_url": f"https://d/{summary}",
            },
            "startsAt": "2026-11-01T03:00:00+01:00",
        }
        for summary in summaries
    ]
    return {"status": status, "alerts": alerts}


@pytest.mark.parametrize(
    ("status", "summaries", "template", "text"),
    [
        ("firing", ("A",), "summary", "A"),
        ("firing", ("A", "B", "C"), "summary", "A (3 alerts in all)"),
        ("resolved", ("A",), "summary", "Over: A"),
        ("firing", ("A", "B"), "dashboard", "https://d/A"),
        ("resolved", ("A", "B"), "dashboard", "https://d/A"),
    ],
)
def test_a_page_says_in_one_line_what_is_wrong(
    status: str, summaries: tuple[str, ...], template: str, text: str, amtool_path: Path, tmp_path: Path
) -> None:
    """The line on the pager is the first alert's summary, and how many there are; the link is the first alert's."""
    asked = '{{ template "workers_ai.' + template + '" . }}'
    assert rendered(firing(status, *summaries), asked, amtool_path, tmp_path) == text


def test_a_page_brings_what_is_needed_at_three_in_the_morning(amtool_path: Path, tmp_path: Path) -> None:
    """Each alert brings its description, since when in UTC, its runbook and its dashboard; of 25, the first 20."""
    asked = '{{ template "workers_ai.alerts" .Alerts }}'
    lines = ["A", "  About A", "  Since: 2026-11-01 02:00:00 UTC", "  Runbook: https://r", "  Dashboard: https://d/A"]
    assert rendered(firing("firing", "A"), asked, amtool_path, tmp_path).splitlines() == lines
    many = rendered(firing("firing", *(f"tenant {i}" for i in range(25))), asked, amtool_path, tmp_path).splitlines()
    assert len(many) == 20 * len(lines) + 1
    assert many[-1] == "The first 20 of 25 alerts."


def rendered(data: object, text: str, program: Path, folder: Path) -> str:
    """The text as Alertmanager fills it in."""
    written(TWO_TEAMS, folder)
    (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
    flags = (f"--template.glob={folder}/*.tmpl", f"--template.data={folder}/data.json", f"--template.text={text}")
    return run([str(program), "template", "render", *flags], seconds=30).output.strip()


def told_per(alert: Alert, platform: Platform) -> set[str]:
    """The labels by which an alert is told."""
    build = alert.build(platform)
    return {label.name for label in labels_of(build.condition if isinstance(build, Rule) else build)}


@pytest.mark.parametrize("rule", INHIBITIONS, ids=lambda rule: "-".join(rule.sources))
def test_inhibition_names_alerts_that_exist(rule: Inhibition, platform: Platform) -> None:
    """Each alert of an inhibition exists in that severity, and is told per the labels that must be equal."""
    named = [(name, ("page",)) for name in rule.sources] + [(name, rule.severities) for name in rule.targets]
    for name, severities in named:
        fitting = [one for one in ALERTS if one.name == name and one.severity.value in severities]
        assert any(set(rule.equal) <= told_per(one, platform) for one in fitting), name
