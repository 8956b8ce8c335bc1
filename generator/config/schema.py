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
    "minimum": "of at least",
    "exclusiveMaximum": "below",
    "maximum": "at most",
}
END = r"(?![\s\S])"
"""The end of a string in every dialect of regular expressions; `$` also matches before a last line break in Python."""

TEAM_NAME = r"[a-z][a-z0-9-]{0,39}"
SECRET_FILE = r"/[A-Za-z0-9._/-]*[A-Za-z0-9._-]"
URL = r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~%:@+,-]+)*"


def number(title: str, description: str, *, whole: bool = False, **bounds: int) -> Schema:
    """Return the schema of a number; `bounds` are JSON Schema's keywords."""
    interval = " and ".join(f"{BOUNDS[bound]} {value}" for bound, value in bounds.items())
    hint = f"give a {'whole ' if whole else ''}number {interval}"
    kind = "integer" if whole else "number"
    return {"title": title, "description": description, "type": kind, **bounds, "errorMessage": hint}


def percentage(description: str) -> Schema:
    """Return the schema of a percentage between 0 and 100, both excluded."""
    return number("a percentage", description, exclusiveMinimum=0, exclusiveMaximum=100)


def string(title: str, description: str, pattern: str, hint: str) -> Schema:
    """Return the schema of a string that a regular expression matches as a whole."""
    whole = f"^(?:{pattern}){END}"
    return {"title": title, "description": description, "type": "string", "pattern": whole, "errorMessage": hint}


