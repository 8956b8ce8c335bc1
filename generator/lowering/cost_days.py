"""The platform's bill of 24 hours by product and of all products, after what each day includes, and its forecast.

The hours are the last ones, and not those of a calendar day, so that a day's budget is exceeded by what is used and not
by the time of the day. What each day includes is subtracted once, of its product.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial, reduce

from contract.labels import TENANT
from generator.dsl.billing import DAY, Cost, Period, RollingBill
from generator.dsl.metrics import Forecast
from generator.dsl.units import Duration
from generator.errors import DefinitionError
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector, String
from generator.ir.rules import SLOW_INTERVAL, RecordingRule
from generator.lowering.amounts import OF_COSTS
from generator.lowering.cost_months import TOTAL
from generator.lowering.costs import AREA, OF_TOTALS, cost_of_unit, recorded_cost
from generator.lowering.increases import LONGEST_FAST_WINDOW
from generator.lowering.priced_units import has_labels, sum_of_units, units_by_product
from generator.lowering.recording_rules import in_contract_order, level
from generator.lowering.thresholds import LowersQueries
from generator.lowering.utc_dates import ZERO

OF_HOURS, OF_FORECASTS, OF_ALL, OF_BILLS = (OF_TOTALS + number for number in range(4))
"""The depths of rules: forecasts read hours, and bills read forecasts. The bill of all products comes before those of
products, so that it never is a sum of both."""
OF_FORECAST = "forecast"
"""Of the names of what 24 hours will have cost."""


def lower_bill(lowering: LowersQueries, query: RollingBill) -> Expression:
    """The bill of a window. Raises DefinitionError unless it is by product alone."""
    assert isinstance(query.window, Duration)
    return _bill(lowering, query, f"{OF_COSTS}{query.window}", _cost(lowering, query), is_of_day=query.window == DAY)


def lower_bill_forecast(lowering: LowersQueries, query: Forecast) -> Expression:
    """The bill of a horizon, if the rest of it costs as much as the recent window. Raises DefinitionError unless it is
    by product alone."""
    so_far, recent, horizon = query.so_far, query.recent, query.horizon
    assert isinstance(so_far, RollingBill)
    assert isinstance(recent, RollingBill)
    assert isinstance(so_far.window, Duration)
    costs = Selector(_cost(lowering, so_far))
    # Of a product that is no longer counted, nothing more is forecast; what it has cost is on the bill.
    each = Binary("or", Selector(_cost(lowering, recent)), Binary("*", ZERO, costs))
    rest = Binary("*", Scalar((horizon - so_far.window) / query.recent_window), each)
    labels, operation = (so_far.metric.product,), f"{OF_FORECAST}{horizon}"
    name = f"{level(labels)}:{so_far.metric.name}:{operation}"
    rule = RecordingRule(name, labels, Binary("+", costs, rest), AREA, (), OF_FORECASTS, SLOW_INTERVAL)
    lowering.rules.add(name, (rule,))
    return _bill(lowering, so_far, operation, name, is_of_day=horizon == DAY)


def _bill(lowering: LowersQueries, query: RollingBill, operation: str, costs: str, *, is_of_day: bool) -> Expression:
    """The recorded bill of each product and of all of them, of recorded costs by product."""
    product = query.metric.product
    if query.by_labels != (product,):
        what = "a bill is of the platform: included amounts are no tenant's"
        raise DefinitionError(what, f"end the query with .by({product.constant})")
    name = f"{level((product,))}:{query.metric.name}_after_included:{operation}"
    of_products = _after_included(query.metric, costs, _included(lowering, query.metric) if is_of_day else {})
    total = Aggregate("sum", of_products, ())
    rules = [
        RecordingRule(name, (product,), total, AREA, ((product, TOTAL),), OF_ALL, SLOW_INTERVAL),
        RecordingRule(name, (product,), of_products, AREA, (), OF_BILLS, SLOW_INTERVAL),
    ]
    lowering.rules.add(name, rules)
    return Selector(name, query.matchers)


def _after_included(cost: Cost, costs: str, included: Mapping[str, Fraction]) -> Expression:
    """The costs of products beyond what a day includes of each."""
    beyond: list[Expression] = [
        Call("clamp_min", (Binary("-", Selector(costs, (cost.product.is_(product),)), Scalar(dollars)), ZERO))
        for product, dollars in included.items()
    ]
    return reduce(partial(Binary, "or"), [*beyond, Selector(costs)])


def _included(lowering: LowersQueries, cost: Cost) -> Mapping[str, Fraction]:
    """What each day includes of a product, in dollars."""
    included: dict[str, Fraction] = {}
    for product, units in units_by_product(lowering, cost).items():
        for unit in units:
            if unit.price.included.period is Period.DAY and not unit.included_with:
                dollars = unit.included_dollars(lowering.platform.unit_prices)
                included[product] = included.get(product, Fraction(0)) + dollars
    return included


def _cost(lowering: LowersQueries, query: RollingBill) -> str:
    """The name of the recorded cost of each product in a window."""
    cost, window = query.metric, query.window
    assert isinstance(window, Duration)
    if window > LONGEST_FAST_WINDOW:
        return recorded_cost(lowering, cost, (cost.product,), window)
    return _of_hour(lowering, cost, window)


def _of_hour(lowering: LowersQueries, cost: Cost, window: Duration) -> str:
    """The name of the recorded cost of a window of raw counters. Those of tenants are recorded for their own forecasts,
    and are not read again; units that no tenant has are few."""
    labels = (cost.product,)
    of_tenants = recorded_cost(lowering, cost, in_contract_order((TENANT, cost.product)), window)
    parts: list[Expression] = [Selector(of_tenants), *_without_tenants(lowering, cost, window)]
    name = f"{level(labels)}:{cost.name}:{OF_COSTS}{window}"
    expression = Aggregate("sum", reduce(partial(Binary, "or"), parts), labels)
    lowering.rules.add(name, (RecordingRule(name, labels, expression, AREA, (), OF_HOURS, SLOW_INTERVAL),))
    return name


def _without_tenants(lowering: LowersQueries, cost: Cost, window: Duration) -> Iterator[Expression]:
    """The cost of each product's units that are not counted by tenant."""
    for product, units in units_by_product(lowering, cost).items():
        of_platform = [unit for unit in units if not has_labels(unit, (TENANT,))]
        if of_platform:
            parts = {unit.name: cost_of_unit(lowering, unit, (), window) for unit in of_platform}
            labelled = (sum_of_units(cost, parts, ()), *map(String, (cost.product.name, product, "", "")))
            yield Call("label_replace", labelled)
