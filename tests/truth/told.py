"""What every panel must show, query by query, said anew of the record and not taken from the panels' definitions."""

from __future__ import annotations

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
from contract.api import DROPPED, ERRORS, LATENCY, RATE_LIMITED, REQUESTS
from contract.labels import MODEL, OPERATION, ROUTE, SERVICE, STORE, TENANT
from contract.rag import RAG_CACHE_HITS, RAG_QUERIES, RAG_RETRIEVAL_COUNT
from contract.storage import (
    DO_ERRORS,
    DO_REQUESTS,
    KV_ERRORS,
    KV_READS,
    KV_WRITES,
    STORAGE_CALLS,
    STORAGE_ERRORS,
    VECTORIZE_ERRORS,
    VECTORIZE_LATENCY,
    VECTORIZE_QUERIES,
)
from generator.dsl.limit import Limit
from generator.dsl.measure import Window
from generator.dsl.units import days
from tests.truth.look import NOW, Look
from tests.truth.tell import (
    STEP,
    Near,
    Of,
    Told,
    Values,
    buckets,
    budget_left,
    count,
    dollars,
    limits,
    quantile,
    rate,
    share,
    used,
)

DAY, MONTH, RANGE = days(1), days(30), Window.RANGE
BY_ROUTE = (ROUTE, SERVICE)
ROUTES = ("/chat", "/search", "/ingest")


def latency_limit(look: Look) -> Limit:
    """Milliseconds by route."""
    return look.simulation.plan.platform.latency.route


def error_limit(look: Look) -> Limit:
    """The share of errors by tenant."""
    return look.simulation.plan.platform.errors.tenant


def token_budget(look: Look) -> Limit:
    """Tokens a day by tenant."""
    return look.simulation.plan.platform.cost.tokens_per_day


def active(look: Look) -> Values:
    """How many tenants sent a request in the last 5 minutes."""
    told = count(REQUESTS, Of(NOW, (TENANT,), narrowed=()))(look)
    return {(): Near(sum(near.value > 0 for near in told.values()), 0)}


def hit_rate(look: Look) -> Values:
    """The cache's share of the last 5 minutes, in percent."""
    told = share(RAG_CACHE_HITS, RAG_QUERIES, Of(NOW, (TENANT, *BY_ROUTE)))(look)
    return {key: near.times(100) for key, near in told.items()}


def listed(told: Told) -> Told:
    """Of the tenants alone that sent a request in the last 5 minutes: the others are not in the table."""
    there = count(REQUESTS, Of(NOW, (TENANT,)))

    def tell(look: Look) -> Values:
        return {key: near for key, near in told(look).items() if there(look)[key].value > 0}

    return tell


P95_USED = used(quantile(LATENCY, 0.95, Of(NOW, (ROUTE,))), latency_limit, ROUTE)
SHARE_NOW = share(ERRORS, REQUESTS, Of(NOW))
LIMITED_NOW = share(RATE_LIMITED, REQUESTS, Of(NOW))
SHARE_BY_ROUTE = share(ERRORS, REQUESTS, Of(STEP, BY_ROUTE))
P95_BY_ROUTE = (quantile(LATENCY, 0.95, Of(STEP, (ROUTE,))), limits(latency_limit, ROUTE, *ROUTES))
BUDGET_USED = used(count(TOKENS, Of(DAY, (TENANT,), narrowed=(TENANT,))), token_budget, TENANT)

