"""A key is misspelt, in another word or in another section: it is unknown, and the right one is missing."""

from __future__ import annotations

from tests.config.bad_platforms.bad_platform import (
    ABOVE_ZERO,
    AT_LEAST_ONE,
    AVAILABILITY_KEYS,
    BASE_URL,
    COST_KEYS,
    DAYS,
    LATENCY_KEYS,
    PERCENTAGE,
    PRICE,
    PRICE_KEYS,
    RECEIVERS,
    ROUTES_ENTRY,
    RULE_KEYS,
    SECONDS,
    SECRET_FILE,
    SERVICES_ENTRY,
    SEVERITY,
    SYNTAX,
    TEAM_KEYS,
    TENANT_KEYS,
    TENANTS_ENTRY,
    THRESHOLD_KEYS,
    TOKENS,
    BadPlatform,
    at,
    bad,
)

SEVERITIES = ("page", "ticket")
"""Keys that are also the ends of others."""


def misspelt(old: str, new: str, path: str, hint: str, place: str) -> BadPlatform:
    """A required key, misspelt: `old` is the right one, and `place` that of its section."""
    wrong = at(
        f"{path.rpartition('.')[0]}.{new}".lstrip("."),
        "unknown key",
        f'did you mean "{old}"? If not, remove it',
        where(path),
    )
    missing = at(path, "this key is required", hint, place)
    indent = " " if old in SEVERITIES else ""
    return bad(f"{new} for {path}", f"{indent}{old}:", f"{indent}{new}:", missing, wrong)


def where(path: str) -> str:
    """The place of a key."""
    return at(path, "", "").partition(" ")[0].rstrip(":")


