"""The JSON Schema of a platform's settings of alerts.

A platform file is validated against what every alert could have; the schema for editors lists each alert with the keys
that it takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.config.schema.keywords import Schema, duration, optional_record, string, table
from generator.config.schema.names import LABEL_NAME, ROUTE_PATTERN, TEAM, web_address
from generator.dsl.severity import Severity

ENABLED: Schema = {
    "title": "true or false",
    "description": "Whether the alert exists. Without it, its tests, inhibitions, runbook and lines on panels go too.",
    "type": "boolean",
    "errorMessage": "give true or false",
}
SEVERITY: Schema = {
    "title": "a severity",
    "description": "How the alert is routed: page wakes somebody, ticket opens a ticket, none notifies nobody.",
    "type": "string",
    "enum": [severity.value for severity in Severity],
    "errorMessage": f"give one of {', '.join(severity.value for severity in Severity)}",
}
OWNER: Schema = {**TEAM, "description": "The team that is notified, instead of the owner of the alert's family."}
LABELS = table(
    "a mapping of labels",
    "Labels that the alert gets besides severity and owner, for routes and silences.",
    LABEL_NAME,
    string(
        "a label's value",
        "The value of the label.",
        r"[^\x00-\x1f\x7f{}]{1,128}",
        "give 1 to 128 characters without braces and control characters",
    ),
)
RUNBOOK_URL = web_address("The page that the alert links to, instead of the generated runbook.")


WINDOW = duration("The window of all queries of the alert. The texts of the alert name it.")
FOR = duration("How long the condition must be true before the alert fires.")
ROUTE = string(
    "a route",
    "A route of a service, or `other`: requests to paths that are not listed.",
    rf"{ROUTE_PATTERN}|other",
    'give a route of a service, such as "/chat", or "other"',
)
EXCEPT_ROUTES: Schema = {
    "title": "a list of routes",
    "description": "Routes that the alert leaves out, because their requests have no rhythm.",
    "type": "array",
    "items": ROUTE,
    "minItems": 1,
    "uniqueItems": True,
    "errorMessage": 'list each route once, such as ["/batch"]',
}
SETTINGS: Schema = {
    "enabled": ENABLED,
    "severity": SEVERITY,
    "owner": OWNER,
    "labels": LABELS,
    "runbook_url": RUNBOOK_URL,
    "window": WINDOW,
    "for": FOR,
    "except_routes": EXCEPT_ROUTES,
}
"""Every setting of an alert."""


def settings(description: str, keys: Sequence[str]) -> Schema:
    """Return the schema of the settings of one rule with these keys."""
    return optional_record("a mapping of settings", description, {key: SETTINGS[key] for key in keys})


ALERT_NAME = string(
    "an alert's name",
    "The name of an alert of `alerts/`.",
    "[A-Za-z][A-Za-z0-9_]{0,63}",
    "give the name of an alert, as its definition in alerts/ has it",
)
RULES = {severity.value: settings(f"The rule of severity {severity.value}.", tuple(SETTINGS)) for severity in Severity}
DESCRIPTION = (
    "What differs from the alerts' definitions, by the alert's name. The settings of a name with a page and a ticket "
    "are below `page` and `ticket`, the severities that its definitions have."
)
ALERTS = table(
    "a mapping of alerts",
    DESCRIPTION,
    ALERT_NAME,
    optional_record("a mapping of settings", "Settings of the alert.", {**SETTINGS, **RULES}),
)
"""What a platform file is validated against: every setting, at every alert."""


NAMES_OF_SEVERITIES = {
    Severity.PAGE: "The name of what wakes the on-call engineer",
    Severity.TICKET: "The name of what opens a ticket",
    Severity.NONE: "The name of what notifies nobody",
}
SEVERITIES = optional_record(
    "a mapping of severities",
    "The organisation's names of severities: the label `severity` of alerts, by which Alertmanager routes and "
    "inhibits, and dashboards count. In platform files the severities are still called page, ticket and none.",
    {
        severity.value: string(
            "the name of a severity",
            f"{meaning} (default {severity.value}).",
            r"[A-Za-z0-9]([A-Za-z0-9_-]{0,38}[A-Za-z0-9])?",
            'give at most 40 letters, digits and _ - between them, such as "critical"',
        )
        for severity, meaning in NAMES_OF_SEVERITIES.items()
    },
)


def alerts_of(allowed: Mapping[str, Mapping[Severity, Sequence[str]]]) -> Schema:
    """Return the schema for editors, from the keys that each rule takes, by alert and declared severity."""
    names: Schema = {}
    for name, rules in sorted(allowed.items()):
        if len(rules) == 1:
            names[name] = settings(f"Settings of {name}.", *rules.values())
            continue
        keys = {each.value: settings(f"Settings of {name} ({each.value}).", rules[each]) for each in rules}
        names[name] = optional_record("a mapping of severities", f"Settings of the rules of {name}.", keys)
    return {**optional_record("a mapping of alerts", DESCRIPTION, names), "errorMessage": ALERTS["errorMessage"]}
