"""Teams, receivers, the mail server and the timing of notifications, from a valid document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.config.durations import duration_of
from generator.dsl.receivers import (
    CHANNELS,
    WORKING_DAYS,
    Hours,
    MailServer,
    Notifications,
    Owner,
    Receiver,
    Timing,
)


def team_of(name: str, settings: Mapping[str, Any]) -> Owner:
    """Return the team of a name and its settings."""
    page, ticket = (tuple(map(_receiver, settings[severity])) for severity in ("page", "ticket"))
    return Owner(name, page, ticket, tuple(map(_hours, settings.get("ticket_hours", ()))))


def mail_server_of(settings: Mapping[str, Any] | None) -> MailServer | None:
    """Return the mail server; None without settings."""
    if settings is None:
        return None
    return MailServer(**{"sender" if key == "from" else key: value for key, value in settings.items()})


def notifications_of(settings: Mapping[str, Any]) -> Notifications:
    """Return what a platform changes about grouping and timing."""
    page, ticket = (_timing(settings.get(severity, {})) for severity in ("page", "ticket"))
    return Notifications(tuple(settings.get("group_by", ())), page, ticket)


def _receiver(settings: Mapping[str, Any]) -> Receiver:
    ((channel, values),) = settings.items()
    return CHANNELS[channel](**values)


def _hours(settings: Mapping[str, Any]) -> Hours:
    days = tuple(settings.get("days", WORKING_DAYS))
    return Hours(settings["from"], settings["to"], settings["time_zone"], days)


def _timing(settings: Mapping[str, str]) -> Timing:
    return Timing(**{key: duration_of(value) for key, value in settings.items()})
