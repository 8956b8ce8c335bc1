"""The JSON Schema of a platform file: every key with its meaning and the values that it takes."""

from __future__ import annotations

from contract.labels import PRODUCT, STORE
from generator.config.schema.alerts import ALERTS, SEVERITIES
from generator.config.schema.deployment import (
    BACKEND,
    GRAFANA,
    HISTOGRAMS,
    KUBERNETES,
    PROMETHEUS,
    RULER_LIMITS,
    STATIC_LABELS,
)
from generator.config.schema.keywords import (
    Schema,
    as_overlay,
    number,
    optional_record,
    percentage,
    record,
    string,
    table,
)
from generator.config.schema.metrics import METRICS
from generator.config.schema.names import (
    FAMILY,
    MODEL_NAME,
    ROUTE_NAME,
    SERVICE_NAME,
    TEAM,
    TENANT_ID,
    base_url,
    secret_file,
)
from generator.config.schema.prices import MODEL_PRICES, PRICES
from generator.config.schema.receivers import MAIL_SERVER, NOTIFICATIONS, RECEIVERS
from generator.dsl.platform import PLAN_STORES


def overrides(keys: Schema) -> Schema:
    """Return the schema of values that differ from the default, with any of its keys."""
    return optional_record("a mapping of overrides", "What differs from the default.", keys)


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
TARGET = percentage("The target: percentage of requests that succeed. The rest is the error budget.")
OTHER_TARGET = record("a mapping with a target", "What differs from the SLO of the others.", {"target_percent": TARGET})
AVAILABILITY = record(
    "an availability SLO",
    "The SLO of all requests to a route. Alerts on the burn rate of its error budget follow from it.",
    {
        "target_percent": TARGET,
        "window_days": number(
            "a number of days",
            "The rolling window of the SLO in days. With less than 28 days, 10 % of the error budget in 3 days would "
            "be a burn rate too low for an alert.",
            whole=True,
            minimum=28,
            maximum=366,
        ),
        "services": table(
            "a mapping of services", "Services with another target, for all their routes.", SERVICE_NAME, OTHER_TARGET
        ),
        "routes": table("a mapping of routes", "Routes with another target.", ROUTE_NAME, OTHER_TARGET),
    },
    optional=("services", "routes"),
)
LATENCY_SLOS = record(
    "a mapping of latency SLOs",
    "SLOs of the 95th percentile of latency, in milliseconds.",
    {
        "routes": table(
            "a mapping of routes",
            "The SLO of each route; one that is not listed has that of its service.",
            ROUTE_NAME,
            LATENCY,
        ),
        "services": table(
            "a mapping of services",
            "The SLO of the routes of a service that have none of their own.",
            SERVICE_NAME,
            LATENCY,
        ),
        "ai": {**LATENCY, "description": f"Calls to a model. {LATENCY['description']}"},
        "vectorize": {
            **LATENCY,
            "description": "Queries to Vectorize, where it is one of `stores`; then it is required. "
            f"{LATENCY['description']}",
        },
        "models": table("a mapping of models", "Models with another SLO than `ai`.", MODEL_NAME, LATENCY),
    },
    optional=("routes", "services", "vectorize", "models"),
)
SLOS = record(
    "a mapping of SLOs", "The service level objectives.", {"availability": AVAILABILITY, "latency_p95_ms": LATENCY_SLOS}
)

