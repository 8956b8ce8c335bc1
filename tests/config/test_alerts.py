"""Settings of alerts in a platform file: what they mean, and what is reported where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.checks.registry import owner_problems
from generator.config.durations import duration_of
from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.platform import AlertSettings, Platform
from generator.dsl.receivers import Owner, PagerDuty, Webhook
from generator.dsl.severity import PAGE, TICKET
from generator.dsl.units import days, hours, minutes, seconds
from generator.output import PLATFORM_SCHEMA
from generator.rendering.contract_json import platform_schema
from tests.config.small_platform import SMALL_PLATFORM, Workspace

KEYS = "enabled, severity, owner, labels, runbook_url, window, for, except_routes, page, ticket, none"
URL = 'give an http or https URL, such as "https://wiki.example.com/route-down"'
DURATION = 'give a whole number and s, m, h or d, such as "10m"'


def with_alerts(text: str) -> str:
    """The small platform with settings of alerts in its last line, 21."""
    return f"{SMALL_PLATFORM}alerts: {text}\n"


def test_settings_are_those_of_a_rule_or_of_a_severity(workspace: Workspace) -> None:
    """A name with one rule has its settings below it, a name with two has them below the severities."""
    text = (
        "{RouteDown: {window: 4m, for: 90s, owner: ops, labels: {priority: p1}, runbook_url: "
        "'https://w.example.com/a'},"
        " StorageErrors: {page: {severity: ticket}, ticket: {enabled: false}}}"
    )
    workspace.write({"platform.yaml": with_alerts(text)})
    platform = load(Path("platform.yaml"))
    assert platform.alert_settings("RouteDown", PAGE) == AlertSettings(
        window=minutes(4),
        for_=seconds(90),
        owner=Owner("ops", (PagerDuty("/secrets/key"),), (Webhook("/secrets/url"),)),
        labels={"priority": "p1"},
        runbook_url="https://w.example.com/a",
    )
    assert platform.alert_settings("StorageErrors", PAGE) == AlertSettings(severity=TICKET)
    assert platform.alert_settings("StorageErrors", TICKET) == AlertSettings(enabled=False)
    assert platform.alert_settings("HighAISpend", TICKET) == AlertSettings()


def test_an_overlay_merges_settings_and_removes_them(workspace: Workspace) -> None:
    """Settings are merged key by key, and null removes one."""
    overlay = "extends: base.yaml\nalerts: {RouteDown: {window: null, for: 2m}}\n"
    workspace.write({"base.yaml": with_alerts("{RouteDown: {window: 4m, severity: ticket}}"), "overlay.yaml": overlay})
    settings = load(Path("overlay.yaml")).alert_settings("RouteDown", PAGE)
    assert settings == AlertSettings(severity=TICKET, for_=minutes(2))


@pytest.mark.parametrize(
    ("text", "duration"), [("30s", seconds(30)), ("10m", minutes(10)), ("6h", hours(6)), ("3d", days(3))]
)
def test_durations_have_a_unit(text: str, duration: object) -> None:
    """Seconds, minutes, hours and days have one letter each."""
    assert duration_of(text) == duration


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ("{enabled: 1}", ".enabled: 1 is not true or false; give true or false"),
        ("{severity: critical}", '.severity: "critical" is not a severity; give one of page, ticket, none'),
        (
            "{owner: Ops}",
            '.owner: "Ops" is not a team name; give at most 40 lowercase letters, digits and -, '
            "the first a "
            'letter, such as "platform"',
        ),
        (
            "{labels: {__x: a}}",
            '.labels.__x: "__x" is not a label\'s name; give at most 40 letters and digits '
            "with single "
            '_ between them, the first a letter, such as "region"',
        ),
        (
            "{labels: {a: '{{ x }}'}}",
            '.labels.a: "{{ x }}" is not a label\'s value; give 1 to 128 characters without '
            "braces and control characters",
        ),
        (
            "{labels: {}}",
            ".labels: the value is empty; write at least one entry: a label's name, a colon and a label's value",
        ),
        ("{runbook_url: wiki/down}", f'.runbook_url: "wiki/down" is not a URL; {URL}'),
        ("{window: 10}", f".window: 10 is not a duration; {DURATION}"),
        ("{window: 10 minutes}", f'.window: "10 minutes" is not a duration; {DURATION}'),
        ("{for: 0m}", f'.for: "0m" is not a duration; {DURATION}'),
        ("{widnow: 10m}", '.widnow: unknown key; did you mean "window"? If not, remove it'),
        ("[]", f": a list is not a mapping of settings; write a mapping with any of the keys {KEYS}"),
        (
            "{owner: opps}",
            '.owner: there is no team "opps"; did you mean "ops"? If not, add it to teams. [config/unknown-team]',
        ),
    ],
)
def test_an_invalid_setting_is_a_problem_at_its_key(settings: str, problem: str, workspace: Workspace) -> None:
    """Every value that a setting cannot have is reported with its line, its path and what to write."""
    end = "" if problem.endswith("]") else "."
    problems = workspace.problems({"platform.yaml": with_alerts(f"{{RouteDown: {settings}}}")})
    assert problems == [f"platform.yaml:21 alerts.RouteDown{problem}{end}"]


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        (
            "{RouteDwn: {enabled: false}}",
            [
                'RouteDwn: there is no alert "RouteDwn"; did you mean "RouteDown"? If not, remove it. '
                "[config/unknown-alert]"
            ],
        ),
        (
            "{StorageErrors: {enabled: false}}",
            [
                "StorageErrors: StorageErrors has a rule for each of ticket, page; write the settings below ticket "
                "or page. "
                "[config/unknown-alert]"
            ],
        ),
        (
            "{RouteDown: {page: {enabled: false}}}",
            [
                "RouteDown.page: RouteDown has one rule, so its settings are not below a severity; move them up, below "
                "RouteDown. [config/unknown-alert]"
            ],
        ),
        (
            "{StorageErrors: {none: {enabled: false}}}",
            [
                "StorageErrors.none: StorageErrors has no rule of this severity; use one of ticket, page. "
                "[config/unknown-alert]"
            ],
        ),
        (
            "{ErrorBudgetBurn: {ticket: {window: 1d, for: 5m}}}",
            [
                "ErrorBudgetBurn.ticket.window: ErrorBudgetBurn does not take this key: its definition has no "
                "window, or more "
                "than one; remove it. [config/alert-setting-not-allowed]",
                "ErrorBudgetBurn.ticket.for: ErrorBudgetBurn does not take this key: its definition has no "
                "for_(…); remove it. "
                "[config/alert-setting-not-allowed]",
            ],
        ),
        (
            "{Watchdog: {enabled: false, severity: page}}",
            [
                "Watchdog.enabled: Watchdog does not take this key: its absence is the only sign that alerting is "
                "broken, and "
                '"Pages firing" needs it; remove it. [config/alert-setting-not-allowed]',
                "Watchdog.severity: Watchdog does not take this key: the dead man's switch gets the alerts of "
                "severity none; "
                "remove it. [config/alert-setting-not-allowed]",
            ],
        ),
        (
            "{RouteDown: {window: 29s}, TelemetryMissing: {window: 36d}}",
            [
                "RouteDown.window: a window of 29 seconds holds less than two samples; give at least 30s. "
                "[config/alert-window-out-of-range]",
                "TelemetryMissing.window: a window of 36 days is longer than Prometheus stores samples; give at "
                "most 35d. "
                "[config/alert-window-out-of-range]",
            ],
        ),
        ("{RouteDown: {window: 30s}, TelemetryMissing: {window: 35d}}", []),
        (
            "{StorageErrors: {page: {severity: ticket}}}",
            [
                "StorageErrors.page.severity: StorageErrors would have two rules of severity ticket; disable one, "
                "or give them "
                "different severities. [config/two-rules-of-one-severity]"
            ],
        ),
        ("{StorageErrors: {page: {severity: ticket}, ticket: {enabled: false}}}", []),
        (
            "{RouteDown: {labels: {tenant_id: a, team: b}}}",
            [
                'RouteDown.labels.tenant_id: the label "tenant_id" is set already, or is the contract\'s; choose '
                "another name. "
                "[config/reserved-alert-label]"
            ],
        ),
    ],
)
def test_settings_fit_their_alert(settings: str, problems: list[str], workspace: Workspace) -> None:
    """Names, severities and keys that an alert does not have are reported where they are written."""
    workspace.write({"platform.yaml": with_alerts(settings)})
    platform = load(Path("platform.yaml"))
    reported = owner_problems(platform, load_definitions())
    assert [str(problem) for problem in reported] == [f"platform.yaml:21 alerts.{problem}" for problem in problems]


def test_the_editor_offers_the_alerts_and_their_keys(platform: Platform) -> None:
    """The schema for editors has every alert, with just the keys that it takes."""
    alerts = load_definitions().alerts
    document: Any = json.loads(platform_schema(platform, alerts)[PLATFORM_SCHEMA])
    alerts_schema = document["$defs"]["platform"]["properties"]["alerts"]
    names = {alert.name for alert in alerts}
    assert alerts_schema["properties"].keys() == names
    assert alerts_schema["additionalProperties"] is False
    assert "window" in alerts_schema["properties"]["RouteDown"]["properties"]
    of_burn = alerts_schema["properties"]["ErrorBudgetBurn"]["properties"]
    assert of_burn.keys() == {"page", "ticket"}
    assert "window" not in of_burn["ticket"]["properties"]
