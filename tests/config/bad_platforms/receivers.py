"""Mistakes in the receivers of a team, in the hours of its tickets, in the mail server and in the timing."""

from __future__ import annotations

from tests.config.bad_platforms.bad_platform import (
    DURATION,
    HIDDEN,
    RECEIVER,
    RECEIVERS,
    SECRET_FILE,
    BadPlatform,
    at,
    bad,
)

PAGE, TICKET = "    page: [{pagerduty: {key_file: /secrets/key}}]", "    ticket: [{webhook: {url_file: /secrets/url}}]"
CHANNELS = "discord, email, opsgenie, pagerduty, slack, teams, telegram, webhook"
ADDRESS = 'give one address without a name, such as "ops@example.com"'
CHANNEL = 'give the name with its #, in quotes, such as "#alerts", or the id of the channel'
CHAT = "give the number of the chat without quotes, such as -1001234567890"
TIME = 'give hours and minutes in quotes, such as "09:00", and "24:00" for the end of the day'
SERVER = 'add the key email, such as email: {from: alerts@example.com, smarthost: "smtp.example.com:587"}'
BOOLEAN = "give true or false, without quotes"


def ticket(name: str, receiver: str, *problems: str) -> BadPlatform:
    """The valid platform with another receiver of tickets, which begins at 44:14."""
    return bad(f"receivers: {name}", TICKET, f"    ticket: [{receiver}]", *problems)


def hours(name: str, entry: str, *problems: str) -> BadPlatform:
    """The valid platform with hours of tickets, which begin at 45:20."""
    return bad(f"hours: {name}", TICKET, f"{TICKET}\n    ticket_hours: [{entry}]", *problems)


def root(name: str, line: str, *problems: str) -> BadPlatform:
    """The valid platform with a line at its end but the links, 55:1."""
    return bad(f"notifications: {name}", "links:\n", f"{line}\nlinks:\n", *problems)


def in_ticket(path: str, what: str, hint: str, column: int) -> str:
    """A problem in the first receiver of tickets."""
    return at(f"teams.ops.ticket[0]{path}", what, hint, f"44:{column}")


def in_hours(path: str, what: str, hint: str, column: int) -> str:
    """A problem in the first hours of tickets."""
    return at(f"teams.ops.ticket_hours[0]{path}", what, hint, f"45:{column}")


