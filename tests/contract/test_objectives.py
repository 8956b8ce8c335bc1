"""The limits of the contract, with the numbers that were asked for of production."""

from __future__ import annotations

from contract.ai import TOKENS
from contract.api import REQUESTS
from contract.labels import ROUTE, TENANT
from contract.objectives import error_ceiling, latency_ceiling, token_budget
from generator.dsl.platform import Platform
from generator.dsl.units import MILLISECONDS, TOKENS_UNIT, days, minutes, percent, quantity


def test_every_tenant_that_sends_requests_has_an_error_ceiling(platform: Platform) -> None:
    """5 % for the listed and the unlisted alike, among the tenants of the last 5 minutes."""
    ceiling = error_ceiling(platform)
    assert (ceiling.label, ceiling.series) == (TENANT, "tenant_id:error_share:limit")
    assert ceiling.default_for == REQUESTS.increase(minutes(5)).by(TENANT)
    assert ceiling.value_for("com.rainbowsmokeofficial") == ceiling.value_for("nobody") == percent(5)


def test_every_listed_route_has_a_latency_ceiling(platform: Platform) -> None:
    """10 s for /chat, 500 ms for /search, 5 s for /ingest; a route that nobody lists promises nothing."""
    ceiling = latency_ceiling(platform)
    assert (ceiling.label, ceiling.series, ceiling.default_for) == (ROUTE, "route:latency_ms:limit", None)
    promised = [ceiling.value_for(route) for route in ("/chat", "/search", "/ingest")]
    assert promised == [quantity(amount, MILLISECONDS) for amount in (10000, 500, 5000)]
    assert ceiling.value_for("other") is None


def test_every_tenant_that_uses_tokens_has_a_budget(platform: Platform) -> None:
    """5 and 2 million for the listed, a million for any other, among the tenants of a day."""
    budget = token_budget(platform)
    assert (budget.label, budget.series) == (TENANT, "tenant_id:tokens_per_day:limit")
    assert budget.default_for == TOKENS.increase(days(1)).by(TENANT)
    given = [budget.value_for(tenant) for tenant in ("com.rainbowsmokeofficial", "com-mrrainbowsmoke", "nobody")]
    assert given == [quantity(amount, TOKENS_UNIT) for amount in (5_000_000, 2_000_000, 1_000_000)]
