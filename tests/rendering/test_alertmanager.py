"""Alertmanager's configuration: amtool tests the routes, renders the notifications and checks the syntax."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from alerts import cost, errors
from contract.labels import ROUTE, SERVICE
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.dsl.receivers import (
    Discord,
    Email,
    Hours,
    MailServer,
    MicrosoftTeams,
    Notifications,
    Opsgenie,
    Owner,
    PagerDuty,
    Slack,
    Telegram,
    Timing,
    Webhook,
)
from generator.dsl.routing import Inhibition
from generator.dsl.units import days, seconds
from generator.errors import BuildError
from generator.external.process import run
from generator.ir.build import Lowered
from generator.lowering.alert_settings import with_alert_settings
from generator.lowering.lower import lower
from generator.rendering.alertmanager import alertmanager
from tests.rendering.platform_by_hand import platform_by_hand

PLATFORM = Owner("platform", (PagerDuty("/secrets/platform-page"),), (Webhook("/secrets/platform-ticket"),))
FINANCE = Owner("finance", (PagerDuty("/secrets/finance-page"),), (Webhook("/secrets/finance-ticket"),))
TWO_TEAMS = replace(
    platform_by_hand(worker_api=("/chat",)),
    owners={
        "errors": PLATFORM,
        "latency": PLATFORM,
        "cost": FINANCE,
        "storage": PLATFORM,
        "telemetry": PLATFORM,
    },
    default_owner=PLATFORM,
    dead_man_url_file="/secrets/dead-man",
)


@pytest.fixture(scope="module")
def two_teams() -> Lowered:
    """The alerts of two teams."""
    return lower(TWO_TEAMS, load_definitions())


@pytest.fixture(scope="module")
def production(platform: Platform) -> Lowered:
    """The alerts of the tests' platform."""
    return lower(platform, load_definitions())


def written(lowered: Lowered, folder: Path) -> Path:
    """The configuration, written with its templates beside it."""
    for path, text in alertmanager(lowered).items():
        (folder / Path(path).name).write_text(text, encoding="utf-8")
    return folder / "alertmanager.yaml"


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("alertname=RouteDown severity=page owner=platform route=/chat service=worker-api", "page platform"),
        ("alertname=TenantHighErrorRate severity=ticket owner=platform tenant_id=acme route=/chat", "ticket platform"),
        ("alertname=HighAICosts severity=page owner=finance tenant_id=acme", "page finance"),
        ("alertname=HighAICosts severity=ticket owner=finance tenant_id=acme", "ticket finance"),
        ("alertname=HighAISpend severity=ticket owner=finance", "ticket finance"),
        ("alertname=TelemetryMissing severity=page owner=platform service=worker-api", "page platform"),
        ("alertname=Watchdog severity=none owner=platform platform=by-hand", "dead man"),
        ("alertname=Watchdog severity=none owner=platform platform=staging", "nobody"),
        ("alertname=Watchdog severity=none owner=platform", "nobody"),
        ("alertname=Watchdog severity=none owner=finance", "nobody"),
        ("alertname=Watchdog severity=none", "nobody"),
        ("alertname=InfoInhibitor severity=none owner=platform", "nobody"),
        ("alertname=RouteDown severity=page owner=dissolved route=/chat", "page platform"),
        ("alertname=TenantHighLatency severity=ticket owner=dissolved", "ticket platform"),
        ("alertname=NodeDown severity=critical", "ticket platform"),
        ("alertname=NodeDown severity=critical owner=finance", "ticket finance"),
        ("alertname=NodeDown", "ticket platform"),
    ],
)
def test_an_alert_is_routed_to_its_owner_by_its_severity(
    labels: str, receiver: str, two_teams: Lowered, amtool_path: Path, tmp_path: Path
) -> None:
    """Pages and tickets go to their owner, the platform's Watchdog to the dead man's switch, alerts without a known
    owner to the default one."""
    configuration = written(two_teams, tmp_path)
    command = [str(amtool_path), "config", "routes", "test", f"--config.file={configuration}", *labels.split()]
    assert run(command, seconds=30).output.strip() == receiver


