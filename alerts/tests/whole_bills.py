"""Alert tests of bills in which every unit costs more than its included amount: each has its price, its included
amount, and its part of an amount that several share."""

import math
from collections.abc import Mapping
from fractions import Fraction

from alerts.tests.all_units import UnitSeries, all_units
from alerts.tests.names import routes, tenants
from alerts.tests.product_budgets import TOTAL, budget_of_all
from alerts.tests.runaway import price
from alerts.tests.tenant_cost import budget_of
from alerts.tests.two_days import above, over
from contract.billing import COST
from contract.labels import TENANT
from contract.storage import KV_LISTS
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    FIRES,
    NotPossible,
    Restart,
    Scenario,
    alert_test,
    count,
    expect,
    expect_firing,
    firing,
    input_series,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES
from generator.dsl.billing import BilledUnit, Period
from generator.dsl.platform import Platform
from generator.dsl.units import days, hours, minutes

AT, HALF_AN_HOUR = hours(3), minutes(30)
DAYS_LEFT = Fraction(31) - AT / days(1)
"""Of January, at the end of a test."""
MOST_INCLUDED = Fraction(60)
"""Dollars that are more than any included amount of the price list."""
FORECAST_OF = Fraction(AT.seconds + 6 * hours(1).seconds, 60)
"""Minutes that the forecast of a day is of: those so far, and six times the last hour."""


def units_of_a_month(platform: Platform) -> tuple[UnitSeries, ...]:
    """All units: each costs more than what is included, and all of them more than the budget of a month."""
    number = len(all_units(platform, Fraction(1)))
    return all_units(platform, (budget_of_all(platform.cost.month) / number + MOST_INCLUDED) / Fraction(AT.seconds, 60))


def included_in(unit: BilledUnit) -> BilledUnit:
    """The unit whose included amount a unit has or shares."""
    return next(each for each in COST.units if each.name == (unit.included_with or unit.name))


def bill_of(platform: Platform, series: tuple[UnitSeries, ...], left: Fraction) -> Mapping[str, Fraction]:
    """What each product, and all of them, cost in a month after included amounts, if each of the days that are left
    costs as much as the first hours. Of an amount that is included each day, each day has its own."""
    costs: dict[str, Fraction] = {}
    for each in series:
        costs[each.unit.name] = costs.get(each.unit.name, Fraction(0)) + each.dollars * AT.seconds / 60
    bill: dict[str, Fraction] = {}
    for unit in {each.unit.name: each.unit for each in series}.values():
        amount = included_in(unit)
        together = sum(costs.get(each.name, Fraction(0)) for each in COST.units if included_in(each) == amount)
        dollars, times = amount.included_dollars(platform.unit_prices), 1 + left
        of_all = together - dollars if amount.price.included.period is Period.DAY else together - dollars / times
        part = costs[unit.name] / together if together else Fraction(0)
        for product in (unit.product, TOTAL):
            bill[product] = bill.get(product, Fraction(0)) + max(Fraction(0), of_all) * times * part
    return bill


@alert_test("MonthlyCost", TICKET, PAGE, covers=(FIRES,), id="every_unit_is_billed")
def every_unit_is_billed(platform: Platform) -> Scenario:
    """In three hours, every unit costs more than its included amount, for two tenants in two services: the ticket and
    the page fire with the sum of what is beyond."""
    series = units_of_a_month(platform)
    alerts = [*above(platform, bill_of(platform, series, Fraction(0)))]
    return scenario(
        *(each.during(count(each.rate, AT)) for each in series),
        expect(AT, alerts),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("MonthlyCostForecast", TICKET, covers=(FIRES,), id="every_unit_is_forecast")
def every_unit_is_forecast(platform: Platform) -> Scenario:
    """In three hours, every unit costs more than its included amount, for two tenants in two services: the forecast is
    that each of the days to come costs as much."""
    series = units_of_a_month(platform)
    alerts = [*over(platform, bill_of(platform, series, DAYS_LEFT))]
    return scenario(
        *(each.during(count(each.rate, AT)) for each in series),
        expect_firing(AT, *alerts),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("TenantCostForecast", TICKET, covers=(FIRES,), id="every_unit_of_a_tenant_is_forecast")
def every_unit_of_a_tenant_is_forecast(platform: Platform) -> Scenario:
    """Two tenants use every unit at a rate that will exceed the budget of each, through a restart in the last hour: the
    forecasts have all units, at list prices."""
    budgets = {tenant[TENANT]: budget_of(platform, tenant) for tenant in tenants(platform)}
    series = [
        each for each in all_units(platform, max(budgets.values()) / FORECAST_OF) if each.labels.get(TENANT) in budgets
    ]
    forecasts = {name: Fraction(0) for name in budgets}
    for each in series:
        forecasts[each.labels[TENANT]] += each.dollars * FORECAST_OF
    over = {name: dollars for name, dollars in forecasts.items() if dollars > budgets[name]}
    return scenario(
        *(
            each.during(count(each.rate, AT - HALF_AN_HOUR), Restart(), count(each.rate, HALF_AN_HOUR))
            for each in series
        ),
        expect_firing(AT, *(firing(TICKET, float(dollars), {TENANT: name}) for name, dollars in over.items())),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("TenantCostForecast", TICKET, covers=(FIRES,), id="tenant_lists_keys")
def tenant_lists_keys(platform: Platform) -> Scenario | NotPossible:
    """A tenant lists keys at a rate that will exceed its budget: fires."""
    of_one, labels = price(platform, KV_LISTS), tenants(platform)[0]
    if not of_one:
        return not_possible("the platform pays nothing for lists of keys")
    rate = Fraction(math.ceil(budget_of(platform, labels) * Fraction(11, 10) / FORECAST_OF / of_one))
    return scenario(
        input_series(KV_LISTS, {**labels, **routes(platform)[0]}, count(rate, AT)),
        expect_firing(AT, firing(TICKET, float(rate * of_one * FORECAST_OF), labels)),
        evaluation_interval=FIVE_MINUTES,
    )
