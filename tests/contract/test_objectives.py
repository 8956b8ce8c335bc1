"""Shared SLOs and thresholds, with the numbers of the platform of the alert tests."""

from __future__ import annotations

from dataclasses import replace

from contract.ai import AI_REQUESTS, TOKENS
from contract.api import REQUESTS
from contract.labels import MODEL, ROUTE, STORE, TENANT
from contract.objectives import (
    ai_error_threshold,
    ai_latency_slo,
    error_threshold,
    latency_slo,
    outage_threshold,
    route_error_threshold,
    storage_page_threshold,
    storage_ticket_threshold,
    token_budget,
)
from generator.dsl.platform import AlertSettings, Platform
from generator.dsl.query import ThresholdSeries
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


def test_thresholds_without_overrides_are_constants(platform: Platform) -> None:
    """Route, outage, model and store thresholds are the numbers of the platform, and need no series."""
    numbers = (route_error_threshold, outage_threshold, ai_error_threshold, ai_latency_slo)
    assert [each(platform) for each in numbers] == [percent(2), percent(50), percent(5), quantity(10000, MILLISECONDS)]
    assert [storage_ticket_threshold(platform), storage_page_threshold(platform)] == [percent(1), percent(10)]


def test_a_threshold_with_overrides_has_a_value_for_every_route(platform: Platform) -> None:
    """/search pages above 1 %, the other routes and `other` above 2 %; outages have no override and stay constant."""
    changed = replace(platform, errors=replace(platform.errors, route_overrides={"/search": percent(1)}))
    threshold = route_error_threshold(changed)
    assert isinstance(threshold, ThresholdSeries)
    assert (threshold.series, threshold.default_for) == ("route:error_share:limit", None)
    assert [threshold.value_for(route) for route in ("/search", "/chat", "/ingest", "other")] == [
        percent(1),
        percent(2),
        percent(2),
        percent(2),
    ]
    assert outage_threshold(changed) == percent(50)


def test_a_threshold_with_overrides_has_a_value_for_every_store(platform: Platform) -> None:
    """KV opens a ticket above 3 %, the others above 1 %."""
    storage = replace(platform.storage, ticket_overrides={"kv": percent(3)})
    threshold = storage_ticket_threshold(replace(platform, storage=storage))
    assert isinstance(threshold, ThresholdSeries)
    assert (threshold.label, threshold.series) == (STORE, "store:error_share:limit")
    assert [threshold.value_for(store) for store in ("kv", "vectorize")] == [percent(3), percent(1)]


def test_models_that_were_called_have_the_default(platform: Platform) -> None:
    """The models of calls are not known at build time, so the default applies to those of the last 5 minutes, or of
    the alert's own window where that is longer."""
    errors = replace(platform.errors, ai_overrides={"@cf/baai/bge-m3": percent(1)})
    changed = replace(platform, errors=errors)
    threshold = ai_error_threshold(changed)
    assert isinstance(threshold, ThresholdSeries)
    assert threshold.default_for is not None
    assert tree(threshold.default_for) == tree(AI_REQUESTS.increase(minutes(5)).by(MODEL))
    assert [threshold.value_for(model) for model in ("@cf/baai/bge-m3", "unlisted")] == [percent(1), percent(5)]
    window = AlertSettings(window=minutes(20))
    longer = ai_error_threshold(replace(changed, alerts={("HighAIErrorRate", None): window}))
    assert isinstance(longer, ThresholdSeries)
    assert longer.default_for is not None
    assert tree(longer.default_for) == tree(AI_REQUESTS.increase(minutes(20)).by(MODEL))
