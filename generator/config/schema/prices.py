"""The JSON Schema of prices: of tokens by model, and of the other billed units."""

from __future__ import annotations

from contract.ai import TOKEN_CLASSES
from contract.billing import UNITS
from generator.config.schema.keywords import Schema, number, optional_record, record, table
from generator.config.schema.names import MODEL_NAME
from generator.dsl.billing import BilledUnit

PRICE = number("a price in US dollars", "US dollars per million tokens.", minimum=0)
MODEL_PRICES = table(
    "a mapping of models",
    "Every model with its prices.",
    MODEL_NAME,
    record(
        "a mapping of prices",
        "US dollars per million tokens.",
        {name: {**PRICE, "description": description} for name, description in TOKEN_CLASSES.items()},
        optional=tuple(name for name in TOKEN_CLASSES if name != "input"),
    ),
)


def _unit_price(unit: BilledUnit) -> Schema:
    """The schema of the price of a unit, whose description has the list price."""
    price, included = unit.price.dollars, unit.price.included
    assert price is not None
    listed = (
        f"Listed on {unit.price.listed}: ${float(price.amount * 1_000_000):g} a million, {included.text()} included."
    )
    keys = {
        "dollars_per_million": number("a price in US dollars", "US dollars per million.", minimum=0),
        "included": number("a number of units", f"What each {included.period.value} includes.", whole=True, minimum=0),
    }
    if unit.included_with:
        del keys["included"]
        listed = f"{listed.partition(',')[0]}. What is included is that of {unit.included_with}."
    return optional_record("a price", f"What differs from the list price. {listed}", keys)


PRICES = optional_record(
    "a mapping of prices",
    "Billed units whose price differs from Cloudflare's price list, which docs/costs.md has.",
    {unit.name: _unit_price(unit) for unit in UNITS if unit.price.dollars is not None},
)
