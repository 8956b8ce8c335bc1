"""AI: do the models answer, how fast, and what do they cost?"""

from contract.ai import (
    AI_ERRORS,
    AI_LATENCY,
    AI_REQUESTS,
    AI_TIME_TO_FIRST_TOKEN,
    AI_TOKENS_INPUT,
    AI_TOKENS_OUTPUT,
    AI_TOKENS_UNKNOWN,
    TOKENS,
)
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import token_budget
from contract.rag import RAG_CACHE_HITS, RAG_QUERIES, RAG_RETRIEVAL_COUNT
from generator.dsl.dashboard import (
    BarGauge,
    Dashboard,
    Heatmap,
    HistogramBars,
    Row,
    Series,
    Stat,
    TimeSeries,
    Variable,
    panel,
)
from generator.dsl.platform import Platform
from generator.dsl.units import days, hours, minutes, percent

NOW = minutes(5)
SLOWEST = 0.95


@panel("Errors now", id="errors_now")
def errors_now(platform: Platform) -> Stat:
    """Which part of the calls to models of the last 5 minutes failed."""
    return Stat(AI_ERRORS.ratio_to(AI_REQUESTS, NOW), warning=percent(1), critical=platform.errors.ai)


@panel("p95 now", id="latency_now")
def latency_now(platform: Platform) -> Stat:
    """What the slowest 5 % of the calls to models take until their last token, over all models."""
    return Stat(AI_LATENCY.quantile(SLOWEST, NOW), critical=platform.latency.ai)


@panel("First token, p95 now", id="first_token_now")
def first_token_now(platform: Platform) -> Stat:
    """What the slowest 5 % of streams take until something appears."""
    return Stat(AI_TIME_TO_FIRST_TOKEN.quantile(SLOWEST, NOW), no_value="No streams")


@panel("Calls", id="calls")
def calls(platform: Platform) -> Stat:
    """Calls to models per second."""
    return Stat(AI_REQUESTS.rate())


@panel("Dollars of the day", id="dollars_now")
def dollars_now(platform: Platform) -> Stat:
    """What the tokens of the last 24 hours cost, at the prices in platform.yaml; red where HighAISpend tells."""
    return Stat(TOKENS.increase(days(1)).priced(), critical=platform.cost.dollars, no_value="No tokens used")


@panel("Cache hits now", id="cache_hits_now")
def cache_hits_now(platform: Platform) -> Stat:
    """Which part of the retrieval queries of the last 5 minutes the cache served."""
    return Stat(RAG_CACHE_HITS.ratio_to(RAG_QUERIES, NOW), no_value="No retrieval")


@panel("Errors by model", id="error_share_by_model")
def error_share_by_model(platform: Platform) -> TimeSeries:
    """Which part of each model's calls fails. The dashed red line is where HighAIErrorRate pages."""
    return TimeSeries((Series(AI_ERRORS.ratio_to(AI_REQUESTS).by(MODEL)),), threshold=platform.errors.ai)


@panel("p95 by model", id="latency_by_model")
def latency_by_model(platform: Platform) -> TimeSeries:
    """What the slowest 5 % of each model's calls take. The dashed red line is where HighAILatency opens a ticket."""
    return TimeSeries((Series(AI_LATENCY.quantile(SLOWEST).by(MODEL)),), threshold=platform.latency.ai)


@panel("Calls by model", id="requests_by_model")
def requests_by_model(platform: Platform) -> TimeSeries:
    """Calls per second, by model."""
    return TimeSeries((Series(AI_REQUESTS.rate().by(MODEL)),), stacked=True)


