"""Who is notified: teams with their receivers by severity, the hours of their tickets, and the timing of notifications.

Secrets are only named by the files that Alertmanager reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from generator.dsl.units import Duration
from generator.frozen import frozen


@frozen
class PagerDuty:
    """An integration of PagerDuty's Events API v2; `url` is that of another region."""

    key_file: str
    url: str = ""


@frozen
class Opsgenie:
    """An integration of Opsgenie's API; `api_url` is that of another region."""

    key_file: str
    api_url: str = ""


@frozen
class Slack:
    """An incoming webhook of Slack. A webhook of an app has its own channel, whatever `channel` is."""

    url_file: str
    channel: str = ""


@frozen
class MicrosoftTeams:
    """A workflow of Microsoft Teams that posts what it gets by a webhook."""

    url_file: str


@frozen
class Email:
    """An address, to which the platform's mail server sends."""

    to: str


@frozen
class Discord:
    """A webhook of a channel of Discord."""

    url_file: str


@frozen
class Telegram:
    """A chat of a bot of Telegram; `api_url` is that of an own server of the Bot API."""

    token_file: str
    chat_id: int
    api_url: str = ""


@frozen
class Webhook:
    """Alertmanager's JSON, sent to a URL, with a bearer token where `token_file` is given."""

    url_file: str
    token_file: str = ""


Receiver: TypeAlias = PagerDuty | Opsgenie | Slack | MicrosoftTeams | Email | Discord | Telegram | Webhook
CHANNELS: Mapping[str, type[Receiver]] = {
    "pagerduty": PagerDuty,
    "opsgenie": Opsgenie,
    "slack": Slack,
    "teams": MicrosoftTeams,
    "email": Email,
    "discord": Discord,
    "telegram": Telegram,
    "webhook": Webhook,
}
"""The receivers by the keys of a platform file."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WORKING_DAYS = WEEKDAYS[:5]


@frozen
class Hours:
    """A time on some days of the week, from `start` to `end` (as `09:00`), in a time zone of the IANA database."""

    start: str
    end: str
    time_zone: str
    days: tuple[str, ...] = WORKING_DAYS


@frozen
class Owner:
    """A team with the receivers of its pages and tickets, which are sent in `ticket_hours` only (none: always)."""

    name: str
    page: tuple[Receiver, ...]
    ticket: tuple[Receiver, ...]
    ticket_hours: tuple[Hours, ...] = ()


@frozen
class MailServer:
    """The SMTP server (`host:port`) that sends e-mail from an address; without a `user`, it does not ask for one."""

    sender: str
    smarthost: str
    user: str = ""
    password_file: str = ""
    require_tls: bool = True


@frozen
class Timing:
    """What a platform changes about the timing of notifications; None leaves what the routing says."""

    group_wait: Duration | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None


@frozen
class Notifications:
    """The labels by which alerts are grouped (none: those of the routing), and the timing of pages and tickets."""

    group_by: tuple[str, ...] = ()
    page: Timing = Timing()
    ticket: Timing = Timing()
