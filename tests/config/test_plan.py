"""The platform of the alert tests, `alerts/tests/platform.yaml`, has the numbers that were agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from generator.dsl.platform import Platform
from generator.dsl.receivers import PagerDuty, Webhook
from generator.dsl.units import Duration, Quantity

PRICE_LIST = """
@cf/meta/llama-3.2-1b-instruct 0.027 0.201
@cf/meta/llama-3.2-3b-instruct 0.051 0.335
@cf/meta/llama-3.1-8b-instruct 0.282 0.827
@cf/meta/llama-3.1-8b-instruct-fp8-fast 0.045 0.384
@cf/meta/llama-3.3-70b-instruct-fp8-fast 0.293 2.253
@cf/meta/llama-4-scout-17b-16e-instruct 0.270 0.850
@cf/mistralai/mistral-small-3.1-24b-instruct 0.351 0.555
@cf/qwen/qwen3-30b-a3b-fp8 0.051 0.335
@cf/openai/gpt-oss-120b 0.350 0.750
@cf/openai/gpt-oss-20b 0.200 0.300
@cf/google/gemma-4-26b-a4b-it 0.100 0.300
@cf/baai/bge-small-en-v1.5 0.020 -
@cf/baai/bge-base-en-v1.5 0.067 -
@cf/baai/bge-large-en-v1.5 0.204 -
@cf/baai/bge-m3 0.012 -
"""
"""Cloudflare's price list of 2026-08-28, in dollars per million input and output tokens."""


def texts(quantities: Mapping[str, Quantity]) -> dict[str, str]:
    """Return quantities as texts."""
    return {name: quantity.text() for name, quantity in quantities.items()}


def test_services_and_tenants_are_the_agreed_ones(platform: Platform) -> None:
    """Two services have three routes; two tenants are listed."""
    assert platform.name == "production"
    assert platform.services == {"worker-api": ("/chat", "/search"), "ingest-worker": ("/ingest",)}
    assert platform.tenants == ("com.rainbowsmokeofficial", "com-mrrainbowsmoke")


def test_error_thresholds_are_the_agreed_ones(platform: Platform) -> None:
    """Errors: tenant 5 %, route 2 %, model 5 %, outage 50 %; 99.5 % over 30 days; at least 15 requests, 10 errors."""
    errors = platform.errors
    ratios = {"tenant": errors.tenant.default, "route": errors.route, "outage": errors.outage, "ai": errors.ai}
    expected = {"tenant": (1, 20), "route": (1, 50), "outage": (1, 2), "ai": (1, 20)}
    assert {name: None if ratio is None else ratio.amount for name, ratio in ratios.items()} == {
        name: Fraction(*ratio) for name, ratio in expected.items()
    }
    assert errors.tenant.overrides == {}
    assert (platform.availability.target.amount, platform.availability.window) == (
        Fraction(995, 1000),
        Duration(2_592_000),
    )
    assert (platform.min_requests.text(), platform.min_errors.text()) == ("15 requests", "10 errors")


def test_latency_slos_are_the_agreed_ones(platform: Platform) -> None:
    """10 s for /chat, 500 ms for /search, 5 s for /ingest, 10 s for a model, 250 ms for Vectorize; no default."""
    latency = platform.latency
    assert texts(latency.route.overrides) == {"/chat": "10 s", "/search": "500 ms", "/ingest": "5 s"}
    assert latency.route.default is None
    assert texts({"ai": latency.ai, "vectorize": latency.vectorize}) == {"ai": "10 s", "vectorize": "250 ms"}


def test_cost_thresholds_are_the_agreed_ones(platform: Platform) -> None:
    """5 and 2 million tokens for the two tenants, 1 million for others; warning at 80 %; 50 dollars per day."""
    cost = platform.cost
    assert texts(cost.tokens_per_day.overrides) == {
        "com.rainbowsmokeofficial": "5,000,000 tokens",
        "com-mrrainbowsmoke": "2,000,000 tokens",
    }
    assert cost.tokens_per_day.default is not None
    assert cost.tokens_per_day.default.text() == "1,000,000 tokens"
    assert (cost.warning.amount, cost.dollars_per_day.text()) == (Fraction(4, 5), "$50")


def test_storage_and_telemetry_thresholds_are_the_agreed_ones(platform: Platform) -> None:
    """1 % of failed calls to a store is a ticket, 10 % a page; telemetry is stale after 3 minutes."""
    assert (platform.storage.ticket.amount, platform.storage.page.amount) == (Fraction(1, 100), Fraction(1, 10))
    assert platform.telemetry_stale_after.text() == "3 minutes"


def test_model_prices_are_those_of_the_price_list(platform: Platform) -> None:
    """All 15 models have Cloudflare's exact prices per token; embedding models have no price for output."""
    million = 1_000_000
    expected = {
        model: (Fraction(input_) / million, None if output == "-" else Fraction(output) / million)
        for model, input_, output in map(str.split, PRICE_LIST.strip().splitlines())
    }
    assert len(expected) == 15
    assert {
        model: (price.input.amount, None if price.output is None else price.output.amount)
        for model, price in platform.model_prices.items()
    } == expected


def test_cost_has_its_own_owner(platform: Platform) -> None:
    """Finance owns cost, the platform team owns the other families, and each has its own secret files."""
    assert {family: owner.name for family, owner in platform.owners.items()} == {
        "errors": "platform",
        "latency": "platform",
        "cost": "finance",
        "storage": "platform",
        "telemetry": "platform",
    }
    assert platform.default_owner == platform.owners["errors"]
    assert platform.owners["cost"].page == (PagerDuty("/etc/alertmanager/secrets/finance-page-key"),)
    assert platform.owners["errors"].ticket == (Webhook("/etc/alertmanager/secrets/platform-ticket-url"),)
