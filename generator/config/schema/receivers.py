"""The schema of who is notified: teams with their receivers, the hours of tickets, the mail server, and the timing."""

from __future__ import annotations

from contract.labels import ALERTSTATE, BILLED_UNIT, CLUSTER, DAY, MONTH, ORDER, PLATFORM, THRESHOLD
from generator.config.schema.keywords import Schema, duration, optional_record, record, string
from generator.config.schema.names import base_url, secret_file
from generator.dsl.labels import BUCKET_BOUND
from generator.dsl.receivers import WEEKDAYS, WORKING_DAYS

MAIL_ADDRESS = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,10}"
ADDRESS_HINT = 'give one address without a name, such as "ops@example.com"'
PAGERDUTY_EXAMPLE = "{pagerduty: {key_file: /etc/alertmanager/secrets/page-key}}"
CHAT_ID: Schema = {
    "title": "the id of a chat",
    "description": "The chat: negative for groups and channels.",
    "type": "integer",
    "not": {"const": 0},
    "errorMessage": "give the number of the chat without quotes, such as -1001234567890",
}
URL_FILE = "The file with the URL of the webhook."
CHANNELS: Schema = {
    "pagerduty": record(
        "a mapping of settings of PagerDuty",
        "An incident of PagerDuty for each group of alerts.",
        {
            "key_file": secret_file("The file with the integration key of the Events API v2."),
            "url": base_url("The URL of events of another region (default: that of the United States)."),
        },
        optional=("url",),
    ),
    "opsgenie": record(
        "a mapping of settings of Opsgenie",
        "An alert of Opsgenie for each group of alerts.",
        {
            "key_file": secret_file("The file with the key of an API integration."),
            "api_url": base_url("The URL of the API of another region (default: that of the United States)."),
        },
        optional=("api_url",),
    ),
    "slack": record(
        "a mapping of settings of Slack",
        "A message by an incoming webhook of Slack.",
        {
            "url_file": secret_file(URL_FILE),
            "channel": string(
                "a channel of Slack",
                "The channel, for webhooks that may choose one (default: the channel of the webhook).",
                r"[#@][^\s#@{}\x00-\x1f]{1,80}|[CDG][A-Z0-9]{8,20}",
                'give the name with its #, in quotes, such as "#alerts", or the id of the channel',
            ),
        },
        optional=("channel",),
    ),
    "teams": record(
        "a mapping of settings of Microsoft Teams",
        "A card by a workflow of Microsoft Teams that begins when a webhook request is received.",
        {"url_file": secret_file(URL_FILE)},
    ),
    "email": record(
        "a mapping of settings of e-mail",
        "An e-mail, which the server of the key `email` at the root sends.",
        {"to": string("an e-mail address", "The address.", MAIL_ADDRESS, ADDRESS_HINT)},
    ),
    "discord": record(
        "a mapping of settings of Discord",
        "A message by a webhook of a channel of Discord.",
        {"url_file": secret_file(URL_FILE)},
    ),
    "telegram": record(
        "a mapping of settings of Telegram",
        "A message of a bot of Telegram.",
        {
            "token_file": secret_file("The file with the token of the bot."),
            "chat_id": CHAT_ID,
            "api_url": base_url("The URL of an own server of the Bot API (default: Telegram's)."),
        },
        optional=("api_url",),
    ),
    "webhook": record(
        "a mapping of settings of a webhook",
        "Alertmanager's JSON, for everything else, such as incident.io and Grafana OnCall.",
        {
            "url_file": secret_file("The file with the URL."),
            "token_file": secret_file("The file with a bearer token, which is sent in the header Authorization."),
        },
        optional=("token_file",),
    ),
}
RECEIVER: Schema = {
    **record("a receiver", "Who is notified: one channel with its settings.", CHANNELS, tuple(CHANNELS)),
    "minProperties": 1,
    "maxProperties": 1,
    "errorMessage": f"write one channel with its settings, such as {PAGERDUTY_EXAMPLE}",
}


def receivers(description: str) -> Schema:
    """Return the schema of the receivers of a severity; all of them are notified."""
    return {
        "title": "a list of receivers",
        "description": description,
        "type": "array",
        "items": RECEIVER,
        "minItems": 1,
        "uniqueItems": True,
        "errorMessage": f"list each receiver once, such as [{PAGERDUTY_EXAMPLE}]",
    }


def time_of_day(description: str) -> Schema:
    """Return the schema of a time of day."""
    return string(
        "a time of day",
        description,
        r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00",
        'give hours and minutes in quotes, such as "09:00", and "24:00" for the end of the day',
    )


