"""Billed units, their prices, and what a definition of them must have."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from contract.billing import COST, NOT_COUNTED, UNITS
from contract.labels import BILLED_UNIT, PRODUCT, TENANT
from contract.storage import D1_QUERIES, KV_READS, KV_WRITES
from generator.dsl.billing import (
    BilledUnit,
    Cost,
    ListPrice,
    Period,
    counted_without_price,
    dollars_per_million,
    included,
)
from generator.dsl.metrics import fixed_windows
from generator.dsl.platform import UnitPrice
from generator.dsl.query import DashboardWindow
from generator.dsl.units import WRITES_UNIT, days, hours
from generator.errors import DefinitionError

PRICE = ListPrice(dollars_per_million(5), included(1000, WRITES_UNIT, Period.MONTH), "2026-11-28", "https://c.example")
WRITES = BilledUnit(name="writes", product="kv", counter=KV_WRITES, price=PRICE)


def cost_of(*units: BilledUnit) -> Cost:
    """The cost of these units."""
    return Cost(
        name="cost", help="A cost.", labels=(TENANT, PRODUCT), product=PRODUCT, unit_label=BILLED_UNIT, units=units
    )


def test_a_million_costs_the_listed_price() -> None:
    """$5 a million is exactly a 200,000th of a dollar; a platform's own price goes before it, and 0 is a price."""
    assert WRITES.dollars({}) == Fraction(1, 200_000)
    assert WRITES.dollars({"writes": UnitPrice(None, Fraction(7))}) == Fraction(1, 200_000)
    assert WRITES.dollars({"writes": UnitPrice(dollars_per_million(4), None)}) == Fraction(1, 250_000)
    assert WRITES.dollars({"writes": UnitPrice(dollars_per_million(0), None)}) == 0


def test_a_count_may_be_billed_as_several_operations() -> None:
    """A message that costs a write and a delete is billed twice."""
    twice = BilledUnit(name="messages", product="queues", counter=KV_WRITES, price=PRICE, operations=2)
    assert twice.dollars({}) == Fraction(1, 100_000)


def test_an_included_amount_is_worth_its_price() -> None:
    """A thousand writes at $5 a million are half a cent; a platform may include others, or pay another price. Of two
    operations for each count, half as many counts are included."""
    assert WRITES.included_dollars({}) == Fraction(1, 200)
    assert WRITES.included_dollars({"writes": UnitPrice(dollars_per_million(10), Fraction(3000))}) == Fraction(3, 100)
    twice = BilledUnit(name="messages", product="queues", counter=KV_WRITES, price=PRICE, operations=2)
    assert twice.included_dollars({}) == Fraction(1, 200)
    tokens = next(unit for unit in UNITS if unit.name == "ai_tokens")
    assert tokens.included_dollars({}) == Fraction(11, 100)


def test_an_included_amount_is_shared_by_units_of_one_price() -> None:
    """Else it would be no amount of dollars; a unit that shares another's has none to share itself."""
    shared = BilledUnit(name="deletes", product="kv", counter=KV_READS, price=PRICE, included_with="writes")
    assert cost_of(WRITES, shared).units[1].included_with == "writes"
    dearer = replace(PRICE, dollars=dollars_per_million(6))
    third = replace(shared, name="lists", included_with="deletes")
    for unit in (replace(shared, price=dearer), replace(shared, included_with="reads"), third):
        with pytest.raises(DefinitionError, match=f"{unit.name} shares what {unit.included_with} includes"):
            cost_of(WRITES, shared, unit) if unit is third else cost_of(WRITES, unit)


def test_the_bill_of_a_month_is_in_dollars_by_product() -> None:
    """It has no tenant: what is included is the platform's."""
    assert COST.month_forecast().by(PRODUCT).unit.name == "dollars"
    assert COST.month_to_date().by(PRODUCT).output_labels == (PRODUCT,)


