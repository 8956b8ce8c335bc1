"""The messages of each channel, as a running Alertmanager sends them: readable, escaped and within the limits."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from generator.definitions import load_definitions
from generator.dsl.receivers import (
    Discord,
    Email,
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
from generator.dsl.units import hours, seconds
from generator.lowering.alert_settings import with_alert_settings
from generator.lowering.lower import lower
from generator.rendering.alertmanager import alertmanager
from tests.rendering.fake_receivers import Inbox, Request, inbox
from tests.rendering.platform_by_hand import platform_by_hand
from tests.rendering.running_alertmanager import RunningAlertmanager, running

TENANT = """<b>"O'Neil" & *_Sons_* [x](y) `z`"""
"""The name of a tenant, with what is markup in one channel or another."""
RUNBOOK = "https://runbooks.example.com/high.md"
START = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
"""Long before any run of the tests: what fires has fired for days."""
LINK = "https://grafana.example.com/d/tenant?var-datasource=a(1){time}&var-tenant=%3Cb%3E&viewPanel=panel-7"
EVALUATED = "&time=1764410000000&time.window={width}"
"""The time range of Prometheus' link: around its last evaluation."""
LINK_OF_PROMETHEUS = LINK.format(time=EVALUATED.format(width=7_200_000))
LINK_OF_A_DAY = LINK.format(time=EVALUATED.format(width=172_800_000))
LINK_OF_A_LONG_ALERT = LINK.format(time="&from=1793490000000&to=now")
"""The link of an alert whose start Prometheus has queried, from before that."""
DASHBOARD = LINK.format(time="&from=1793498400000&to=now")
"""From 2026-11-01 02:00 UTC, an hour before the start."""
DASHBOARD_OF_A_DAY = LINK.format(time="&from=1793415600000&to=now")
"""From 2026-10-31 03:00 UTC, as long before the start as the alert looks back."""
SINCE = "Since 2026-11-01 03:00:00 UTC"
MANY = 300
CHANNELS = ("pagerduty", "opsgenie", "slack", "teams", "discord", "telegram", "webhook")
WITH_TEXT = tuple(channel for channel in CHANNELS if channel != "webhook")


def alert(name: str, tenant: str, link: str = LINK_OF_PROMETHEUS, **times: str) -> dict[str, Any]:
    """An alert on a tenant as Prometheus sends it."""
    return {
        "labels": {"alertname": name, "severity": "page", "owner": "ops", "route": "/chat", "tenant_id": tenant},
        "annotations": {
            "summary": f"{tenant} has 7.2% errors.",
            "description": f"{tenant}: 7.2% of requests to /chat failed (threshold 5%, last 5 minutes).",
            "runbook_url": RUNBOOK,
            **({"dashboard_url": link} if link else {}),
        },
        "startsAt": START.isoformat(),
        **times,
    }


@dataclass(frozen=True)
class Messages:
    """What was received about one tenant, while its alert fired and when it was resolved, and about many tenants."""

    firing: Mapping[str, Request]
    resolved: Mapping[str, Request]
    many: Mapping[str, Request]
    unlinked: Mapping[str, Request]
    long: Mapping[str, Request]
    long_resolved: Mapping[str, Request]
    mails: Mapping[str, Any]


@pytest.fixture(scope="module")
def messages(alertmanager_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Messages]:
    """One run of Alertmanager for all channels."""
    folder = tmp_path_factory.mktemp("alertmanager")
    with inbox() as received:
        configuration = configured(received, folder)
        with running(alertmanager_path, configuration, folder) as alertmanager_:
            yield sent(alertmanager_, received)


