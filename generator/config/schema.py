"""The JSON Schema of a platform file: every key, with what it means and what it may hold."""

from __future__ import annotations

from generator.config.schema_types import (
    FAMILIES,
    MODEL_NAME,
    ROUTE_NAME,
    SERVICE_NAME,
    TEAM,
    TENANT_NAME,
    Schema,
    link,
    number,
    record,
    secret,
    share,
    table,
    text,
)

BUDGET = number("a budget", "Tokens, in and out, that a tenant may use in 24 hours.", whole=True, exclusiveMinimum=0)
TENANT_ERRORS = share("Of a tenant's requests to a route, the share that may fail before a ticket, in percent.")
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
        "route_percent": share("Of all requests to a route; above it, somebody is woken."),
        "route_down_percent": share("Of all requests to a route; above it, the route counts as down."),
        "ai_percent": share("Of all calls to a model."),
        "kept_percent": share("Of all requests over `kept_days`, the share that must succeed: the objective."),
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
        "warning_percent": share("The part of a tenant's token budget above which a ticket is opened."),
        "dollars_per_day": number("a sum in dollars", "What all models may cost in 24 hours.", exclusiveMinimum=0),
    },
)
STORAGE = record(
    "promises on storage",
    "Shares of calls to a store that may fail, in percent.",
    {
        "ticket_percent": share("Above it, a ticket is opened."),
        "page_percent": share("Above it, somebody is woken."),
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
        "page_key_file": secret("The file with the key by which the team is woken."),
        "ticket_url_file": secret("The file with the URL by which a ticket is opened."),
    },
)
PLATFORM = record(
    "a platform",
    "All numbers and names of one installation.",
    {
        "platform": text(
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
        "dead_man_url_file": secret("The file with the URL of the receiver that notices when Watchdog falls silent."),
        "links": record(
            "links",
            "Where the pages that an alert leads to are served.",
            {"grafana": link("Grafana's address."), "runbooks": link("The folder that holds the runbooks.")},
        ),
    },
)


def schema() -> Schema:
    """The schema of a file (JSON Schema 2020-12): a whole platform, or, with `extends`, what differs from one."""
    extends = {
        "title": "a file's name",
        "description": "The platform file that this one is laid over, as seen from here; null takes a key of it away.",
        "type": "string",
    }
    differing = without_demands(PLATFORM)
    differing["properties"] = {"extends": extends, **differing["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A platform of the Workers AI observability",
        "description": PLATFORM["description"],
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/differing"},
        "else": {"$ref": "#/$defs/whole"},
        "$defs": {"whole": PLATFORM, "differing": {**differing, "type": "object"}},
    }


def without_demands(node: Schema) -> Schema:
    """The same schema with every key left to choice, and null (which takes a key away) allowed."""
    kept = {key: value for key, value in node.items() if key not in ("required", "minProperties")}
    if "properties" in kept:
        kept["properties"] = {key: without_demands(value) for key, value in kept["properties"].items()}
    if isinstance(kept.get("additionalProperties"), dict):
        kept["additionalProperties"] = without_demands(kept["additionalProperties"])
    return {**kept, "type": [kept["type"], "null"]}