ROUTE_ERRORS: Schema = {
    "route_percent": percentage("Error ratio of a route, in percent of its requests; somebody is paged above it."),
    "outage_percent": percentage(
        "Error ratio of a route above which it counts as down, in percent of its requests; somebody is paged."
    ),
}
MODEL_ERRORS: Schema = {
    "ai_percent": percentage("Error ratio of a model, in percent of its calls; somebody is paged above it."),
}
STORE_ERRORS: Schema = {
    "ticket_percent": percentage("A ticket is opened above it."),
    "page_percent": percentage("Somebody is paged above it."),
}
ERRORS = record(
    "a mapping of error thresholds",
    "Error ratios, in percent, over all tenants.",
    {
        **ROUTE_ERRORS,
        **MODEL_ERRORS,
        "routes": table("a mapping of routes", "Routes with other thresholds.", ROUTE_NAME, overrides(ROUTE_ERRORS)),
        "models": table("a mapping of models", "Models with other thresholds.", MODEL_NAME, overrides(MODEL_ERRORS)),
    },
    optional=("routes", "models"),
)
STORAGE = record(
    "a mapping of storage thresholds",
    "Error ratios of a store, in percent of its calls.",
    {
        **STORE_ERRORS,
        "stores": optional_record(
            "a mapping of stores",
            "Stores with other thresholds.",
            {store: overrides(STORE_ERRORS) for store in STORE.listed},
        ),
    },
    optional=("stores",),
)
OF_DAY = "US dollars in the last 24 h at the prices of the platform, after what each day includes"
OF_MONTH = "US dollars in a calendar month (UTC) at the prices of the platform, after included amounts"
PRODUCT_BUDGET = optional_record(
    "a mapping of budgets",
    "The budgets of a product; without one there is none.",
    {
        "dollars_per_day": number("an amount in US dollars", f"{OF_DAY}.", exclusiveMinimum=0),
        "dollars_per_month": number("an amount in US dollars", f"{OF_MONTH}.", exclusiveMinimum=0),
    },
)
COST = record(
    "a mapping of cost thresholds",
    "Thresholds on what the platform costs.",
    {
        "warning_percent": percentage(
            "Percentage of a budget: of a tenant's `tokens_per_day`, `dollars_per_day` and `dollars_per_month`, and of "
            "the platform's `total_dollars_per_day`, `dollars_per_month` and those of products; a ticket is opened "
            "above it."
        ),
        "dollars_per_day": number(
            "an amount in US dollars",
            "US dollars for all models in the last 24 h; a ticket is opened above it.",
            exclusiveMinimum=0,
        ),
        "runaway_dollars_per_day": number(
            "an amount in US dollars",
            "A product whose cost is at once many times what it was can be a runaway from this pace on, in US dollars "
            "for 24 h; a ticket is opened, and from ten times the pace on somebody is paged (default: 50).",
            exclusiveMinimum=0,
        ),
        "total_dollars_per_day": number(
            "an amount in US dollars",
            f"The budget of all products together: {OF_DAY} (default: a fifteenth of `dollars_per_month`).",
            exclusiveMinimum=0,
        ),
        "dollars_per_month": number(
            "an amount in US dollars",
            f"The budget of all products together: {OF_MONTH} (default: 1500).",
            exclusiveMinimum=0,
        ),
        "products": optional_record(
            "a mapping of products",
            "Products with budgets of their own; without one a product has none.",
            {product: PRODUCT_BUDGET for product in PRODUCT.listed if product != "total"},
        ),
    },
    optional=("runaway_dollars_per_day", "total_dollars_per_day", "dollars_per_month", "products"),
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
TENANT_DOLLARS = number(
    "an amount in US dollars",
    "The budget of a tenant for all products together: US dollars at list prices in the last 24 h (default: 50).",
    exclusiveMinimum=0,
)
TENANT_MONTH = number(
    "an amount in US dollars",
    "The budget of a tenant for all products together: US dollars at list prices in a calendar month (UTC) "
    "(default: 1500).",
    exclusiveMinimum=0,
)
TENANT_KEYS: Schema = {
    "tokens_per_day": TOKENS_PER_DAY,
    "error_percent": TENANT_ERRORS,
    "dollars_per_day": TENANT_DOLLARS,
    "dollars_per_month": TENANT_MONTH,
}
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
STORES: Schema = {
    "title": "a list of stores",
    "description": "The stores that the Workers call. Metrics, panels, rules and alert "
    f"tests of other stores are left out. Without this key, they are {', '.join(PLAN_STORES)}.",
    "type": "array",
    "items": {
        "title": "a store",
        "description": "A store, as the label `store` names it.",
        "type": "string",
        "enum": list(STORE.listed),
        "errorMessage": f"use one of {', '.join(STORE.listed)}",
    },
    "minItems": 1,
    "uniqueItems": True,
    "errorMessage": 'list each store once, such as ["vectorize", "d1"]',
}
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
            "The name of the installation: the label `platform` of all series and alerts, and a part of the URLs of "
            "its dashboards. Two platforms behind one Prometheus, Alertmanager or Grafana need different names.",
            r"[a-z][a-z0-9-]{0,19}",
            'give at most 20 lowercase letters, digits and -, the first a letter, such as "production"',
        ),
        "cluster": string(
            "a cluster name",
            "The label `cluster` of all series and alerts, where several clusters have a platform of this name behind "
            "one querier or Alertmanager (default: none). An external label of this name has the same value.",
            r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?",
            'give at most 40 lowercase letters, digits and - between them, such as "eu-west-1"',
        ),
        "services": table("a mapping of services", "Every Worker with its routes.", SERVICE_NAME, ROUTES),
        "stores": STORES,
        "tenant_default": record(
            "a mapping of tenant defaults",
            "The values of tenants without an override.",
            TENANT_KEYS,
            optional=("dollars_per_day", "dollars_per_month"),
        ),
        "tenants": table(
            "a mapping of tenants",
            "Tenants that are known by name, with their overrides ({} for none).",
            TENANT_ID,
            TENANT_OVERRIDES,
        ),
        "slos": SLOS,
        "thresholds": THRESHOLDS,
        "model_prices": MODEL_PRICES,
        "prices": PRICES,
        "teams": table("a mapping of teams", "Every team that is notified, with its receivers.", TEAM, RECEIVERS),
        "owners": OWNERS,
        "email": MAIL_SERVER,
        "notifications": NOTIFICATIONS,
        "alerts": ALERTS,
        "severities": SEVERITIES,
        "metrics": METRICS,
        "dead_man_url_file": secret_file(
            "The file with the URL of the receiver that alerts when Watchdog stops firing."
        ),
        "links": record(
            "a mapping of links",
            "Base URLs of the pages that alerts link to.",
            {"grafana": base_url("The address of Grafana."), "runbooks": base_url("The folder with the runbooks.")},
        ),
        "backend": BACKEND,
        "ruler_limits": RULER_LIMITS,
        "histograms": HISTOGRAMS,
        "prometheus": PROMETHEUS,
        "grafana": GRAFANA,
        "kubernetes": KUBERNETES,
        "labels": STATIC_LABELS,
    },
    optional=(
        "cluster",
        "stores",
        "prices",
        "email",
        "notifications",
        "alerts",
        "severities",
        "metrics",
        "backend",
        "ruler_limits",
        "histograms",
        "prometheus",
        "grafana",
        "kubernetes",
        "labels",
    ),
)


def schema(alerts: Schema = ALERTS, metrics: Schema = METRICS) -> Schema:
    """Return the schema of a platform file (JSON Schema 2020-12): all keys, or any of them with `extends`. `alerts` and
    `metrics` are the schemas of the keys of these names."""
    platform = {**PLATFORM, "properties": {**PLATFORM["properties"], "alerts": alerts, "metrics": metrics}}
    extends = {
        "title": "a path",
        "description": "The platform file that this one is merged over, relative to this one. `null` removes a key.",
        "type": "string",
    }
    overlay = as_overlay(platform)
    overlay["properties"] = {"extends": extends, **overlay["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A platform of Workers AI observability",
        "description": PLATFORM["description"],
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/overlay"},
        "else": {"$ref": "#/$defs/platform"},
        "$defs": {"platform": platform, "overlay": {**overlay, "type": "object"}},
    }
