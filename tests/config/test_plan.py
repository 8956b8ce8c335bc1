"""The platform that stories and tests are told in holds the numbers that were agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from generator.dsl.platform import Platform
from generator.dsl.units import Duration, Quantity

TODAYS_PRICES = """
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
"""Cloudflare's price list of 2026-08-28, in dollars per million tokens in and out."""


def said(quantities: Mapping[str, Quantity]) -> dict[str, str]:
    return {name: quantity.text() for name, quantity in quantities.items()}


def test_services_and_tenants_are_those_of_the_plan(platform: Platform) -> None:
    """Two services answer three routes; two tenants are known by name."""
    assert platform.name == "production"
    assert platform.services == {"worker-api": ("/chat", "/search"), "ingest-worker": ("/ingest",)}
    assert platform.tenants == ("com.rainbowsmokeofficial", "com-mrrainbowsmoke")


def test_error_promises_are_the_table_s(platform: Platform) -> None:
    """A tenant may fail 5 %, a route 2 %, a model 5 %; 50 % is down; 99.5 % hold over 30 days; 15 requests judge."""
    errors = platform.errors
    shares = {"tenant": errors.tenant.default, "route": errors.route, "down": errors.down, "ai": errors.ai}
    expected = {"tenant": (1, 20), "route": (1, 50), "down": (1, 2), "ai": (1, 20)}
    assert {name: share and share.amount for name, share in shares.items()} == {
        name: Fraction(*share) for name, share in expected.items()
    }
    assert errors.tenant.overrides == {}
    assert (errors.objective.kept.amount, errors.objective.period) == (Fraction(995, 1000), Duration(2_592_000))
    assert (platform.floor.text(), platform.floor_errors.text()) == ("15 requests", "10 errors")


def test_latency_promises_are_the_table_s(platform: Platform) -> None:
    """10 s for /chat, 500 ms for /search, 5 s for /ingest, 10 s for a model, 250 ms for Vectorize; no default."""
    latency = platform.latency
    assert said(latency.route.overrides) == {"/chat": "10 s", "/search": "500 ms", "/ingest": "5 s"}
    assert latency.route.default is None
    assert said({"ai": latency.ai, "vectorize": latency.vectorize}) == {"ai": "10 s", "vectorize": "250 ms"}


def test_budgets_are_the_table_s(platform: Platform) -> None:
    """5 and 2 million tokens for the two tenants, 1 million for any other; a word at 80 %; 50 dollars a day."""
    cost = platform.cost
    assert said(cost.budget.overrides) == {
        "com.rainbowsmokeofficial": "5,000,000 tokens",
        "com-mrrainbowsmoke": "2,000,000 tokens",
    }
    assert cost.budget.default is not None
    assert cost.budget.default.text() == "1,000,000 tokens"
    assert (cost.warning.amount, cost.dollars.text()) == (Fraction(4, 5), "$50")


def test_storage_and_heartbeat_are_the_table_s(platform: Platform) -> None:
    """1 % of failed calls to a store is a ticket, 10 % a page; a heartbeat is missed after 3 minutes."""
    assert (platform.storage.ticket.amount, platform.storage.page.amount) == (Fraction(1, 100), Fraction(1, 10))
    assert platform.heartbeat.text() == "3 minutes"


def test_prices_are_the_price_list_s(platform: Platform) -> None:
    """All 15 models bear Cloudflare's prices, exactly, per token; an embedding has none for output."""
    million = 1_000_000
    expected = {
        model: (Fraction(into) / million, None if out == "-" else Fraction(out) / million)
        for model, into, out in map(str.split, TODAYS_PRICES.strip().splitlines())
    }
    assert len(expected) == 15
    assert {
        model: (price.input.amount, price.output and price.output.amount) for model, price in platform.prices.items()
    } == expected


def test_cost_has_an_owner_of_its_own(platform: Platform) -> None:
    """Finance is told of cost, the platform team of everything else, each by files of its own."""
    assert {family: owner.name for family, owner in platform.owners.items()} == {
        "errors": "platform",
        "latency": "platform",
        "cost": "finance",
        "storage": "platform",
        "telemetry": "platform",
    }
    assert platform.owners["cost"].page_key_file == "/etc/alertmanager/secrets/finance-page-key"
    assert platform.owners["errors"].ticket_url_file == "/etc/alertmanager/secrets/platform-ticket-url"
