"""Limits and prices are series: a default for everyone there is, overrides that are data."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from contract.api import REQUESTS
from contract.labels import ROUTE, TENANT
from contract.objectives import error_threshold, latency_slo, token_budget
from generator.dsl.query import ThresholdTable
from generator.dsl.units import DOLLARS_PER_TOKEN, RATIO, minutes, percent, quantity
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.lowering.thresholds import price_series, threshold_series
from tests.lowering.recording_rule_text import entered


def test_a_budget_is_the_tenants_own_or_the_default(rule: QueryLowering) -> None:
    """Production overrides two tenants; any other that used tokens in the last day has a million."""
    assert threshold_series(rule, token_budget(rule.platform)) == "tenant_id:tokens_per_day:limit"
    made = entered(rule)
    assert made["tenant_id:tokens_per_day:limit"] == (
        "tenant_id:tokens_per_day:override or on (tenant_id) "
        "1000000 * group by (tenant_id) (sum by (tenant_id) (tenant_id_direction:ai_tokens:increase1d))"
    )
    assert made['tenant_id:tokens_per_day:override{tenant_id="com.rainbowsmokeofficial"}'] == "vector(5000000)"
    assert made['tenant_id:tokens_per_day:override{tenant_id="com-mrrainbowsmoke"}'] == "vector(2000000)"


def test_without_overrides_only_the_default_is_read(rule: QueryLowering) -> None:
    """Production overrides no tenant's ceiling of errors: a series that is never there is not named."""
    threshold_series(rule, error_threshold(rule.platform))
    assert entered(rule)["tenant_id:error_share:limit"] == (
        "0.05 * group by (tenant_id) (tenant_id:requests_total:increase5m)"
    )


def test_a_limit_without_a_default_is_its_overrides(rule: QueryLowering) -> None:
    """Each route promises its own latency; a route without a promise has no limit."""
    assert threshold_series(rule, latency_slo(rule.platform)) == "route:latency_ms:limit"
    assert entered(rule) == {
        'route:latency_ms:limit{route="/chat"}': "vector(10000)",
        'route:latency_ms:limit{route="/ingest"}': "vector(5000)",
        'route:latency_ms:limit{route="/search"}': "vector(500)",
    }
    assert all(ROUTE in one.labels for one in rule.rules.all())


def test_a_limit_is_entered_once(rule: QueryLowering) -> None:
    """Alerts and panels that ask for the same limit read the same series."""
    threshold_series(rule, token_budget(rule.platform))
    offset = rule.rules.all()
    threshold_series(rule, token_budget(rule.platform))
    assert rule.rules.all() == offset


def test_a_limits_amount_is_exact(rule: QueryLowering) -> None:
    """A tenth of a percent is written as a person writes it."""
    limit = ThresholdTable("slack", RATIO, percent("0.1"), {"a": percent("12.5")})
    threshold_series(rule, limit.per(TENANT, default_for=REQUESTS.increase(minutes(5)).by(TENANT)))
    made = entered(rule)
    assert made['tenant_id:slack:override{tenant_id="a"}'] == "vector(0.125)"
    assert made["tenant_id:slack:limit"].startswith("tenant_id:slack:override or on (tenant_id) 0.001 * group ")


def test_a_price_is_a_series_for_each_direction_that_has_one(rule: QueryLowering) -> None:
    """A model that writes has two; an embedding writes nothing, so it has no price of zero for it."""
    prices = {
        model: price for model, price in rule.platform.model_prices.items() if model.endswith(("bge-m3", "gpt-oss-20b"))
    }
    lowering = QueryLowering(replace(rule.platform, model_prices=prices), RecordingRules())
    name = price_series(lowering)
    assert entered(lowering) == {
        f'{name}{{model="@cf/baai/bge-m3",direction="input"}}': "vector(1.2e-08)",
        f'{name}{{model="@cf/openai/gpt-oss-20b",direction="input"}}': "vector(2e-07)",
        f'{name}{{model="@cf/openai/gpt-oss-20b",direction="output"}}': "vector(3e-07)",
    }


def test_prices_are_dollars_of_one_token(rule: QueryLowering) -> None:
    """platform.yaml says 2.253 dollars per million; 2.253 / 1,000,000 is recorded."""
    dear = rule.platform.model_prices["@cf/meta/llama-3.3-70b-instruct-fp8-fast"]
    assert dear.output == quantity(Fraction(2253, 10**9), DOLLARS_PER_TOKEN)
    name = price_series(rule)
    made = entered(rule)
    assert made[f'{name}{{model="@cf/meta/llama-3.3-70b-instruct-fp8-fast",direction="output"}}'] == "vector(2.253e-06)"
