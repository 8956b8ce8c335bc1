"""The bill of 24 hours: what each day includes, the total, the forecast and the cost of the last hour.

tests/rendering/test_costs_of_a_day.py compares it with an invoice.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from contract.billing import COST
from contract.labels import PRODUCT, TENANT
from generator.dsl.billing import Period
from generator.dsl.units import days, hours
from generator.errors import DefinitionError
from generator.ir.rules import SLOW_INTERVAL
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.promql import flat

BILL, FORECAST = "product:cost_after_included:dollars1d", "product:cost_after_included:forecast1d"
OF_HOUR = "product:cost_after_included:dollars1h"


def recorded(lowering: QueryLowering, name: str) -> dict[str, str]:
    """The expressions that a name is recorded by, by their product, empty for each of them."""
    rules = [rule for rule in lowering.rules.all() if rule.name == name]
    assert {rule.interval for rule in rules} == {SLOW_INTERVAL}
    return {dict(rule.static_labels).get(PRODUCT, ""): flat(rule.expression) for rule in rules}


def test_what_a_day_includes_is_subtracted_of_its_product(rule_lowering: QueryLowering) -> None:
    """$0.11 of neurons from Workers AI and from nothing else; what a month includes from no day. The total is the sum
    of bills, so that what Workers AI leaves is not subtracted from others."""
    assert flat(rule_lowering.lower(COST.bill(days(1)).by(PRODUCT))) == BILL
    day = "product:cost:dollars1d"
    products = f'clamp_min({day}{{product="workers_ai"}} - 0.11, 0) or {day}'
    assert recorded(rule_lowering, BILL) == {"": products, "total": f"sum({products})"}


def test_less_than_a_day_includes_nothing(rule_lowering: QueryLowering) -> None:
    """An hour has no part of what a day includes: it could all have been used before."""
    assert flat(rule_lowering.lower(COST.bill(hours(1)).by(PRODUCT))) == OF_HOUR
    assert recorded(rule_lowering, OF_HOUR) == {"": "product:cost:dollars1h", "total": "sum(product:cost:dollars1h)"}


def test_the_last_hour_is_not_read_of_raw_counters_again(rule_lowering: QueryLowering) -> None:
    """Tenants' hours are recorded for their own forecasts; the rows of the library's own objects, and the requests to
    them, are of no tenant."""
    rule_lowering.lower(COST.bill(hours(1)).by(PRODUCT))
    rows, requests = (
        f'label_replace({price} * sum(increase({unit}_total[1h])), "billed_unit", "{unit}", "", "")'
        for unit, price in (("telemetry_rows_written", "1e-06"), ("telemetry_object_requests", "1.5e-07"))
    )
    assert recorded(rule_lowering, "product:cost:dollars1h") == {
        "": "sum by (product) (tenant_id_product:cost:dollars1h or "
        f'label_replace(sum({rows} or {requests}), "product", "telemetry", "", ""))'
    }


def test_a_forecast_is_a_bill_of_the_whole_day(rule_lowering: QueryLowering) -> None:
    """18 hours and six times the last one, less what a day includes. A product that is no longer counted costs nothing
    more, and what it has cost stays."""
    query = COST.bill(hours(18)).forecast(days(1), recent=hours(1)).by(PRODUCT)
    assert flat(rule_lowering.lower(query)) == FORECAST
    so_far, hour = "product:cost:dollars18h", "product:cost:dollars1h"
    assert recorded(rule_lowering, "product:cost:forecast1d") == {"": f"{so_far} + 6 * ({hour} or 0 * {so_far})"}
    day = "product:cost:forecast1d"
    products = f'clamp_min({day}{{product="workers_ai"}} - 0.11, 0) or {day}'
    assert recorded(rule_lowering, FORECAST) == {"": products, "total": f"sum({products})"}


def test_products_of_which_a_day_includes_nothing(rule_lowering: QueryLowering) -> None:
    """Where all amounts are of a month, the bill is the cost."""
    units = []
    for unit in COST.units:
        included = replace(unit.price.included, period=Period.MONTH)
        units.append(replace(unit, price=replace(unit.price, included=included)))
    rule_lowering.lower(replace(COST, units=tuple(units)).bill(days(1)).by(PRODUCT))
    assert recorded(rule_lowering, BILL)[""] == "product:cost:dollars1d"


def test_what_units_share_is_subtracted_once(rule_lowering: QueryLowering) -> None:
    """A million writes a day are $5, those of deletes too where they have their own, and nothing more where they share
    the amount of writes."""
    writes, deletes = (next(unit for unit in COST.units if unit.name == name) for name in ("kv_writes", "kv_deletes"))
    of_day = replace(writes.price, included=replace(writes.price.included, period=Period.DAY))
    for shared, dollars in (("", 10), ("kv_writes", 5)):
        units = replace(writes, price=of_day), replace(deletes, price=of_day, included_with=shared)
        lowering = QueryLowering(rule_lowering.platform, RecordingRules())
        lowering.lower(replace(COST, units=units).bill(days(1)).by(PRODUCT))
        day = "product:cost:dollars1d"
        assert recorded(lowering, BILL)[""] == f'clamp_min({day}{{product="kv"}} - {dollars}, 0) or {day}'


def test_a_bill_is_of_the_platform(rule_lowering: QueryLowering) -> None:
    """By product alone: included amounts are no tenant's."""
    for query in (COST.bill(days(1)).by(TENANT), COST.bill(hours(18)).forecast(days(1), recent=hours(1)).by(TENANT)):
        with pytest.raises(DefinitionError, match=re.escape("end the query with .by(PRODUCT)")):
            rule_lowering.lower(query)
