"""Prices of a valid platform document: of tokens by model, and of the other billed units."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from generator.dsl.billing import dollars_per_million
from generator.dsl.platform import ModelPrice, UnitPrice
from generator.dsl.units import DOLLARS_PER_TOKEN, Quantity


def model_prices_of(document: Any) -> Mapping[str, ModelPrice]:
    """The dollars per token of each model."""
    return {model: _model_price(prices) for model, prices in document["model_prices"].items()}


def unit_prices_of(document: Any) -> Mapping[str, UnitPrice]:
    """The prices that differ from the list, by the name of the billed unit."""
    return {name: _unit_price(price) for name, price in document.get("prices", {}).items()}


def _model_price(prices: Any) -> ModelPrice:
    by_class = {name: _per_token(price) for name, price in prices.items()}
    return ModelPrice(by_class.pop("input"), by_class.pop("output", None), by_class)


def _unit_price(price: Any) -> UnitPrice:
    dollars, included = price.get("dollars_per_million"), price.get("included")
    return UnitPrice(
        None if dollars is None else dollars_per_million(dollars), None if included is None else Fraction(included)
    )


def _per_token(price: int | Fraction) -> Quantity:
    return Quantity(Fraction(price) / 1_000_000, DOLLARS_PER_TOKEN)
