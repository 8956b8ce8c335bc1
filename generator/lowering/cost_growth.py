"""The growth of costs: what the counted units cost since the last cursors, in dollars.

Growth is recorded by tenant as one series of each product, and of the platform as one of each unit, because amounts
that a bill includes are of units. Both are evaluated with the cursors that they read, in one group of rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial, reduce

from contract.labels import DAY, MONTH, TENANT
from generator.dsl.billing import BilledUnit, Cost
from generator.dsl.labels import Label
from generator.dsl.metrics import CombinedCounter, Counter, Increase
from generator.dsl.units import Duration, days
from generator.errors import DefinitionError
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.ir.rules import GROWTH_INTERVAL, RecordingRule
from generator.lowering.growth import GROWTH, LONGEST_SILENCE, recorded_cursors, recorded_growth
from generator.lowering.increases import IncreaseSpec
from generator.lowering.priced_units import has_labels, sum_of_units, units_by_product
from generator.lowering.recording_rules import in_contract_order, level
from generator.lowering.thresholds import LowersQueries
from generator.lowering.token_prices import priced_tokens
from generator.lowering.utc_dates import with_date

OF_TENANTS, OF_PLATFORM = 2, 3
"""The depths of rules: growth of costs reads that of tokens, and that of the platform reads that of its tenants."""


def cost_over_growth(lowering: LowersQueries, cost: Cost, labels: tuple[Label, ...], window: Duration) -> Expression:
    """The cost of a window of more than an hour, by labels that are the product's and perhaps the tenant's."""
    growth = growth_of_tenants(lowering, cost) if TENANT in labels else growth_of_platform(lowering, cost)
    return Aggregate("sum", Call("sum_over_time", (Selector(growth, range=window),)), labels)


def growth_of_tenants(lowering: LowersQueries, cost: Cost) -> str:
    """The name of the recorded growth of the cost of each tenant and product, added with all that it reads."""
    labels = in_contract_order((TENANT, cost.product))
    name = f"{level(labels)}:{cost.name}:{GROWTH}"
    rules = (
        RecordingRule(name, labels, growth, area, ((cost.product, product),), OF_TENANTS, GROWTH_INTERVAL)
        for product, area, growth in growth_by_tenant(lowering, cost)
    )
    lowering.rules.add(name, rules)
    return name


def growth_by_tenant(lowering: LowersQueries, cost: Cost) -> Iterator[tuple[str, str, Expression]]:
    """Each product that tenants are counted by, the area of its counters, and what it cost each tenant since the last
    cursors."""
    for product, units in units_by_product(lowering, cost, (TENANT,)).items():
        parts = {unit.name: _growth(lowering, cost, unit, (TENANT,)) for unit in units}
        yield product, _area(lowering, units), sum_of_units(cost, parts, (TENANT,))


def growth_of_platform(lowering: LowersQueries, cost: Cost) -> str:
    """The name of the recorded growth of the cost of each product and unit, with its month and day, added with all that
    it reads."""
    labels = in_contract_order((cost.product, cost.unit_label, MONTH, DAY))
    name = f"{level(labels)}:{cost.name}:{GROWTH}"
    blank = RecordingRule(name, labels, Scalar(Fraction(0)), "", depth=OF_PLATFORM, interval=GROWTH_INTERVAL)
    products = units_by_product(lowering, cost).items()
    lowering.rules.add(name, (_of_product(lowering, cost, blank, product, units) for product, units in products))
    return name


def _of_product(
    lowering: LowersQueries, cost: Cost, blank: RecordingRule, product: str, units: Sequence[BilledUnit]
) -> RecordingRule:
    """The growth of all units of a product in one rule: rulers with a limit take 20 rules a group, and the cursors of
    four units are 16."""
    parts = dict(_of_platform(lowering, cost, units))
    expression = with_date(sum_of_units(cost, parts, (cost.unit_label,)))
    unit = tuple((cost.unit_label, name) for name in parts if len(parts) == 1)
    static_labels = ((cost.product, product), *unit)
    return replace(blank, expression=expression, area=_area(lowering, units), static_labels=static_labels)


def _of_platform(lowering: LowersQueries, cost: Cost, units: Sequence[BilledUnit]) -> Iterator[tuple[str, Expression]]:
    """The growth of each unit of a product, by its name. The only one that tenants have is the sum of theirs."""
    of_tenants = [unit for unit in units if has_labels(unit, (TENANT,))]
    for unit in units:
        if [unit] == of_tenants:
            tenants = Selector(growth_of_tenants(lowering, cost), (cost.product.is_(unit.product),))
            yield unit.name, Aggregate("sum", tenants, ())
        else:
            yield unit.name, _growth(lowering, cost, unit, ())


def _growth(lowering: LowersQueries, cost: Cost, unit: BilledUnit, labels: tuple[Label, ...]) -> Expression:
    """What a unit cost since the last cursors."""
    dollars = unit.dollars(lowering.platform.unit_prices)
    if dollars is None:
        return _of_tokens(lowering, labels)
    counters = recorded_cursors(lowering.rules, _spec(lowering, unit.counter, labels))
    grown = {counter.name: Aggregate("sum", counter.growth(), labels) for counter in counters}
    return Binary("*", Scalar(dollars), sum_of_units(cost, grown, labels))


def _of_tokens(lowering: LowersQueries, labels: tuple[Label, ...]) -> Expression:
    """The growth of tokens is recorded for their amounts. Prices are recorded in another group: after a start, that of
    the growth may be evaluated first, with all that came in the meantime."""
    dollars = []
    for priced in priced_tokens(lowering):
        growth = recorded_growth(lowering.rules, _spec(lowering, priced.counter, (*labels, *priced.labels)))
        prices = Call("last_over_time", (Selector(priced.prices, range=LONGEST_SILENCE),))
        dollars.append(Binary("*", Selector(growth), prices, priced.labels, many=True))
    return Aggregate("sum", reduce(partial(Binary, "or"), dollars), labels)


def _spec(lowering: LowersQueries, counter: Counter | CombinedCounter, labels: tuple[Label, ...]) -> IncreaseSpec:
    query = counter.increase(days(1)).by(*labels)
    assert isinstance(query, Increase)
    return lowering.increase_spec(query)


def _area(lowering: LowersQueries, units: Sequence[BilledUnit]) -> str:
    """The area of the counters of a product. Raises DefinitionError where there are several."""
    areas = sorted({lowering.rules.area_of(_spec(lowering, unit.counter, ()).metric) for unit in units})
    if len(areas) > 1:
        what = f"the units of {units[0].product} are counted in {' and '.join(areas)}, whose rules are apart in time"
        raise DefinitionError(what, "declare the counters of a product in one module of contract/")
    return areas[0]