@pytest.mark.parametrize("name", ["platform", 'quo"te', "it's: #1", "back\\slash", "two words", "été", "a\u2028b"])
def test_a_team_may_have_any_name(name: str, amtool_path: Path, tmp_path: Path) -> None:
    """Alertmanager reads the configuration, and routes a team's pages to it, whatever its name."""
    platform = replace(TWO_TEAMS, owners={**TWO_TEAMS.owners, "cost": replace(FINANCE, name=name)})
    configuration = written(lower(platform, load_definitions()), tmp_path)
    assert run([str(amtool_path), "check-config", str(configuration)], seconds=30).status == 0
    receivers = yaml.safe_load(configuration.read_text(encoding="utf-8"))["receivers"]
    assert f"page {name}" in [receiver["name"] for receiver in receivers]
    matcher = f"owner={json.dumps(name, ensure_ascii=False)}"
    arguments = ["config", "routes", "test", f"--config.file={configuration}", "severity=page", matcher]
    assert run([str(amtool_path), *arguments], seconds=30).output.strip() == f"page {name}"


def test_production_is_valid_and_has_no_secret(
    production: Lowered, amtool_path: Path, tmp_path: Path, check_schema: Callable[[object, str], None]
) -> None:
    """Production's configuration passes amtool, and a schema in which secrets can only be named by their files."""
    configuration = written(production, tmp_path)
    assert run([str(amtool_path), "check-config", str(configuration)], seconds=30).status == 0
    check_schema(yaml.safe_load(configuration.read_text(encoding="utf-8")), "alertmanager")


def test_repeat_intervals_by_severity(production: Lowered) -> None:
    """Notifications repeat after 1 hour for a page, 1 day for a ticket and 1 minute for Watchdog."""
    route = yaml.safe_load(alertmanager(production)["alertmanager/alertmanager.yaml"])["route"]
    assert route["repeat_interval"] == "1d"
    assert route["group_by"] == ["platform", "cluster", "alertname", "route"]
    nobody, finance, platform_team, default = route["routes"]
    assert nobody["routes"][0]["repeat_interval"] == "1m"
    pages = [finance["routes"][0], platform_team["routes"][0], default]
    assert [page["repeat_interval"] for page in pages] == ["1h", "1h", "1h"]


def template_data(status: str, *summaries: str) -> dict[str, object]:
    """The data that Alertmanager passes to a template: alerts that started at the same time."""
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
        ("firing", ("A", "B", "C"), "summary", "A (3 alerts)"),
        ("resolved", ("A",), "summary", "Resolved: A"),
        ("firing", ("A", "B"), "dashboard", "https://d/A"),
        ("resolved", ("A", "B"), "dashboard", "https://d/A"),
    ],
)
def test_a_page_has_a_summary_in_one_line(
    status: str,
    summaries: tuple[str, ...],
    template: str,
    text: str,
    two_teams: Lowered,
    amtool_path: Path,
    tmp_path: Path,
) -> None:
    """The title is the first alert's summary and the number of alerts; the link is the first alert's."""
    source = '{{ template "workers_ai.' + template + '" . }}'
    assert rendered(template_data(status, *summaries), source, written(two_teams, tmp_path), amtool_path) == text


def test_a_page_has_the_details_of_20_alerts(two_teams: Lowered, amtool_path: Path, tmp_path: Path) -> None:
    """Each alert has its description, its start in UTC, its runbook and its dashboard; of 25 alerts, 20 are listed."""
    source = '{{ template "workers_ai.alerts" .Alerts }}'
    configuration = written(two_teams, tmp_path)
    lines = ["A", "  About A", "  Since: 2026-11-01 02:00:00 UTC", "  Runbook: https://r", "  Dashboard: https://d/A"]
    assert rendered(template_data("firing", "A"), source, configuration, amtool_path).splitlines() == lines
    many = template_data("firing", *(f"tenant {number}" for number in range(25)))
    text = rendered(many, source, configuration, amtool_path).splitlines()
    assert len(text) == 20 * len(lines) + 1
    assert text[-1] == "First 20 of 25 alerts."


