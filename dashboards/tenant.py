"""Tenant: how does this one tenant fare, and what does it use?"""

from contract.ai import TOKENS
from contract.api import ERRORS, LATENCY, RATE_LIMITED, REQUESTS
from contract.labels import MODEL, OPERATION, ROUTE, SERVICE, STORE, TENANT
from contract.objectives import error_ceiling, latency_ceiling, token_budget
from contract.rag import RAG_CACHE_HIT_RATE, RAG_RETRIEVAL_COUNT
from contract.storage import DO_ERRORS, KV_ERRORS, STORAGE_CALLS, VECTORIZE_ERRORS
from generator.dsl.dashboard import (
    BarGauge,
    Dashboard,
    GaugePanel,
    HistogramBars,
    Row,
    Series,
    Stat,
    TimeSeries,
    Variable,
    panel,
)
from generator.dsl.platform import Platform
from generator.dsl.units import days, minutes, percent

NOW = minutes(5)
SLOWEST = 0.95


@panel("Errors now", id="errors_now")
def errors_now(platform: Platform) -> Stat:
    """Which part of this tenant's requests of the last 5 minutes failed."""
    return Stat(ERRORS.ratio_to(REQUESTS, NOW), warning=percent(1), critical=platform.errors.tenant.default)


@panel("p95, of what is promised", id="latency_now")
def latency_now(platform: Platform) -> Stat:
    """What the slowest 5 % of this tenant's callers wait, as a part of what each route promises."""
    used = LATENCY.quantile(SLOWEST, NOW).by(ROUTE).fraction_of(latency_ceiling(platform))
    return Stat(used, warning=percent(80), critical=percent(100))


@panel("Budget used", id="tokens_of_budget")
def tokens_of_budget(platform: Platform) -> GaugePanel:
    """Which part of its tokens for a day this tenant used in the last 24 hours."""
    used = TOKENS.increase(days(1)).by(TENANT).filtered_by(TENANT).fraction_of(token_budget(platform))
    return GaugePanel(used, warning=platform.cost.warning, critical=percent(100), no_value="No tokens used")


@panel("Dollars of the day", id="dollars_of_the_day")
def dollars_of_the_day(platform: Platform) -> Stat:
    """What this tenant's tokens of the last 24 hours cost, at the prices in platform.yaml."""
    dollars = TOKENS.increase(days(1)).priced().filtered_by(TENANT)
    return Stat(dollars, no_value="No tokens used")


@panel("Requests now", id="requests_now")
def requests_now(platform: Platform) -> Stat:
    """How many requests this tenant sent in the last 5 minutes."""
    return Stat(REQUESTS.increase(NOW))


@panel("Rate-limited", id="rate_limited_now")
def rate_limited_now(platform: Platform) -> Stat:
    """Which part of this tenant's requests of the last 5 minutes got a 429."""
    return Stat(RATE_LIMITED.ratio_to(REQUESTS, NOW), warning=percent(5))


@panel("Errors by route", id="error_share")
def error_share(platform: Platform) -> TimeSeries:
    """Which part of this tenant's requests fails. The dashed red line is where TenantHighErrorRate opens a ticket."""
    return TimeSeries((Series(ERRORS.ratio_to(REQUESTS).by(ROUTE, SERVICE)),), threshold=error_ceiling(platform))


@panel("p95 by route", id="latency")
def latency(platform: Platform) -> TimeSeries:
    """What the slowest 5 % of this tenant's callers wait. The dashed red lines are what each route promises."""
    return TimeSeries((Series(LATENCY.quantile(SLOWEST).by(ROUTE)),), threshold=latency_ceiling(platform))


@panel("Requests by route", id="requests")
def requests(platform: Platform) -> TimeSeries:
    """This tenant's requests per second."""
    return TimeSeries((Series(REQUESTS.rate().by(ROUTE, SERVICE)),), stacked=True)


@panel("Tokens of 24 hours against the budget", id="tokens_against_budget")
def tokens_against_budget(platform: Platform) -> TimeSeries:
    """The tokens of the 24 hours before each moment. The dashed red line is the tenant's budget for a day."""
    used = TOKENS.increase(days(1)).by(TENANT).filtered_by(TENANT)
    return TimeSeries((Series(used, "used"),), threshold=token_budget(platform), no_value="No tokens used")


@panel("Tokens by model", id="tokens_by_model")
def tokens_by_model(platform: Platform) -> TimeSeries:
    """Tokens per second, in and out together, by model."""
    return TimeSeries((Series(TOKENS.rate().by(MODEL)),), stacked=True, no_value="No tokens used")


@panel("Dollars of the day by model", id="dollars_by_model")
def dollars_by_model(platform: Platform) -> BarGauge:
    """What this tenant's tokens of the last 24 hours cost, by model."""
    return BarGauge(TOKENS.increase(days(1)).priced().by(MODEL).filtered_by(TENANT), no_value="No tokens used")


@panel("Storage calls", id="storage_calls")
def storage_calls(platform: Platform) -> TimeSeries:
    """This tenant's calls to Vectorize, KV and Durable Objects per second."""
    calls = STORAGE_CALLS.rate()
    return TimeSeries(
        (
            Series(calls.where(STORE.is_("vectorize")), "Vectorize queries"),
            Series(calls.where(STORE.is_("kv"), OPERATION.is_("read")), "KV reads"),
            Series(calls.where(STORE.is_("kv"), OPERATION.is_("write")), "KV writes"),
            Series(calls.where(STORE.is_("durable_objects")), "Durable Object requests"),
        ),
        no_value="No storage calls",
    )


@panel("Storage errors", id="storage_errors")
def storage_errors(platform: Platform) -> TimeSeries:
    """This tenant's failed calls to Vectorize, KV and Durable Objects per second."""
    return TimeSeries(
        (
            Series(VECTORIZE_ERRORS.rate(), "Vectorize"),
            Series(KV_ERRORS.rate(), "KV"),
            Series(DO_ERRORS.rate(), "Durable Objects"),
        ),
        no_value="No errors",
    )


@panel("Cache hits", id="cache_hits")
def cache_hits(platform: Platform) -> TimeSeries:
    """Which percentage of this tenant's retrieval queries the cache served."""
    return TimeSeries((Series(RAG_CACHE_HIT_RATE.latest().by(TENANT, ROUTE, SERVICE)),), no_value="No retrieval")


@panel("Documents retrieved", id="documents")
def documents(platform: Platform) -> HistogramBars:
    """How many documents this tenant's queries found, over all that the dashboard shows: queries by documents."""
    return HistogramBars(RAG_RETRIEVAL_COUNT)


DASHBOARD = Dashboard(
    id="tenant",
    title="Tenant",
    description=__doc__,
    variables=(Variable(TENANT, REQUESTS, multi=False), Variable(SERVICE, REQUESTS), Variable(ROUTE, REQUESTS)),
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
