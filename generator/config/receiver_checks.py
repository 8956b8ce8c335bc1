"""Checks of receivers, the hours of tickets and the timing of notifications."""

from __future__ import annotations

import functools
import zoneinfo
from collections.abc import Iterator
from typing import Any

from generator.check import Check, check
from generator.config.document import PlatformDocument, config_check
from generator.config.loaded import LOADED, LoadedPlatform
from generator.config.validation import suggestion
from generator.config.yaml_tree import ConfigViolation, KeyPath, dotted, quoted
from generator.dsl.routing import Route
from generator.errors import Problem

TEAMS: KeyPath = ("teams",)
EMAIL: KeyPath = ("email",)
NOTIFICATIONS: KeyPath = ("notifications",)
SERVER = 'email: {from: alerts@example.com, smarthost: "smtp.example.com:587"}'


@config_check(
    "config/email-without-server",
    reads=(TEAMS, EMAIL),
    bad="""
        teams:
          ops:
            page: [{pagerduty: {key_file: /secrets/key}}]
            ticket: [{email: {to: ops@example.com}}]
    """,
    good="""
        teams:
          ops:
            page: [{pagerduty: {key_file: /secrets/key}}]
            ticket: [{email: {to: ops@example.com}}]
        email: {from: alerts@example.com, smarthost: "smtp.example.com:587"}
    """,
    message=f"no server sends this e-mail; add the key email, such as {SERVER}",
)
def email_has_a_server(document: Any) -> Iterator[ConfigViolation]:
    """A platform with a receiver of e-mail names the server that sends it.

    Alertmanager refuses the whole configuration otherwise.
    """
    if "email" in document:
        return
    for team, settings in document["teams"].items():
        for severity in ("page", "ticket"):
            for index, receiver in enumerate(settings[severity]):
                if "email" in receiver:
                    path = (*TEAMS, team, severity, index, "email")
                    yield ConfigViolation(path, "no server sends this e-mail", f"add the key email, such as {SERVER}")


@config_check(
    "config/mail-user-without-password",
    reads=(EMAIL,),
    bad="""
        email: {from: alerts@example.com, smarthost: "smtp.example.com:587", user: alerts}
    """,
    good="""
        email: {from: alerts@example.com, smarthost: "smtp.example.com:587", user: alerts, password_file: /secrets/smtp}
    """,
    message="the user has no password; add password_file, or remove user",
)
def mail_user_has_a_password(document: Any) -> Iterator[ConfigViolation]:
    """The mail server gets a user and the file of its password, or neither.

    Alertmanager sends nothing by a server that asks a user for a password which it lacks, and does not read the file of
    a password without a user.
    """
    settings = document.get("email", {})
    if "user" in settings and "password_file" not in settings:
        yield ConfigViolation((*EMAIL, "user"), "the user has no password", "add password_file, or remove user")
    if "password_file" in settings and "user" not in settings:
        yield ConfigViolation(
            (*EMAIL, "password_file"), "the password has no user", "add user, or remove password_file"
        )


@config_check(
    "config/unknown-time-zone",
    reads=(TEAMS,),
    bad="""
        teams:
          ops:
            page: [{pagerduty: {key_file: /secrets/key}}]
            ticket: [{webhook: {url_file: /secrets/url}}]
            ticket_hours: [{from: "09:00", to: "17:00", time_zone: Europe/Berln}]
    """,
    good="""
        teams:
          ops:
            page: [{pagerduty: {key_file: /secrets/key}}]
            ticket: [{webhook: {url_file: /secrets/url}}]
            ticket_hours: [{from: "09:00", to: "17:00", time_zone: Europe/Berlin}]
    """,
    message='there is no time zone "Europe/Berln"; did you mean "Europe/Berlin"? If not, give a name of the IANA '
    "database",
)
def time_zones_exist(document: Any) -> Iterator[ConfigViolation]:
    """Every time zone is one of the IANA database, as this machine has it.

    Alertmanager refuses the whole configuration otherwise. Without a database on this machine, nothing is compared.
    """
    for path, hours in _ticket_hours(document):
        name, known = hours["time_zone"], known_time_zones()
        if known and name not in known:
            hint = suggestion(name, known, "give a name of the IANA database")
            yield ConfigViolation((*path, "time_zone"), f"there is no time zone {quoted(name)}", hint)