def sent(alertmanager_: RunningAlertmanager, received: Inbox) -> Messages:
    """The messages about alerts that fire and are resolved."""

    def number(count: int) -> bool:
        return all(len(received.of(channel)) >= count for channel in CHANNELS) and len(received.mails) >= count

    def last() -> dict[str, Request]:
        return {channel: received.of(channel)[-1] for channel in CHANNELS}

    alertmanager_.post([alert("High", TENANT)])
    received.wait_until(lambda: number(1), "not every channel was notified")
    firing = last()
    end = datetime.now(tz=UTC) - timedelta(seconds=1)
    alertmanager_.post([alert("High", TENANT, endsAt=end.isoformat())])
    received.wait_until(lambda: number(2), "not every channel was notified of the end")
    resolved = last()
    alertmanager_.post([alert("Many", f"{number:03d} {TENANT * 9}", LINK_OF_A_DAY) for number in range(MANY)])
    # Alertmanager receives them one by one: the first notification may be about some of them.
    received.wait_until(lambda: number(3) and counted(last(), received), "not every channel was notified of many")
    firing_mail, resolved_mail, *_, many_mail = received.mails
    many, before = last(), max(len(received.of(channel)) for channel in CHANNELS)
    alertmanager_.post([alert("Unlinked", TENANT, link="")])
    received.wait_until(lambda: number(before + 1), "not every channel was notified of an alert without a link")
    unlinked = last()
    alertmanager_.post([alert("Long", TENANT, LINK_OF_A_LONG_ALERT)])
    received.wait_until(lambda: number(before + 2), "not every channel was notified of a long alert")
    long = last()
    alertmanager_.post([alert("Long", TENANT, LINK_OF_A_LONG_ALERT, endsAt=end.isoformat())])
    received.wait_until(lambda: number(before + 3), "not every channel was notified of the end of a long alert")
    mails = {"firing": firing_mail, "resolved": resolved_mail, "many": many_mail}
    return Messages(firing, resolved, many, unlinked, long, last(), mails)


def counted(last: Mapping[str, Request], received: Inbox) -> bool:
    """Whether the last message of each channel counts all alerts."""
    titles = [shown(channel, last[channel].document)[0] for channel in WITH_TEXT]
    return all(f"({MANY} alerts)" in title for title in (*titles, str(received.mails[-1]["Subject"])))


def configured(received: Inbox, folder: Path) -> Path:
    """A configuration with one receiver of each channel, and the files that it names."""
    for channel in CHANNELS:
        (folder / channel).write_text(f"{received.url(channel)}\n", encoding="utf-8")
    (folder / "token").write_text("s3cr3t\n", encoding="utf-8")
    path, token = {channel: str(folder / channel) for channel in CHANNELS}, str(folder / "token")
    page = (
        PagerDuty(token, url=received.url("pagerduty")),
        Opsgenie(token, api_url=received.url("opsgenie")),
        Slack(path["slack"], channel="#alerts"),
        MicrosoftTeams(path["teams"]),
        Email("ops@example.com"),
        Discord(path["discord"]),
        Telegram(token, -1001234567890, api_url=received.url("telegram")),
        Webhook(path["webhook"], token_file=token),
    )
    ops = Owner("ops", page, (Webhook(path["webhook"]),))
    platform = replace(
        platform_by_hand(worker_api=("/chat",)),
        owners={},
        default_owner=ops,
        dead_man_url_file=path["webhook"],
        mail_server=MailServer("alerts@example.com", f"127.0.0.1:{received.smtp_port}", require_tls=False),
        notifications=Notifications(page=Timing(seconds(1), seconds(1), hours(1))),
    )
    lowered = lower(platform, with_alert_settings(platform, load_definitions()))
    for name, text in alertmanager(lowered).items():
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    return folder / "alertmanager.yaml"


