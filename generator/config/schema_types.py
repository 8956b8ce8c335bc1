"""The kinds of values that a platform file holds, as parts of its JSON Schema.

Two keywords carry the words of a fault: `title` names what a value is to be ("-5 is not a budget"), `errorMessage`
(which editors show too) is the cure.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from contract.labels import MODEL, TENANT

Schema: TypeAlias = dict[str, Any]

BOUNDS = {
    "exclusiveMinimum": "above",
    "minimum": "from",
    "exclusiveMaximum": "below",
    "maximum": "up to",
}
END = r"(?![\s\S])"
"""Python's `$` also stands before a last line break; this is the end for every reader of regular expressions."""

TEAM_NAME = r"[a-z][a-z0-9-]{0,39}"
SECRET_FILE = r"/[A-Za-z0-9._/-]*[A-Za-z0-9._-]"
URL = r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~%:@+,-]+)*"
FAMILIES = ("errors", "latency", "cost", "storage", "telemetry")
"""The families of alerts, each with an owner."""


def number(noun: str, about: str, *, whole: bool = False, **bounds: int) -> Schema:
    """A number within JSON Schema's bounds."""
    limits = " and ".join(f"{BOUNDS[bound]} {value}" for bound, value in bounds.items())
    hint = f"give a {'whole ' if whole else ''}number {limits}"
    kind = "integer" if whole else "number"
    return {"title": noun, "description": about, "type": kind, **bounds, "errorMessage": hint}


def share(about: str) -> Schema:
    """A share in percent, of which neither none nor all makes sense."""
    return number("a share in percent", about, exclusiveMinimum=0, exclusiveMaximum=100)


def text(noun: str, about: str, pattern: str, hint: str) -> Schema:
    """A text that a regular expression matches as a whole."""
    whole = f"^(?:{pattern}){END}"
    return {"title": noun, "description": about, "type": "string", "pattern": whole, "errorMessage": hint}


def record(noun: str, about: str, keys: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """A mapping with these keys and no others."""
    return {
        "title": noun,
        "description": about,
        "type": "object",
        "properties": keys,
        "required": [key for key in keys if key not in optional],
        "additionalProperties": False,
        "errorMessage": f"give a mapping with {', '.join(keys)}",
    }


def table(noun: str, about: str, name: Schema, value: Schema) -> Schema:
    """A mapping from names that the user chooses, at least one."""
    return {
        "title": noun,
        "description": about,
        "type": "object",
        "propertyNames": name,
        "additionalProperties": value,
        "minProperties": 1,
        "errorMessage": f"list at least one: {name['title']}, a colon, and {value['title']}",
    }


SERVICE_NAME = text(
    "a service's name",
    "The Worker's name, as it reports itself in the label `service`.",
    r"[a-z0-9][a-z0-9_-]{0,62}",
    'give small letters, digits, - and _, as "worker-api"',
)
ROUTE_NAME = text(
    "a route",
    "The path that requests ask for. All other paths count under `other`.",
    r"/[A-Za-z0-9._~:*/-]{0,127}",
    'give a path that begins with a slash, as "/chat"',
)
TENANT_NAME = text(
    "a tenant's id",
    "The tenant, as the Workers report it. `unknown` (requests that name none) and `other` (tenants beyond the cap on "
    "series) can be listed like any tenant.",
    TENANT.pattern,
    "give 1 to 128 characters, without backticks and control characters",
)
MODEL_NAME = text(
    "a model's name",
    "The model's full name at Workers AI.",
    MODEL.pattern,
    'give the full name, as "@cf/meta/llama-3.1-8b-instruct"',
)
TEAM = text(
    "a team's name",
    "A team, as `teams` lists it.",
    TEAM_NAME,
    'name a team in small letters, digits and -, as "platform"',
)


def secret(about: str) -> Schema:
    """The path of a file that holds a secret."""
    return text(
        "the path of a file",
        f"{about} Never the secret itself.",
        SECRET_FILE,
        'give an absolute path in Alertmanager\'s reach, as "/etc/alertmanager/secrets/page-key"',
    )


def link(about: str) -> Schema:
    """A base URL."""
    return text(
        "a base URL",
        f"{about} Without a slash, a query or a fragment at its end.",
        URL,
        'give an http or https URL without a slash, ? or # at its end, as "https://grafana.example.com"',
    )