def test_the_bill_of_a_day_is_in_dollars_by_product() -> None:
    """Of 24 hours, of less, or a forecast of 24; what each day includes is not known of several."""
    assert COST.bill(days(1)).by(PRODUCT).unit.name == "dollars"
    forecast = COST.bill(hours(18)).forecast(days(1), recent=hours(1)).by(PRODUCT)
    assert (forecast.output_labels, fixed_windows(forecast)) == ((PRODUCT,), [days(1)])
    with pytest.raises(DefinitionError, match="a bill of 2 days: what each day includes is not known of several days"):
        COST.bill(days(2))
    with pytest.raises(DefinitionError, match=re.escape(".bill(…) takes a duration")):
        COST.bill(24)  # type: ignore[arg-type]


def test_units_differ_by_name() -> None:
    """`prices` in platform.yaml has one entry for each."""
    with pytest.raises(DefinitionError, match="two units of cost have the same name"):
        cost_of(WRITES, WRITES)


def test_a_product_is_one_of_the_contract() -> None:
    """The label `product` lists them."""
    with pytest.raises(DefinitionError, match='label product has no value "s3"'):
        cost_of(BilledUnit(name="puts", product="s3", counter=KV_WRITES, price=PRICE))


def test_a_cost_needs_units_and_counts() -> None:
    """A cost of nothing, and a unit that is billed less than once, are mistakes."""
    with pytest.raises(DefinitionError, match="has no billed units"):
        cost_of()
    with pytest.raises(DefinitionError, match="0 units are billed for each count"):
        BilledUnit(name="writes", product="kv", counter=KV_WRITES, price=PRICE, operations=0)


def test_a_cost_has_a_fixed_window() -> None:
    """Rules record it; a panel cannot choose another window."""
    assert COST.increase(days(1)).unit.name == "dollars"
    with pytest.raises(DefinitionError, match="a cost over a window that the dashboard chooses"):
        COST.increase(DashboardWindow.RANGE)
    with pytest.raises(DefinitionError, match="dollars have no rate"):
        COST.rate()


def test_counters_without_a_price_are_those_that_nothing_names() -> None:
    """KV writes are priced, D1 queries are listed as not billed, and KV reads are neither here."""
    assert counted_without_price((KV_READS, KV_WRITES, D1_QUERIES), cost_of(WRITES), NOT_COUNTED) == (KV_READS,)


def test_list_prices_are_those_of_the_price_list() -> None:
    """Dollars a million and what the Paid plan includes, as read on Cloudflare's pages in August and November 2026."""
    million = 1_000_000
    expected = {
        "requests": ("0.30", 10 * million),
        "kv_reads": ("0.50", 10 * million),
        "kv_writes": ("5.00", million),
        "kv_lists": ("5.00", million),
        "kv_deletes": ("5.00", million),
        "do_requests": ("0.15", million),
        "do_alarms": ("0.15", 0),
        "do_rows_read": ("0.001", 25_000 * million),
        "do_rows_written": ("1.00", 50 * million),
        "d1_rows_read": ("0.001", 25_000 * million),
        "d1_rows_written": ("1.00", 50 * million),
        "r2_reads": ("0.36", 10 * million),
        "r2_writes": ("4.50", million),
        "r2_lists": ("4.50", 0),
        "queue_messages_sent": ("0.40", million),
        "queue_messages_consumed": ("0.40", 0),
        "telemetry_rows_written": ("1.00", 50 * million),
        "telemetry_object_requests": ("0.15", 0),
    }
    listed = {unit.name: unit.price for unit in UNITS if unit.price.dollars is not None}
    assert listed.keys() == expected.keys()
    for name, (dollars, amount) in expected.items():
        price = listed[name]
        assert price.dollars is not None
        assert price.dollars.amount == Fraction(dollars) / million, name
        assert (price.included.amount.amount, price.included.period) == (Fraction(amount), Period.MONTH), name


def test_free_neurons_are_eleven_cents_a_day() -> None:
    """10,000 neurons at $0.011 for 1,000."""
    (tokens,) = (unit for unit in UNITS if unit.price.dollars is None)
    assert tokens.price.included.text() == "$0.11 a day"
    assert tokens.price.included.amount.amount == 10_000 * Fraction("0.011") / 1000