class Tags(HTMLParser):
    """The tags and the text of HTML; an end of another tag than the innermost one is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def markdown(text: str) -> str:
    """The text that Markdown shows: escaped characters are themselves, bold text and links are their text."""
    assert re.search(r"(?<!\\)<", text) is None
    text = re.sub(r"(?<!\\)\[(\w+)\]\((\S+?)\)", r"\1 \2", text)
    text = re.sub(r"(?<!\\)\*\*", "", text)
    return re.sub(r"\\(.)", r"\1", text)


def slack_text(text: str) -> str:
    """The text that Slack shows."""
    return html.unescape(re.sub(r"<([^|>]+)\|(\w+)>", r"\2 \1", text))


def shown(channel: str, document: Any) -> tuple[str, str]:
    """The title and the text of a message as its reader sees them."""
    match channel:
        case "pagerduty":
            payload = document["payload"]
            return payload["summary"], payload["custom_details"]["firing"] + payload["custom_details"]["resolved"]
        case "opsgenie":
            return document.get("message", ""), document.get("description", "")
        case "slack":
            (attachment,) = document["attachments"]
            return slack_text(attachment["title"]), slack_text(attachment["text"])
        case "teams":
            title, text = document["attachments"][0]["content"]["body"]
            return markdown(title["text"]), markdown(text["text"])
        case "discord":
            (embed,) = document["embeds"]
            return markdown(embed["title"]), markdown(embed["description"])
        case "telegram":
            tags = Tags(document["text"])
            title, _, text = tags.text.partition("\n\n")
            return title, text + " ".join(tags.links)
        case _:
            (first, *_) = document["alerts"]
            return first["annotations"]["summary"], json.dumps(first["annotations"], ensure_ascii=False)


@pytest.mark.parametrize("channel", WITH_TEXT)
def test_a_message_says_what_happens_since_when_and_where_to_look(channel: str, messages: Messages) -> None:
    """The name of the tenant is shown as it is, whatever is markup in the channel; the links lead where they should."""
    title, text = shown(channel, messages.firing[channel].document)
    assert title == f"{TENANT} has 7.2% errors."
    assert f"{TENANT}: 7.2% of requests to /chat failed (threshold 5%, last 5 minutes)." in text
    assert SINCE.removeprefix("Since ") in text
    assert RUNBOOK in text
    assert DASHBOARD in text.replace("%28", "(").replace("%29", ")")


def links(channel: str, document: Any) -> list[str]:
    """The URLs of the dashboard in a message, as a reader's browser opens them."""
    if channel == "pagerduty":
        listed = [link["href"] for link in document["links"] if link["text"] == "Dashboard"]
    elif channel == "slack":
        listed = [document["attachments"][0].get("title_link", "")]
    elif channel == "opsgenie":
        listed = [document.get("details", {}).get("dashboard", "")]
    else:
        listed = []
    text = shown(channel, document)[1].replace("%28", "(").replace("%29", ")")
    return [*listed, *re.findall(r"https://grafana\S+", text)]


@pytest.mark.parametrize("channel", WITH_TEXT)
def test_a_link_shows_the_start_of_what_has_fired_for_days(channel: str, messages: Messages) -> None:
    """Its time range begins an hour before the alert fired, or as long before as the alert looks back."""
    assert set(links(channel, messages.firing[channel].document)) == {DASHBOARD}
    assert set(links(channel, messages.many[channel].document)) == {DASHBOARD_OF_A_DAY}


@pytest.mark.parametrize("channel", WITH_TEXT)
def test_a_start_that_prometheus_queried_stays(channel: str, messages: Messages) -> None:
    """The time range of such a link begins before the alert, as the annotation says."""
    assert set(links(channel, messages.long[channel].document)) == {LINK_OF_A_LONG_ALERT}


def hour_after_end(messages: Mapping[str, Request]) -> int:
    """An hour after the end of the resolved alert, in milliseconds since 1970."""
    (ended,) = messages["webhook"].document["alerts"]
    end = datetime.fromisoformat(ended["endsAt"]) + timedelta(hours=1)
    return int(end.timestamp()) * 1000 + end.microsecond // 1000


@pytest.mark.parametrize("channel", [each for each in WITH_TEXT if each not in ("opsgenie", "pagerduty")])
def test_the_link_of_a_resolved_alert_ends_an_hour_after_its_end(channel: str, messages: Messages) -> None:
    """The incident is in sight from before its start until after its end, whenever the message is read."""
    expected = LINK.format(time=f"&from=1793498400000&to={hour_after_end(messages.resolved)}")
    assert set(links(channel, messages.resolved[channel].document)) == {expected}
    expected = LINK.format(time=f"&from=1793490000000&to={hour_after_end(messages.long_resolved)}")
    assert set(links(channel, messages.long_resolved[channel].document)) == {expected}


@pytest.mark.parametrize("channel", WITH_TEXT)
def test_an_alert_without_a_panel_has_no_link(channel: str, messages: Messages) -> None:
    """The message has everything else."""
    document = messages.unlinked[channel].document
    assert f"{TENANT}: 7.2% of requests to /chat failed" in shown(channel, document)[1]
    assert [link for link in links(channel, document) if link] == []


@pytest.mark.parametrize("channel", [each for each in WITH_TEXT if each != "opsgenie"])
def test_a_resolved_message_says_so(channel: str, messages: Messages) -> None:
    """The title begins with it, and the text has the time of the end."""
    title, text = shown(channel, messages.resolved[channel].document)
    assert title == f"Resolved: {TENANT} has 7.2% errors."
    assert re.search(r"(From 2026-11-01 03:00:00 UTC to|Resolved: \S+) \d\d:\d\d:\d\d UTC", text)