OVERVIEW: dict[str, tuple[Told, ...]] = {
    "errors_now": (SHARE_NOW,),
    "latency_now": (P95_USED,),
    "budget_left": (budget_left(share(ERRORS, REQUESTS, Of(MONTH))),),
    "rate_limited_now": (LIMITED_NOW,),
    "tenants_active": (active,),
    "requests_by_route": (rate(REQUESTS, *BY_ROUTE),),
    "error_share_by_route": (SHARE_BY_ROUTE,),
    "latency_by_route": P95_BY_ROUTE,
    "budget_left_by_route": (budget_left(share(ERRORS, REQUESTS, Of(MONTH, BY_ROUTE))),),
    "rate_limited_by_route": (share(RATE_LIMITED, REQUESTS, Of(STEP, BY_ROUTE)),),
    "telemetry_lost": (rate(DROPPED, SERVICE),),
    "worst_tenants": (
        share(ERRORS, REQUESTS, Of(NOW, (TENANT,))),
        quantile(LATENCY, 0.95, Of(NOW, (TENANT,), narrowed=())),
        count(REQUESTS, Of(NOW, (TENANT,))),
        share(RATE_LIMITED, REQUESTS, Of(NOW, (TENANT,))),
        listed(BUDGET_USED),
    ),
}
TENANT_BOARD: dict[str, tuple[Told, ...]] = {
    "errors_now": (SHARE_NOW,),
    "latency_now": (P95_USED,),
    "tokens_of_budget": (BUDGET_USED,),
    "dollars_of_the_day": (dollars(Of(DAY, narrowed=(TENANT,))),),
    "requests_now": (count(REQUESTS, Of(NOW)),),
    "rate_limited_now": (LIMITED_NOW,),
    "error_share": (SHARE_BY_ROUTE, limits(error_limit, TENANT)),
    "latency": P95_BY_ROUTE,
    "requests": (rate(REQUESTS, *BY_ROUTE),),
    "tokens_against_budget": (
        count(TOKENS, Of(DAY, (TENANT,), narrowed=(TENANT,))),
        limits(token_budget, TENANT),
    ),
    "tokens_by_model": (rate(TOKENS, MODEL),),
    "dollars_by_model": (dollars(Of(DAY, (MODEL,), narrowed=(TENANT,))),),
    "storage_calls": (
        rate(STORAGE_CALLS, where=STORE, value="vectorize"),
        rate(STORAGE_CALLS, where=OPERATION, value="read"),
        rate(STORAGE_CALLS, where=OPERATION, value="write"),
        rate(STORAGE_CALLS, where=STORE, value="durable_objects"),
    ),
    "storage_errors": (rate(VECTORIZE_ERRORS), rate(KV_ERRORS), rate(DO_ERRORS)),
    "cache_hits": (hit_rate,),
    "documents": (buckets(RAG_RETRIEVAL_COUNT, RANGE),),
}
AI: dict[str, tuple[Told, ...]] = {
    "errors_now": (share(AI_ERRORS, AI_REQUESTS, Of(NOW)),),
    "latency_now": (quantile(AI_LATENCY, 0.95, Of(NOW)),),
    "first_token_now": (quantile(AI_TIME_TO_FIRST_TOKEN, 0.95, Of(NOW)),),
    "calls": (rate(AI_REQUESTS),),
    "dollars_now": (dollars(Of(DAY)),),
    "cache_hits_now": (share(RAG_CACHE_HITS, RAG_QUERIES, Of(NOW)),),
    "unknown_tokens": (share(AI_TOKENS_UNKNOWN, AI_REQUESTS, Of(STEP, (MODEL,))),),
    "error_share_by_model": (share(AI_ERRORS, AI_REQUESTS, Of(STEP, (MODEL,))),),
    "latency_by_model": (quantile(AI_LATENCY, 0.95, Of(STEP, (MODEL,))),),
    "requests_by_model": (rate(AI_REQUESTS, MODEL),),
    "latency_quantiles": tuple(quantile(AI_LATENCY, q, Of()) for q in (0.5, 0.95, 0.99)),
    "first_token_by_model": (quantile(AI_TIME_TO_FIRST_TOKEN, 0.95, Of(STEP, (MODEL,))),),
    "tokens_by_model": (rate(TOKENS, MODEL),),
    "tokens_in_and_out": (rate(AI_TOKENS_INPUT), rate(AI_TOKENS_OUTPUT)),
    "tokens_per_call": (share(TOKENS, AI_REQUESTS, Of(STEP, (MODEL,))),),
    "dollars_of_the_day": (dollars(Of(DAY)),),
    "dollars_by_model": (dollars(Of(DAY, (MODEL,))),),
    "dollars_by_tenant": (dollars(Of(DAY, (TENANT,))),),
    "cache_hits": (share(RAG_CACHE_HITS, RAG_QUERIES, Of(STEP, BY_ROUTE)),),
    "documents": (buckets(RAG_RETRIEVAL_COUNT, RANGE),),
    "documents_over_time": (buckets(RAG_RETRIEVAL_COUNT, STEP),),
}
STORAGE: dict[str, tuple[Told, ...]] = {
    "errors_now": (share(STORAGE_ERRORS, STORAGE_CALLS, Of(NOW, (STORE,))),),
    "vectorize_latency_now": (quantile(VECTORIZE_LATENCY, 0.95, Of(NOW)),),
    "calls_now": (rate(STORAGE_CALLS, STORE),),
    "error_share_by_store": (share(STORAGE_ERRORS, STORAGE_CALLS, Of(STEP, (STORE,))),),
    "calls_by_store": (rate(STORAGE_CALLS, STORE),),
    "vectorize_queries": (rate(VECTORIZE_QUERIES, ROUTE),),
    "vectorize_errors": (rate(VECTORIZE_ERRORS, ROUTE),),
    "vectorize_latency": tuple(quantile(VECTORIZE_LATENCY, q, Of()) for q in (0.5, 0.95, 0.99)),
    "vectorize_heat": (buckets(VECTORIZE_LATENCY, STEP),),
    "kv_reads": (rate(KV_READS),),
    "kv_writes": (rate(KV_WRITES),),
    "kv_errors": (rate(KV_ERRORS, SERVICE),),
    "do_requests": (rate(DO_REQUESTS, SERVICE),),
    "do_errors": (rate(DO_ERRORS, SERVICE),),
}
TOLD = {
    f"{board}/{name}": told
    for board, panels in (("overview", OVERVIEW), ("tenant", TENANT_BOARD), ("ai", AI), ("storage", STORAGE))
    for name, told in panels.items()
}
