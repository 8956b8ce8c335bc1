"""Panels of what the whole platform costs, and of whose cost grew."""

from contract.ai import TOKENS
from contract.api import REQUESTS
from contract.billing import COST
from contract.labels import PRODUCT, TENANT
from contract.objectives import dollar_budget
from dashboards.cost_growth import growth_of_cost
from dashboards.token_costs import cached_share
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.dashboard import AlertSeries, BarGauge, Column, Series, Stat, Table, TimeSeries, panel
from generator.dsl.panel_thresholds import threshold_of
from generator.dsl.platform import Platform
from generator.dsl.query import Query
from generator.dsl.spending import (
    change_since,
    cost_of_each,
    cost_of_thousand,
    earlier,
    relative_change_since,
    saved_by_cache,
)
from generator.dsl.units import days, hours


@panel("Cost by product, last {window}", id="cost_by_product")
def cost_by_product(platform: Platform) -> BarGauge:
    """Cost of the last {window} by product, at list prices before included amounts, the most expensive first."""
    return BarGauge(COST.increase(days(1)).by(PRODUCT).filtered_by(), no_value="No cost")


@panel("Cost over time, last {window}", id="cost_over_time")
def cost_over_time(platform: Platform) -> TimeSeries:
    """Cost of the {window} before each point by product, at list prices before included amounts."""
    return TimeSeries((Series(COST.increase(days(1)).by(PRODUCT).filtered_by()),), stacked=True, no_value="No cost")


@panel("Cost, last {window}", id="cost_now")
def cost_now(platform: Platform) -> Stat:
    """Cost of all products in the last {window}, at list prices before included amounts."""
    return Stat(COST.increase(days(1)).filtered_by(), no_value="No cost")


@panel("Change of cost in a week", id="cost_change")
def cost_change(platform: Platform) -> Stat:
    """Cost of the last {window} against the same {window} a week ago, in percent of the latter."""
    return Stat(relative_change_since(COST.increase(days(1)).filtered_by(), days(7)), no_value="No cost a week ago")


@panel("Cost per request, {window}", id="cost_per_request")
def cost_per_request(platform: Platform) -> Stat:
    """Cost of all products in the last {window}, at list prices, for each request."""
    return Stat(cost_of_each(*_cost_and_requests()), no_value="No cost")


@panel("Cost per 1,000 requests, {window}", id="cost_per_thousand")
def cost_per_thousand_requests(platform: Platform) -> TimeSeries:
    """Cost of all products in the {window} before each point, at list prices, for each 1,000 requests."""
    return TimeSeries((Series(cost_of_thousand(*_cost_and_requests()), "all products"),), no_value="No cost")


def _cost_and_requests() -> tuple[Query, Query]:
    """The cost and the number of requests of a day."""
    return COST.increase(days(1)).filtered_by(), REQUESTS.increase(days(1)).filtered_by()


@panel("Cost by product against a week ago", id="cost_against_week")
def cost_against_a_week_ago(platform: Platform) -> Table:
    """Cost of each product in the last {window}, and in the same {window} a week ago, at list prices before included
    amounts. The product that costs most dollars more than a week ago is first."""
    return growth_of_cost(PRODUCT, COST.increase(days(1)).filtered_by())


@panel("Cost by tenant, last {window}", id="cost_by_tenant")
def cost_by_tenant(platform: Platform) -> BarGauge:
    """What each tenant's use of all products cost in the last {window}, the most expensive first, at list prices before
    included amounts, which are those of the platform."""
    return BarGauge(COST.increase(days(1)).by(TENANT).filtered_by(), no_value="No cost")


@panel("Tenants by growth of cost", id="cost_movers")
def tenants_whose_cost_grew_most(platform: Platform) -> Table:
    """The tenants whose cost in the last {window} is most dollars above that of the same {window} a week ago (above
    nothing where there was none), and how much of their budget they used. Costs are at list prices before included
    amounts, which are those of the platform. Click a tenant to open its dashboard."""
    dollars = COST.increase(days(1)).by(TENANT).filtered_by()
    return Table(
        TENANT,
        (
            Column("More than a week ago", change_since(dollars, days(7))),
            Column("Cost", dollars),
            Column("A week ago", earlier(dollars, days(7))),
            Column(
                "Budget",
                dollars.fraction_of(dollar_budget(platform)),
                threshold_of("TenantCost", TICKET),
                threshold_of("TenantCost", PAGE),
            ),
        ),
        links_to="tenant",
        max_rows=10,
        no_value="No cost",
    )


@panel("Cached input tokens", id="cached_share_now")
def cached_share_now(platform: Platform) -> Stat:
    """Input tokens of the last {window} that a prompt cache served, in percent of each model's. Models that do not
    report them are left out."""
    return Stat(cached_share(hours(1)).filtered_by(), no_value="No model reports them")


@panel("Saved by caching, last {window}", id="saved_by_cache")
def saved_by_cache_now(platform: Platform) -> Stat:
    """What the tokens of the last {window} would cost more without prompt caches, before included amounts. It is
    nothing for models without a price of cached tokens in platform.yaml."""
    return Stat(saved_by_cache(TOKENS.increase(days(1))).filtered_by(), no_value="No tokens")


@panel("Cost of a day at the pace of {window}", id="cost_pace")
def cost_pace(platform: Platform) -> AlertSeries:
    """What each product would cost in a day at the pace of the {window} before each point, at list prices. The dashed
    lines are the thresholds of CostRunaway, ticket orange and page red. It only fires where a product costs ten times
    as much as it ever did in the week before, or is younger."""
    return AlertSeries("CostRunaway", no_value="No cost")


@panel("Budget of a day used, last {window}", id="day_against_budget")
def day_against_budget(platform: Platform) -> AlertSeries:
    """The bill of the {window} before each point, in percent of the budget of each product that has one, and of all
    together: list prices without what each day includes, before what a month includes. The dashed lines are the
    thresholds of DailyCost: ticket orange, page red."""
    return AlertSeries("DailyCost", no_value="No cost")


@panel("Forecast of {window}", id="day_forecast")
def day_forecast(platform: Platform) -> AlertSeries:
    """The bill of {window} at the rate of the last {recent} before each point: list prices without what each day
    includes, before what a month includes. The dashed red lines are budgets, the thresholds of DailyCostForecast. It
    only fires where the last {recent} costs clearly more than at this time yesterday and a week ago."""
    return AlertSeries("DailyCostForecast", no_value="No cost")


@panel("Budget of this month used", id="month_against_budget")
def month_against_budget(platform: Platform) -> AlertSeries:
    """The bill of each calendar month (UTC) up to each point, after included amounts, in percent of the budget of each
    product that has one, and of all together. The dashed lines are the thresholds of MonthlyCost: ticket orange, page
    red."""
    return AlertSeries("MonthlyCost", no_value="No cost")


@panel("Forecast of this month", id="month_forecast")
def month_forecast(platform: Platform) -> AlertSeries:
    """What the bill of each calendar month (UTC) would be, after included amounts, if the rest of it cost as much as
    the day before each point. The dashed red lines are budgets, the thresholds of MonthlyCostForecast."""
    return AlertSeries("MonthlyCostForecast", no_value="No cost")
