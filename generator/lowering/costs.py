"""The cost of billed units as recorded series: one of each product, by the labels that queries need.

A product is recorded in dollars, not each of its units: 10,000 tenants are 10,000 series of a product. Tokens are
priced by their recorded amounts, because their price differs by model; of the other units the raw counters are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from contract.labels import TENANT
from generator.dsl.billing import BilledUnit, Cost
from generator.dsl.labels import Label
from generator.dsl.metrics import CombinedCounter, Counter, Increase
from generator.dsl.units import Duration
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector, String
from generator.ir.rules import BASE_WINDOW, FAST_INTERVAL, SLOW_INTERVAL, RecordingRule
from generator.lowering.amounts import OF_AMOUNTS, OF_COSTS
from generator.lowering.increases import IncreaseSpec, grouped, increase_of_counter
from generator.lowering.recording_rules import level
from generator.lowering.thresholds import LowersQueries

AREA = "cost"
"""The file of recording rules."""
AFTER_AMOUNTS = OF_AMOUNTS + 1
"""The depth of the rules of costs: they read the amounts of tokens, and sums of these."""


def lower_cost(lowering: LowersQueries, query: Increase) -> Expression:
    """The cost of a window, summed by the labels of the query."""
    cost, window = query.metric, query.window
    assert isinstance(cost, Cost)
    assert isinstance(window, Duration)
    spec = IncreaseSpec(cost, query.matchers, query.by_labels)
    name = recorded_cost(lowering, cost, spec.needed_labels, window)
    return grouped(Selector(name, query.matchers), spec, spec.needed_labels)


def recorded_cost(lowering: LowersQueries, cost: Cost, labels: tuple[Label, ...], window: Duration) -> str:
    """The name of the recorded series of the cost of a window, added with a rule for each product."""
    name = f"{level(labels)}:{cost.name}:{OF_COSTS}{window}"
    if name in lowering.rules:
        return name
    of_rules = tuple(label for label in labels if label != cost.product)
    interval = FAST_INTERVAL if window <= BASE_WINDOW else SLOW_INTERVAL
    by_product: dict[str, list[BilledUnit]] = {}
    for unit in _units(lowering, cost, of_rules):
        by_product.setdefault(unit.product, []).append(unit)
    blank = RecordingRule(name, labels, Scalar(Fraction(0)), AREA, depth=AFTER_AMOUNTS, interval=interval)
    rules = [
        replace(
            blank,
            expression=_of_units(lowering, cost, units, of_rules, window),
            static_labels=((cost.product, product),),
        )
        for product, units in by_product.items()
    ]
    lowering.rules.add(name, rules)
    return name


def _units(lowering: LowersQueries, cost: Cost, labels: Sequence[Label]) -> Iterator[BilledUnit]:
    """The units that the platform counts by these labels."""
    for unit in cost.units:
        has_labels = all(label in counter.labels for counter in unit.counters for label in labels)
        if has_labels and unit.is_used(lowering.platform.stores):
            yield unit


def _of_units(
    lowering: LowersQueries, cost: Cost, units: Sequence[BilledUnit], labels: tuple[Label, ...], window: Duration
) -> Expression:
    """The cost of the units of a product. A sum `a + b` would drop series that exist on one side only."""
    parts = [_of_unit(lowering, unit, labels, window) for unit in units]
    if len(parts) == 1:
        return parts[0]
    named: Iterator[Expression] = (
        Call("label_replace", (part, String(cost.unit_label.name), String(unit.name), String(""), String("")))
        for part, unit in zip(parts, units, strict=True)
    )
    return Aggregate("sum", reduce(lambda left, right: Binary("or", left, right), named), labels)


def _of_unit(lowering: LowersQueries, unit: BilledUnit, labels: tuple[Label, ...], window: Duration) -> Expression:
    dollars = unit.dollars(lowering.platform.unit_prices)
    if dollars is None:
        return lowering.lower(unit.counter.increase(window).priced().by(*labels))
    return Binary("*", Scalar(dollars), _counted(lowering, unit.counter, labels, window))


def _counted(
    lowering: LowersQueries, counter: Counter | CombinedCounter, labels: tuple[Label, ...], window: Duration
) -> Expression:
    """What a counter counted. Short windows across tenants share the recorded increases of panels and ratios."""
    query = counter.increase(window).by(*labels)
    if window == BASE_WINDOW and TENANT not in labels:
        return lowering.lower(query)
    assert isinstance(query, Increase)
    return Aggregate("sum", increase_of_counter(lowering.increase_spec(query).name, (), window), labels)
