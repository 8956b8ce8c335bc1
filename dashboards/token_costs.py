"""Panels of what tokens cost, by model and tenant, and of what prompt caches save."""

from contract.ai import AI_REQUESTS, AI_TOKENS_INPUT, AI_TOKENS_INPUT_CACHED, TOKENS
from contract.labels import MODEL, PRODUCT, TENANT
from contract.objectives import token_budget
from dashboards.cost_growth import growth_of_cost
from generator.dsl.alert import TICKET
from generator.dsl.conditional import only_where
from generator.dsl.dashboard import AlertSeries, BarGauge, Series, Stat, Table, TimeSeries, panel
from generator.dsl.panel_thresholds import threshold_of
from generator.dsl.platform import Platform
from generator.dsl.query import Query, Window
from generator.dsl.spending import cost_of_each, cost_of_thousand, saved_by_cache
from generator.dsl.units import TOKENS_UNIT, days, hours, quantity

OF_MODELS = (PRODUCT.is_("workers_ai"),)


@panel("Cost, last {window}", id="dollars_now")
def cost_now(platform: Platform) -> Stat:
    """Cost of the tokens of the last {window}, at the prices in platform.yaml before included amounts. Red from the
    threshold of HighAISpend on."""
    return Stat(TOKENS.increase(days(1)).priced(), critical=threshold_of("HighAISpend"), no_value="No tokens")


@panel("Cost per call, {window}", id="dollars_per_call")
def cost_of_call_now(platform: Platform) -> Stat:
    """Cost of the tokens of the last {window}, at the prices in platform.yaml before included amounts, for each call to
    a model."""
    window = hours(1)
    each = cost_of_each(TOKENS.increase(window).priced(), AI_REQUESTS.increase(window))
    return Stat(each, no_value="No tokens")


@panel("Cost per 1,000 calls, {window}", id="dollars_per_thousand")
def cost_of_thousand_calls_now(platform: Platform) -> Stat:
    """Cost of the tokens of the last {window}, at the prices in platform.yaml before included amounts, for each 1,000
    calls to models."""
    window = hours(1)
    each = cost_of_thousand(TOKENS.increase(window).priced(), AI_REQUESTS.increase(window))
    return Stat(each, no_value="No tokens")


@panel("Cached input tokens", id="cached_share_now")
def cached_share_now(platform: Platform) -> Stat:
    """Input tokens of the last {window} that a prompt cache served, in percent of each model's. Models that do not
    report them are left out."""
    return Stat(cached_share(hours(1)), no_value="No model reports them")


@panel("Saved by caching, last {window}", id="saved_by_cache")
def saved_by_cache_now(platform: Platform) -> Stat:
    """What the tokens of the last {window} would cost more without prompt caches, before included amounts. It is
    nothing for models without a price of cached tokens in platform.yaml."""
    return Stat(saved_by_cache(TOKENS.increase(days(1))), no_value="No tokens")


@panel("Cached input tokens by model", id="cached_share")
def cached_share_by_model(platform: Platform) -> TimeSeries:
    """Input tokens of the {window} before each point that a prompt cache served, in percent of each model's. Models
    that do not report them are left out."""
    return TimeSeries((Series(cached_share(hours(1))),), no_value="No model reports them")


def cached_share(window: Window) -> Query:
    """The part of each model's input tokens that a prompt cache served, of models that report it."""
    reported = AI_TOKENS_INPUT_CACHED.increase(window).by(MODEL).at_least(quantity(0, TOKENS_UNIT))
    share = AI_TOKENS_INPUT_CACHED.ratio_to(AI_TOKENS_INPUT, window).by(MODEL)
    return only_where(share, reported)


@panel("Cost over time, last {window}", id="dollars_of_the_day")
def cost_last_24h(platform: Platform) -> AlertSeries:
    """Cost of the tokens of the {window} before each point, at the prices in platform.yaml before included amounts. The
    dashed red line is the threshold of HighAISpend."""
    return AlertSeries("HighAISpend", name="all models", no_value="No tokens")


@panel("Cost by model, last {window}", id="dollars_by_model")
def cost_by_model(platform: Platform) -> BarGauge:
    """Cost of the tokens of the last {window}, by model, the most expensive first, at the prices in platform.yaml
    before included amounts."""
    return BarGauge(TOKENS.increase(days(1)).priced().by(MODEL), no_value="No tokens")


@panel("Cost per 1,000 calls by model", id="dollars_per_thousand_by_model")
def cost_of_thousand_calls_by_model(platform: Platform) -> TimeSeries:
    """Cost of each model's tokens in the {window} before each point, before included amounts, for each 1,000 calls to
    it. Calls without token usage make it too low."""
    window = hours(1)
    each = cost_of_thousand(TOKENS.increase(window).priced().by(MODEL), AI_REQUESTS.increase(window).by(MODEL))
    return TimeSeries((Series(each),), no_value="No tokens")


@panel("Cost by model against a week ago", id="dollars_against_week")
def cost_by_model_against_a_week_ago(platform: Platform) -> Table:
    """Cost of each model's tokens in the last {window}, and in the same {window} a week ago, before included amounts.
    The model that costs most dollars more than a week ago is first."""
    return growth_of_cost(MODEL, TOKENS.increase(days(1)).priced(), no_value="No tokens")


@panel("Cost by tenant, last {window}", id="dollars_by_tenant")
def cost_by_tenant(platform: Platform) -> BarGauge:
    """Cost of the tokens of the last {window}, by tenant, the most expensive first, at the prices in platform.yaml
    before included amounts, which are those of the platform."""
    return BarGauge(TOKENS.increase(days(1)).priced().by(TENANT), no_value="No tokens")


@panel("Budget of a day used, last {window}", id="day_against_budget")
def day_against_budget(platform: Platform) -> AlertSeries:
    """The bill of the tokens of all tenants and models in the {window} before each point, in percent of the budget of
    Workers AI: list prices without what each day includes. The dashed lines are the thresholds of DailyCost: ticket
    orange, page red."""
    return AlertSeries("DailyCost", filters=(), where=OF_MODELS, no_value="Workers AI has no budget")


@panel("Budget of this month used", id="month_against_budget")
def month_against_budget(platform: Platform) -> AlertSeries:
    """The bill of the tokens of all tenants and models in each calendar month (UTC) up to each point, after included
    amounts, in percent of the budget of Workers AI. The dashed lines are the thresholds of MonthlyCost: ticket orange,
    page red."""
    return AlertSeries("MonthlyCost", filters=(), where=OF_MODELS, no_value="Workers AI has no budget")


@panel("Forecast of this month", id="month_forecast")
def month_forecast(platform: Platform) -> AlertSeries:
    """What the bill of the tokens of all tenants and models would be in each calendar month (UTC), after included
    amounts, if the rest of it cost as much as the day before each point. The dashed red line is the budget of Workers
    AI, the threshold of MonthlyCostForecast."""
    return AlertSeries("MonthlyCostForecast", filters=(), where=OF_MODELS, no_value="No cost")


@panel("Budget forecast, all models", id="forecast_against_budget")
def forecast_of_budget(platform: Platform) -> BarGauge:
    """Tokens that each tenant will have used in {window} if its last {recent} continues, in percent of its budget.
    Above {critical} AICostForecast opens a ticket."""
    expected = TOKENS.increase(hours(18)).forecast(days(1), recent=hours(1)).by(TENANT).filtered_by(TENANT)
    used = expected.fraction_of(token_budget(platform))
    return BarGauge(
        used,
        warning=threshold_of("HighAICosts", TICKET),
        critical=threshold_of("AICostForecast"),
        no_value="No tokens",
    )
