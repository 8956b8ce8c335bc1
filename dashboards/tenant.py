"""Tenant: how does this one tenant fare, and what does it use?"""

from contract.ai import TOKENS
from contract.api import ERRORS, LATENCY, RATE_LIMITED, REQUESTS
from contract.labels import MODEL, OPERATION, ROUTE, SERVICE, STORE, TENANT
from contract.objectives import error_threshold, latency_slo, token_budget
from contract.rag import RAG_CACHE_HIT_RATE, RAG_RETRIEVAL_COUNT
from contract.storage import DO_ERRORS, KV_ERRORS, STORAGE_CALLS, VECTORIZE_ERRORS
from generator.dsl.dashboard import Bars, Dashboard, Dial, Line, Lines, Number, Pick, Row, Spread, panel
from generator.dsl.platform import Platform
from generator.dsl.units import days, minutes, percent

NOW = minutes(5)
SLOWEST = 0.95


@panel("Errors now")
def errors_now(platform: Platform) -> Number:
    """Which part of this tenant's requests of the last 5 minutes failed."""
    return Number(ERRORS.share_of(REQUESTS, over=NOW), warn=percent(1), bad=platform.errors.tenant.default)


@panel("p95, of what is promised")
def latency_now(platform: Platform) -> Number:
    """What the slowest 5 % of this tenant's callers wait, as a part of what each route promises."""
    used = LATENCY.quantile(SLOWEST, over=NOW).by(ROUTE).used_of(latency_slo(platform))
    return Number(used, warn=percent(80), bad=percent(100))


@panel("Budget used")
def tokens_of_budget(platform: Platform) -> Dial:
    """Which part of its tokens for a day this tenant used in the last 24 hours."""
    used = TOKENS.count(over=days(1)).by(TENANT).picked_by(TENANT).used_of(token_budget(platform))
    return Dial(used, warn=platform.cost.warning, bad=percent(100), empty="No tokens used")


@panel("Dollars of the day")
def dollars_of_the_day(platform: Platform) -> Number:
    """What this tenant's tokens of the last 24 hours cost, at the prices in platform.yaml."""
    dollars = TOKENS.count(over=days(1)).priced().picked_by(TENANT)
    return Number(dollars, empty="No tokens used")


@panel("Requests now")
def requests_now(platform: Platform) -> Number:
    """How many requests this tenant sent in the last 5 minutes."""
    return Number(REQUESTS.count(over=NOW))


@panel("Rate-limited")
def rate_limited_now(platform: Platform) -> Number:
    """Which part of this tenant's requests of the last 5 minutes got a 429."""
    return Number(RATE_LIMITED.share_of(REQUESTS, over=NOW), warn=percent(5))


@panel("Errors by route")
def error_share(platform: Platform) -> Lines:
    """Which part of this tenant's requests fails. The dashed red line is where HighErrorRate opens a ticket for it."""
    return Lines((Line(ERRORS.share_of(REQUESTS).by(ROUTE, SERVICE)),), ceiling=error_threshold(platform))


@panel("p95 by route")
def latency(platform: Platform) -> Lines:
    """What the slowest 5 % of this tenant's callers wait. The dashed red lines are what each route promises."""
    return Lines((Line(LATENCY.quantile(SLOWEST).by(ROUTE)),), ceiling=latency_slo(platform))


@panel("Requests by route")
def requests(platform: Platform) -> Lines:
    """This tenant's requests per second."""
    return Lines((Line(REQUESTS.rate().by(ROUTE, SERVICE)),), stacked=True)


@panel("Tokens of 24 hours against the budget")
def tokens_against_budget(platform: Platform) -> Lines:
    """The tokens of the 24 hours before each moment. The dashed red line is the tenant's budget for a day."""
    used = TOKENS.count(over=days(1)).by(TENANT).picked_by(TENANT)
    return Lines((Line(used, "used"),), ceiling=token_budget(platform), empty="No tokens used")


@panel("Tokens by model")
def tokens_by_model(platform: Platform) -> Lines:
    """Tokens per second, in and out together, by model."""
    return Lines((Line(TOKENS.rate().by(MODEL)),), stacked=True, empty="No tokens used")


@panel("Dollars of the day by model")
def dollars_by_model(platform: Platform) -> Bars:
    """What this tenant's tokens of the last 24 hours cost, by model."""
    return Bars(TOKENS.count(over=days(1)).priced().by(MODEL).picked_by(TENANT), empty="No tokens used")


@panel("Storage calls")
def storage_calls(platform: Platform) -> Lines:
    """This tenant's calls to Vectorize, KV and Durable Objects per second."""
    calls = STORAGE_CALLS.rate()
    return Lines(
        (
            Line(calls.where(STORE.is_("vectorize")), "Vectorize queries"),
            Line(calls.where(STORE.is_("kv"), OPERATION.is_("read")), "KV reads"),
            Line(calls.where(STORE.is_("kv"), OPERATION.is_("write")), "KV writes"),
            Line(calls.where(STORE.is_("durable_objects")), "Durable Object requests"),
        ),
        empty="No storage calls",
    )


@panel("Storage errors")
def storage_errors(platform: Platform) -> Lines:
    """This tenant's failed calls to Vectorize, KV and Durable Objects per second."""
    return Lines(
        (
            Line(VECTORIZE_ERRORS.rate(), "Vectorize"),
            Line(KV_ERRORS.rate(), "KV"),
            Line(DO_ERRORS.rate(), "Durable Objects"),
        ),
        empty="No errors",
    )


@panel("Cache hits")
def cache_hits(platform: Platform) -> Lines:
    """Which percentage of this tenant's retrieval queries the cache served."""
    return Lines((Line(RAG_CACHE_HIT_RATE.latest().by(TENANT, ROUTE, SERVICE)),), empty="No retrieval")


@panel("Documents retrieved")
def documents(platform: Platform) -> Spread:
    """How many documents this tenant's queries found, over all that the dashboard shows: queries by documents."""
    return Spread(RAG_RETRIEVAL_COUNT)


DASHBOARD = Dashboard(
    name="tenant",
    title="Tenant",
    question=__doc__,
    picks=(Pick(TENANT, REQUESTS, several=False), Pick(SERVICE, REQUESTS), Pick(ROUTE, REQUESTS)),
    rows=(
        Row(
            "Is this tenant well now?",
            (errors_now, latency_now, tokens_of_budget, dollars_of_the_day, requests_now, rate_limited_now),
            widths=(4, 6, 4, 4, 3, 3),
            height=5,
        ),
        Row("Since when, and where?", (error_share, latency, requests)),
        Row("What does it use?", (tokens_against_budget, tokens_by_model, dollars_by_model)),
        Row("What does it retrieve and store?", (documents, cache_hits, storage_calls, storage_errors)),
    ),
    tags=("tenant",),
)
