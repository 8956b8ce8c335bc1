"""A required key is missing: the place is the section that lacks it, and the hint says what to write."""

from __future__ import annotations

from tests.config.bad_platforms.bad_platform import (
    ABOVE_ZERO,
    AT_LEAST_ONE,
    AVAILABILITY_KEYS,
    BASE_URL,
    COST_KEYS,
    DAYS,
    ERROR_KEYS,
    LATENCY_KEYS,
    LINK_KEYS,
    MODELS_ENTRY,
    OWNERS_ENTRY,
    PERCENTAGE,
    PLACES,
    PLATFORM,
    PRICE,
    RECEIVERS,
    ROUTES_ENTRY,
    SECONDS,
    SECRET_FILE,
    SERVICES_ENTRY,
    SLOS_KEYS,
    STORAGE_KEYS,
    TEAMS_ENTRY,
    TENANT_KEYS,
    TENANTS_ENTRY,
    THRESHOLD_KEYS,
    TOKENS,
    VALID,
    BadPlatform,
    at,
)

REQUIRED = {
    "platform": PLATFORM,
    "services": SERVICES_ENTRY,
    "tenant_default": TENANT_KEYS,
    "tenant_default.tokens_per_day": TOKENS,
    "tenant_default.error_percent": PERCENTAGE,
    "tenants": TENANTS_ENTRY,
    "slos": SLOS_KEYS,
    "slos.availability": AVAILABILITY_KEYS,
    "slos.availability.target_percent": PERCENTAGE,
    "slos.availability.window_days": DAYS,
    "slos.latency_p95_ms": LATENCY_KEYS,
    "slos.latency_p95_ms.routes": ROUTES_ENTRY,
    "slos.latency_p95_ms.ai": ABOVE_ZERO,
    "slos.latency_p95_ms.vectorize": f"{ABOVE_ZERO}, or a list of `stores` without vectorize",
    "thresholds": THRESHOLD_KEYS,
    "thresholds.min_requests": AT_LEAST_ONE,
    "thresholds.min_errors": AT_LEAST_ONE,
    "thresholds.errors": ERROR_KEYS,
    "thresholds.errors.route_percent": PERCENTAGE,
    "thresholds.errors.outage_percent": PERCENTAGE,
    "thresholds.errors.ai_percent": PERCENTAGE,
    "thresholds.storage": STORAGE_KEYS,
    "thresholds.storage.ticket_percent": PERCENTAGE,
    "thresholds.storage.page_percent": PERCENTAGE,
    "thresholds.cost": COST_KEYS,
    "thresholds.cost.warning_percent": PERCENTAGE,
    "thresholds.cost.dollars_per_day": ABOVE_ZERO,
    "thresholds.telemetry_stale_after_seconds": SECONDS,
    "model_prices": MODELS_ENTRY,
    "model_prices.@cf/baai/bge-m3.input": PRICE,
    "teams": TEAMS_ENTRY,
    "teams.ops.page": RECEIVERS,
    "teams.ops.ticket": RECEIVERS,
    "owners": OWNERS_ENTRY,
    "dead_man_url_file": SECRET_FILE,
    "links": LINK_KEYS,
    "links.grafana": BASE_URL,
    "links.runbooks": BASE_URL,
}
"""What the hint of each required key says."""


def without(path: str, hint: str) -> BadPlatform:
    """The valid platform without a key and what is below it. Its section is above it, so that no line of it moves."""
    line, column = map(int, PLACES[path].split(":"))
    lines = VALID.splitlines(keepends=True)
    end = line
    while end < len(lines) and lines[end].startswith(" " * column):
        end += 1
    text = "".join(lines[: line - 1] + lines[end:])
    section = path.rpartition(".")[0]
    return BadPlatform(f"without {path}", (), (at(path, "this key is required", hint, PLACES[section]),), text)


MISSING_KEYS = tuple(without(path, hint) for path, hint in REQUIRED.items())
