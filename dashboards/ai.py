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
from generator.dsl.dashboard import Bars, Dashboard, Heat, Line, Lines, Number, Pick, Row, Spread, panel
from generator.dsl.platform import Platform
from generator.dsl.units import days, hours, minutes, percent

NOW = minutes(5)
SLOWEST = 0.95


@panel("Errors now")
def errors_now(platform: Platform) -> Number:
    """Which part of the calls to models of the last 5 minutes failed."""
    return Number(AI_ERRORS.share_of(AI_REQUESTS, over=NOW), warn=percent(1), bad=platform.errors.ai)


@panel("p95 now")
def latency_now(platform: Platform) -> Number:
    """What the slowest 5 % of the calls to models take until their last token, over all models."""
    return Number(AI_LATENCY.quantile(SLOWEST, over=NOW), bad=platform.latency.ai)


@panel("First token, p95 now")
def first_token_now(platform: Platform) -> Number:
    """What the slowest 5 % of streams take until something appears."""
    return Number(AI_TIME_TO_FIRST_TOKEN.quantile(SLOWEST, over=NOW), empty="No streams")


@panel("Calls")
def calls(platform: Platform) -> Number:
    """Calls to models per second."""
    return Number(AI_REQUESTS.rate())


@panel("Dollars of the day")
def dollars_now(platform: Platform) -> Number:
    """What the tokens of the last 24 hours cost, at the prices in platform.yaml; red where HighAISpend tells."""
    return Number(TOKENS.count(over=days(1)).priced(), bad=platform.cost.dollars_per_day, empty="No tokens used")


@panel("Cache hits now")
def cache_hits_now(platform: Platform) -> Number:
    """Which part of the retrieval queries of the last 5 minutes the cache served."""
    return Number(RAG_CACHE_HITS.share_of(RAG_QUERIES, over=NOW), empty="No retrieval")


@panel("Errors by model")
def error_share_by_model(platform: Platform) -> Lines:
    """Which part of each model's calls fails. The dashed red line is where HighAIErrorRate pages."""
    return Lines((Line(AI_ERRORS.share_of(AI_REQUESTS).by(MODEL)),), ceiling=platform.errors.ai)


@panel("p95 by model")
def latency_by_model(platform: Platform) -> Lines:
    """What the slowest 5 % of each model's calls take. The dashed red line is where HighAILatency opens a ticket."""
    return Lines((Line(AI_LATENCY.quantile(SLOWEST).by(MODEL)),), ceiling=platform.latency.ai)


@panel("Calls by model")
def requests_by_model(platform: Platform) -> Lines:
    """Calls per second, by model."""
    return Lines((Line(AI_REQUESTS.rate().by(MODEL)),), stacked=True)


@panel("Latency quantiles")
def latency_quantiles(platform: Platform) -> Lines:
    """How long calls take until their last token: half of them, all but 5 %, and all but 1 %, over all models."""
    return Lines(tuple(Line(AI_LATENCY.quantile(q), name) for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))))


@panel("First token, p95 by model")
def first_token_by_model(platform: Platform) -> Lines:
    """How long the slowest 5 % of streams take until something appears, by model."""
    return Lines((Line(AI_TIME_TO_FIRST_TOKEN.quantile(SLOWEST).by(MODEL)),), empty="No streams")


@panel("Tokens by model")
def tokens_by_model(platform: Platform) -> Lines:
    """Tokens per second, in and out together, by model."""
    return Lines((Line(TOKENS.rate().by(MODEL)),), stacked=True, empty="No tokens used")


@panel("Tokens in and out")
def tokens_in_and_out(platform: Platform) -> Lines:
    """Tokens per second that the models read and wrote."""
    lines = (Line(AI_TOKENS_INPUT.rate(), "in"), Line(AI_TOKENS_OUTPUT.rate(), "out"))
    return Lines(lines, empty="No tokens used")


@panel("Tokens per call")
def tokens_per_call(platform: Platform) -> Lines:
    """How many tokens come with one call, by model: longer prompts and longer answers show here first."""
    return Lines((Line(TOKENS.per(AI_REQUESTS).by(MODEL)),), empty="No tokens used")


@panel("Dollars of 24 hours")
def dollars_of_the_day(platform: Platform) -> Lines:
    """What the tokens of the 24 hours before each moment cost. The dashed red line is where HighAISpend tells."""
    dollars = TOKENS.count(over=days(1)).priced()
    return Lines((Line(dollars, "all models"),), ceiling=platform.cost.dollars_per_day, empty="No tokens used")


@panel("Calls of unknown cost")
def unknown_tokens(platform: Platform) -> Lines:
    """Which part of each model's calls did not say its tokens: the cost here is told too low by them."""
    return Lines((Line(AI_TOKENS_UNKNOWN.share_of(AI_REQUESTS).by(MODEL)),))


@panel("Dollars of the day by model")
def dollars_by_model(platform: Platform) -> Bars:
    """What the tokens of the last 24 hours cost, by model; the dearest first."""
    return Bars(TOKENS.count(over=days(1)).priced().by(MODEL), empty="No tokens used")


@panel("Dollars of the day by tenant")
def dollars_by_tenant(platform: Platform) -> Bars:
    """What the tokens of the last 24 hours cost, by tenant; the dearest first."""
    return Bars(TOKENS.count(over=days(1)).priced().by(TENANT), empty="No tokens used")


@panel("Forecast against the budget")
def forecast_against_budget(platform: Platform) -> Bars:
    """Where each tenant's tokens of the day end if its last hour goes on, as a part of its budget; above 100 %
    AICostForecast opens a ticket."""
    expected = TOKENS.count(over=hours(18)).projected_to(days(1), pace=hours(1)).by(TENANT).picked_by()
    used = expected.used_of(token_budget(platform))
    return Bars(used, warn=platform.cost.warning, bad=percent(100), empty="No tokens used")


@panel("Cache hits by route")
def cache_hits(platform: Platform) -> Lines:
    """Which part of the retrieval queries the cache served, by route."""
    return Lines((Line(RAG_CACHE_HITS.share_of(RAG_QUERIES).by(ROUTE, SERVICE)),), empty="No retrieval")


@panel("Documents per query")
def documents(platform: Platform) -> Spread:
    """How many documents queries found, over all that the dashboard shows: queries by documents."""
    return Spread(RAG_RETRIEVAL_COUNT)


@panel("Documents per query over time")
def documents_over_time(platform: Platform) -> Heat:
    """How many documents queries found, over time: the stronger, the more queries. A strong row at 0 finds nothing."""
    return Heat(RAG_RETRIEVAL_COUNT)


DASHBOARD = Dashboard(
    name="ai",
    title="AI",
    question=__doc__,
    picks=(Pick(MODEL, AI_REQUESTS),),
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