HOURS = record(
    "a mapping of hours",
    "A time of day on some days of the week.",
    {
        "days": {
            "title": "a list of days",
            "description": f"The days of the week (default: {WORKING_DAYS[0]} to {WORKING_DAYS[-1]}).",
            "type": "array",
            "items": {
                "title": "a day of the week",
                "description": "A day of the week, in lowercase.",
                "type": "string",
                "enum": list(WEEKDAYS),
                "errorMessage": f"use one of {', '.join(WEEKDAYS)}",
            },
            "minItems": 1,
            "uniqueItems": True,
            "errorMessage": "list each day once, such as [monday, tuesday, wednesday]",
        },
        "from": time_of_day("The beginning."),
        "to": time_of_day("The end, later on the same day."),
        "time_zone": string(
            "the name of a time zone",
            "The time zone of both, as the IANA database names it.",
            r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}",
            'give a name of the IANA database, such as "Europe/Berlin" or "UTC"',
        ),
    },
    optional=("days",),
)
TEAM_KEYS: Schema = {
    "page": receivers("Who is paged, at any time."),
    "ticket": receivers("Who gets tickets."),
    "ticket_hours": {
        "title": "a list of hours",
        "description": "When tickets are sent: at other times they wait (default: always).",
        "type": "array",
        "items": HOURS,
        "minItems": 1,
        "uniqueItems": True,
        "errorMessage": 'list hours, such as [{from: "09:00", to: "17:00", time_zone: Europe/Berlin}]',
    },
}
RECEIVERS = record(
    "a mapping of receivers", "The receivers of the team, by severity.", TEAM_KEYS, optional=("ticket_hours",)
)
MAIL_SERVER = record(
    "a mapping of settings of a mail server",
    "The SMTP server that sends e-mail to receivers.",
    {
        "from": string("an e-mail address", "The address of the sender.", MAIL_ADDRESS, ADDRESS_HINT),
        "smarthost": string(
            "a host with a port",
            "The server and its port.",
            r"[A-Za-z0-9.-]{1,253}:[0-9]{1,5}",
            'give a host, a colon and a port, such as "smtp.example.com:587"',
        ),
        "user": string(
            "a user name",
            "The user, for a server that asks for one; then `password_file` is required.",
            r"[^\s{}\x00-\x1f]{1,254}",
            "give 1 to 254 characters without spaces and braces",
        ),
        "password_file": secret_file("The file with the password of the user."),
        "require_tls": {
            "title": "true or false",
            "description": "Whether a server without TLS gets no e-mail (default: true).",
            "type": "boolean",
            "errorMessage": "give true or false, without quotes",
        },
    },
    optional=("user", "password_file", "require_tls"),
)


def timing(description: str, wait: str, interval: str, repeat: str) -> Schema:
    """Return the schema of the timing of a severity, with its defaults."""
    return optional_record(
        "a mapping of times",
        description,
        {
            "group_wait": duration(
                f"How long the first notification of a group waits for more alerts (default {wait})."
            ),
            "group_interval": duration(f"How long a notification of a changed group waits (default {interval})."),
            "repeat_interval": duration(
                f"After how long a notification that did not change is repeated (default {repeat})."
            ),
        },
    )


OF_NO_ALERT = (BILLED_UNIT, MONTH, DAY, ALERTSTATE, BUCKET_BOUND)
"""Labels of what rules record, of Prometheus' series of alerts, and of buckets, which no condition is grouped by."""
LABELS = [label.name for label in ORDER if label not in (PLATFORM, CLUSTER, THRESHOLD, *OF_NO_ALERT)]
"""The labels to group by beside those of the platform, by which alerts are always grouped. A changed threshold must not
make another group."""
NOTIFICATIONS = optional_record(
    "a mapping of settings of notifications",
    "How alerts are grouped, and when notifications are sent. The defaults are those of `alerts/routing.py`.",
    {
        "group_by": {
            "title": "a list of labels",
            "description": "Alerts with the same values of these labels are one notification (default: alertname, "
            "route). `platform`, `cluster` and static labels are always added.",
            "type": "array",
            "items": {
                "title": "a label of alerts",
                "description": "A label of the contract.",
                "type": "string",
                "enum": LABELS,
                "errorMessage": f"use one of {', '.join(LABELS)}",
            },
            "minItems": 1,
            "uniqueItems": True,
            "errorMessage": "list each label once, such as [alertname, route]",
        },
        "page": timing("The timing of pages.", "15s", "1m", "1h"),
        "ticket": timing("The timing of tickets.", "2m", "15m", "1d"),
    },
)