@panel("Latency quantiles", id="latency_quantiles")
def latency_quantiles(platform: Platform) -> TimeSeries:
    """How long calls take until their last token: half of them, all but 5 %, and all but 1 %, over all models."""
    return TimeSeries(
        tuple(Series(AI_LATENCY.quantile(q), name) for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99")))
    )


@panel("First token, p95 by model", id="first_token_by_model")
def first_token_by_model(platform: Platform) -> TimeSeries:
    """How long the slowest 5 % of streams take until something appears, by model."""
    return TimeSeries((Series(AI_TIME_TO_FIRST_TOKEN.quantile(SLOWEST).by(MODEL)),), no_value="No streams")


@panel("Tokens by model", id="tokens_by_model")
def tokens_by_model(platform: Platform) -> TimeSeries:
    """Tokens per second, in and out together, by model."""
    return TimeSeries((Series(TOKENS.rate().by(MODEL)),), stacked=True, no_value="No tokens used")


@panel("Tokens in and out", id="tokens_in_and_out")
def tokens_in_and_out(platform: Platform) -> TimeSeries:
    """Tokens per second that the models read and wrote."""
    series = (Series(AI_TOKENS_INPUT.rate(), "in"), Series(AI_TOKENS_OUTPUT.rate(), "out"))
    return TimeSeries(series, no_value="No tokens used")


@panel("Tokens per call", id="tokens_per_call")
def tokens_per_call(platform: Platform) -> TimeSeries:
    """How many tokens come with one call, by model: longer prompts and longer answers show here first."""
    return TimeSeries((Series(TOKENS.per(AI_REQUESTS).by(MODEL)),), no_value="No tokens used")


@panel("Dollars of 24 hours", id="dollars_of_the_day")
def dollars_of_the_day(platform: Platform) -> TimeSeries:
    """What the tokens of the 24 hours before each moment cost. The dashed red line is where HighAISpend tells."""
    dollars = TOKENS.increase(days(1)).priced()
    return TimeSeries((Series(dollars, "all models"),), threshold=platform.cost.dollars, no_value="No tokens used")


@panel("Calls of unknown cost", id="unknown_tokens")
def unknown_tokens(platform: Platform) -> TimeSeries:
    """Which part of each model's calls did not say its tokens: the cost here is told too low by them."""
    return TimeSeries((Series(AI_TOKENS_UNKNOWN.ratio_to(AI_REQUESTS).by(MODEL)),))


@panel("Dollars of the day by model", id="dollars_by_model")
def dollars_by_model(platform: Platform) -> BarGauge:
    """What the tokens of the last 24 hours cost, by model; the dearest first."""
    return BarGauge(TOKENS.increase(days(1)).priced().by(MODEL), no_value="No tokens used")


@panel("Dollars of the day by tenant", id="dollars_by_tenant")
def dollars_by_tenant(platform: Platform) -> BarGauge:
    """What the tokens of the last 24 hours cost, by tenant; the dearest first."""
    return BarGauge(TOKENS.increase(days(1)).priced().by(TENANT), no_value="No tokens used")


@panel("Forecast against the budget", id="forecast_against_budget")
def forecast_against_budget(platform: Platform) -> BarGauge:
    """Where each tenant's tokens of the day end if its last hour goes on, as a part of its budget; above 100 %
    AICostForecast opens a ticket."""
    expected = TOKENS.increase(hours(18)).forecast(days(1), recent=hours(1)).by(TENANT).filtered_by()
    used = expected.fraction_of(token_budget(platform))
    return BarGauge(used, warning=platform.cost.warning, critical=percent(100), no_value="No tokens used")


@panel("Cache hits by route", id="cache_hits")
def cache_hits(platform: Platform) -> TimeSeries:
    """Which part of the retrieval queries the cache served, by route."""
    return TimeSeries((Series(RAG_CACHE_HITS.ratio_to(RAG_QUERIES).by(ROUTE, SERVICE)),), no_value="No retrieval")


@panel("Documents per query", id="documents")
def documents(platform: Platform) -> HistogramBars:
    """How many documents queries found, over all that the dashboard shows: queries by documents."""
    return HistogramBars(RAG_RETRIEVAL_COUNT)


@panel("Documents per query over time", id="documents_over_time")
def documents_over_time(platform: Platform) -> Heatmap:
    """How many documents queries found, over time: the stronger, the more queries. A strong row at 0 finds nothing."""
    return Heatmap(RAG_RETRIEVAL_COUNT)


DASHBOARD = Dashboard(
    id="ai",
    title="AI",
    description=__doc__,
    variables=(Variable(MODEL, AI_REQUESTS),),
    rows=(
        Row(
            "Do the models answer now?",
            (errors_now, latency_now, first_token_now, calls, dollars_now, cache_hits_now),
            height=5,
        ),
        Row("Which model, and since when?", (error_share_by_model, latency_by_model, requests_by_model)),
        Row("Where does the time go?", (latency_quantiles, first_token_by_model, tokens_per_call)),
        Row("What does it cost?", (dollars_of_the_day, tokens_in_and_out, tokens_by_model, unknown_tokens)),
        Row("Who makes the cost?", (dollars_by_model, dollars_by_tenant, forecast_against_budget)),
        Row("What does retrieval find?", (cache_hits, documents, documents_over_time)),
    ),
    tags=("ai", "cost"),
)
