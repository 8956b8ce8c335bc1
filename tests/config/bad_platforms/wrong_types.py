"""A value of another type: a list, a mapping, a text, a boolean, nothing, or a number."""

from __future__ import annotations

from tests.config.bad_platforms.bad_platform import (
    ABOVE_ZERO,
    ALERTS_ENTRY,
    AT_LEAST_ONE,
    AVAILABILITY_KEYS,
    BASE_URL,
    COST_KEYS,
    DAYS,
    DURATION,
    ERROR_KEYS,
    HIDDEN,
    LABEL_VALUE,
    LABELS_ENTRY,
    LATENCY_KEYS,
    LINK_KEYS,
    MODELS_ENTRY,
    OVERRIDES,
    OWNERS_ENTRY,
    PERCENTAGE,
    PLACES,
    PLATFORM,
    PRICE,
    PRICE_KEYS,
    RECEIVERS,
    ROUTES,
    ROUTES_ENTRY,
    RULE_KEYS,
    SECONDS,
    SECRET_FILE,
    SERVICES_ENTRY,
    SEVERITY,
    SLOS_KEYS,
    STORAGE_KEYS,
    TEAM,
    TEAM_KEYS,
    TEAMS_ENTRY,
    TENANT_KEYS,
    TENANTS_ENTRY,
    THRESHOLD_KEYS,
    TOKENS,
    VALID,
    BadPlatform,
    at,
)

SETTINGS = f"write a mapping with any of the keys {RULE_KEYS}"


def typed(path: str, value: str, what: str, hint: str) -> BadPlatform:
    """The valid platform with another value at a key, and nothing below it."""
    line, column = map(int, PLACES[path].split(":"))
    lines = VALID.splitlines(keepends=True)
    end = line
    while end < len(lines) and lines[end].startswith(" " * column):
        end += 1
    key = lines[line - 1].rstrip("\n")
    key = key[: key.index(":", key.rfind('"') + 1) + 1]
    text = "".join([*lines[: line - 1], f"{key} {value}".rstrip() + "\n", *lines[end:]])
    return BadPlatform(f"{path}: {value}", (), (at(path, what, hint),), text)


WRONG_TYPES = (
    typed("platform", "[small]", "a list is not a platform name", PLATFORM),
    typed("services", "api", '"api" is not a mapping of services', SERVICES_ENTRY),
    typed("services.api", "/a", '"/a" is not a list of routes', ROUTES),
    typed("services.web", "{/c: 250}", "a mapping is not a list of routes", ROUTES),
    typed("tenant_default", "1000", "1000 is not a mapping of tenant defaults", TENANT_KEYS),
    typed("tenant_default.tokens_per_day", "{chat: 1000}", "a mapping is not a number of tokens", TOKENS),
    typed("tenant_default.error_percent", "[5]", "a list is not a percentage", PERCENTAGE),
    typed("tenants", "[acme, beta]", "a list is not a mapping of tenants", TENANTS_ENTRY),
    typed("tenants.acme", "2000", "2000 is not a mapping of overrides", OVERRIDES),
    typed("tenants.acme.tokens_per_day", "true", "true (a boolean in YAML) is not a number of tokens", TOKENS),
    typed("tenants.beta", "", "the value is empty", OVERRIDES),
    typed("slos", "99.5", "99.5 is not a mapping of SLOs", SLOS_KEYS),
    typed("slos.availability", "99.5", "99.5 is not an availability SLO", AVAILABILITY_KEYS),
    typed("slos.availability.target_percent", "{a: 99.5}", "a mapping is not a percentage", PERCENTAGE),
    typed("slos.availability.window_days", "[28, 30]", "a list is not a number of days", DAYS),
    typed("slos.latency_p95_ms", "[100, 500]", "a list is not a mapping of latency SLOs", LATENCY_KEYS),
    typed("slos.latency_p95_ms.routes", "500", "500 is not a mapping of routes", ROUTES_ENTRY),
    typed(
        "slos.latency_p95_ms.routes./a", "off", "off (a boolean in YAML) is not a latency in milliseconds", ABOVE_ZERO
    ),
    typed("slos.latency_p95_ms.ai", "{p95: 1000}", "a mapping is not a latency in milliseconds", ABOVE_ZERO),
    typed("slos.latency_p95_ms.vectorize", "", "the value is empty", ABOVE_ZERO),
    typed("thresholds", "default", '"default" is not a mapping of thresholds', THRESHOLD_KEYS),
    typed("thresholds.min_requests", "[15]", "a list is not a number of requests", AT_LEAST_ONE),
    typed("thresholds.min_errors", "2.5", "2.5 is not a number of errors", AT_LEAST_ONE),
    typed("thresholds.errors", "2", "2 is not a mapping of error thresholds", ERROR_KEYS),
    typed("thresholds.errors.route_percent", "[2, 5]", "a list is not a percentage", PERCENTAGE),
    typed("thresholds.storage", "[1, 10]", "a list is not a mapping of storage thresholds", STORAGE_KEYS),
    typed("thresholds.storage.page_percent", "high", '"high" is not a percentage', PERCENTAGE),
    typed("thresholds.cost", "60", "60 is not a mapping of cost thresholds", COST_KEYS),
    typed("thresholds.cost.dollars_per_day", "null", "the value is empty", ABOVE_ZERO),
    typed("thresholds.telemetry_stale_after_seconds", "{minutes: 3}", "a mapping is not a number of seconds", SECONDS),
    typed("model_prices", "[bge-m3]", "a list is not a mapping of models", MODELS_ENTRY),
    typed("model_prices.@cf/baai/bge-m3", "0.1", "0.1 is not a mapping of prices", PRICE_KEYS),
    typed("model_prices.@cf/baai/bge-m3.input", "[0.1]", "a list is not a price in US dollars", PRICE),
    typed("model_prices.@cf/baai/bge-m3.output", "null", "the value is empty", PRICE),
    typed("teams", "[ops]", "a list is not a mapping of teams", TEAMS_ENTRY),
    typed("teams.ops", "pager", f"a text {HIDDEN} is not a mapping of receivers", TEAM_KEYS),
    typed("teams.ops.page", "{pagerduty: {}}", "a mapping is not a list of receivers", RECEIVERS),
    typed("teams.ops.ticket", "/secrets/url", f"a text {HIDDEN} is not a list of receivers", RECEIVERS),
    typed("owners", "ops", '"ops" is not a mapping of owners', OWNERS_ENTRY),
    typed("owners.default", "[ops]", "a list is not a team name", TEAM),
    typed("owners.cost", "yes", "yes (a boolean in YAML) is not a team name", TEAM),
    typed("alerts", "[RouteDown]", "a list is not a mapping of alerts", ALERTS_ENTRY),
    typed("alerts.RouteDown", "off", "off (a boolean in YAML) is not a mapping of settings", SETTINGS),
    typed("alerts.RouteDown.severity", "1", "1 is not a severity", SEVERITY),
    typed("alerts.RouteDown.labels", "eu", '"eu" is not a mapping of labels', LABELS_ENTRY),
    typed("alerts.RouteDown.labels.region", "1", "1 is not a label's value", LABEL_VALUE),
    typed("alerts.RouteDown.for", "120", "120 is not a duration", DURATION),
    typed("dead_man_url_file", "true", f"a boolean {HIDDEN} is not the path of a file", SECRET_FILE),
    typed("links", "https://g.example.com", '"https://g.example.com" is not a mapping of links', LINK_KEYS),
    typed("links.grafana", "3000", "3000 is not a base URL", BASE_URL),
    typed("links.runbooks", "{url: x}", "a mapping is not a base URL", BASE_URL),
)
