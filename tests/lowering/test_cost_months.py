"""The bill of a calendar month: what is charged of each unit, and who shares an included amount.

tests/rendering/test_costs_of_a_month.py compares it with an invoice.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from contract.billing import COST
from contract.labels import BILLED_UNIT, PRODUCT, TENANT
from generator.dsl.platform import UnitPrice
from generator.errors import DefinitionError
from generator.ir.rules import SLOW_INTERVAL, RecordingRule
from generator.lowering import cost_growth
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.promql import flat

CHARGED, PRODUCTS = "product_billed_unit:cost_after_included:month_to_date", "product:cost_after_included:month_to_date"
TO_DATE = "product_billed_unit:cost:month_to_date"


def charged(lowering: QueryLowering) -> dict[str, str]:
    """What is charged of each unit in the month to date."""
    lowering.lower(COST.month_to_date().by(PRODUCT))
    rules = [rule for rule in lowering.rules.all() if rule.name == CHARGED]
    return {dict(rule.static_labels)[BILLED_UNIT]: flat(rule.expression) for rule in rules}


def test_a_unit_is_charged_beyond_what_is_included(rule_lowering: QueryLowering) -> None:
    """A million writes at $5 a million are $5; of rows, 50 million are for those of the library's own objects too, and
    of requests a million are for those to them."""
    of_units = charged(rule_lowering)
    writes = f'sum({TO_DATE}{{billed_unit="kv_writes"}})'
    assert of_units["kv_writes"] == f"({writes} * clamp_min({writes} - 5, 0)) / ({writes} > 0)"
    rows = f'sum({TO_DATE}{{billed_unit=~"do_rows_written|telemetry_rows_written"}})'
    assert of_units["telemetry_rows_written"] == (
        f'(sum({TO_DATE}{{billed_unit="telemetry_rows_written"}}) * clamp_min({rows} - 50, 0)) / ({rows} > 0)'
    )
    requests = f'sum({TO_DATE}{{billed_unit=~"do_requests|do_alarms|telemetry_object_requests"}})'
    assert of_units["telemetry_object_requests"] == (
        f'(sum({TO_DATE}{{billed_unit="telemetry_object_requests"}}) * clamp_min({requests} - 0.15, 0))'
        f" / ({requests} > 0)"
    )


def test_the_growth_of_each_product_is_lowered_once(
    rule_lowering: QueryLowering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bills and forecasts read it for each of their units, and a build has many of them."""
    lowered: list[str] = []
    of_product = cost_growth._of_product

    def counted(*arguments: Any) -> RecordingRule:
        lowered.append(arguments[3])
        return of_product(*arguments)

    monkeypatch.setattr(cost_growth, "_of_product", counted)
    for _ in range(2):
        rule_lowering.lower(COST.month_to_date().by(PRODUCT))
        rule_lowering.lower(COST.month_forecast().by(PRODUCT))
    assert sorted(lowered) == ["durable_objects", "kv", "telemetry", "workers", "workers_ai"]


def test_each_day_of_tokens_is_charged_by_itself(rule_lowering: QueryLowering) -> None:
    """What a day does not use is lost with it."""
    assert charged(rule_lowering)["ai_tokens"] == (
        'sum(clamp_min((product_billed_unit_month_day:cost:dollars31d{billed_unit="ai_tokens"} '
        'and on (month) count_values("month", month(vector(time())))) - 0.11, 0))'
    )


def test_without_an_included_amount_all_is_charged(rule_lowering: QueryLowering) -> None:
    """A share of nothing would be no number where nothing is counted."""
    none = {"kv_writes": UnitPrice(None, Fraction(0))}
    lowering = QueryLowering(replace(rule_lowering.platform, unit_prices=none), RecordingRules())
    assert charged(lowering)["kv_writes"] == f'sum({TO_DATE}{{billed_unit="kv_writes"}})'


def test_the_products_and_their_sum_are_recorded(rule_lowering: QueryLowering) -> None:
    """Every two minutes, of few series; the total is a product of its own, for budgets."""
    assert flat(rule_lowering.lower(COST.month_to_date().by(PRODUCT))) == PRODUCTS
    rules = [rule for rule in rule_lowering.rules.all() if rule.name == PRODUCTS]
    assert {rule.static_labels: flat(rule.expression) for rule in rules} == {
        (): f"sum by (product) ({CHARGED})",
        ((PRODUCT, "total"),): f"sum({CHARGED})",
    }
    assert {rule.interval for rule in rules} == {SLOW_INTERVAL}


def test_the_bill_of_a_month_is_of_the_platform(rule_lowering: QueryLowering) -> None:
    """Included amounts are no tenant's product's."""
    hint = "end the query with .by(PRODUCT), or with .by(TENANT) for list prices"
    with pytest.raises(DefinitionError, match=re.escape(hint)):
        rule_lowering.lower(COST.month_to_date().by(TENANT, PRODUCT))
