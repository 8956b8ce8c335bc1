"""Panels that compare costs: the expected result of each of their queries, as tests/truth/panels.py has those of the
others."""

from __future__ import annotations

from contract.ai import AI_REQUESTS, AI_TOKENS_INPUT, AI_TOKENS_INPUT_CACHED
from contract.api import REQUESTS
from contract.labels import MODEL, TENANT
from generator.dsl.labels import Label
from generator.dsl.units import days, hours
from tests.truth.dashboard_view import DashboardView
from tests.truth.expected_values import (
    STEP,
    Aggregation,
    Approximate,
    Expected,
    ResultValues,
    cost,
    cost_by_product,
    cost_of_tenants,
    each,
    increase,
    of_products,
    ratio,
    total,
)

DAY = days(1)
DAY_BY_PRODUCT = cost_by_product(Aggregation(DAY, filtered_by=()))
STORES = ("kv", "durable_objects", "d1", "r2", "queues")
DAY_BY_STORE = of_products(DAY_BY_PRODUCT, *STORES)
REQUESTS_OF_DAY = increase(REQUESTS, Aggregation(DAY, filtered_by=()))
COST_OF_TENANTS = cost_of_tenants(window=DAY)
HOUR_BY_MODEL = Aggregation(hours(1), (MODEL,))
DOLLARS_BY_MODEL = cost(Aggregation(DAY, (MODEL,)))
FREE_DOLLARS_OF_TOKENS = 0.11
"""10,000 neurons a day, at $0.011 for 1,000."""
DAY_BUDGETS = {"workers_ai": 80, "durable_objects": 20, "total": 100}
"""Dollars, of the tests' platform; the total is a fifteenth of the default budget of a month, $1,500."""


def nothing(view: DashboardView) -> ResultValues:
    """Expect no values of what compares with a week ago: the simulation has one day, and there was nothing. promtool
    evaluates these on two weeks (tests/lowering/test_spending.py)."""
    return {}


def of_default_budget(view: DashboardView) -> ResultValues:
    """Expect the cost of each tenant, of the default budget of 50 dollars."""
    return {group: value.times(1 / 50) for group, value in COST_OF_TENANTS(view).items()}


def of_day_budget(*products: str) -> Expected:
    """Expect the bill of the last 24 hours of products, or of all of them (total), of its budget. Each day $0.11 of the
    tokens is free."""

    def expect(view: DashboardView) -> ResultValues:
        bills = {dict(group)["product"]: bill for group, bill in DAY_BY_PRODUCT(view).items()}
        tokens = bills["workers_ai"]
        bills["workers_ai"] = Approximate(max(tokens.value - FREE_DOLLARS_OF_TOKENS, 0), tokens.tolerance)
        every = bills.values()
        bills["total"] = Approximate(sum(each.value for each in every), sum(each.tolerance for each in every))
        return {(("product", product),): bills[product].times(1 / DAY_BUDGETS[product]) for product in products}

    return expect


def cached_share(aggregation: Aggregation) -> Expected:
    """Expect each model's share of input tokens from a cache, of models that report it: those that write text."""
    share = ratio(AI_TOKENS_INPUT_CACHED, AI_TOKENS_INPUT, aggregation)

    def expect(view: DashboardView) -> ResultValues:
        reported = aggregation.series(view, AI_TOKENS_INPUT_CACHED)
        return {group: value for group, value in share(view).items() if group in reported}

    return expect


def no_saving(filtered_by: tuple[Label, ...] | None) -> Expected:
    """Expect 0 dollars where there are tokens: no model of the tests' platform has a price of cached tokens."""
    tokens = cost(Aggregation(DAY, filtered_by=filtered_by))
    return lambda view: {group: Approximate(0, 0) for group in tokens(view)}


OVERVIEW_COSTS: dict[str, tuple[Expected | None, ...]] = {
    "cost_now": (total(DAY_BY_PRODUCT),),
    "cost_change": (nothing,),
    "cost_per_request": (each(total(DAY_BY_PRODUCT), REQUESTS_OF_DAY),),
    "cost_per_thousand": (each(total(DAY_BY_PRODUCT), REQUESTS_OF_DAY, 1000),),
    "cost_against_week": (DAY_BY_PRODUCT, DAY_BY_PRODUCT, nothing, nothing),
    "cost_by_tenant": (COST_OF_TENANTS,),
    "cached_share_now": (cached_share(Aggregation(hours(1), (MODEL,), filtered_by=())),),
    "saved_by_cache": (no_saving(()),),
    "day_against_budget": (of_day_budget("workers_ai", "durable_objects", "total"),),
    "cost_movers": (COST_OF_TENANTS, COST_OF_TENANTS, nothing, of_default_budget),
}
DAY_OF_TENANT = cost_by_product(Aggregation(DAY, filtered_by=(TENANT,)))
REQUESTS_OF_TENANT = increase(REQUESTS, Aggregation(DAY, filtered_by=(TENANT,)))
TENANT_COSTS: dict[str, tuple[Expected | None, ...]] = {
    "cost_now": (total(DAY_OF_TENANT),),
    "cost_change": (nothing,),
    "cost_per_request": (each(total(DAY_OF_TENANT), REQUESTS_OF_TENANT),),
    "cost_per_thousand": (each(total(DAY_OF_TENANT), REQUESTS_OF_TENANT, 1000),),
    "cost_against_week": (DAY_OF_TENANT, DAY_OF_TENANT, nothing, nothing),
    "cached_share": (cached_share(Aggregation(STEP, (MODEL,), filtered_by=(TENANT,))),),
    "saved_by_cache": (no_saving((TENANT,)),),
}
AI_COSTS: dict[str, tuple[Expected | None, ...]] = {
    "dollars_per_call": (each(cost(Aggregation(hours(1))), increase(AI_REQUESTS, Aggregation(hours(1)))),),
    "dollars_per_thousand": (each(cost(Aggregation(hours(1))), increase(AI_REQUESTS, Aggregation(hours(1))), 1000),),
    "dollars_per_thousand_by_model": (each(cost(HOUR_BY_MODEL), increase(AI_REQUESTS, HOUR_BY_MODEL), 1000),),
    "cached_share_now": (cached_share(HOUR_BY_MODEL),),
    "cached_share": (cached_share(HOUR_BY_MODEL),),
    "saved_by_cache": (no_saving(None),),
    "dollars_against_week": (DOLLARS_BY_MODEL, DOLLARS_BY_MODEL, nothing, nothing),
    "day_against_budget": (of_day_budget("workers_ai"),),
}
STORAGE_COSTS: dict[str, tuple[Expected | None, ...]] = {
    "cost_now": (total(DAY_BY_STORE),),
    "cost_change": (nothing,),
    "cost_per_request": (each(total(DAY_BY_STORE), REQUESTS_OF_DAY),),
    "cost_per_thousand": (each(total(DAY_BY_STORE), REQUESTS_OF_DAY, 1000),),
    "cost_over_time": (DAY_BY_STORE,),
    "cost_against_week": (DAY_BY_STORE, DAY_BY_STORE, nothing, nothing),
    "day_against_budget": (of_day_budget("durable_objects", "total"),),
    "cost_by_tenant": (cost_of_tenants(*STORES, window=DAY),),
}
