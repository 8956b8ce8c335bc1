"""The cost of billed units: recorded in dollars, one series of each product by the labels that queries need."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from alerts.cost import cost_runaway_ticket
from contract.ai import TOKENS
from contract.api import REQUESTS
from contract.billing import COST
from contract.labels import BILLED_UNIT, MODEL, ORDER, PRODUCT, ROUTE, TENANT
from generator.dsl.billing import dollars_per_million
from generator.dsl.platform import UnitPrice
from generator.dsl.runaway import Runaway
from generator.dsl.units import days, hours, minutes
from generator.errors import DefinitionError
from generator.ir.expression import series_names
from generator.ir.rules import FAST_INTERVAL, GROWTH_INTERVAL, SLOW_INTERVAL, RecordingRule
from generator.lowering.amounts import read_once
from generator.lowering.conditions import lower_condition
from generator.lowering.growth import CursorCounter
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.promql import flat

DAY = COST.increase(days(1))
PRICES = "model_direction:ai_token_price:dollars"


def costs(lowering: QueryLowering) -> dict[tuple[str, str], str]:
    """The expressions of the recorded costs after amounts are read once, by their name and their product or unit."""
    rules = read_once(lowering.rules.all())
    own = [rule for rule in rules if ":cost:" in rule.name or ":cost_" in rule.name]
    return {(rule.name, key_of(rule)): flat(rule.expression) for rule in own}


def key_of(rule: RecordingRule) -> str:
    """The unit that a rule is of, or the product."""
    labels = dict(rule.static_labels)
    return labels.get(BILLED_UNIT, labels.get(PRODUCT, ""))


OF_ROUTES = "tenant_id_route_service"


def grown(counter: str, labels: str = OF_ROUTES) -> str:
    """The growth of a counter since its last cursors; tests/lowering/test_growth.py has it in full."""
    names = tuple(label for label in ORDER if label.name in ("tenant_id", "route", "service") and label.name in labels)
    return flat(CursorCounter(counter, names, {}).growth())


OF_OBJECTS = {"do_requests": "1.5e-07", "do_alarms": "1.5e-07", "do_rows_read": "1e-09", "do_rows_written": "1e-06"}
OF_KV = {"kv_reads": "5e-07", "kv_lists": "5e-06", "kv_writes": "5e-06", "kv_deletes": "5e-06"}
OF_TELEMETRY = {"telemetry_rows_written": "1e-06", "telemetry_object_requests": "1.5e-07"}
"""Dollars for each of the units of Durable Objects, of KV, and of the library's own objects."""
OF_TENANTS, OF_PLATFORM = "tenant_id_product:cost:growth", "product_billed_unit_month_day:cost:growth"


def test_a_product_of_a_tenant_is_one_recorded_series(rule_lowering: QueryLowering) -> None:
    """Its units are priced and added up as they grow, so that a day is a sum of dollars; what has no tenant is not
    there, nor what the platform lacks. Prices of tokens may be recorded later than the first growth after a start."""
    assert flat(rule_lowering.lower(DAY.by(TENANT, PRODUCT))) == "tenant_id_product:cost:dollars1d"
    assert flat(rule_lowering.lower(DAY.by(TENANT))) == "tenant_id:cost:dollars1d"
    assert costs(rule_lowering) == {
        ("tenant_id_product:cost:dollars1d", ""): f"sum by (tenant_id, product) (sum_over_time({OF_TENANTS}[1d]))",
        ("tenant_id:cost:dollars1d", ""): "sum by (tenant_id) (tenant_id_product:cost:dollars1d)",
        (OF_TENANTS, "durable_objects"): "sum by (tenant_id) ("
        + " or ".join(
            f'label_replace({price} * sum by (tenant_id) ({grown(f"{unit}_total")}), "billed_unit", "{unit}", "", "")'
            for unit, price in OF_OBJECTS.items()
        )
        + ")",
        (OF_TENANTS, "kv"): "sum by (tenant_id) ("
        + " or ".join(
            f'label_replace({price} * sum by (tenant_id) ({grown(f"{unit}_total")}), "billed_unit", "{unit}", "", "")'
            for unit, price in OF_KV.items()
        )
        + ")",
        (OF_TENANTS, "workers"): f"3e-07 * sum by (tenant_id) ({grown('requests_total')})",
        (OF_TENANTS, "workers_ai"): "sum by (tenant_id) (tenant_id_model_direction:ai_tokens:growth "
        f"* on (model, direction) group_left () last_over_time({PRICES}[1d]))",
    }
    rules = {rule.name: rule for rule in rule_lowering.rules.all()}
    assert rules["tenant_id_product:cost:dollars1d"].interval == SLOW_INTERVAL
    assert rules[OF_TENANTS].interval == GROWTH_INTERVAL


DATED = (
    ' * on () group_left (month) count_values("month", month(vector(time())))'
    ' * on () group_left (day) count_values("day", day_of_month(vector(time())))'
)


