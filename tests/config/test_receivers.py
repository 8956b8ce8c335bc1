"""Receivers, hours of tickets, the mail server and the timing of notifications, as they are loaded."""

from __future__ import annotations

from pathlib import Path

from contract.api import ALERTS, ALERTS_FOR_STATE
from contract.billing import COST
from generator.config.load import load
from generator.config.schema.receivers import LABELS
from generator.dsl.built_in import BuiltIn
from generator.dsl.platform import Platform
from generator.dsl.receivers import (
    CHANNELS,
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
from generator.dsl.units import days, minutes, seconds
from generator.ir.build import Compiled
from tests.config.small_platform import Workspace, changed

TEAM = "page: [{pagerduty: {key_file: /secrets/key}}], ticket: [{webhook: {url_file: /secrets/url}}]"
EVERY_CHANNEL = """
    page:
      - pagerduty: {key_file: /s/pagerduty, url: "https://events.eu.pagerduty.com/v2/enqueue"}
      - opsgenie: {key_file: /s/opsgenie, api_url: "https://api.eu.opsgenie.com"}
      - slack: {url_file: /s/slack, channel: "#alerts"}
      - teams: {url_file: /s/teams}
      - email: {to: ops@example.com}
      - discord: {url_file: /s/discord}
      - telegram: {token_file: /s/telegram, chat_id: -1001234567890}
      - webhook: {url_file: /s/webhook, token_file: /s/token}
    ticket: [{slack: {url_file: /s/slack}}]
    ticket_hours:
      - {from: "09:00", to: "17:00", time_zone: Europe/Berlin}
      - {days: [saturday], from: "22:00", to: "24:00", time_zone: UTC}
"""
ROOT = """
email: {from: alerts@example.com, smarthost: "smtp.example.com:587", user: alerts, password_file: /s/smtp}
notifications:
  group_by: [alertname, tenant_id]
  page: {group_wait: 30s}
  ticket: {group_wait: 10m, group_interval: 30m, repeat_interval: 3d}
"""


def loaded(workspace: Workspace, text: str) -> Platform:
    """The platform of a text."""
    workspace.write({"platform.yaml": text})
    return load(Path("platform.yaml"))


def test_the_labels_to_group_by_are_those_that_alerts_can_have(production: Compiled) -> None:
    """What a metric, a combined counter, the costs or the servers' own counters have, and what every alert has, but for
    its threshold. So each label of a default alert is among them."""
    contract = production.lowered.definitions.contract
    of_alerts = (ALERTS, ALERTS_FOR_STATE)
    tuples = [COST.labels, *(each.labels for each in contract.metrics)]
    tuples += [each.labels for each in contract.combined_counters]
    tuples += [each.labels for each in contract.built_in if isinstance(each, BuiltIn) and each not in of_alerts]
    counted = {label.name for labels in tuples for label in labels}
    assert set(LABELS) == counted | {"alertname", "severity", "owner"}
    assert {label.name for alert in production.lowered.alerts for label in alert.labels} <= set(LABELS)


def test_a_team_has_receivers_of_every_channel(workspace: Workspace) -> None:
    """Each key of a receiver is a channel; hours without days are those of Monday to Friday."""
    platform = loaded(workspace, changed(f"{{ops: {{{TEAM}}}}}", f"\n  ops:{EVERY_CHANNEL}") + ROOT)
    working_days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    page = (
        PagerDuty("/s/pagerduty", "https://events.eu.pagerduty.com/v2/enqueue"),
        Opsgenie("/s/opsgenie", "https://api.eu.opsgenie.com"),
        Slack("/s/slack", "#alerts"),
        MicrosoftTeams("/s/teams"),
        Email("ops@example.com"),
        Discord("/s/discord"),
        Telegram("/s/telegram", -1001234567890),
        Webhook("/s/webhook", "/s/token"),
    )
    assert platform.owner_of("cost") == Owner(
        "ops",
        page,
        (Slack("/s/slack"),),
        (Hours("09:00", "17:00", "Europe/Berlin", working_days), Hours("22:00", "24:00", "UTC", ("saturday",))),
    )
    assert {type(receiver) for receiver in page} == set(CHANNELS.values())
    assert platform.mail_server == MailServer("alerts@example.com", "smtp.example.com:587", "alerts", "/s/smtp")


def test_a_platform_changes_grouping_and_timing(workspace: Workspace) -> None:
    """What is not given stays that of the routing."""
    platform = loaded(workspace, changed("platform: small", f"platform: small{ROOT}"))
    ticket = Timing(minutes(10), minutes(30), days(3))
    assert platform.notifications == Notifications(("alertname", "tenant_id"), Timing(seconds(30)), ticket)


def test_an_overlay_replaces_receivers_and_keeps_the_others(workspace: Workspace) -> None:
    """Staging pages a chat, and its tickets go where those of production go."""
    overlay = "extends: base.yaml\nteams: {ops: {page: [{discord: {url_file: /s/staging}}]}}\n"
    workspace.write({"base.yaml": changed("platform: small", f"platform: small{ROOT}"), "overlay.yaml": overlay})
    team = load(Path("overlay.yaml")).owner_of("cost")
    assert (team.page, team.ticket) == ((Discord("/s/staging"),), (Webhook("/secrets/url"),))
