"""Tokens and their prices: all input and output, and the parts of these whose price differs.

The tokens of a part are among all of their direction, and are priced with them. So a part is recorded with the
difference of its price, which is below 0 for what a cache makes cheaper: sums need no subtraction of counters, of which
one may have no series.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from contract.ai import TOKEN_PARTS, TOKENS
from contract.labels import DIRECTION, MODEL, TOKEN_CLASS
from generator.dsl.labels import Label
from generator.dsl.metrics import CombinedCounter, Member
from generator.dsl.platform import ModelPrice, Platform
from generator.dsl.units import Quantity
from generator.frozen import frozen
from generator.ir.rules import RecordingRule
from generator.lowering.thresholds import OF_PRICES, LowersQueries, constant, price_series

WITH_PRICE = f"{TOKEN_PARTS.name}_with_price"
"""The parts that some model of the platform has a price of."""
DIFFERENCE = "model_token_class:ai_token_price_difference:dollars"


@frozen
class TokenPrices:
    """Tokens, the recorded series of their dollars per token, and its labels."""

    counter: CombinedCounter
    prices: str
    labels: tuple[Label, ...]


def priced_tokens(lowering: LowersQueries) -> Iterator[TokenPrices]:
    """All tokens, and the parts whose price differs for some model of the platform."""
    yield TokenPrices(TOKENS, price_series(lowering), (MODEL, DIRECTION))
    differences = differences_by_class(lowering.platform)
    if differences:
        parts = lowering.rules.contract.current(TOKEN_PARTS)
        members = tuple(member for member in parts.members if _class(member) in differences)
        counter = replace(parts, name=WITH_PRICE, members=members)
        yield TokenPrices(counter, _difference_series(lowering, differences), (MODEL, TOKEN_CLASS))


def differences_by_class(platform: Platform) -> Mapping[str, Mapping[str, Quantity]]:
    """How many dollars more a token of a class costs than others of its direction, by class and model; without those
    that cost as much."""
    by_class: dict[str, dict[str, Quantity]] = {}
    for member in TOKEN_PARTS.members:
        for model, price in platform.model_prices.items():
            difference = _difference(price, member)
            if difference is not None and difference.amount:
                by_class.setdefault(_class(member), {})[model] = difference
    return by_class


def _difference(price: ModelPrice, member: Member) -> Quantity | None:
    own = price.others.get(_class(member))
    if own is None:
        return None
    others = price.input if member.distinguishing_labels[DIRECTION] == "input" else price.output
    return own if others is None else Quantity(own.amount - others.amount, own.unit)


def _difference_series(lowering: LowersQueries, differences: Mapping[str, Mapping[str, Quantity]]) -> str:
    blank = RecordingRule(DIFFERENCE, (MODEL, TOKEN_CLASS), constant(Fraction(0)), OF_PRICES)
    rules = [
        replace(blank, expression=constant(difference.amount), static_labels=((MODEL, model), (TOKEN_CLASS, name)))
        for name, by_model in differences.items()
        for model, difference in by_model.items()
    ]
    lowering.rules.add(DIFFERENCE, rules)
    return DIFFERENCE


def _class(member: Member) -> str:
    return member.distinguishing_labels[TOKEN_CLASS]
