"""Prices of billed units in a platform file, and the pace of a runaway."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from contract.billing import UNITS
from generator.config.load import load
from generator.config.schema.prices import PRICES
from generator.dsl.platform import UnitPrice
from generator.dsl.units import DOLLARS, DOLLARS_PER_TOKEN, DOLLARS_PER_UNIT, Quantity, quantity
from tests.config.small_platform import SMALL_PLATFORM, Workspace, changed


def with_prices(prices: str) -> str:
    """The small platform with other prices."""
    return f"{SMALL_PLATFORM}prices: {prices}\n"


def test_without_the_key_list_prices_hold(workspace: Workspace) -> None:
    """A platform names what differs, and nothing has to."""
    workspace.write({"platform.yaml": SMALL_PLATFORM})
    platform = load(Path("platform.yaml"))
    assert platform.unit_prices == {}
    assert platform.cost.runaway.text() == "$50"


def test_a_price_and_an_included_amount_may_differ(workspace: Workspace) -> None:
    """4.5 dollars a million are exactly 9 / 2,000,000 each; either key may be missing."""
    workspace.write({"platform.yaml": with_prices("{kv_writes: {dollars_per_million: 4.5}, requests: {included: 0}}")})
    assert load(Path("platform.yaml")).unit_prices == {
        "kv_writes": UnitPrice(Quantity(Fraction(9, 2_000_000), DOLLARS_PER_UNIT), None),
        "requests": UnitPrice(None, Fraction(0)),
    }


def test_classes_of_tokens_may_have_prices_of_their_own(workspace: Workspace) -> None:
    """In dollars per million, beside those of input and output; a class that nobody counts is a mistake."""
    text = changed("{input: 0.1, output: 0.3}", "{input: 0.1, output: 0.3, cached_input: 0.02, cache_write: 0}")
    workspace.write({"platform.yaml": text})
    price = load(Path("platform.yaml")).model_prices["m"]
    assert price.others == {
        "cached_input": Quantity(Fraction(1, 50_000_000), DOLLARS_PER_TOKEN),
        "cache_write": quantity(0, DOLLARS_PER_TOKEN),
    }
    misspelt = changed("{input: 0.1, output: 0.3}", "{input: 0.1, cached: 0.02}")
    (problem,) = workspace.problems({"platform.yaml": misspelt})
    assert problem.startswith("platform.yaml:16 model_prices.m.cached: unknown key; did you mean")


def test_what_is_shared_is_included_once(workspace: Workspace) -> None:
    """Alarms are requests: what is included is that of requests, and cannot be given twice."""
    text = with_prices("{do_alarms: {included: 5}}")
    (problem,) = workspace.problems({"platform.yaml": text})
    assert problem.startswith("platform.yaml:21 prices.do_alarms.included: unknown key")


def test_budgets_of_a_month_have_a_default_in_total_alone(workspace: Workspace) -> None:
    """$1,500 for all products together; a product has the budget that the platform gives it."""
    workspace.write({"platform.yaml": SMALL_PLATFORM})
    budgets = load(Path("platform.yaml")).cost.month
    assert (budgets.default, budgets.overrides) == (None, {"total": quantity(1500, DOLLARS)})
    keys = "dollars_per_day: 0.1, dollars_per_month: 200, products: {kv: {dollars_per_month: 12.5}}}"
    workspace.write({"platform.yaml": changed("dollars_per_day: 0.1}", keys)})
    budgets = load(Path("platform.yaml")).cost.month
    assert budgets.overrides == {"total": quantity(200, DOLLARS), "kv": quantity("12.5", DOLLARS)}
    text = changed("dollars_per_day: 0.1}", "dollars_per_day: 0.1, products: {total: {dollars_per_month: 1}}}")
    (problem,) = workspace.problems({"platform.yaml": text})
    assert "thresholds.cost.products.total: unknown key" in problem


def test_budgets_of_a_day_follow_from_that_of_the_month(workspace: Workspace) -> None:
    """In total a fifteenth of it: twice as much as on average. A product has the budget that the platform gives it, of
    a day or of a month."""
    workspace.write({"platform.yaml": SMALL_PLATFORM})
    budgets = load(Path("platform.yaml")).cost.day
    assert (budgets.default, budgets.overrides) == (None, {"total": quantity(100, DOLLARS)})
    products = "products: {kv: {dollars_per_day: 0.5}, d1: {dollars_per_month: 3}}"
    keys = f"dollars_per_day: 0.1, dollars_per_month: 22.5, {products}}}"
    workspace.write({"platform.yaml": changed("dollars_per_day: 0.1}", keys)})
    cost = load(Path("platform.yaml")).cost
    assert cost.day.overrides == {"total": quantity("1.5", DOLLARS), "kv": quantity("0.5", DOLLARS)}
    assert cost.month.overrides == {"total": quantity("22.5", DOLLARS), "d1": quantity(3, DOLLARS)}
    assert cost.dollars_per_day == quantity("0.1", DOLLARS)
    workspace.write(
        {"platform.yaml": changed("dollars_per_day: 0.1}", "dollars_per_day: 0.1, total_dollars_per_day: 7}")}
    )
    assert load(Path("platform.yaml")).cost.day.overrides == {"total": quantity(7, DOLLARS)}


def test_the_pace_of_a_runaway_can_be_chosen(workspace: Workspace) -> None:
    """In dollars for 24 hours."""
    text = changed("dollars_per_day: 0.1}", "dollars_per_day: 0.1, runaway_dollars_per_day: 7.5}")
    workspace.write({"platform.yaml": text})
    assert load(Path("platform.yaml")).cost.runaway.text() == "$7.50"


def test_a_misspelt_unit_is_reported(workspace: Workspace) -> None:
    """With the name that was meant."""
    text = with_prices("{kv_write: {dollars_per_million: 4.5}}")
    assert workspace.problems({"platform.yaml": text}) == [
        'platform.yaml:21 prices.kv_write: unknown key; did you mean "kv_writes"? If not, remove it.'
    ]


def test_bad_prices_are_reported(workspace: Workspace) -> None:
    """A negative price and half an included unit, both at once."""
    text = with_prices("{kv_writes: {dollars_per_million: -1}, requests: {included: 0.5}}")
    assert workspace.problems({"platform.yaml": text}) == [
        "platform.yaml:21 prices.kv_writes.dollars_per_million: -1 is out of range; give a number of at least 0.",
        "platform.yaml:21 prices.requests.included: 0.5 is not a number of units; give a whole number of at least 0.",
    ]


def test_editors_complete_every_unit_with_its_list_price() -> None:
    """All but tokens, whose prices are by model; the description has the price and its day."""
    assert PRICES["properties"].keys() == {unit.name for unit in UNITS} - {"ai_tokens"}
    assert PRICES["properties"]["kv_writes"]["description"] == (
        "What differs from the list price. Listed on 2026-11-28: $5 a million, 1,000,000 writes a month included."
    )


def test_tenants_have_budgets_in_dollars(workspace: Workspace) -> None:
    """50 dollars where the platform gives none, the default that it gives, and that of a tenant before it."""
    workspace.write({"platform.yaml": SMALL_PLATFORM})
    unset = load(Path("platform.yaml")).cost.tenant_dollars
    assert (unset.overrides, unset.value_for("acme")) == ({}, quantity(50, DOLLARS))
    text = changed("error_percent: 5}", "error_percent: 5, dollars_per_day: 2.5}")
    workspace.write({"platform.yaml": text.replace("{tokens_per_day: 2000}", "{dollars_per_day: 7}")})
    budgets = load(Path("platform.yaml")).cost.tenant_dollars
    assert budgets.value_for("acme") == quantity(7, DOLLARS)
    assert budgets.value_for("other") == quantity("2.5", DOLLARS)


def test_tenants_have_budgets_of_a_month(workspace: Workspace) -> None:
    """1,500 dollars where the platform gives none, the default that it gives, and that of a tenant before it."""
    workspace.write({"platform.yaml": SMALL_PLATFORM})
    unset = load(Path("platform.yaml")).cost.tenant_month
    assert (unset.overrides, unset.value_for("acme")) == ({}, quantity(1500, DOLLARS))
    text = changed("error_percent: 5}", "error_percent: 5, dollars_per_month: 80}")
    workspace.write({"platform.yaml": text.replace("{tokens_per_day: 2000}", "{dollars_per_month: 120.5}")})
    budgets = load(Path("platform.yaml")).cost.tenant_month
    assert budgets.value_for("acme") == quantity("120.5", DOLLARS)
    assert budgets.value_for("other") == quantity(80, DOLLARS)