MISSPELT_KEYS = (
    misspelt("services", "service", "services", SERVICES_ENTRY, "1:1"),
    misspelt("tenant_default", "tenants_default", "tenant_default", TENANT_KEYS, "1:1"),
    misspelt("availability", "Availability", "slos.availability", AVAILABILITY_KEYS, "12:1"),
    misspelt("target_percent", "target-percent", "slos.availability.target_percent", PERCENTAGE, "13:3"),
    misspelt("window_days", "windowDays", "slos.availability.window_days", DAYS, "13:3"),
    misspelt("latency_p95_ms", "latency_p99_ms", "slos.latency_p95_ms", LATENCY_KEYS, "12:1"),
    misspelt("routes", "route", "slos.latency_p95_ms.routes", ROUTES_ENTRY, "16:3"),
    bad(
        "vectorise for slos.latency_p95_ms.vectorize",
        "vectorize:",
        "vectorise:",
        at(
            "slos.latency_p95_ms.vectorise",
            "unknown key",
            'did you mean "vectorize"? If not, remove it',
            where("slos.latency_p95_ms.vectorize"),
        ),
    ),
    misspelt("thresholds", "threshold", "thresholds", THRESHOLD_KEYS, "1:1"),
    misspelt("min_requests", "minimum_requests", "thresholds.min_requests", AT_LEAST_ONE, "23:1"),
    misspelt("min_errors", "min_error", "thresholds.min_errors", AT_LEAST_ONE, "23:1"),
    misspelt("route_percent", "routes_percent", "thresholds.errors.route_percent", PERCENTAGE, "26:3"),
    misspelt("outage_percent", "outtage_percent", "thresholds.errors.outage_percent", PERCENTAGE, "26:3"),
    misspelt("ticket_percent", "tickets_percent", "thresholds.storage.ticket_percent", PERCENTAGE, "30:3"),
    misspelt("page_percent", "page_precent", "thresholds.storage.page_percent", PERCENTAGE, "30:3"),
    bad(
        "costs for thresholds.cost",
        "  cost:\n",
        "  costs:\n",
        at("thresholds.cost", "this key is required", COST_KEYS, "23:1"),
        at("thresholds.costs", "unknown key", 'did you mean "cost"? If not, remove it', "33:3"),
    ),
    misspelt("warning_percent", "warn_percent", "thresholds.cost.warning_percent", PERCENTAGE, "33:3"),
    misspelt("dollars_per_day", "dollar_per_day", "thresholds.cost.dollars_per_day", ABOVE_ZERO, "33:3"),
    misspelt(
        "telemetry_stale_after_seconds",
        "telemetry_stale_seconds",
        "thresholds.telemetry_stale_after_seconds",
        SECONDS,
        "23:1",
    ),
    misspelt("input", "inputs", "model_prices.@cf/baai/bge-m3.input", PRICE, "38:3"),
    misspelt("page", "pages", "teams.ops.page", RECEIVERS, "42:3"),
    misspelt("ticket", "tickets", "teams.ops.ticket", RECEIVERS, "42:3"),
    misspelt("dead_man_url_file", "deadman_url_file", "dead_man_url_file", SECRET_FILE, "1:1"),
    misspelt("grafana", "grafana_url", "links.grafana", BASE_URL, "55:1"),
    misspelt("runbooks", "runbook", "links.runbooks", BASE_URL, "55:1"),
    bad(
        "a misspelt key of a tenant, which is optional",
        "    tokens_per_day: 2000",
        "    token_per_day: 2000",
        at("tenants.acme.token_per_day", "unknown key", 'did you mean "tokens_per_day"? If not, remove it', "10:5"),
    ),
    bad(
        "a misspelt optional price",
        "output:",
        "ouput:",
        at("model_prices.@cf/baai/bge-m3.ouput", "unknown key", 'did you mean "output"? If not, remove it', "40:5"),
    ),
    bad(
        "a misspelt setting of an alert",
        "    severity: page",
        "    sevrity: page",
        at("alerts.RouteDown.sevrity", "unknown key", 'did you mean "severity"? If not, remove it', "50:5"),
    ),
    bad(
        "a setting that no alert has",
        "    severity: page",
        "    receiver: ops",
        at(
            "alerts.RouteDown.receiver",
            "unknown key",
            f"use one of {', '.join(sorted(RULE_KEYS.split(', ')))}, or remove it",
            "50:5",
        ),
    ),
    bad(
        "a section that nothing resembles",
        "links:",
        "x-notes: {}\nlinks:",
        at("x-notes", "unknown key", "remove it", "55:1"),
    ),
    bad(
        "a threshold at the root",
        "thresholds:\n  min_requests: 15",
        "min_requests: 15\nthresholds:",
        at("min_requests", "unknown key", "remove it", "23:1"),
        at("thresholds.min_requests", "this key is required", AT_LEAST_ONE, "24:1"),
    ),
    bad(
        "an SLO among the thresholds",
        "  min_requests: 15",
        "  min_requests: 15\n  availability: {target_percent: 99.5}",
        at(
            "thresholds.availability",
            "unknown key",
            "use one of cost, errors, min_errors, min_requests, storage, telemetry_stale_after_seconds, or remove it",
            "25:3",
        ),
    ),
    bad(
        "a latency SLO among the routes",
        "    vectorize: 250",
        "      vectorize: 250",
        at("", "YAML syntax error: mapping values are not allowed in this context", SYNTAX, "22:16"),
    ),
    bad(
        "an error ratio beside its section",
        "    ai_percent: 4",
        "  ai_percent: 4",
        at("thresholds.errors.ai_percent", "this key is required", PERCENTAGE, "26:3"),
        at(
            "thresholds.ai_percent",
            "unknown key",
            "use one of cost, errors, min_errors, min_requests, storage, telemetry_stale_after_seconds, or remove it",
            "29:3",
        ),
    ),
    bad(
        "tenants' defaults below a tenant",
        "  beta: {}",
        "  beta: {default: {error_percent: 1}}",
        at(
            "tenants.beta.default",
            "unknown key",
            "use one of dollars_per_day, dollars_per_month, error_percent, tokens_per_day, or remove it",
            "11:10",
        ),
    ),
    bad(
        "prices without the model's name",
        '  "@cf/baai/bge-m3":\n    input: 0.1\n    output: 0.3',
        "  input: 0.1\n  output: 0.3",
        at("model_prices.input", "0.1 is not a mapping of prices", PRICE_KEYS, "38:3"),
        at(
            "model_prices.output",
            "0.3 is not a mapping of prices",
            PRICE_KEYS,
            "39:3",
        ),
    ),
    bad(
        "a receiver without the team's name",
        "  ops:\n    page: [{pagerduty: {key_file: /secrets/key}}]\n    ticket: [{webhook: {url_file: /secrets/url}}]",
        "  page-key: /secrets/key",
        at(
            "teams.page-key",
            "a text (not shown: it may be a secret) is not a mapping of receivers",
            TEAM_KEYS,
            "42:3",
        ),
    ),
    bad(
        "a service below the routes",
        "  web: [/c]",
        "    web: [/c]",
        at("", "YAML syntax error: did not find expected key", SYNTAX, "4:5"),
    ),
    bad(
        "a tenant beside the tenants",
        "  beta: {}",
        "beta: {}",
        at("beta", "unknown key", "remove it", "11:1"),
    ),
    bad(
        "budgets as a table of their own",
        "tenants:\n  acme:\n    tokens_per_day: 2000\n  beta: {}",
        "tokens_per_day: {acme: 2000}",
        at("tenants", "this key is required", TENANTS_ENTRY, "1:1"),
        at("tokens_per_day", "unknown key", "remove it", "8:1"),
    ),
    bad(
        "a severity beside the alert",
        "  RouteDown:\n    severity: page",
        "  severity: page\n  RouteDown:",
        at(
            "alerts.severity",
            '"page" is not a mapping of settings',
            f"write a mapping with any of the keys {RULE_KEYS}",
            "49:3",
        ),
    ),
    bad(
        "a severity that no alert has",
        "severity: page",
        "severity: critical",
        at("alerts.RouteDown.severity", '"critical" is not a severity', SEVERITY),
    ),
    bad(
        "a target in another case",
        "target_percent: 99.5",
        "TARGET_PERCENT: 99.5",
        at("slos.availability.target_percent", "this key is required", PERCENTAGE, "13:3"),
        at(
            "slos.availability.TARGET_PERCENT",
            "unknown key",
            "use one of routes, services, target_percent, window_days, or remove it",
            "14:5",
        ),
    ),
    bad(
        "tokens as a number of the default's section",
        "  tokens_per_day: 1000\n",
        "  tokens: 1000\n",
        at("tenant_default.tokens_per_day", "this key is required", TOKENS, "5:1"),
        at("tenant_default.tokens", "unknown key", 'did you mean "tokens_per_day"? If not, remove it', "6:3"),
    ),
)
