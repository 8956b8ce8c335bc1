"""What each tenant cost in a calendar month: totals to which each tick adds its growth.

tests/rendering/test_costs_of_a_month.py compares them with an invoice.
"""

from __future__ import annotations

from contract.billing import COST
from contract.labels import PRODUCT, TENANT
from generator.ir.expression import series_names
from generator.ir.rules import GROWTH_INTERVAL, SLOW_INTERVAL, RecordingRule
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.promql import flat

TOTAL, GROWTH = "tenant_id_product_month:cost:running_total", "tenant_id_product:cost:growth"
TO_DATE, FORECAST = "tenant_id:cost:month_to_date", "tenant_id:cost:month_forecast"
THIS_MONTH = 'count_values("month", month(vector(time())))'


def rules_of(lowering: QueryLowering, name: str) -> dict[str, RecordingRule]:
    """The rules that record a series, by their product."""
    return {dict(rule.static_labels).get(PRODUCT, ""): rule for rule in lowering.rules.all() if rule.name == name}


def test_each_tick_adds_its_growth_to_the_last_total_of_its_month(rule_lowering: QueryLowering) -> None:
    """The label of the product keeps both sides of `or`; the last total of another month is none, and that of two days
    is kept through gaps."""
    assert flat(rule_lowering.lower(COST.month_to_date().by(TENANT))) == TO_DATE
    totals = rules_of(rule_lowering, TOTAL)
    assert flat(totals["kv"].expression) == (
        f'sum by (tenant_id, month) (sum by (tenant_id) ({GROWTH}{{product="kv"}}) '
        f"* on () group_left (month) {THIS_MONTH} "
        f'or (max by (tenant_id, product, month) (last_over_time({TOTAL}{{product="kv"}}[2d])) '
        f"and on (month) {THIS_MONTH}))"
    )
    assert {product: rule.area for product, rule in totals.items()} == {
        "workers_ai": "ai",
        "workers": "api",
        "kv": "storage",
        "durable_objects": "storage",
    }


def test_a_total_is_recorded_after_the_growth_that_it_reads(rule_lowering: QueryLowering) -> None:
    """Both are in one group of rules, so that each growth is added once."""
    rule_lowering.lower(COST.month_to_date().by(TENANT))
    rules = rule_lowering.rules.all()
    for product, total in rules_of(rule_lowering, TOTAL).items():
        growth = rules_of(rule_lowering, GROWTH)[product]
        assert (total.area, total.interval, growth.interval) == (growth.area, GROWTH_INTERVAL, GROWTH_INTERVAL)
        assert rules.index(total) > rules.index(growth)


def test_a_ruler_that_reads_no_results_of_its_group_adds_what_grew(rule_lowering: QueryLowering) -> None:
    """The growth that another rule has just recorded would be that of the tick before."""
    lowering = QueryLowering(rule_lowering.platform, RecordingRules(sums_growth=False))
    lowering.lower(COST.month_to_date().by(TENANT))
    for product in ("kv", "workers", "durable_objects"):
        read = series_names(rules_of(lowering, TOTAL)[product].expression)
        assert {TOTAL, GROWTH} & read == {TOTAL}


def test_the_month_of_a_tenant_is_the_sum_of_its_products(rule_lowering: QueryLowering) -> None:
    """Totals are stale between two ticks, and for an hour after a month there are those of two."""
    rule_lowering.lower(COST.month_to_date().by(TENANT))
    rule = rules_of(rule_lowering, TO_DATE)[""]
    assert flat(rule.expression) == (
        f"sum by (tenant_id) (max by (tenant_id, product) (last_over_time({TOTAL}[1h]) and on (month) {THIS_MONTH}))"
    )
    assert rule.interval == SLOW_INTERVAL


def test_the_rest_of_the_month_is_as_the_last_day(rule_lowering: QueryLowering) -> None:
    """A tenant without cost in the last day will cost what it did."""
    assert flat(rule_lowering.lower(COST.month_forecast().by(TENANT))) == FORECAST
    text = flat(rules_of(rule_lowering, FORECAST)[""].expression)
    assert text.startswith(f"{TO_DATE} + (tenant_id:cost:dollars1d or 0 * {TO_DATE}) * on () group_left () (")
