"""The JSON Schema of a platform file: every key with its meaning and the values that it takes.

Two keywords carry the text of a violation: `title` names what a value should be ("-5 is not a budget"), `errorMessage`,
which editors show too, is the hint.
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
"""The end of a string in every dialect of regular expressions; `$` also matches before a last line break in Python."""

TEAM_NAME = r"[a-z][a-z0-9-]{0,39}"
SECRET_FILE = r"/[A-Za-z0-9._/-]*[A-Za-z0-9._-]"
URL = r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~%:@+,-]+)*"
FAMILIES = ("errors", "latency", "cost", "storage", "telemetry")
"""The families of alerts, each with an owner."""


def number(title: str, description: str, *, whole: bool = False, **bounds: int) -> Schema:
    """Return the schema of a number; `bounds` are JSON Schema's keywords."""
    interval = " and ".join(f"{BOUNDS[bound]} {value}" for bound, value in bounds.items())
    hint = f"give a {'whole ' if whole else ''}number {interval}"
    kind = "integer" if whole else "number"
    return {"title": title, "description": description, "type": kind, **bounds, "errorMessage": hint}


def percentage(description: str) -> Schema:
    """Return the schema of a percentage between 0 and 100, both excluded."""
    return number("a share in percent", description, exclusiveMinimum=0, exclusiveMaximum=100)


def string(title: str, description: str, pattern: str, hint: str) -> Schema:
    """Return the schema of a string that a regular expression matches as a whole."""
    whole = f"^(?:{pattern}){END}"
    return {"title": title, "description": description, "type": "string", "pattern": whole, "errorMessage": hint}


