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
"""The simulation has one day: a week ago there was nothing, and what compares with it has no values. promtool
evaluates these on two weeks (tests/lowering/test_spending.py)."""


def nothing(view: DashboardView) -> ResultValues:
    """Expect no values."""
    return {}


def of_default_budget(view: DashboardView) -> ResultValues:
    """Expect the cost of each tenant, of the default budget of 50 dollars."""
    return {group: value.times(1 / 50) for group, value in COST_OF_TENANTS(view).items()}


def cached_share(by: tuple[Label, ...]) -> Expected:
    """Expect the share of input tokens from a cache, of models that report it: those that write text."""
    share = ratio(AI_TOKENS_INPUT_CACHED, AI_TOKENS_INPUT, Aggregation(hours(1), by))
    if not by:
        return share

    def expect(view: DashboardView) -> ResultValues:
        reported = Aggregation(hours(1), by).series(view, AI_TOKENS_INPUT_CACHED)
        return {group: value for group, value in share(view).items() if group in reported}

    return expect


def no_saving(view: DashboardView) -> ResultValues:
    """Expect 0 dollars where there are tokens: no model of the tests' platform has a price of cached tokens."""
    return {group: Approximate(0, 0) for group in cost(Aggregation(DAY))(view)}


OVERVIEW_COSTS: dict[str, tuple[Expected | None, ...]] = {
    "cost_now": (total(DAY_BY_PRODUCT),),
    "cost_change": (nothing,),
    "cost_per_request": (each(total(DAY_BY_PRODUCT), REQUESTS_OF_DAY),),
    "cost_per_thousand": (each(total(DAY_BY_PRODUCT), REQUESTS_OF_DAY, 1000),),
    "cost_against_week": (DAY_BY_PRODUCT, nothing, nothing),
    "cost_movers": (COST_OF_TENANTS, COST_OF_TENANTS, nothing, of_default_budget),
}
DAY_OF_TENANT = cost_by_product(Aggregation(DAY, filtered_by=(TENANT,)))
TENANT_COSTS: dict[str, tuple[Expected | None, ...]] = {
    "cost_now": (total(DAY_OF_TENANT),),
    "cost_change": (nothing,),
    "cost_per_thousand": (
        each(total(DAY_OF_TENANT), increase(REQUESTS, Aggregation(DAY, filtered_by=(TENANT,))), 1000),
    ),
    "cost_against_week": (DAY_OF_TENANT, nothing, nothing),
}
AI_COSTS: dict[str, tuple[Expected | None, ...]] = {
    "dollars_per_thousand": (each(cost(Aggregation(hours(1))), increase(AI_REQUESTS, Aggregation(hours(1))), 1000),),
    "dollars_per_thousand_by_model": (each(cost(HOUR_BY_MODEL), increase(AI_REQUESTS, HOUR_BY_MODEL), 1000),),
    "cached_share_now": (cached_share(()),),
    "cached_share": (cached_share((MODEL,)),),
    "saved_by_cache": (no_saving,),
    "dollars_against_week": (cost(Aggregation(DAY, (MODEL,))), nothing, nothing),
}
STORAGE_COSTS: dict[str, tuple[Expected | None, ...]] = {
    "cost_now": (total(DAY_BY_STORE),),
    "cost_change": (nothing,),
    "cost_per_thousand": (each(total(DAY_BY_STORE), REQUESTS_OF_DAY, 1000),),
    "cost_over_time": (DAY_BY_STORE,),
    "cost_against_week": (DAY_BY_STORE, nothing, nothing),
    "cost_by_tenant": (cost_of_tenants(*STORES, window=DAY),),
}
