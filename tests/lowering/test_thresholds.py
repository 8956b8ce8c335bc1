"""Thresholds and prices as recorded series: a default for every label value that exists, overrides that are data."""

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
from tests.lowering.recording_rule_text import recorded_expressions


def test_a_token_budget_is_an_override_or_the_default(rule_lowering: QueryLowering) -> None:
    """Two tenants have overrides; every other tenant that used tokens in the last 24 h has a million."""
    assert threshold_series(rule_lowering, token_budget(rule_lowering.platform)) == "tenant_id:tokens_per_day:limit"
    recorded = recorded_expressions(rule_lowering)
    assert recorded["tenant_id:tokens_per_day:limit"] == (
        "tenant_id:tokens_per_day:override or on (tenant_id) "
        "1000000 * group by (tenant_id) (sum by (tenant_id) (tenant_id_direction:ai_tokens:amount1d))"
    )
    assert recorded['tenant_id:tokens_per_day:override{tenant_id="com.rainbowsmokeofficial"}'] == "vector(5000000)"
    assert recorded['tenant_id:tokens_per_day:override{tenant_id="com-mrrainbowsmoke"}'] == "vector(2000000)"


def test_without_overrides_the_default_alone_is_read(rule_lowering: QueryLowering) -> None:
    """The platform has no override of a tenant's error threshold, so no rule reads a series of overrides."""
    threshold_series(rule_lowering, error_threshold(rule_lowering.platform))
    assert recorded_expressions(rule_lowering)["tenant_id:error_share:limit"] == (
        "0.05 * group by (tenant_id) (tenant_id:requests_total:increase5m)"
    )


def test_without_a_default_the_overrides_are_the_threshold(rule_lowering: QueryLowering) -> None:
    """Each listed route has a latency threshold of its own, and other routes have none."""
    assert threshold_series(rule_lowering, latency_slo(rule_lowering.platform)) == "route:latency_ms:limit"
    assert recorded_expressions(rule_lowering) == {
        'route:latency_ms:limit{route="/chat"}': "vector(10000)",
        'route:latency_ms:limit{route="/ingest"}': "vector(5000)",
        'route:latency_ms:limit{route="/search"}': "vector(500)",
    }
    assert all(ROUTE in rule.labels for rule in rule_lowering.rules.all())


def test_a_threshold_is_recorded_once(rule_lowering: QueryLowering) -> None:
    """Alerts and panels with the same threshold read the same series."""
    threshold_series(rule_lowering, token_budget(rule_lowering.platform))
    rules = rule_lowering.rules.all()
    threshold_series(rule_lowering, token_budget(rule_lowering.platform))
    assert rule_lowering.rules.all() == rules


def test_a_recorded_threshold_is_exact(rule_lowering: QueryLowering) -> None:
    """0.1 % is recorded as 0.001, without a rounding error."""
    table = ThresholdTable("slack", RATIO, percent("0.1"), {"a": percent("12.5")})
    threshold_series(rule_lowering, table.per(TENANT, default_for=REQUESTS.increase(minutes(5)).by(TENANT)))
    recorded = recorded_expressions(rule_lowering)
    assert recorded['tenant_id:slack:override{tenant_id="a"}'] == "vector(0.125)"
    assert recorded["tenant_id:slack:limit"].startswith("tenant_id:slack:override or on (tenant_id) 0.001 * group ")


def test_a_price_is_a_series_for_each_direction_that_has_one(rule_lowering: QueryLowering) -> None:
    """A model with output tokens has two prices; an embedding has no output, and no price of 0 for it."""
    prices = {
        model: price
        for model, price in rule_lowering.platform.model_prices.items()
        if model.endswith(("bge-m3", "gpt-oss-20b"))
    }
    lowering = QueryLowering(replace(rule_lowering.platform, model_prices=prices), RecordingRules())
    name = price_series(lowering)
    assert recorded_expressions(lowering) == {
        f'{name}{{model="@cf/baai/bge-m3",direction="input"}}': "vector(1.2e-08)",
        f'{name}{{model="@cf/openai/gpt-oss-20b",direction="input"}}': "vector(2e-07)",
        f'{name}{{model="@cf/openai/gpt-oss-20b",direction="output"}}': "vector(3e-07)",
    }


def test_prices_are_in_dollars_per_token(rule_lowering: QueryLowering) -> None:
    """2.253 dollars per million tokens in platform.yaml are recorded as 2.253 / 1,000,000."""
    model = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
    assert rule_lowering.platform.model_prices[model].output == quantity(Fraction(2253, 10**9), DOLLARS_PER_TOKEN)
    name = price_series(rule_lowering)
    recorded = recorded_expressions(rule_lowering)
    assert recorded[f'{name}{{model="{model}",direction="output"}}'] == "vector(2.253e-06)"
