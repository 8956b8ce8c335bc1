"""Limits and prices as recorded series: a default for everyone there is, and overrides that are data."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from contract.labels import DIRECTION, MODEL
from generator.dsl.limit import LimitPer
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.lowering.recording_rules import Recorded

if TYPE_CHECKING:
    from generator.lowering.queries import Reader

FILE = "limits"
PRICE = "model_direction:ai_token_price:dollars"


def constant(value: Fraction) -> Expression:
    """A number as a series."""
    return Call("vector", (Scalar(value),))


def limit_series(reader: Reader, per: LimitPer) -> str:
    """The name of the series that holds a limit for each value of its label, entered in the ledger."""
    name, limit, labels = per.series, per.limit, (per.label,)
    if name in reader.ledger:
        return name
    listed = name if limit.default is None else f"{per.label.name}:{limit.name}:override"
    rules = [
        Recorded(listed, labels, constant(given.amount), FILE, ((per.label, value),))
        for value, given in limit.overrides.items()
    ]
    reader.ledger.enter(listed, rules)
    if limit.default is not None and per.among is not None:
        there = Aggregate("group", reader.read(per.among), labels)
        default = Binary("*", Scalar(limit.default.amount), there)
        joined: Expression = Binary("or", Selector(listed), default, on=labels) if rules else default
        reader.ledger.enter(name, (Recorded(name, labels, joined, FILE, depth=2),))
    return name


def price_series(reader: Reader) -> str:
    """The name of the series that holds the dollars per token of each model and direction, entered in the ledger."""
    if PRICE not in reader.ledger:
        rules = []
        for model, price in reader.platform.model_prices.items():
            for direction, given in (("input", price.input), ("output", price.output)):
                if given is not None:
                    static = ((MODEL, model), (DIRECTION, direction))
                    rules.append(Recorded(PRICE, (MODEL, DIRECTION), constant(given.amount), FILE, static))
        reader.ledger.enter(PRICE, rules)
    return PRICE
