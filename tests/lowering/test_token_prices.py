"""Prices of parts of tokens: recorded as differences, and only where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from contract.ai import TOKENS
from contract.labels import TENANT
from generator.dsl.platform import ModelPrice, Platform
from generator.dsl.units import DOLLARS_PER_TOKEN, days, quantity
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.lowering.token_prices import DIFFERENCE, priced_tokens
from generator.rendering.promql import flat
from tests.lowering.recording_rule_text import recorded_expressions

IN, OUT = quantity("0.000002", DOLLARS_PER_TOKEN), quantity("0.00001", DOLLARS_PER_TOKEN)
CACHED, WRITTEN = quantity("0.0000002", DOLLARS_PER_TOKEN), quantity("0.0000025", DOLLARS_PER_TOKEN)


def lowering_with(platform: Platform, prices: Mapping[str, ModelPrice]) -> QueryLowering:
    """The lowering of a platform with these models."""
    return QueryLowering(replace(platform, model_prices=prices), RecordingRules())


def differences(lowering: QueryLowering) -> dict[str, str]:
    """The recorded differences of prices, after tokens are priced."""
    list(priced_tokens(lowering))
    recorded = recorded_expressions(lowering)
    return {name.removeprefix(DIFFERENCE): text for name, text in recorded.items() if name.startswith(DIFFERENCE)}


def test_a_part_is_recorded_with_what_it_costs_more_or_less(platform: Platform) -> None:
    """Tokens from a cache save $1.80 a million of $2, and those to a cache cost $0.50 more; reasoning at the price of
    output differs in nothing. A model without output has no other price for reasoning."""
    others = {"cached_input": CACHED, "cache_write": WRITTEN, "reasoning": OUT}
    lowering = lowering_with(
        platform,
        {"chat": ModelPrice(IN, OUT, others), "plain": ModelPrice(IN, OUT), "odd": ModelPrice(IN, None, others)},
    )
    assert differences(lowering) == {
        '{model="chat",token_class="cached_input"}': "vector(-1.8e-06)",
        '{model="odd",token_class="cached_input"}': "vector(-1.8e-06)",
        '{model="chat",token_class="cache_write"}': "vector(5e-07)",
        '{model="odd",token_class="cache_write"}': "vector(5e-07)",
        '{model="odd",token_class="reasoning"}': "vector(1e-05)",
    }


def test_only_the_parts_that_have_prices_are_read(platform: Platform) -> None:
    """Cursors of counters that change no cost would be series for nothing."""
    lowering = lowering_with(platform, {"chat": ModelPrice(IN, OUT, {"cached_input": CACHED})})
    assert flat(lowering.lower(TOKENS.increase(days(1)).priced().by(TENANT))) == (
        "sum by (tenant_id) (tenant_id_model_direction:ai_tokens:amount1d"
        " * on (model, direction) group_left () model_direction:ai_token_price:dollars"
        " or tenant_id_model_direction_token_class:ai_token_parts_with_price:amount1d"
        f" * on (model, token_class) group_left () {DIFFERENCE})"
    )
    recorded = recorded_expressions(lowering)
    assert any("ai_tokens_input_cached_total" in text for text in recorded.values())
    assert not any("cache_write" in text or "reasoning" in text for text in recorded.values())


def test_a_platform_without_such_prices_reads_no_parts(rule_lowering: QueryLowering) -> None:
    """Workers AI lists none: a token costs what its direction costs."""
    assert differences(rule_lowering) == {}
    assert flat(rule_lowering.lower(TOKENS.increase(days(1)).priced())) == (
        "sum(model_direction:ai_tokens:amount1d * on (model, direction) model_direction:ai_token_price:dollars)"
    )
