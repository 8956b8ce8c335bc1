"""The cost of billed units as recorded series: one of each product, by the labels that queries need.

A product is recorded in dollars, not each of its units: 10,000 tenants are 10,000 series of a product. Windows of more
than an hour are sums of the growth of costs. Shorter ones are paces: raw counters, or recorded increases, by prices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from contract.labels import TENANT
from generator.dsl.billing import BilledUnit, Cost
from generator.dsl.labels import Label
from generator.dsl.metrics import CombinedCounter, Counter, Increase
from generator.dsl.units import Duration
from generator.ir.expression import Aggregate, Binary, Expression, Scalar, Selector
from generator.ir.rules import BASE_WINDOW, FAST_INTERVAL, SLOW_INTERVAL, RecordingRule
from generator.lowering.amounts import OF_AMOUNTS, OF_COSTS
from generator.lowering.cost_growth import cost_over_growth
from generator.lowering.increases import LONGEST_FAST_WINDOW, IncreaseSpec, grouped, increase_of_counter
from generator.lowering.priced_units import sum_of_units, units_by_product
from generator.lowering.recording_rules import in_contract_order, level
from generator.lowering.thresholds import LowersQueries

AREA = "cost"
"""The file of recording rules."""
AFTER_AMOUNTS = OF_AMOUNTS + 1
"""The depth of the rules of costs: they read the amounts of tokens, and sums of these."""
OF_TOTALS = AFTER_AMOUNTS + 1
"""The depth of the costs of all products."""


def lower_cost(lowering: LowersQueries, query: Increase) -> Expression:
    """The cost of a window, summed by the labels of the query."""
    cost, window = query.metric, query.window
    assert isinstance(cost, Cost)
    assert isinstance(window, Duration)
    spec = IncreaseSpec(cost, query.matchers, query.by_labels)
    labels = in_contract_order((*spec.output_labels, *spec.matched_labels))
    if TENANT in labels and cost.product not in labels and window > LONGEST_FAST_WINDOW:
        return grouped(Selector(_of_all_products(lowering, cost, labels, window), query.matchers), spec, labels)
    name = recorded_cost(lowering, cost, spec.needed_labels, window)
    return grouped(Selector(name, query.matchers), spec, spec.needed_labels)


def _of_all_products(lowering: LowersQueries, cost: Cost, labels: tuple[Label, ...], window: Duration) -> str:
    """The name of the recorded cost of all products of each tenant: what compares tenants would read each product of
    each of them."""
    by_product = recorded_cost(lowering, cost, in_contract_order((*labels, cost.product)), window)
    name = f"{level(labels)}:{cost.name}:{OF_COSTS}{window}"
    total = Aggregate("sum", Selector(by_product), labels)
    lowering.rules.add(name, (RecordingRule(name, labels, total, AREA, depth=OF_TOTALS, interval=SLOW_INTERVAL),))
    return name


def recorded_cost(lowering: LowersQueries, cost: Cost, labels: tuple[Label, ...], window: Duration) -> str:
    """The name of the recorded series of the cost of a window, added with its rules: one over growth, or one for each
    product over raw counters."""
    name = f"{level(labels)}:{cost.name}:{OF_COSTS}{window}"
    if name in lowering.rules:
        return name
    interval = FAST_INTERVAL if window <= BASE_WINDOW else SLOW_INTERVAL
    blank = RecordingRule(name, labels, Scalar(Fraction(0)), AREA, depth=AFTER_AMOUNTS, interval=interval)
    if window > LONGEST_FAST_WINDOW and lowering.rules.sums_growth:
        rules = [replace(blank, expression=cost_over_growth(lowering, cost, labels, window))]
    else:
        rules = [
            replace(blank, expression=expression, static_labels=((cost.product, product),))
            for product, expression in _of_products(lowering, cost, labels, window)
        ]
    lowering.rules.add(name, rules)
    return name


def _of_products(
    lowering: LowersQueries, cost: Cost, labels: tuple[Label, ...], window: Duration
) -> Iterator[tuple[str, Expression]]:
    of_rules = tuple(label for label in labels if label != cost.product)
    for product, units in units_by_product(lowering, cost, of_rules).items():
        parts = {unit.name: cost_of_unit(lowering, unit, of_rules, window) for unit in units}
        yield product, sum_of_units(cost, parts, of_rules)


def cost_of_unit(lowering: LowersQueries, unit: BilledUnit, labels: tuple[Label, ...], window: Duration) -> Expression:
    """What a unit cost in a window, by labels that its counters have."""
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