def rendered(data: object, template: str, configuration: Path, amtool_path: Path) -> str:
    """The template as Alertmanager renders it."""
    folder = configuration.parent
    (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
    flags = (f"--template.glob={folder}/*.tmpl", f"--template.data={folder}/data.json", f"--template.text={template}")
    return run([str(amtool_path), "template", "render", *flags], seconds=30).output.strip()


def with_inhibition(lowered: Lowered, inhibition: Inhibition) -> Lowered:
    """The same alerts with this inhibition alone."""
    routing = replace(lowered.definitions.routing, inhibitions=(inhibition,))
    return replace(lowered, definitions=replace(lowered.definitions, routing=routing))


def inhibit_rules(lowered: Lowered) -> list[dict[str, list[str]]]:
    """The inhibition rules of the configuration."""
    rules: list[dict[str, list[str]]] = yaml.safe_load(alertmanager(lowered)["alertmanager/alertmanager.yaml"])[
        "inhibit_rules"
    ]
    return rules


def test_a_severity_is_matched_only_where_a_name_has_two(two_teams: Lowered) -> None:
    """ErrorBudgetBurn is a page and a ticket: an inhibition of one of them needs its severity, one of both does not."""
    burns = (errors.error_budget_burn_page, errors.error_budget_burn_ticket)
    both = Inhibition((errors.route_down,), burns, (ROUTE, SERVICE), "A reason.")
    ticket = replace(both, target=(errors.error_budget_burn_ticket,))
    assert inhibit_rules(with_inhibition(two_teams, both)) == [
        {
            "source_matchers": ['alertname="RouteDown"'],
            "target_matchers": ['alertname="ErrorBudgetBurn"'],
            "equal": ["platform", "cluster", "route", "service"],
        }
    ]
    assert inhibit_rules(with_inhibition(two_teams, ticket))[0]["target_matchers"] == [
        'alertname="ErrorBudgetBurn"',
        'severity="ticket"',
    ]


def test_an_inhibition_must_list_every_alert_that_it_selects(two_teams: Lowered) -> None:
    """A page and a ticket of other names select ErrorBudgetBurn in both severities, although only one is listed."""
    targets = (errors.route_high_error_rate, errors.tenant_high_error_rate, errors.error_budget_burn_ticket)
    inhibition = Inhibition((errors.route_down,), targets, (ROUTE, SERVICE), "A reason.")
    with pytest.raises(BuildError) as caught:
        alertmanager(with_inhibition(two_teams, inhibition))
    assert [problem.what for problem in caught.value.problems] == [
        "the inhibition with RouteHighErrorRate (page), TenantHighErrorRate (ticket), ErrorBudgetBurn (ticket) "
        "selects ErrorBudgetBurn (page) too"
    ]


def test_an_inhibition_compares_labels_that_its_alerts_have(two_teams: Lowered) -> None:
    """HighAICosts is not grouped by route: it would inhibit the alerts that have no route either."""
    inhibition = Inhibition((cost.high_ai_costs_page,), (errors.route_high_error_rate,), (ROUTE,), "A reason.")
    with pytest.raises(BuildError) as caught:
        alertmanager(with_inhibition(two_teams, inhibition))
    assert [str(problem) for problem in caught.value.problems] == [
        "alerts/routing.py: an inhibition compares route, which HighAICosts (page) is not grouped by; "
        "compare labels that its sources and targets are grouped by."
    ]


EVERY_CHANNEL = (
    PagerDuty("/s/pagerduty", "https://events.eu.pagerduty.com/v2/enqueue"),
    PagerDuty("/s/second"),
    Opsgenie("/s/opsgenie", "https://api.eu.opsgenie.com"),
    Slack("/s/slack", "#alerts"),
    MicrosoftTeams("/s/teams"),
    Email("ops@example.com"),
    Discord("/s/discord"),
    Telegram("/s/telegram", -1001234567890, "https://telegram.example.com"),
    Webhook("/s/webhook", "/s/token"),
)
HOURS = (Hours("09:00", "17:00", "Europe/Berlin"), Hours("22:00", "24:00", "UTC", ("saturday", "sunday")))
WITH_EVERY_CHANNEL = replace(
    TWO_TEAMS,
    owners={**TWO_TEAMS.owners, "cost": Owner("finance", EVERY_CHANNEL, EVERY_CHANNEL, HOURS)},
    mail_server=MailServer("alerts@example.com", "smtp.example.com:587", "alerts", "/s/smtp", require_tls=False),
    notifications=Notifications(("alertname", "tenant_id"), Timing(seconds(30)), Timing(repeat_interval=days(3))),
)


@pytest.fixture(scope="module")
def every_channel() -> Lowered:
    """The alerts of a team that has a receiver of each channel, and hours."""
    return lower(WITH_EVERY_CHANNEL, with_alert_settings(WITH_EVERY_CHANNEL, load_definitions()))


def test_alertmanager_accepts_every_channel(
    every_channel: Lowered, amtool_path: Path, tmp_path: Path, check_schema: Callable[[object, str], None]
) -> None:
    """The configuration passes amtool and the schema; each receiver is one entry, with the urgency of its severity."""
    configuration = written(every_channel, tmp_path)
    assert run([str(amtool_path), "check-config", str(configuration)], seconds=30).status == 0
    document = yaml.safe_load(configuration.read_text(encoding="utf-8"))
    check_schema(document, "alertmanager")
    receivers = {receiver["name"]: receiver for receiver in document["receivers"]}
    for name, severity, priority in (("page finance", "critical", "P1"), ("ticket finance", "warning", "P3")):
        entries = {key: value for key, value in receivers[name].items() if key != "name"}
        assert {key: len(value) for key, value in entries.items()} == {
            "pagerduty_configs": 2,
            **{f"{key}_configs": 1 for key in ("opsgenie", "slack", "msteamsv2", "email", "discord", "telegram")},
            "webhook_configs": 1,
        }
        assert [each["severity"] for each in entries["pagerduty_configs"]] == [severity] * 2
        assert entries["opsgenie_configs"][0]["priority"] == priority


def test_tickets_wait_for_their_hours(every_channel: Lowered) -> None:
    """The route of the team's tickets is active in its hours; that of its pages, which inherits none, always."""
    document = yaml.safe_load(alertmanager(every_channel)["alertmanager/alertmanager.yaml"])
    working_days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    assert document["time_intervals"] == [
        {
            "name": "ticket hours finance",
            "time_intervals": [
                {
                    "weekdays": working_days,
                    "times": [{"start_time": "09:00", "end_time": "17:00"}],
                    "location": "Europe/Berlin",
                },
                {
                    "weekdays": ["saturday", "sunday"],
                    "times": [{"start_time": "22:00", "end_time": "24:00"}],
                    "location": "UTC",
                },
            ],
        }
    ]
    ticket = next(route for route in document["route"]["routes"] if route["receiver"] == "ticket finance")
    assert ticket["active_time_intervals"] == ["ticket hours finance"]
    (page,) = ticket["routes"]
    assert (page["receiver"], "active_time_intervals" in page) == ("page finance", False)


def test_a_platform_changes_grouping_and_timing(every_channel: Lowered) -> None:
    """Pages wait for 30 s in place of 15, tickets repeat after 3 days in place of one; the rest stays."""
    route = yaml.safe_load(alertmanager(every_channel)["alertmanager/alertmanager.yaml"])["route"]
    assert route["group_by"] == ["platform", "cluster", "alertname", "tenant_id"]
    assert [route[key] for key in ("group_wait", "group_interval", "repeat_interval")] == ["2m", "15m", "3d"]
    page = next(each for each in route["routes"] if each["receiver"] == "ticket finance")["routes"][0]
    assert [page[key] for key in ("group_wait", "group_interval", "repeat_interval")] == ["30s", "1m", "1h"]