@config_check(
    "config/hours-end-before-they-begin",
    reads=(TEAMS,),
    bad="""
        teams:
          ops:
            page: [{pagerduty: {key_file: /secrets/key}}]
            ticket: [{webhook: {url_file: /secrets/url}}]
            ticket_hours: [{from: "22:00", to: "06:00", time_zone: Europe/Berlin}]
    """,
    good="""
        teams:
          ops:
            page: [{pagerduty: {key_file: /secrets/key}}]
            ticket: [{webhook: {url_file: /secrets/url}}]
            ticket_hours:
              - {from: "22:00", to: "24:00", time_zone: Europe/Berlin}
              - {from: "00:00", to: "06:00", time_zone: Europe/Berlin}
    """,
    message='"06:00" is not after from, which is "22:00"; give a later time, or write two entries with midnight '
    "between them",
)
def hours_end_after_they_begin(document: Any) -> Iterator[ConfigViolation]:
    """The hours of tickets end after they begin, on the same day.

    Alertmanager refuses the whole configuration otherwise. A night is two entries, until and from midnight.
    """
    for path, hours in _ticket_hours(document):
        if hours["to"] <= hours["from"]:
            what = f"{quoted(hours['to'])} is not after from, which is {quoted(hours['from'])}"
            hint = "give a later time, or write two entries with midnight between them"
            yield ConfigViolation((*path, "to"), what, hint)


RECEIVER_CHECKS: tuple[Check[PlatformDocument], ...] = (
    email_has_a_server,
    mail_user_has_a_password,
    time_zones_exist,
    hours_end_after_they_begin,
)


@check(
    "config/notification-timing",
    stage=LOADED,
    language="yaml",
    bad="notifications: {page: {group_wait: 5m}, ticket: {group_wait: 1m}}",
    good="notifications: {page: {group_wait: 5m}, ticket: {group_wait: 6m}}",
    message="pages wait for 5m, and tickets only for 1m; let tickets wait longer, in notifications.ticket.group_wait",
)
def tickets_wait_longer_than_pages(loaded: LoadedPlatform) -> Iterator[Problem]:
    """Tickets wait longer than pages, and nothing is repeated before a group interval ends.

    A page that inhibits a ticket fires at the same time: a ticket that waits less is sent before it is inhibited.
    Alertmanager repeats at the end of a group interval only.
    """
    platform, routing = loaded.platform, loaded.routing
    if routing is None:
        return
    settings = platform.notifications
    page, ticket = routing.page.timed(settings.page), routing.ticket.timed(settings.ticket)
    if _wait_seconds(ticket) <= _wait_seconds(page):
        what = f"pages wait for {page.wait_text}, and tickets only for {ticket.wait_text}"
        key = "ticket" if settings.ticket.group_wait is not None else "page"
        hint = "let tickets wait longer, in notifications.ticket.group_wait"
        yield _timing_problem(loaded, (*NOTIFICATIONS, key, "group_wait"), what, hint)
    routes: tuple[tuple[str, Route], ...] = (("page", page), ("ticket", ticket))
    for severity, route in routes:
        if route.repeat_interval < route.group_interval:
            what = f"{route.repeat_interval} is shorter than group_interval, which is {route.group_interval}"
            key = "repeat_interval" if getattr(settings, severity).repeat_interval is not None else "group_interval"
            hint = f"give at least {route.group_interval} for notifications.{severity}.repeat_interval"
            yield _timing_problem(loaded, (*NOTIFICATIONS, severity, key), what, hint)


@functools.cache
def known_time_zones() -> frozenset[str]:
    """The names of the time zones that this machine knows; none without a database. Listing them reads 600 files."""
    return frozenset(zoneinfo.available_timezones())


def _wait_seconds(route: Route) -> int:
    return 0 if route.group_wait is None else route.group_wait.seconds


def _timing_problem(loaded: LoadedPlatform, path: KeyPath, what: str, hint: str) -> Problem:
    where = f"{loaded.platform.notification_locations.get(path, '')} {dotted(path)}".lstrip()
    return Problem(where, what, hint)


def _ticket_hours(document: Any) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the hours of tickets of every team, with their paths."""
    for team, settings in document["teams"].items():
        for index, hours in enumerate(settings.get("ticket_hours", ())):
            yield (*TEAMS, team, "ticket_hours", index), hours