def test_each_channel_gets_what_its_api_needs(messages: Messages) -> None:
    """Keys and tokens come from their files, urgencies from the severity, and an end closes what was opened."""
    pagerduty, ended = messages.firing["pagerduty"].document, messages.resolved["pagerduty"].document
    assert (pagerduty["routing_key"], pagerduty["event_action"], pagerduty["payload"]["severity"]) == (
        "s3cr3t",
        "trigger",
        "critical",
    )
    assert (ended["event_action"], ended["dedup_key"]) == ("resolve", pagerduty["dedup_key"])
    opsgenie, closed = messages.firing["opsgenie"], messages.resolved["opsgenie"]
    assert (opsgenie.path, opsgenie.authorization, opsgenie.document["priority"]) == (
        "v2/alerts",
        "GenieKey s3cr3t",
        "P1",
    )
    assert closed.path == f"v2/alerts/{opsgenie.document['alias']}/close?identifierType=alias"
    assert messages.firing["slack"].document["channel"] == "#alerts"
    telegram = messages.firing["telegram"]
    assert (telegram.path, telegram.document["chat_id"], telegram.document["parse_mode"]) == (
        "bots3cr3t/sendMessage",
        "-1001234567890",
        "HTML",
    )
    webhook = messages.firing["webhook"]
    assert (webhook.authorization, webhook.document["status"]) == ("Bearer s3cr3t", "firing")
    assert messages.resolved["webhook"].document["status"] == "resolved"


LIMITS = {"opsgenie": (130, 15000), "slack": (1024, 3000), "discord": (256, 4096), "pagerduty": (1024, 512_000)}
"""Characters of a title and of a text."""


@pytest.mark.parametrize("channel", WITH_TEXT)
def test_many_alerts_are_counted_and_keep_the_limits(channel: str, messages: Messages) -> None:
    """The title has the number of alerts, the text those that fit, each as a whole, and how many there are."""
    document = messages.many[channel].document
    title, text = shown(channel, document)
    assert title.startswith("000 <b>")
    assert title.endswith(f"… ({MANY} alerts)")
    listed = re.search(rf"First (\d+) of {MANY} alerts\.", text)
    assert listed is not None
    assert text.count(SINCE.removeprefix("Since ")) == int(listed[1]) > 0
    if channel in LIMITS:
        raw_title, raw_text = raw(channel, document)
        assert len(raw_title) <= LIMITS[channel][0]
        assert len(raw_text) <= LIMITS[channel][1]
    elif channel == "telegram":
        assert len(document["text"]) <= 4096
    else:
        assert len(json.dumps(document, ensure_ascii=True)) <= 28 * 1024


def raw(channel: str, document: Any) -> tuple[str, str]:
    """The title and the text as they are sent."""
    match channel:
        case "slack":
            return document["attachments"][0]["title"], document["attachments"][0]["text"]
        case "discord":
            return document["embeds"][0]["title"], document["embeds"][0]["description"]
        case _:
            return shown(channel, document)


def test_an_e_mail_has_text_and_html(messages: Messages) -> None:
    """Both parts have the name as it is, the value, the threshold, the start and the links; HTML has no other tags."""
    mail = messages.mails["firing"]
    assert (mail["Subject"], mail["From"], mail["To"]) == (
        f"{TENANT} has 7.2% errors.",
        "alerts@example.com",
        "ops@example.com",
    )
    tags = Tags(mail.get_body(("html",)).get_content())
    assert set(tags.seen) == {"html", "head", "meta", "body", "h2", "h3", "p", "a"}
    assert [link.replace("%28", "(").replace("%29", ")") for link in tags.links] == [RUNBOOK, DASHBOARD]
    text = mail.get_body(("plain",)).get_content()
    for part in (tags.text, text):
        assert f"{TENANT}: 7.2% of requests to /chat failed (threshold 5%, last 5 minutes)." in part
        assert SINCE.removeprefix("Since ") in part
    assert DASHBOARD in text
    assert messages.mails["resolved"]["Subject"] == f"Resolved: {TENANT} has 7.2% errors."
    many = messages.mails["many"]
    assert many["Subject"].endswith(f" ({MANY} alerts)")
    assert f"First 50 of {MANY} alerts." in Tags(many.get_body(("html",)).get_content()).text