def record(title: str, description: str, keys: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    names = ", ".join(f"{key} (optional)" if key in optional else key for key in keys)
    return {
        "title": title,
        "description": description,
        "type": "object",
        "properties": keys,
        "required": [key for key in keys if key not in optional],
        "additionalProperties": False,
        "errorMessage": f"write a mapping with the keys {names}",
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
        "errorMessage": f"write at least one entry: {name['title']}, a colon and {value['title']}",
    }


SERVICE_NAME = string(
    "a service name",
    "The name of a Worker, which it reports in the label `service`.",
    r"[a-z0-9][a-z0-9_-]{0,62}",
    'give at most 63 lowercase letters, digits, - and _, the first a letter or a digit, such as "worker-api"',
)
ROUTE_NAME = string(
    "a route",
    "The path of requests. Requests to paths that are not listed have the route `other`.",
    r"/[A-Za-z0-9._~:*/-]{0,127}",
    'give a slash, then at most 127 letters, digits and . _ ~ : * / -, such as "/chat"',
)
TENANT_ID = string(
    "a tenant id",
    "The tenant, as the Workers report it. `unknown` (requests without a tenant) and `other` (tenants above the cap on "
    "series) can be listed like any tenant.",
    TENANT.pattern,
    "give 1 to 128 characters without backticks, control characters, & # % + and $__",
)
MODEL_NAME = string(
    "a model name",
    "The full name of the model in Workers AI.",
    MODEL.pattern,
    'give the full name, such as "@cf/meta/llama-3.1-8b-instruct": at most 128 letters, digits and @ . _ / -',
)
FAMILY = string(
    "a family of alerts",
    "The name of a module of `alerts/`.",
    r"[a-z][a-z0-9_]*",
    'give the name of a module of alerts/, such as "errors", or "default"',
)
TEAM = string(
    "a team name",
    "A team that is listed in `teams`.",
    TEAM_NAME,
    'give at most 40 lowercase letters, digits and -, the first a letter, such as "platform"',
)


def secret_file(description: str) -> Schema:
    """Return the schema of the path of a file that holds a secret."""
    return string(
        "the path of a file",
        f"{description} Never the secret itself.",
        SECRET_FILE,
        'give an absolute path that Alertmanager can read, such as "/etc/alertmanager/secrets/page-key"',
    )


def base_url(description: str) -> Schema:
    """Return the schema of a base URL."""
    return string(
        "a base URL",
        f"{description} Without a slash, a query or a fragment at its end.",
        URL,
        'give an http or https URL without a slash, ? or # at its end, such as "https://grafana.example.com"',
    )


TOKENS_PER_DAY = number(
    "a number of tokens",
    "The token budget of a tenant: input and output tokens in the last 24 h.",
    whole=True,
    exclusiveMinimum=0,
)
TENANT_ERRORS = percentage(
    "Error ratio of a tenant on a route, in percent of its requests; a ticket is opened above it."
)
LATENCY = number(
    "a latency in milliseconds",
    "The SLO of the 95th percentile in milliseconds: a bucket bound of the histogram below the highest.",
    exclusiveMinimum=0,
)
PRICE = number("a price in US dollars", "US dollars per million tokens.", minimum=0)

AVAILABILITY = record(
    "an availability SLO",
    "The SLO of all requests to a route. Alerts on the burn rate of its error budget follow from it.",
    {
        "target_percent": percentage("The target: percentage of requests that succeed. The rest is the error budget."),
        "window_days": number(
            "a number of days",
            "The rolling window of the SLO in days. With less than 28 days, 10 % of the error budget in 3 days would "
            "be a burn rate too low for an alert.",
            whole=True,
            minimum=28,
            maximum=366,
        ),
    },
)
LATENCY_SLOS = record(
    "a mapping of latency SLOs",
    "SLOs of the 95th percentile of latency, in milliseconds.",
    {
        "routes": table("a mapping of routes", "The SLO of every route of every service.", ROUTE_NAME, LATENCY),
        "ai": {**LATENCY, "description": f"Calls to a model. {LATENCY['description']}"},
        "vectorize": {**LATENCY, "description": f"Queries to Vectorize. {LATENCY['description']}"},
    },
)
SLOS = record(
    "a mapping of SLOs", "The service level objectives.", {"availability": AVAILABILITY, "latency_p95_ms": LATENCY_SLOS}
)

ERRORS = record(
    "a mapping of error thresholds",
    "Error ratios, in percent, over all tenants.",
    {
        "route_percent": percentage("Error ratio of a route, in percent of its requests; somebody is paged above it."),
        "outage_percent": percentage(
            "Error ratio of a route above which it counts as down, in percent of its requests; somebody is paged."
        ),
        "ai_percent": percentage("Error ratio of a model, in percent of its calls; somebody is paged above it."),
    },
)
STORAGE = record(
    "a mapping of storage thresholds",
    "Error ratios of a store, in percent of its calls.",
    {
        "ticket_percent": percentage("A ticket is opened above it."),
        "page_percent": percentage("Somebody is paged above it."),
    },
)
COST = record(
    "a mapping of cost thresholds",
    "Thresholds on what Workers AI costs.",
    {
        "warning_percent": percentage("Percentage of a tenant's `tokens_per_day`; a ticket is opened above it."),
        "dollars_per_day": number(
            "an amount in US dollars",
            "US dollars for all models in the last 24 h; a ticket is opened above it.",
            exclusiveMinimum=0,
        ),
    },
)
THRESHOLDS = record(
    "a mapping of thresholds",
    "Thresholds of alerts that do not follow from SLOs.",
    {
        "min_requests": number(
            "a number of requests",
            "Alerts on ratios and percentiles need at least this many requests in their window.",
            whole=True,
            minimum=1,
        ),
        "min_errors": number(
            "a number of errors",
            "Alerts on error ratios need at least this many errors in their window, whatever the ratio.",
            whole=True,
            minimum=1,
        ),
        "errors": ERRORS,
        "storage": STORAGE,
        "cost": COST,
        "telemetry_stale_after_seconds": number(
            "a number of seconds",
            "A service counts as missing if its last heartbeat is older.",
            whole=True,
            minimum=30,
            maximum=3600,
        ),
    },
)
TENANT_KEYS: Schema = {"tokens_per_day": TOKENS_PER_DAY, "error_percent": TENANT_ERRORS}
TENANT_OVERRIDES: Schema = {
    **record("a mapping of overrides", "Values that differ from `tenant_default`.", TENANT_KEYS, tuple(TENANT_KEYS)),
    "errorMessage": f"write {{}}, or a mapping with any of the keys {', '.join(TENANT_KEYS)}",
}
ROUTES: Schema = {
    "title": "a list of routes",
    "description": "The routes of the service.",
    "type": "array",
    "items": ROUTE_NAME,
    "minItems": 1,
    "uniqueItems": True,
    "errorMessage": 'list each route once, such as ["/chat", "/search"]',
}
MODEL_PRICES = record(
    "a mapping of prices",
    "US dollars per million tokens.",
    {"input": PRICE, "output": {**PRICE, "description": f"{PRICE['description']} Embedding models have no output."}},
    optional=("output",),
)
SECRETS = record(
    "a mapping of secret files",
    "The files with the secrets of the team's receivers.",
    {
        "page_key_file": secret_file("The file with the key of the pager."),
        "ticket_url_file": secret_file("The file with the URL of the ticket system."),
    },
)
OWNERS: Schema = {
    **table("a mapping of owners", "The team that is notified, by family of alerts.", FAMILY, TEAM),
    "properties": {"default": {**TEAM, "description": "The team of all families that are not listed."}},
}
PLATFORM = record(
    "a platform",
    "Numbers and names of one installation.",
    {
        "platform": string(
            "a platform name",
            "The name of the installation, which is part of the URLs of its dashboards.",
            r"[a-z][a-z0-9-]{0,19}",
            'give at most 20 lowercase letters, digits and -, the first a letter, such as "production"',
        ),
        "services": table("a mapping of services", "Every Worker with its routes.", SERVICE_NAME, ROUTES),
        "tenant_default": record(
            "a mapping of tenant defaults", "The values of tenants without an override.", TENANT_KEYS
        ),
        "tenants": table(
            "a mapping of tenants",
            "Tenants that are known by name, with their overrides ({} for none).",
            TENANT_ID,
            TENANT_OVERRIDES,
        ),
        "slos": SLOS,
        "thresholds": THRESHOLDS,
        "model_prices": table("a mapping of models", "Every model with its prices.", MODEL_NAME, MODEL_PRICES),
        "teams": table("a mapping of teams", "Every team that is notified, with its secret files.", TEAM, SECRETS),
        "owners": OWNERS,
        "dead_man_url_file": secret_file(
            "The file with the URL of the receiver that alerts when Watchdog stops firing."
        ),
        "links": record(
            "a mapping of links",
            "Base URLs of the pages that alerts link to.",
            {"grafana": base_url("The address of Grafana."), "runbooks": base_url("The folder with the runbooks.")},
        ),
    },
)


def schema() -> Schema:
    """Return the schema of a platform file (JSON Schema 2020-12): all keys, or any of them with `extends`."""
    extends = {
        "title": "a path",
        "description": "The platform file that this one is merged over, relative to this one. `null` removes a key.",
        "type": "string",
    }
    overlay = as_overlay(PLATFORM)
    overlay["properties"] = {"extends": extends, **overlay["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A platform of Workers AI observability",
        "description": PLATFORM["description"],
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/overlay"},
        "else": {"$ref": "#/$defs/platform"},
        "$defs": {"platform": PLATFORM, "overlay": {**overlay, "type": "object"}},
    }


def as_overlay(node: Schema) -> Schema:
    """Return a schema with every key optional and `null`, which removes a key, allowed."""
    optional = {key: value for key, value in node.items() if key not in ("required", "minProperties")}
    if "properties" in optional:
        optional["properties"] = {key: as_overlay(value) for key, value in optional["properties"].items()}
    if isinstance(optional.get("additionalProperties"), dict):
        optional["additionalProperties"] = as_overlay(optional["additionalProperties"])
    return {**optional, "type": [optional["type"], "null"]}
