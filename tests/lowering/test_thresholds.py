"""Limits and prices are series: a default for everyone there is, overrides that are data."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from contract.api import REQUESTS
from contract.labels import ROUTE, TENANT
from contract.objectives import error_threshold, latency_slo, token_budget
from generator.dsl.limit import Limit
from generator.dsl.units import DOLLARS_PER_TOKEN, SHARE, minutes, percent, quantity
from generator.lowering.queries import Reader
from generator.lowering.recording_rules import Ledger
from generator.lowering.thresholds import limit_series, price_series
from tests.lowering.recording_rule_text import entered


def test_a_budget_is_the_tenants_own_or_the_default(rule: Reader) -> None:
    """Production overrides two tenants; any other that used tokens in the last day has a million."""
    assert limit_series(rule, token_budget(rule.platform)) == "tenant_id:tokens_per_day:limit"
    made = entered(rule)
    assert made["tenant_id:tokens_per_day:limit"] == (
        "tenant_id:tokens_per_day:override or on (tenant_id) "
        "1000000 * group by (tenant_id) (sum by (tenant_id) (tenant_id_direction:ai_tokens:increase1d))"
    )
    assert made['tenant_id:tokens_per_day:override{tenant_id="com.rainbowsmokeofficial"}'] == "vector(5000000)"
    assert made['tenant_id:tokens_per_day:override{tenant_id="com-mrrainbowsmoke"}'] == "vector(2000000)"


def test_without_overrides_only_the_default_is_read(rule: Reader) -> None:
    """Production overrides no tenant's ceiling of errors: a series that is never there is not named."""
    limit_series(rule, error_threshold(rule.platform))
    assert entered(rule)["tenant_id:error_share:limit"] == (
        "0.05 * group by (tenant_id) (tenant_id:requests_total:increase5m)"
    )


def test_a_limit_without_a_default_is_its_overrides(rule: Reader) -> None:
    """Each route promises its own latency; a route without a promise has no limit."""
    assert limit_series(rule, latency_slo(rule.platform)) == "route:latency_ms:limit"
    assert entered(rule) == {
        'route:latency_ms:limit{route="/chat"}': "vector(10000)",
        'route:latency_ms:limit{route="/ingest"}': "vector(5000)",
        'route:latency_ms:limit{route="/search"}': "vector(500)",
    }
    assert all(ROUTE in one.labels for one in rule.ledger.rules())


def test_a_limit_is_entered_once(rule: Reader) -> None:
    """Alerts and panels that ask for the same limit read the same series."""
    limit_series(rule, token_budget(rule.platform))
    before = rule.ledger.rules()
    limit_series(rule, token_budget(rule.platform))
    assert rule.ledger.rules() == before


def test_a_limits_amount_is_exact(rule: Reader) -> None:
    """A tenth of a percent is written as a person writes it."""
    limit = Limit("slack", SHARE, percent("0.1"), {"a": percent("12.5")})
    limit_series(rule, limit.per(TENANT, among=REQUESTS.count(over=minutes(5)).by(TENANT)))
    made = entered(rule)
    assert made['tenant_id:slack:override{tenant_id="a"}'] == "vector(0.125)"
    assert made["tenant_id:slack:limit"].startswith("tenant_id:slack:override or on (tenant_id) 0.001 * group ")


def test_a_price_is_a_series_for_each_direction_that_has_one(rule: Reader) -> None:
    """A model that writes has two; an embedding writes nothing, so it has no price of zero for it."""
    prices = {
        model: price for model, price in rule.platform.model_prices.items() if model.endswith(("bge-m3", "gpt-oss-20b"))
    }
    reader = Reader(replace(rule.platform, model_prices=prices), Ledger())
    name = price_series(reader)
    assert entered(reader) == {
        f'{name}{{model="@cf/baai/bge-m3",direction="input"}}': "vector(1.2e-08)",
        f'{name}{{model="@cf/openai/gpt-oss-20b",direction="input"}}': "vector(2e-07)",
        f'{name}{{model="@cf/openai/gpt-oss-20b",direction="output"}}': "vector(3e-07)",
    }


def test_prices_are_dollars_of_one_token(rule: Reader) -> None:
    """platform.yaml says 2.253 dollars per million; 2.253 / 1,000,000 is recorded."""
    dear = rule.platform.model_prices["@cf/meta/llama-3.3-70b-instruct-fp8-fast"]
    assert dear.output == quantity(Fraction(2253, 10**9), DOLLARS_PER_TOKEN)
    name = price_series(rule)
    made = entered(rule)
    assert made[f'{name}{{model="@cf/meta/llama-3.3-70b-instruct-fp8-fast",direction="output"}}'] == "vector(2.253e-06)"
