"""Billed units as a platform counts and prices them, and sums of their costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

from generator.dsl.billing import BilledUnit, Cost
from generator.dsl.labels import Label
from generator.ir.expression import Aggregate, Binary, Call, Expression, String
from generator.lowering.thresholds import LowersQueries


def units_by_product(
    lowering: LowersQueries, cost: Cost, labels: tuple[Label, ...] = ()
) -> Mapping[str, tuple[BilledUnit, ...]]:
    """The units that the platform counts by these labels, of each product."""
    by_product: dict[str, tuple[BilledUnit, ...]] = {}
    for unit in _units(lowering, cost):
        if has_labels(unit, labels):
            by_product[unit.product] = (*by_product.get(unit.product, ()), unit)
    return by_product


def has_labels(unit: BilledUnit, labels: tuple[Label, ...]) -> bool:
    """Whether a unit is counted by these labels."""
    return all(label in counter.labels for counter in unit.counters for label in labels)


def sum_of_units(cost: Cost, parts: Mapping[str, Expression], labels: tuple[Label, ...]) -> Expression:
    """The sum of costs by the names of their units. A sum `a + b` would drop series that exist on one side only."""
    if len(parts) == 1:
        return next(iter(parts.values()))
    named: Iterator[Expression] = (
        Call("label_replace", (part, String(cost.unit_label.name), String(name), String(""), String("")))
        for name, part in parts.items()
    )
    return Aggregate("sum", reduce(lambda left, right: Binary("or", left, right), named), labels)


def _units(lowering: LowersQueries, cost: Cost) -> Iterator[BilledUnit]:
    return (unit for unit in cost.units if unit.is_used(lowering.platform.stores))
