"""Prices of billed units in a platform file, and the pace of a runaway."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from contract.billing import UNITS
from generator.config.load import load
from generator.config.schema.prices import PRICES
from generator.dsl.platform import UnitPrice
from generator.dsl.units import DOLLARS, DOLLARS_PER_UNIT, Quantity, quantity
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
