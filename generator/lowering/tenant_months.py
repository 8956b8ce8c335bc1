"""What each tenant cost in a calendar month, by UTC, at list prices before included amounts, and its forecast.

A sum of the growth of a month would read 200 million samples of 10,000 tenants. So each tick adds its growth to the
last total of the same month: a tick that is late, or missing, loses nothing, because its growth is in the next one.
"""

from __future__ import annotations

from collections.abc import Iterator

from contract.labels import MONTH, TENANT
from generator.dsl.billing import Cost
from generator.dsl.labels import Label
from generator.dsl.units import days, hours
from generator.ir.expression import Aggregate, Binary, Call, Expression, Selector
from generator.ir.rules import GROWTH_INTERVAL, SLOW_INTERVAL, RecordingRule
from generator.lowering.cost_growth import OF_TENANTS, growth_by_tenant, growth_of_tenants
from generator.lowering.costs import AREA, OF_TOTALS
from generator.lowering.growth import RUNNING_TOTAL
from generator.lowering.recording_rules import in_contract_order, level
from generator.lowering.thresholds import LowersQueries
from generator.lowering.utc_dates import of_this_month, until_month_ends, with_month

TO_DATE, FORECAST = "month_to_date", "month_forecast"
"""Of the names of what a month has cost, and will cost."""
LONGEST_GAP = days(2)
"""A total that no tick of this time has begins again. It is far shorter than a year, after which months have the same
label again."""
LATEST_TICK = hours(1)
"""In which a total is read: it is stale between two ticks, and a tick may be missing."""


def month_of_tenants(lowering: LowersQueries, cost: Cost, is_forecast: bool) -> str:
    """The name of the recorded cost of each tenant in this month so far, or in all of it, added with all that it
    reads."""
    to_date = f"{level((TENANT,))}:{cost.name}:{TO_DATE}"
    # Where all rules get a label one day, both series of an hour are of the same total.
    latest = Call("last_over_time", (Selector(_running_total(lowering, cost), range=LATEST_TICK),))
    of_products = Aggregate("max", of_this_month(latest), in_contract_order((TENANT, cost.product)))
    _add(lowering, to_date, OF_TOTALS, Aggregate("sum", of_products, (TENANT,)))
    if not is_forecast:
        return to_date
    forecast = f"{level((TENANT,))}:{cost.name}:{FORECAST}"
    last_day = lowering.lower(cost.increase(days(1)).by(TENANT))
    _add(lowering, forecast, OF_TOTALS + 1, until_month_ends(Selector(to_date), last_day))
    return forecast


def _add(lowering: LowersQueries, name: str, depth: int, expression: Expression) -> None:
    lowering.rules.add(name, (RecordingRule(name, (TENANT,), expression, AREA, (), depth, SLOW_INTERVAL),))


def _running_total(lowering: LowersQueries, cost: Cost) -> str:
    """The name of the recorded cost of each tenant, product and month."""
    labels = in_contract_order((TENANT, cost.product, MONTH))
    name = f"{level(labels)}:{cost.name}:{RUNNING_TOTAL}"
    lowering.rules.add(name, _rules(lowering, cost, name, labels))
    return name


def _rules(lowering: LowersQueries, cost: Cost, name: str, labels: tuple[Label, ...]) -> Iterator[RecordingRule]:
    recorded = growth_of_tenants(lowering, cost)
    for product, area, growth in growth_by_tenant(lowering, cost):
        of_product = (cost.product.is_(product),)
        if lowering.rules.sums_growth:
            growth = Aggregate("sum", Selector(recorded, of_product), (TENANT,))
        last = Call("last_over_time", (Selector(name, of_product, LONGEST_GAP),))
        # The label of the product tells what was there from what came, so that `or` keeps both.
        so_far = of_this_month(Aggregate("max", last, labels))
        total = Aggregate("sum", Binary("or", with_month(growth), so_far), (TENANT, MONTH))
        of_rule = ((cost.product, product),)
        yield RecordingRule(name, labels, total, area, of_rule, OF_TENANTS + 1, GROWTH_INTERVAL)