def test_the_platform_is_recorded_by_unit_and_day(rule_lowering: QueryLowering) -> None:
    """The only unit of a product is the sum of its tenants; the rows of the telemetry and the requests to its
    objects have no tenant."""
    rule_lowering.lower(DAY.by(TENANT, PRODUCT))
    rule_lowering.lower(DAY.by(PRODUCT))
    of_platform = {key: text for key, text in costs(rule_lowering).items() if key[0].startswith("product")}
    assert of_platform.pop(("product:cost:dollars1d", "")) == f"sum by (product) (sum_over_time({OF_PLATFORM}[1d]))"
    assert of_platform == {
        (OF_PLATFORM, "ai_tokens"): f'sum({OF_TENANTS}{{product="workers_ai"}}){DATED}',
        (OF_PLATFORM, "requests"): f'sum({OF_TENANTS}{{product="workers"}}){DATED}',
        **{
            (OF_PLATFORM, product): "sum by (billed_unit) ("
            + " or ".join(
                f'label_replace({price} * sum({grown(f"{unit}_total", labels)}), "billed_unit", "{unit}", "", "")'
                for unit, price in units.items()
            )
            + f"){DATED}"
            for product, units, labels in (
                ("durable_objects", OF_OBJECTS, OF_ROUTES),
                ("kv", OF_KV, OF_ROUTES),
                ("telemetry", OF_TELEMETRY, "service"),
            )
        },
    }


def test_growth_is_recorded_with_the_cursors_that_it_reads(rule_lowering: QueryLowering) -> None:
    """Cursors are of the time of the evaluation, so both are in one group, after one another."""
    rule_lowering.lower(DAY.by(TENANT, PRODUCT))
    rule_lowering.lower(DAY.by(PRODUCT))
    of_growth = [rule for rule in rule_lowering.rules.all() if rule.interval == GROWTH_INTERVAL]
    places = {rule.name: (rule.area, place) for place, rule in enumerate(of_growth)}
    for place, rule in enumerate(of_growth):
        read = series_names(rule.expression) & set(places)
        if rule.name not in (OF_TENANTS, OF_PLATFORM):
            assert all(places[name][0] == rule.area for name in read)
        assert all(places[name][1] < place for name in read)
    assert {rule.area for rule in of_growth if rule.name == OF_TENANTS} == {"ai", "api", "storage"}


def test_growth_by_fewer_labels_is_read_from_that_by_more(rule_lowering: QueryLowering) -> None:
    """A project that records tokens by route, too, records their growth once, and costs read it."""
    rule_lowering.lower(DAY.by(TENANT))
    rule_lowering.lower(TOKENS.increase(days(1)).by(TENANT, ROUTE, MODEL))
    assert costs(rule_lowering)[OF_TENANTS, "workers_ai"] == (
        "sum by (tenant_id) (tenant_id_route_model_direction:ai_tokens:growth "
        f"* on (model, direction) group_left () last_over_time({PRICES}[1d]))"
    )


def test_a_product_is_counted_in_one_module_of_the_contract(rule_lowering: QueryLowering) -> None:
    """Rules of two areas are in two groups, which are evaluated at different times."""
    units = tuple(replace(unit, product="kv") for unit in COST.units if unit.name in ("requests", "kv_reads"))
    with pytest.raises(DefinitionError, match=re.escape("the units of kv are counted in api and storage")):
        rule_lowering.lower(replace(COST, units=units).increase(days(1)).by(TENANT))


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
    assert {product for _, product in recorded} == {"", "workers", "workers_ai", "r2"}
    assert f"4e-06 * sum by (tenant_id) ({grown('r2_writes_total')})" in recorded[OF_TENANTS, "r2"]


def test_a_forecast_of_costs_reads_recorded_costs(rule_lowering: QueryLowering) -> None:
    """As one of tokens does: 18 hours, and six more at the rate of the last hour."""
    forecast = COST.increase(hours(18)).forecast(days(1), recent=hours(1)).by(TENANT)
    assert flat(rule_lowering.lower(forecast)) == (
        "tenant_id:cost:dollars18h + 6 * sum by (tenant_id) (tenant_id_product:cost:dollars1h)"
    )
    rule_lowering.lower(COST.increase(hours(1)).by(PRODUCT))
    recorded = costs(rule_lowering)
    assert recorded["tenant_id_product:cost:dollars1h", "workers"] == (
        "3e-07 * sum by (tenant_id) (increase(requests_total[1h]))"
    )
    assert recorded["product:cost:dollars1h", "telemetry"] == (
        "sum("
        + " or ".join(
            f'label_replace({price} * sum(increase({unit}_total[1h])), "billed_unit", "{unit}", "", "")'
            for unit, price in OF_TELEMETRY.items()
        )
        + ")"
    )
    assert recorded["product:cost:dollars1h", ""] == "sum by (product) (tenant_id_product:cost:dollars1h)"


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