OF_TEAMS = (
    bad("receivers: none", PAGE, "    page: []", at("teams.ops.page", "the value is empty", RECEIVERS)),
    ticket("no channel", "{}", in_ticket("", "the value is empty", RECEIVER, 14)),
    ticket(
        "an unknown channel",
        "{slak: {url_file: /secrets/url}}",
        in_ticket(".slak", "unknown key", 'did you mean "slack"? If not, remove it', 15),
    ),
    ticket(
        "a channel that nothing resembles",
        "{irc: {url_file: /secrets/url}}",
        in_ticket(".irc", "unknown key", f"use one of {CHANNELS}, or remove it", 15),
    ),
    ticket(
        "two channels in one",
        "{slack: {url_file: /secrets/url}, email: {to: ops@example.com}}",
        in_ticket("", "a mapping is not a receiver", RECEIVER, 14),
    ),
    ticket("a channel without settings", "slack", in_ticket("", f"a text {HIDDEN} is not a receiver", RECEIVER, 14)),
    ticket(
        "the same twice",
        "{slack: {url_file: /secrets/url}}, {slack: {url_file: /secrets/url}}",
        at("teams.ops.ticket", "the list has a duplicate item", RECEIVERS),
    ),
    ticket(
        "a key in place of its file",
        "{opsgenie: {key: hunter2}}",
        in_ticket(".opsgenie.key", "unknown key", "use one of api_url, key_file, or remove it", 26),
        in_ticket(".opsgenie.key_file", "this key is required", SECRET_FILE, 15),
    ),
    ticket(
        "a URL in place of its file",
        "{discord: {url_file: https://example.com/hook}}",
        in_ticket(".discord.url_file", f"a text {HIDDEN} is not the path of a file", SECRET_FILE, 25),
    ),
    ticket(
        "a token whose path is relative",
        "{webhook: {url_file: /secrets/url, token_file: token}}",
        in_ticket(".webhook.token_file", f"a text {HIDDEN} is not the path of a file", SECRET_FILE, 49),
    ),
    ticket(
        "a channel of Slack without #",
        "{slack: {url_file: /secrets/url, channel: alerts}}",
        in_ticket(".slack.channel", f"a text {HIDDEN} is not a channel of Slack", CHANNEL, 47),
    ),
    ticket(
        "a channel of Slack after a comment sign",
        "{slack: {url_file: /secrets/url, channel: \n      }}",
        in_ticket(".slack.channel", "the value is empty", CHANNEL, 47),
    ),
    ticket(
        "a chat's name",
        '{telegram: {token_file: /secrets/token, chat_id: "@alerts"}}',
        in_ticket(".telegram.chat_id", f"a text {HIDDEN} is not the id of a chat", CHAT, 54),
    ),
    ticket(
        "no chat",
        "{telegram: {token_file: /secrets/token, chat_id: 0}}",
        in_ticket(".telegram.chat_id", f"a number {HIDDEN} is not the id of a chat", CHAT, 54),
    ),
    ticket(
        "an address without a host",
        "{email: {to: ops}}",
        in_ticket(".email.to", f"a text {HIDDEN} is not an e-mail address", ADDRESS, 23),
    ),
    ticket(
        "e-mail without a server",
        "{email: {to: ops@example.com}}",
        in_ticket(".email", "no server sends this e-mail", SERVER, 15),
    ),
    ticket(
        "Teams without settings", "{teams: {}}", in_ticket(".teams.url_file", "this key is required", SECRET_FILE, 15)
    ),
    ticket(
        "a region in place of a URL",
        "{pagerduty: {key_file: /secrets/key, url: eu}}",
        in_ticket(
            ".pagerduty.url",
            f"a text {HIDDEN} is not a base URL",
            'give an http or https URL without a slash, ? or # at its end, such as "https://grafana.example.com"',
            51,
        ),
    ),
)
OF_HOURS = (
    hours(
        "a time zone that does not exist",
        '{from: "09:00", to: "17:00", time_zone: Europe/Berln}',
        in_hours(
            ".time_zone",
            'there is no time zone "Europe/Berln"',
            'did you mean "Europe/Berlin"? If not, give a name of the IANA database',
            49,
        ),
    ),
    hours(
        "the end before the beginning",
        '{from: "17:00", to: "09:00", time_zone: UTC}',
        in_hours(
            ".to",
            '"09:00" is not after from, which is "17:00"',
            "give a later time, or write two entries with midnight between them",
            36,
        ),
    ),
    hours(
        "a time that is no time",
        '{from: "9 am", to: "17:00", time_zone: UTC}',
        in_hours(".from", '"9 am" is not a time of day', TIME, 21),
    ),
    hours(
        "no time zone",
        '{from: "09:00", to: "17:00"}',
        in_hours(
            ".time_zone",
            "this key is required",
            'give a name of the IANA database, such as "Europe/Berlin" or "UTC"',
            20,
        ),
    ),
    hours(
        "a day that is no day",
        '{days: [mon], from: "09:00", to: "17:00", time_zone: UTC}',
        in_hours(
            ".days[0]",
            '"mon" is not a day of the week',
            "use one of monday, tuesday, wednesday, thursday, friday, saturday, sunday",
            28,
        ),
    ),
)
OF_PLATFORM = (
    root(
        "a mail server without a port",
        "email: {from: alerts@example.com, smarthost: smtp.example.com}",
        at(
            "email.smarthost",
            '"smtp.example.com" is not a host with a port',
            'give a host, a colon and a port, such as "smtp.example.com:587"',
            "55:35",
        ),
    ),
    root(
        "a sender with a name",
        'email: {from: "Alerts <alerts@example.com>", smarthost: "smtp.example.com:587"}',
        at("email.from", '"Alerts <alerts@example.com>" is not an e-mail address', ADDRESS, "55:9"),
    ),
    root(
        "a mail user without a password",
        'email: {from: alerts@example.com, smarthost: "smtp.example.com:587", user: alerts}',
        at("email.user", "the user has no password", "add password_file, or remove user", "55:70"),
    ),
    root(
        "a password without a user",
        'email: {from: alerts@example.com, smarthost: "smtp.example.com:587", password_file: /secrets/smtp}',
        at("email.password_file", "the password has no user", "add user, or remove password_file", "55:70"),
    ),
    root(
        "a password in place of its file",
        'email: {from: alerts@example.com, smarthost: "smtp.example.com:587", user: a, password: hunter2}',
        at("email.password", "unknown key", 'did you mean "password_file"? If not, remove it', "55:79"),
    ),
    root(
        "TLS that is asked for in quotes",
        'email: {from: alerts@example.com, smarthost: "smtp.example.com:587", require_tls: "no"}',
        at("email.require_tls", '"no" is not true or false', BOOLEAN, "55:70"),
    ),
    root(
        "a time without a unit",
        "notifications: {page: {group_wait: 15}}",
        at("notifications.page.group_wait", "15 is not a duration", DURATION, "55:24"),
    ),
    root(
        "a label that alerts do not have",
        "notifications: {group_by: [alertname, cluster]}",
        at(
            "notifications.group_by[1]",
            '"cluster" is not a label of alerts',
            "use one of tenant_id, route, service, model, direction, token_class, finish_reason, error_class, store, "
            "operation, product, reason, endpoint, alertname, severity, owner, instance, rule_group, alertmanager, "
            "integration",
            "55:39",
        ),
    ),
    root(
        "a ticket before the page that inhibits it",
        "notifications: {page: {group_wait: 5m}, ticket: {group_wait: 5m}}",
        at(
            "notifications.ticket.group_wait",
            "pages wait for 5m, and tickets only for 5m",
            "let tickets wait longer, in notifications.ticket.group_wait",
            "55:0",
        ),
    ),
    root(
        "a page that is repeated before its interval ends",
        "notifications: {page: {group_interval: 1h, repeat_interval: 30m}}",
        at(
            "notifications.page.repeat_interval",
            "30m is shorter than group_interval, which is 1h",
            "give at least 1h for notifications.page.repeat_interval",
            "55:0",
        ),
    ),
)
BAD_RECEIVERS = (*OF_TEAMS, *OF_HOURS, *OF_PLATFORM)