def record(title: str, description: str, keys: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    return {
        "title": title,
        "description": description,
        "type": "object",
        "properties": keys,
        "required": [key for key in keys if key not in optional],
        "additionalProperties": False,
        "errorMessage": f"give a mapping with {', '.join(keys)}",
    }


def table(title: str, description: str, name: Schema, value: Schema) -> Schema:
    """Return the schema of a mapping with at least one key; the user chooses the keys."""
    return {
        "title": title,
        "description": description,
        "type": "object",
        "propertyNames": name,
        "additionalProperties": value,
        "minProperties": 1,
        "errorMessage": f"list at least one: {name['title']}, a colon, and {value['title']}",
    }


SERVICE_NAME = string(
    "a service's name",
    "The Worker's name, as it reports itself in the label `service`.",
    r"[a-z0-9][a-z0-9_-]{0,62}",
    'give small letters, digits, - and _, as "worker-api"',
)
ROUTE_NAME = string(
    "a route",
    "The path that requests ask for. All other paths count under `other`.",
    r"/[A-Za-z0-9._~:*/-]{0,127}",
    'give a path that begins with a slash, as "/chat"',
)
TENANT_NAME = string(
    "a tenant's id",
    "The tenant, as the Workers report it. `unknown` (requests that name none) and `other` (tenants beyond the cap on "
    "series) can be listed like any tenant.",
    TENANT.pattern,
    "give 1 to 128 characters, without backticks and control characters",
)
MODEL_NAME = string(
    "a model's name",
    "The model's full name at Workers AI.",
    MODEL.pattern,
    'give the full name, as "@cf/meta/llama-3.1-8b-instruct"',
)
TEAM = string(
    "a team's name",
    "A team, as `teams` lists it.",
    TEAM_NAME,
    'name a team in small letters, digits and -, as "platform"',
)


def secret_file(description: str) -> Schema:
    """Return the schema of the path of a file that holds a secret."""
    return string(
        "the path of a file",
        f"{description} Never the secret itself.",
        SECRET_FILE,
        'give an absolute path in Alertmanager\'s reach, as "/etc/alertmanager/secrets/page-key"',
    )


def base_url(description: str) -> Schema:
    """Return the schema of a base URL."""
    return string(
        "a base URL",
        f"{description} Without a slash, a query or a fragment at its end.",
        URL,
        'give an http or https URL without a slash, ? or # at its end, as "https://grafana.example.com"',
    )


BUDGET = number("a budget", "Tokens, in and out, that a tenant may use in 24 hours.", whole=True, exclusiveMinimum=0)
TENANT_ERRORS = percentage("Of a tenant's requests to a route, the share that may fail before a ticket, in percent.")
LATENCY = number(
    "a latency in milliseconds",
    "What 95 % of the calls stay below, in milliseconds; a bucket bound of the histogram.",
    exclusiveMinimum=0,
)
PRICE = number("a price", "US dollars per million tokens.", minimum=0)

ERRORS = record(
    "promises on errors",
    "Shares of requests that may fail, in percent.",
    {
        "route_percent": percentage("Of all requests to a route; above it, somebody is woken."),
        "route_down_percent": percentage("Of all requests to a route; above it, the route counts as down."),
        "ai_percent": percentage("Of all calls to a model."),
        "kept_percent": percentage("Of all requests over `kept_days`, the share that must succeed: the objective."),
        "kept_days": number(
            "a period in days",
            "The objective's period. From 28 days on: burning 10 % of a shorter one's budget in 3 days is no alarm.",
            whole=True,
            minimum=28,
            maximum=366,
        ),
    },
)
LATENCIES = record(
    "promises on latency",
    "95th percentiles that are promised, in milliseconds.",
    {
        "routes": table("latencies by route", "For every route of every service.", ROUTE_NAME, LATENCY),
        "ai": LATENCY,
        "vectorize": LATENCY,
    },
)
COST = record(
    "promises on cost",
    "What may be spent.",
    {
        "warning_percent": percentage("The part of a tenant's token budget above which a ticket is opened."),
        "dollars_per_day": number("a sum in dollars", "What all models may cost in 24 hours.", exclusiveMinimum=0),
    },
)
STORAGE = record(
    "promises on storage",
    "Shares of calls to a store that may fail, in percent.",
    {
        "ticket_percent": percentage("Above it, a ticket is opened."),
        "page_percent": percentage("Above it, somebody is woken."),
    },
)
PROMISES = record(
    "promises",
    "What the platform promises; the alerts' thresholds follow from it.",
    {
        "floor_requests": number(
            "a number of requests", "Fewer than this in a window are too few to judge by.", whole=True, minimum=1
        ),
        "floor_errors": number(
            "a number of errors",
            "Fewer failures than this in a window alarm nobody, whatever share of all they are.",
            whole=True,
            minimum=1,
        ),
        "errors": ERRORS,
        "latency_ms": LATENCIES,
        "cost": COST,
        "storage": STORAGE,
        "heartbeat_seconds": number(
            "an age in seconds",
            "A service whose telemetry is silent for longer counts as missing.",
            whole=True,
            minimum=30,
            maximum=3600,
        ),
    },
)
TENANT_KEYS: Schema = {"tokens_per_day": BUDGET, "error_percent": TENANT_ERRORS}
ROUTES: Schema = {
    "title": "a list of routes",
    "description": "The routes that the service answers.",
    "type": "array",
    "items": ROUTE_NAME,
    "minItems": 1,
    "uniqueItems": True,
    "errorMessage": 'list each route once, as ["/chat", "/search"]',
}
PRICES = record(
    "a model's prices",
    "US dollars per million tokens.",
    {"input": PRICE, "output": {**PRICE, "description": "Left out for a model that writes no tokens: an embedding."}},
    optional=("output",),
)
SECRETS = record(
    "a team's secrets",
    "The files that hold what the team is reached by.",
    {
        "page_key_file": secret_file("The file with the key by which the team is woken."),
        "ticket_url_file": secret_file("The file with the URL by which a ticket is opened."),
    },
)
PLATFORM = record(
    "a platform",
    "All numbers and names of one installation.",
    {
        "platform": string(
            "a platform's name",
            "The installation's name; the dashboards' addresses contain it.",
            r"[a-z][a-z0-9-]{0,19}",
            'give at most 20 small letters, digits and -, as "production"',
        ),
        "services": table("services", "Every Worker, and the routes it answers.", SERVICE_NAME, ROUTES),
        "tenant_default": record("a default", "What holds for a tenant that has no number of its own.", TENANT_KEYS),
        "tenants": table(
            "tenants",
            "Tenants that are known by name, with the numbers in which they differ from the default ({}: in none).",
            TENANT_NAME,
            record("a tenant's numbers", "Where it differs from the default.", TENANT_KEYS, tuple(TENANT_KEYS)),
        ),
        "promises": PROMISES,
        "models": table("models", "Every model that is used, with its prices.", MODEL_NAME, PRICES),
        "teams": table("teams", "Who is told, and by which secrets.", TEAM, SECRETS),
        "owners": record(
            "owners",
            "The team that is told, by family of alerts.",
            {family: {**TEAM, "description": f"The team that is told of {family}."} for family in FAMILIES},
        ),
        "dead_man_url_file": secret_file(
            "The file with the URL of the receiver that notices when Watchdog falls silent."
        ),
        "links": record(
            "links",
            "Where the pages that an alert leads to are served.",
            {"grafana": base_url("Grafana's address."), "runbooks": base_url("The folder that holds the runbooks.")},
        ),
    },
)


def schema() -> Schema:
    """Return the schema of a platform file (JSON Schema 2020-12): all keys, or any of them with `extends`."""
    extends = {
        "title": "a file's name",
        "description": "The platform file that this one is laid over, as seen from here; null takes a key of it away.",
        "type": "string",
    }
    overlay = as_overlay(PLATFORM)
    overlay["properties"] = {"extends": extends, **overlay["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A platform of the Workers AI observability",
        "description": PLATFORM["description"],
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/differing"},
        "else": {"$ref": "#/$defs/whole"},
        "$defs": {"whole": PLATFORM, "differing": {**overlay, "type": "object"}},
    }


def as_overlay(node: Schema) -> Schema:
    """Return a schema with every key optional and `null`, which removes a key, allowed."""
    optional = {key: value for key, value in node.items() if key not in ("required", "minProperties")}
    if "properties" in optional:
        optional["properties"] = {key: as_overlay(value) for key, value in optional["properties"].items()}
    if isinstance(optional.get("additionalProperties"), dict):
        optional["additionalProperties"] = as_overlay(optional["additionalProperties"])
    return {**optional, "type": [optional["type"], "null"]}
