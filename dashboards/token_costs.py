"""Panels of what tokens cost, by model and tenant, and of what prompt caches save."""

from contract.ai import AI_REQUESTS, AI_TOKENS_INPUT, AI_TOKENS_INPUT_CACHED, TOKENS
from contract.labels import MODEL, TENANT
from contract.objectives import token_budget
from generator.dsl.alert import TICKET
from generator.dsl.conditional import only_where
from generator.dsl.dashboard import AlertSeries, BarGauge, Column, Series, Stat, Table, TimeSeries, panel
from generator.dsl.panel_thresholds import threshold_of
from generator.dsl.platform import Platform
from generator.dsl.spending import cost_of_thousand, earlier, relative_change_since, saved_by_cache
from generator.dsl.units import TOKENS_UNIT, days, hours, quantity


@panel("Cost, last {window}", id="dollars_now")
def cost_now(platform: Platform) -> Stat:
    """Cost of the tokens of the last {window}, at the prices in platform.yaml. Red from the threshold of HighAISpend
    on."""
    return Stat(TOKENS.increase(days(1)).priced(), critical=threshold_of("HighAISpend"), no_value="No tokens")


@panel("Cost per 1,000 calls, {window}", id="dollars_per_thousand")
def cost_of_thousand_calls_now(platform: Platform) -> Stat:
    """Cost of the tokens of the last {window}, for each 1,000 calls to models."""
    window = hours(1)
    each = cost_of_thousand(TOKENS.increase(window).priced(), AI_REQUESTS.increase(window))
    return Stat(each, no_value="No tokens")


@panel("Cached input tokens", id="cached_share_now")
def cached_share_now(platform: Platform) -> Stat:
    """Input tokens of the last {window} that a prompt cache served, in percent of all. Models that do not report them
    count as without a cache."""
    return Stat(AI_TOKENS_INPUT_CACHED.ratio_to(AI_TOKENS_INPUT, hours(1)), no_value="No tokens")


@panel("Saved by caching, last {window}", id="saved_by_cache")
def saved_by_cache_now(platform: Platform) -> Stat:
    """What the tokens of the last {window} would cost more without prompt caches. It is nothing for models without a
    price of cached tokens in platform.yaml."""
    return Stat(saved_by_cache(TOKENS.increase(days(1))), no_value="No tokens")


@panel("Cached input tokens by model", id="cached_share")
def cached_share_by_model(platform: Platform) -> TimeSeries:
    """Input tokens of the {window} before each point that a prompt cache served, in percent of each model's. Models
    that do not report them are left out."""
    window = hours(1)
    reported = AI_TOKENS_INPUT_CACHED.increase(window).by(MODEL).at_least(quantity(0, TOKENS_UNIT))
    share = AI_TOKENS_INPUT_CACHED.ratio_to(AI_TOKENS_INPUT, window).by(MODEL)
    return TimeSeries((Series(only_where(share, reported)),), no_value="No model reports them")


@panel("Cost over time, last {window}", id="dollars_of_the_day")
def cost_last_24h(platform: Platform) -> AlertSeries:
    """Cost of the tokens of the {window} before each point. The dashed red line is the threshold of HighAISpend."""
    return AlertSeries("HighAISpend", name="all models", no_value="No tokens")


@panel("Cost by model, last {window}", id="dollars_by_model")
def cost_by_model(platform: Platform) -> BarGauge:
    """Cost of the tokens of the last {window}, by model, the most expensive first."""
    return BarGauge(TOKENS.increase(days(1)).priced().by(MODEL), no_value="No tokens")


@panel("Cost per 1,000 calls by model", id="dollars_per_thousand_by_model")
def cost_of_thousand_calls_by_model(platform: Platform) -> TimeSeries:
    """Cost of each model's tokens in the {window} before each point, for each 1,000 calls to it. Calls without token
    usage make it too low."""
    window = hours(1)
    each = cost_of_thousand(TOKENS.increase(window).priced().by(MODEL), AI_REQUESTS.increase(window).by(MODEL))
    return TimeSeries((Series(each),), no_value="No tokens")


@panel("Cost by model against a week ago", id="dollars_against_week")
def cost_by_model_against_a_week_ago(platform: Platform) -> Table:
    """Cost of each model's tokens in the last {window}, and in the same {window} a week ago."""
    dollars = TOKENS.increase(days(1)).priced().by(MODEL)
    return Table(
        MODEL,
        (
            Column("Cost", dollars),
            Column("A week ago", earlier(dollars, days(7))),
            Column("Change", relative_change_since(dollars, days(7))),
        ),
        no_value="No tokens",
    )


@panel("Cost by tenant, last {window}", id="dollars_by_tenant")
def cost_by_tenant(platform: Platform) -> BarGauge:
    """Cost of the tokens of the last {window}, by tenant, the most expensive first."""
    return BarGauge(TOKENS.increase(days(1)).priced().by(TENANT), no_value="No tokens")


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
