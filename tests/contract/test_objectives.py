"""Shared SLOs and thresholds, with the numbers of the platform of the alert tests."""

from __future__ import annotations

from contract.ai import TOKENS
from contract.api import REQUESTS
from contract.labels import ROUTE, TENANT
from contract.objectives import error_threshold, latency_slo, token_budget
from generator.dsl.platform import Platform
from generator.dsl.units import MILLISECONDS, TOKENS_UNIT, days, minutes, percent, quantity
from tests.dsl.trees import tree


def test_every_tenant_with_requests_has_an_error_threshold(platform: Platform) -> None:
    """It is 5 %, for listed tenants and others that sent requests in the last 5 minutes."""
    threshold = error_threshold(platform)
    assert (threshold.label, threshold.series) == (TENANT, "tenant_id:error_share:limit")
    assert threshold.default_for is not None
    assert tree(threshold.default_for) == tree(REQUESTS.increase(window=minutes(5)).by(TENANT))
    assert threshold.value_for("com.rainbowsmokeofficial") == threshold.value_for("unlisted") == percent(5)


def test_every_listed_route_has_a_latency_slo(platform: Platform) -> None:
    """It is 10 s for /chat, 500 ms for /search and 5 s for /ingest; a route that is not listed has none."""
    slo = latency_slo(platform)
    assert (slo.label, slo.series, slo.default_for) == (ROUTE, "route:latency_ms:limit", None)
    latencies = [slo.value_for(route) for route in ("/chat", "/search", "/ingest")]
    assert latencies == [quantity(amount, MILLISECONDS) for amount in (10000, 500, 5000)]
    assert slo.value_for("other") is None


def test_every_tenant_with_tokens_has_a_token_budget(platform: Platform) -> None:
    """It is 5 and 2 million for the listed tenants, and a million for others that used tokens in the last 24 h."""
    budget = token_budget(platform)
    assert (budget.label, budget.series) == (TENANT, "tenant_id:tokens_per_day:limit")
    assert budget.default_for is not None
    assert tree(budget.default_for) == tree(TOKENS.increase(window=days(1)).by(TENANT))
    budgets = [budget.value_for(tenant) for tenant in ("com.rainbowsmokeofficial", "com-mrrainbowsmoke", "unlisted")]
    assert budgets == [quantity(amount, TOKENS_UNIT) for amount in (5_000_000, 2_000_000, 1_000_000)]
