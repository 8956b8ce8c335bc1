"""The cost of billed units: recorded in dollars, one series of each product by the labels that queries need."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from alerts.cost import cost_runaway_ticket
from contract.ai import TOKENS
from contract.api import REQUESTS
from contract.billing import COST
from contract.labels import PRODUCT, TENANT
from generator.dsl.billing import dollars_per_million
from generator.dsl.platform import UnitPrice
from generator.dsl.runaway import Runaway
from generator.dsl.units import days, hours, minutes
from generator.errors import DefinitionError
from generator.ir.rules import FAST_INTERVAL, SLOW_INTERVAL
from generator.lowering.amounts import read_once
from generator.lowering.conditions import lower_condition
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.promql import flat

DAY = COST.increase(days(1))
PRICES = "model_direction:ai_token_price:dollars"


def costs(lowering: QueryLowering) -> dict[tuple[str, str], str]:
    """The expressions of the recorded costs after amounts are read once, by their name and product."""
    rules = read_once(lowering.rules.all())
    own = [rule for rule in rules if ":cost:" in rule.name or ":cost_" in rule.name]
    return {(rule.name, dict(rule.static_labels).get(PRODUCT, "")): flat(rule.expression) for rule in own}


def test_a_product_of_a_tenant_is_one_recorded_series(rule_lowering: QueryLowering) -> None:
    """Its units are priced and added up in the rule; what has no tenant is not there, nor what the platform lacks."""
    assert flat(rule_lowering.lower(DAY.by(TENANT, PRODUCT))) == "tenant_id_product:cost:dollars1d"
    assert flat(rule_lowering.lower(DAY.by(TENANT))) == "sum by (tenant_id) (tenant_id_product:cost:dollars1d)"
    name = "tenant_id_product:cost:dollars1d"
    assert costs(rule_lowering) == {
        (name, "durable_objects"): "1.5e-07 * sum by (tenant_id) (increase(do_requests_total[1d]))",
        (name, "kv"): "sum by (tenant_id) ("
        'label_replace(5e-07 * sum by (tenant_id) (increase(kv_reads_total[1d])), "billed_unit", "kv_reads", "", "") '
        "or label_replace(5e-06 * sum by (tenant_id) (increase(kv_writes_total[1d])), "
        '"billed_unit", "kv_writes", "", ""))',
        (name, "workers"): "3e-07 * sum by (tenant_id) (increase(requests_total[1d]))",
        (name, "workers_ai"): "sum by (tenant_id) (tenant_id_model_direction:ai_tokens:amount1d "
        f"* on (model, direction) group_left () {PRICES})",
    }
    intervals = {rule.interval for rule in rule_lowering.rules.all() if rule.name == name}
    assert intervals == {SLOW_INTERVAL}


def test_the_platform_is_the_sum_of_its_tenants_and_of_what_has_none(rule_lowering: QueryLowering) -> None:
    """A day of raw samples is read once; the rows of the telemetry have no tenant, and are read by themselves."""
    rule_lowering.lower(DAY.by(TENANT, PRODUCT))
    rule_lowering.lower(DAY.by(PRODUCT))
    of_platform = {
        product: text for (name, product), text in costs(rule_lowering).items() if name.startswith("product")
    }
    assert of_platform == {
        "": "sum by (product) (tenant_id_product:cost:dollars1d)",
        "telemetry": "1e-06 * sum(increase(telemetry_rows_written_total[1d]))",
    }


def test_a_pace_reads_the_increases_that_panels_share(rule_lowering: QueryLowering) -> None:
    """Five minutes of all tenants are recorded for other queries; a day has 288 times as many."""
    pace = COST.increase(minutes(5)).pace(days(1)).by(PRODUCT)
    assert flat(rule_lowering.lower(pace)) == "288 * product:cost:dollars5m"
    recorded = costs(rule_lowering)
    assert recorded["product:cost:dollars5m", "workers"] == "3e-07 * sum(route_service:requests_total:increase5m)"
    assert recorded["product:cost:dollars5m", "workers_ai"] == (
        "sum(sum by (model, direction) (route_service_model_direction:ai_tokens:increase5m) "
        f"* on (model, direction) {PRICES})"
    )
    intervals = {rule.interval for rule in rule_lowering.rules.all() if rule.name == "product:cost:dollars5m"}
    assert intervals == {FAST_INTERVAL}


def test_the_platform_has_its_own_prices_and_stores(rule_lowering: QueryLowering) -> None:
    """A price of platform.yaml goes before the list price; units of stores that are not used have no rule."""
    own = {"r2_writes": UnitPrice(dollars_per_million(4), None)}
    platform = replace(rule_lowering.platform, stores=("r2",), unit_prices=own)
    lowering = QueryLowering(platform, RecordingRules())
    lowering.lower(DAY.by(TENANT, PRODUCT))
    recorded = costs(lowering)
    assert {product for _, product in recorded} == {"workers", "workers_ai", "r2"}
    assert (
        "4e-06 * sum by (tenant_id) (increase(r2_writes_total[1d]))"
        in recorded["tenant_id_product:cost:dollars1d", "r2"]
    )


def test_a_forecast_of_costs_reads_recorded_costs(rule_lowering: QueryLowering) -> None:
    """As one of tokens does: 18 hours, and six more at the rate of the last hour."""
    forecast = COST.increase(hours(18)).forecast(days(1), recent=hours(1)).by(TENANT)
    assert flat(rule_lowering.lower(forecast)) == (
        "sum by (tenant_id) (tenant_id_product:cost:dollars18h) + 6 * sum by (tenant_id) "
        "(tenant_id_product:cost:dollars1h)"
    )


def test_a_runaway_is_compared_with_the_highest_of_a_week(rule_lowering: QueryLowering) -> None:
    """The week ends six hours ago; a series that had no value a week ago is not compared."""
    rule = cost_runaway_ticket.rule(rule_lowering.platform)
    assert flat(lower_condition(rule_lowering, rule.condition)) == (
        "288 * product:cost:dollars5m > 50 unless product:cost:dollars5m < 10 * product:cost_dollars5m:highest7d"
    )
    assert costs(rule_lowering)["product:cost_dollars5m:highest7d", ""] == (
        "max_over_time(product:cost:dollars5m[7d] offset 6h) and max_over_time(product:cost:dollars5m[1d] offset 7d)"
    )
    alone = Runaway(COST.increase(minutes(5)).by(PRODUCT))
    assert flat(lower_condition(rule_lowering, alone)) == (
        "product:cost:dollars5m unless product:cost:dollars5m < 10 * product:cost_dollars5m:highest7d"
    )


def test_a_runaway_is_recorded_by_its_labels(rule_lowering: QueryLowering) -> None:
    """A sum of recorded series has no highest value of its own."""
    with pytest.raises(DefinitionError, match=re.escape("Runaway(…) of a query that is not recorded by its labels")):
        lower_condition(rule_lowering, Runaway(REQUESTS.increase(minutes(5))))


def test_a_runaway_has_a_fixed_window() -> None:
    """What the dashboard chooses has no past."""
    with pytest.raises(DefinitionError, match=re.escape("Runaway(…) takes a query of one metric")):
        Runaway(TOKENS.increase(days(1)).priced())
    with pytest.raises(DefinitionError, match=re.escape("Runaway(…) of a query without a fixed window")):
        Runaway(TOKENS.rate())
