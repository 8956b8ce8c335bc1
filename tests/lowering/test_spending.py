"""Comparisons of costs, evaluated by promtool on what a week would have recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from contract.ai import TOKENS
from contract.api import REQUESTS
from contract.billing import COST
from contract.labels import MODEL, TENANT
from generator.dsl.platform import ModelPrice, Platform
from generator.dsl.spending import (
    change_since,
    cost_of_each,
    cost_of_thousand,
    earlier,
    relative_change_since,
    saved_by_cache,
)
from generator.dsl.units import DOLLARS_PER_TOKEN, days, quantity
from generator.external.promtool import Promtool
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.promql import flat
from tests.lowering.expression_evaluation import Evaluator

DAY, WEEK = COST.increase(days(1)).by(TENANT), days(7)
WEEK_OF_MINUTES = 7 * 24 * 60
AMOUNT = "tenant_id:cost:dollars1d"


@pytest.fixture
def evaluator(promtool: Promtool, tmp_path: Path) -> Evaluator:
    """Evaluates on series that stand for what rules recorded."""
    return Evaluator(promtool, (), tmp_path)


def since(first: str, now: str) -> str:
    """Samples of a week with one value, and one of now."""
    return f"{first}x{WEEK_OF_MINUTES - 1} {now}"


def test_costs_are_compared_with_those_a_week_ago(dashboard_lowering: QueryLowering, evaluator: Evaluator) -> None:
    """The tenant a went from $2 to $5, b from $4 to $3; new has nothing to compare with, and gone costs nothing now."""
    recorded = {
        f'{AMOUNT}{{tenant_id="a"}}': since("2", "5"),
        f'{AMOUNT}{{tenant_id="b"}}': since("4", "3"),
        f'{AMOUNT}{{tenant_id="new"}}': since("_", "7"),
        f'{AMOUNT}{{tenant_id="gone"}}': since("6", "stale"),
    }
    expected = {
        dashboard_lowering.lower(earlier(DAY, WEEK)): {
            f'{AMOUNT}{{tenant_id="a"}}': 2.0,
            f'{AMOUNT}{{tenant_id="b"}}': 4.0,
            f'{AMOUNT}{{tenant_id="gone"}}': 6.0,
        },
        dashboard_lowering.lower(change_since(DAY, WEEK)): {
            '{tenant_id="a"}': 3.0,
            '{tenant_id="b"}': -1.0,
            '{tenant_id="new"}': 7.0,
        },
        dashboard_lowering.lower(relative_change_since(DAY, WEEK)): {'{tenant_id="a"}': 1.5, '{tenant_id="b"}': -0.25},
    }
    assert evaluator.failures(recorded, WEEK, expected) == ()


def test_a_cost_is_divided_by_what_was_counted(dashboard_lowering: QueryLowering, evaluator: Evaluator) -> None:
    """$3 and $1 for 2,000 requests are $0.002 each, and $2 for a thousand; without requests there is no such cost."""
    dollars, counted = COST.increase(days(1)), REQUESTS.increase(days(1))
    each = dashboard_lowering.lower(cost_of_each(dollars, counted))
    thousand = dashboard_lowering.lower(cost_of_thousand(dollars, counted))
    cost = {'product:cost:dollars1d{product="kv"}': "3", 'product:cost:dollars1d{product="d1"}': "1"}
    requests = "all:requests_total:amount1d{}"
    now = {name: since("_", value) for name, value in cost.items()}
    assert (
        evaluator.failures({**now, requests: since("_", "2000")}, WEEK, {each: {"{}": 0.002}, thousand: {"{}": 2.0}})
        == ()
    )
    assert evaluator.failures({**now, requests: since("_", "0")}, WEEK, {each: {}}) == ()


def test_requests_of_one_tenant_are_read_from_its_counters(dashboard_lowering: QueryLowering) -> None:
    """Nothing else needs the requests of a day of each tenant, so they are not recorded."""
    selected = cost_of_each(COST.increase(days(1)), REQUESTS.increase(days(1))).where(TENANT.matches_variable())
    text = flat(dashboard_lowering.lower(selected))
    assert "(sum(increase(requests_total{tenant_id=~`${tenant:regex}`}[1d])) > 0)" in text
    assert not any("requests_total:amount" in name for name in dashboard_lowering.rules.labels())


def test_a_cache_saves_the_difference_of_the_prices(platform: Platform, evaluator: Evaluator) -> None:
    """A million tokens at $0.20 in place of $2 save $1.80. A model without cached tokens, or without a
    price of them, saves nothing, which is no missing value."""
    price = ModelPrice(
        quantity("0.000002", DOLLARS_PER_TOKEN),
        quantity("0.00001", DOLLARS_PER_TOKEN),
        {
            "cached_input": quantity("0.0000002", DOLLARS_PER_TOKEN),
            "cache_write": quantity("0.000003", DOLLARS_PER_TOKEN),
        },
    )
    cheap = QueryLowering(replace(platform, model_prices={"chat": price}), RecordingRules(), for_dashboard=True)
    query = saved_by_cache(TOKENS.increase(days(1))).by(MODEL)
    amount = "model_direction_token_class:ai_token_parts_with_price:amount1d"
    difference = "model_token_class:ai_token_price_difference:dollars"
    recorded = {
        f'{amount}{{model="chat",direction="input",token_class="cached_input"}}': since("_", "1000000"),
        f'{amount}{{model="chat",direction="input",token_class="cache_write"}}': since("_", "1000000"),
        f'{amount}{{model="other",direction="input",token_class="cached_input"}}': since("_", "1000000"),
        f'{difference}{{model="chat",token_class="cached_input"}}': since("_", "-0.0000018"),
        f'{difference}{{model="chat",token_class="cache_write"}}': since("_", "0.000001"),
    }
    assert evaluator.failures(recorded, WEEK, {cheap.lower(query): {'{model="chat"}': 1.8}}) == ()
    tokens, dollars = "model_direction:ai_tokens:amount1d", "model_direction:ai_token_price:dollars"
    without_cache = {
        f'{tokens}{{model="other",direction="input"}}': since("_", "1000000"),
        f'{dollars}{{model="other",direction="input"}}': since("_", "0.000002"),
    }
    expected = {'{model="chat"}': 1.8, '{model="other"}': 0.0}
    assert evaluator.failures({**recorded, **without_cache}, WEEK, {cheap.lower(query): expected}) == ()


def test_without_prices_of_cached_tokens_nothing_is_saved(
    dashboard_lowering: QueryLowering, evaluator: Evaluator
) -> None:
    """The tokens of such a platform cost what others cost, whether a cache served them or not."""
    recorded = {
        'model_direction:ai_tokens:amount1d{model="chat",direction="input"}': since("_", "1000000"),
        'model_direction:ai_token_price:dollars{model="chat",direction="input"}': since("_", "0.000002"),
    }
    query = saved_by_cache(TOKENS.increase(days(1)))
    assert evaluator.failures(recorded, WEEK, {dashboard_lowering.lower(query): {"{}": 0.0}}) == ()


def test_the_cost_of_all_products_of_each_tenant_is_recorded(dashboard_lowering: QueryLowering) -> None:
    """What compares 10,000 tenants reads one series of each, not one of each product."""
    assert flat(dashboard_lowering.lower(DAY)) == AMOUNT
    (rule,) = [each for each in dashboard_lowering.rules.all() if each.name == AMOUNT]
    assert flat(rule.expression) == "sum by (tenant_id) (tenant_id_product:cost:dollars1d)"
