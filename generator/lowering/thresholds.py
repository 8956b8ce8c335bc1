"""Thresholds and prices as recorded series: a default for every label value that exists, and overrides as data."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Protocol

from contract.labels import DIRECTION, MODEL, THRESHOLD
from generator.dsl.labels import Label
from generator.dsl.metrics import Increase
from generator.dsl.platform import Platform
from generator.dsl.query import Query, ThresholdSeries
from generator.dsl.slo import ERROR_BUDGET
from generator.dsl.units import Quantity, hours
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector, String
from generator.ir.rules import RecordingRule
from generator.lowering.increases import IncreaseSpec
from generator.lowering.recording_rules import RecordingRules

AREA, OF_PRICES, OVERRIDES = "limits", "prices", "overrides"
"""What rules record of thresholds and of prices, and what is a file instead of rules."""
LAST_SCRAPED = hours(1)
"""How long an override counts after it was scraped last."""
PRICE = "model_direction:ai_token_price:dollars"


class LowersQueries(Protocol):
    """What the thresholds need of the lowering of queries, which itself needs the thresholds."""

    @property
    def platform(self) -> Platform:
        """The platform that is built."""

    @property
    def rules(self) -> RecordingRules:
        """Where recording rules are added."""

    @property
    def of_shares(self) -> LowersQueries:
        """The lowering of what is divided by its like, or compared with a minimum of it."""

    def lower(self, query: Query) -> Expression:
        """The expression of a query."""

    def increase_spec(self, query: Increase) -> IncreaseSpec:
        """Which increase a query asks for, of the contract's metric."""


def constant(value: Fraction) -> Expression:
    """A number as an expression that a rule can record."""
    return Call("vector", (Scalar(value),))


def threshold_series(lowering: LowersQueries, threshold: ThresholdSeries) -> str:
    """The name of the recorded series of a threshold by label value, added with everything that it reads."""
    name, table, label = threshold.series, threshold.table, threshold.label
    if name in lowering.rules:
        return name
    override_name = name if table.default is None else f"{label.name}:{table.name}:override"
    scraped = table.default is not None and lowering.platform.scrapes_overrides
    area = OVERRIDES if scraped else AREA
    overrides = (
        RecordingRule(override_name, (label,), constant(quantity.amount), area, ((label, value),))
        for value, quantity in table.overrides.items()
    )
    lowering.rules.add(override_name, overrides)
    if table.default is not None and threshold.default_for is not None:
        existing = Aggregate("group", lowering.lower(threshold.default_for), (label,))
        default = Binary("*", Scalar(table.default.amount), existing)
        own = _last_scraped(override_name, label) if scraped else Selector(override_name)
        joined = Binary("or", own, default, on=(label,)) if table.overrides else default
        lowering.rules.add(name, (RecordingRule(name, (label,), joined, AREA, depth=2),))
    return name


def _last_scraped(name: str, label: Label) -> Expression:
    """The overrides that were last scraped, without the labels of what they were scraped from."""
    return Aggregate("max", Call("last_over_time", (Selector(name, range=LAST_SCRAPED),)), (label,))


def with_threshold_label(condition: Expression, threshold: ThresholdSeries) -> Expression:
    """The results of a condition, each with its threshold as a label."""
    by_value = Aggregate("count_values", Selector(threshold.series), (threshold.label,), String(THRESHOLD.name))
    return Binary("*", condition, by_value, (threshold.label,), many=True, copied=(THRESHOLD,))


def error_budgets(targets: ThresholdSeries) -> ThresholdSeries:
    """The error budgets of targets by label value. `1 - target` in PromQL would not be exact."""
    values = {value: Quantity(1 - target.amount, target.unit) for value, target in targets.table.overrides.items()}
    return replace(targets, table=replace(targets.table, name=ERROR_BUDGET, overrides=values))


def price_series(lowering: LowersQueries) -> str:
    """The name of the recorded series of the dollars per token of each model and direction."""
    if PRICE not in lowering.rules:
        prices = [
            ((MODEL, model), (DIRECTION, direction), price)
            for model, prices in lowering.platform.model_prices.items()
            for direction, price in prices.by_direction().items()
        ]
        lowering.rules.add(
            PRICE,
            [
                RecordingRule(PRICE, (MODEL, DIRECTION), constant(price.amount), OF_PRICES, (model, direction))
                for model, direction, price in prices
            ],
        )
    return PRICE
