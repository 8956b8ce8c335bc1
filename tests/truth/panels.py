"""Every panel: the expected result of each of its queries, written independently of the panel's definition, or the
reason why its values are not verified.

Alert tests and back-tests verify burn rates.
"""

from __future__ import annotations

import math

from contract.ai import (
    AI_EMBEDDED_TEXTS,
    AI_ERRORS,
    AI_ERRORS_BY_CLASS,
    AI_FALLBACKS,
    AI_FINISH_REASONS,
    AI_IMAGES,
    AI_LATENCY,
    AI_REQUESTS,
    AI_RETRIES,
    AI_TIME_PER_OUTPUT_TOKEN,
    AI_TIME_TO_FIRST_TOKEN,
    AI_TOKENS_INPUT,
    AI_TOKENS_INPUT_CACHE_WRITE,
    AI_TOKENS_INPUT_CACHED,
    AI_TOKENS_OUTPUT,
    AI_TOKENS_OUTPUT_REASONING,
    AI_TOKENS_UNKNOWN,
    AI_TOOL_CALLS,
    TOKENS,
)
from contract.api import DROPPED, ERRORS, EXPORT_FAILURES, LATENCY, OVERFLOW, RATE_LIMITED, REQUESTS, ROWS_WRITTEN
from contract.labels import ENDPOINT, ERROR_CLASS, FINISH_REASON, MODEL, REASON, ROUTE, SERVICE, STORE, TENANT
from contract.rag import RAG_CACHE_HITS, RAG_QUERIES, RAG_RETRIEVAL_COUNT
from contract.storage import (
    D1_ERRORS,
    D1_LATENCY,
    D1_QUERIES,
    D1_ROWS_READ,
    D1_ROWS_WRITTEN,
    DO_ALARMS,
    DO_ERRORS,
    DO_REQUESTS,
    DO_ROWS_READ,
    DO_ROWS_WRITTEN,
    KV_DELETES,
    KV_ERRORS,
    KV_LISTS,
    KV_READS,
    KV_WRITES,
    QUEUE_ERRORS,
    QUEUE_MESSAGES_CONSUMED,
    QUEUE_MESSAGES_SENT,
    R2_DELETES,
    R2_ERRORS,
    R2_LISTS,
    R2_READS,
    R2_WRITES,
    STORAGE_CALLS,
    STORAGE_ERRORS,
    VECTORIZE_ERRORS,
    VECTORIZE_LATENCY,
    VECTORIZE_QUERIES,
)
from generator.dsl.labels import Label
from generator.dsl.query import DashboardWindow, ThresholdTable, Window
from generator.dsl.units import days, hours, minutes
from tests.truth.cost_panels import AI_COSTS, OVERVIEW_COSTS, STORAGE_COSTS, TENANT_COSTS
from tests.truth.dashboard_view import FIVE_MINUTES, DashboardView
from tests.truth.expected_values import (
    STEP,
    Aggregation,
    AnyCounter,
    Approximate,
    Expected,
    ResultValues,
    between,
    bucket_counts,
    cost,
    cost_by_product,
    error_budget_remaining,
    fraction_of,
    increase,
    limits,
    near,
    of_value,
    quantile,
    rate,
    ratio,
    share_up_to,
    where_enough,
    whole,
)

DAY, MONTH, RANGE = days(1), days(30), DashboardWindow.RANGE
BY_ROUTE = (ROUTE, SERVICE)
ROUTES = ("/chat", "/search", "/ingest")


def latency_limits(view: DashboardView) -> ThresholdTable:
    """Milliseconds by route."""
    return view.simulation.plan.platform.latency.route


def error_limits(view: DashboardView) -> ThresholdTable:
    """The ratio of errors by tenant."""
    return view.simulation.plan.platform.errors.tenant


def token_budgets(view: DashboardView) -> ThresholdTable:
    """Tokens per day by tenant."""
    return view.simulation.plan.platform.cost.tokens_per_day


def min_requests(view: DashboardView) -> float:
    """The requests that an alert on a ratio needs."""
    return float(view.simulation.plan.platform.min_requests.amount)


def active_tenants(view: DashboardView) -> ResultValues:
    """Expect the number of tenants with a request in the last 5 minutes."""
    requests = increase(REQUESTS, Aggregation(FIVE_MINUTES, (TENANT,), filtered_by=()))(view)
    return {(): Approximate(sum(value.value > 0 for value in requests.values()), 0)}


def cache_hit_percent(view: DashboardView) -> ResultValues:
    """Expect the cache hit ratio of the last 5 minutes, in percent."""
    aggregation = Aggregation(FIVE_MINUTES, (TENANT, *BY_ROUTE))
    return {group: value.times(100) for group, value in ratio(RAG_CACHE_HITS, RAG_QUERIES, aggregation)(view).items()}


def newest_sample(view: DashboardView) -> ResultValues:
    """A heartbeat within the last 15 seconds, in milliseconds."""
    return {(("level", "ok"),): Approximate(1000 * view.time - 7500, 7500)}


def by_level(**levels: Expected) -> Expected:
    """What each level shows, with the name of the level as a label."""

    def expected(view: DashboardView) -> ResultValues:
        return {
            tuple(sorted((*labels, ("level", level)))): value
            for level, of_level in levels.items()
            for labels, value in of_level(view).items()
        }

    return expected


def of_active_tenants(expected: Expected) -> Expected:
    """Expect values only of tenants with a request in the last 5 minutes: the table omits the others."""
    requests = increase(REQUESTS, Aggregation(FIVE_MINUTES, (TENANT,)))

    def expect(view: DashboardView) -> ResultValues:
        return {group: value for group, value in expected(view).items() if requests(view)[group].value > 0}

    return expect


def calls_of(store: str) -> Expected:
    """Expect the number of calls to a store in the last 5 minutes."""
    calls = whole(increase(STORAGE_CALLS, Aggregation(FIVE_MINUTES, (STORE,))))
    return lambda view: {(): calls(view)[((STORE.name, store),)]}


def error_ratio(window: Window) -> Expected:
    """Expect the error ratio of each route with enough requests in a window."""
    requests = increase(REQUESTS, Aggregation(window, BY_ROUTE))
    return where_enough(ratio(ERRORS, REQUESTS, Aggregation(window, BY_ROUTE)), requests, min_requests)


def enough(expected: Expected, count: AnyCounter = REQUESTS, by: tuple[Label, ...] = BY_ROUTE) -> Expected:
    """Expect values of 5 minutes with enough requests, calls or queries."""
    return where_enough(expected, increase(count, Aggregation(FIVE_MINUTES, by)), min_requests)


def keyed_by_tenant(expected: Expected) -> Expected:
    """Expect the series of the one selected tenant, with its name as a label."""

    def expect(view: DashboardView) -> ResultValues:
        (tenant,) = view.selected[TENANT.name]
        return {tuple(sorted((*labels, (TENANT.name, tenant)))): value for labels, value in expected(view).items()}

    return expect


def constant(value: float) -> Expected:
    """Expect a threshold that is the same at any time."""
    return lambda view: {(): Approximate(value, 1e-9)}


P95_OF_LIMIT = enough(
    fraction_of(quantile(LATENCY, 0.95, Aggregation(FIVE_MINUTES, (ROUTE,))), latency_limits, ROUTE), by=(ROUTE,)
)
CURRENT_ERROR_RATIO = ratio(ERRORS, REQUESTS, Aggregation(FIVE_MINUTES))
ERROR_RATIO_OF_TENANTS = ratio(ERRORS, REQUESTS, Aggregation(FIVE_MINUTES, (TENANT,)))
BY_MODEL = Aggregation(FIVE_MINUTES, (MODEL,))
LAST_MINUTES = Aggregation(FIVE_MINUTES, BY_ROUTE)
REQUESTS_OF_TENANTS = increase(REQUESTS, Aggregation(FIVE_MINUTES, (TENANT,)))
CURRENT_RATE_LIMITED_RATIO = ratio(RATE_LIMITED, REQUESTS, Aggregation(FIVE_MINUTES))
LATENCY_BY_ROUTE = enough(quantile(LATENCY, 0.95, LAST_MINUTES))
P95_BY_ROUTE = (LATENCY_BY_ROUTE, near(limits(latency_limits, ROUTE, *ROUTES), LATENCY_BY_ROUTE, ROUTE))
BUDGET_LEFT_BY_ROUTE = where_enough(
    error_budget_remaining(ratio(ERRORS, REQUESTS, Aggregation(MONTH, BY_ROUTE))),
    increase(REQUESTS, Aggregation(MONTH, BY_ROUTE)),
    min_requests,
)
ERRORS_BY_ROUTE = ratio(ERRORS, REQUESTS, LAST_MINUTES)
OF_LONGER_WINDOWS = (None, None)
"""Shares of an hour and of six, and their thresholds: recorded only where they may decide an alert. promtool compares
them with a model on random traffic (tests/verify/chance)."""
TOKENS_OF_BUDGET = fraction_of(
    increase(TOKENS, Aggregation(DAY, (TENANT,), filtered_by=(TENANT,))), token_budgets, TENANT
)


def cost_of_budget(view: DashboardView) -> ResultValues:
    """The cost of all products of the selected tenant, of the default budget of 50 dollars."""
    products = cost_by_product(Aggregation(DAY, filtered_by=(TENANT,)))(view).values()
    total = Approximate(sum(each.value for each in products), sum(each.tolerance for each in products))
    return keyed_by_tenant(lambda _: {(): total.times(1 / 50)})(view)


OVERVIEW: dict[str, tuple[Expected | None, ...]] = {
    **OVERVIEW_COSTS,
    "telemetry": (newest_sample,),
    "errors_now": (CURRENT_ERROR_RATIO,),
    "latency_now": (P95_OF_LIMIT,),
    "budget_left": (error_budget_remaining(ratio(ERRORS, REQUESTS, Aggregation(MONTH))),),
    "rate_limited_now": (CURRENT_RATE_LIMITED_RATIO,),
    "tenants_active": (active_tenants,),
    "tenants_active_over_time": (active_tenants,),
    "requests_now": (whole(increase(REQUESTS, Aggregation(FIVE_MINUTES))),),
    "requests_by_route": (rate(REQUESTS, *BY_ROUTE),),
    "error_share_by_route": (error_ratio(FIVE_MINUTES),),
    "latency_by_route": P95_BY_ROUTE,
    "budget_left_by_route": (BUDGET_LEFT_BY_ROUTE,),
    "budget_left_over_time": (BUDGET_LEFT_BY_ROUTE,),
    "rate_limited_by_route": (ratio(RATE_LIMITED, REQUESTS, Aggregation(STEP, BY_ROUTE)),),
    "telemetry_lost_now": (whole(increase(DROPPED, Aggregation(FIVE_MINUTES))),),
    "telemetry_lost": (increase(DROPPED, Aggregation(FIVE_MINUTES, (SERVICE, REASON))),),
    "requests_that_stop": (increase(REQUESTS, Aggregation(FIVE_MINUTES, BY_ROUTE)),),
    "outage_now": (ratio(ERRORS, REQUESTS, Aggregation(minutes(2))),),
    "counted_as_other": (increase(OVERFLOW, Aggregation(FIVE_MINUTES, (SERVICE, REASON))),),
    "rows_written": (rate(ROWS_WRITTEN, SERVICE),),
    "export_failures": (increase(EXPORT_FAILURES, Aggregation(FIVE_MINUTES, (ENDPOINT,))),),
    "cost_by_product": (cost_by_product(Aggregation(DAY, filtered_by=())),),
    "cost_over_time": (cost_by_product(Aggregation(DAY, filtered_by=())),),
    "cost_pace": (cost_by_product(Aggregation(FIVE_MINUTES, filtered_by=()), pace=288),),
    "outages": (error_ratio(minutes(2)),),
    # 14.4 and 6 times the error budget of 0.5 %.
    "fast_burn": (
        *(error_ratio(hours(1)), error_ratio(hours(6))),
        *(near(constant(0.072), error_ratio(hours(1))), near(constant(0.03), error_ratio(hours(6)))),
    ),
    "slow_burn": (error_ratio(days(3)),),
    "worst_tenants": (
        whole(of_active_tenants(increase(ERRORS, Aggregation(FIVE_MINUTES, (TENANT,))))),
        whole(REQUESTS_OF_TENANTS),
        where_enough(ERROR_RATIO_OF_TENANTS, REQUESTS_OF_TENANTS, min_requests),
        where_enough(fraction_of(ERROR_RATIO_OF_TENANTS, error_limits, TENANT), REQUESTS_OF_TENANTS, min_requests),
        where_enough(
            quantile(LATENCY, 0.95, Aggregation(FIVE_MINUTES, (TENANT,), filtered_by=())),
            increase(REQUESTS, Aggregation(FIVE_MINUTES, (TENANT,), filtered_by=())),
            min_requests,
        ),
        where_enough(
            ratio(RATE_LIMITED, REQUESTS, Aggregation(FIVE_MINUTES, (TENANT,))), REQUESTS_OF_TENANTS, min_requests
        ),
        of_active_tenants(TOKENS_OF_BUDGET),
    ),
}
TENANT_DETAIL: dict[str, tuple[Expected | None, ...]] = {
    **TENANT_COSTS,
    "telemetry": (newest_sample,),
    "retrieval_queries": (increase(RAG_QUERIES, Aggregation(FIVE_MINUTES)),),
    "errors_now": (
        by_level(
            critical=between(ERROR_RATIO_OF_TENANTS, error_limits, TENANT, 1, math.inf),
            warning=between(ERROR_RATIO_OF_TENANTS, error_limits, TENANT, 0.2, 1),
            ok=between(ERROR_RATIO_OF_TENANTS, error_limits, TENANT, 0, 0.2),
        ),
    ),
    "latency_now": (P95_OF_LIMIT,),
    "tokens_of_budget": (TOKENS_OF_BUDGET,),
    "dollars_of_the_day": (cost(Aggregation(DAY, filtered_by=(TENANT,))),),
    "dollars_over_time": (cost(Aggregation(DAY, filtered_by=(TENANT,))),),
    "cost_by_product": (cost_by_product(Aggregation(DAY, filtered_by=(TENANT,))),),
    "requests_that_stop": (increase(REQUESTS, Aggregation(FIVE_MINUTES, (TENANT,), filtered_by=(TENANT,))),),
    "requests_now": (whole(increase(REQUESTS, Aggregation(FIVE_MINUTES))),),
    "rate_limited_now": (CURRENT_RATE_LIMITED_RATIO,),
    "error_share": (
        keyed_by_tenant(ERRORS_BY_ROUTE),
        *OF_LONGER_WINDOWS,
        near(limits(error_limits, TENANT), keyed_by_tenant(ERRORS_BY_ROUTE), TENANT),
        *OF_LONGER_WINDOWS,
    ),
    "latency": P95_BY_ROUTE,
    "requests": (rate(REQUESTS, *BY_ROUTE),),
    "rate_limited_by_route": (ratio(RATE_LIMITED, REQUESTS, Aggregation(FIVE_MINUTES, BY_ROUTE)),),
    "tokens_against_budget": (TOKENS_OF_BUDGET,),
    "cost_against_budget": (cost_of_budget,),
    "tokens_by_model": (rate(TOKENS, MODEL),),
    "dollars_by_model": (cost(Aggregation(DAY, (MODEL,), filtered_by=(TENANT,))),),
    "storage_calls": (
        rate(STORAGE_CALLS, where=STORE, value="vectorize"),
        rate(KV_READS),
        rate(KV_WRITES),
        rate(KV_LISTS),
        rate(KV_DELETES),
        rate(STORAGE_CALLS, where=STORE, value="durable_objects"),
        rate(D1_QUERIES),
        rate(R2_READS),
        rate(R2_WRITES),
        rate(R2_LISTS),
        rate(R2_DELETES),
        rate(QUEUE_MESSAGES_SENT),
        rate(QUEUE_MESSAGES_CONSUMED),
    ),
    "storage_errors": (
        *(rate(VECTORIZE_ERRORS), rate(KV_ERRORS), rate(DO_ERRORS)),
        *(rate(D1_ERRORS), rate(R2_ERRORS), rate(QUEUE_ERRORS)),
    ),
    "queries_by_route": (rate(RAG_QUERIES, *BY_ROUTE),),
    "cache_hits": (cache_hit_percent,),
    "documents": (whole(bucket_counts(RAG_RETRIEVAL_COUNT, RANGE)),),
}
AI: dict[str, tuple[Expected | None, ...]] = {
    **AI_COSTS,
    "telemetry": (newest_sample,),
    "retrieval_queries": (increase(RAG_QUERIES, Aggregation(FIVE_MINUTES)),),
    "errors_now": (ratio(AI_ERRORS, AI_REQUESTS, Aggregation(FIVE_MINUTES)),),
    "latency_now": (enough(quantile(AI_LATENCY, 0.95, Aggregation(FIVE_MINUTES)), AI_REQUESTS, ()),),
    "first_token_now": (quantile(AI_TIME_TO_FIRST_TOKEN, 0.95, Aggregation(hours(1))),),
    "token_time_now": (quantile(AI_TIME_PER_OUTPUT_TOKEN, 0.95, Aggregation(hours(1))),),
    "calls": (whole(increase(AI_REQUESTS, Aggregation(FIVE_MINUTES))),),
    "dollars_now": (cost(Aggregation(DAY)),),
    "empty_results_now": (share_up_to(RAG_RETRIEVAL_COUNT, 0, Aggregation(FIVE_MINUTES)),),
    "empty_results": (share_up_to(RAG_RETRIEVAL_COUNT, 0, LAST_MINUTES),),
    "cache_hits_now": (ratio(RAG_CACHE_HITS, RAG_QUERIES, Aggregation(FIVE_MINUTES)),),
    "unknown_tokens": (ratio(AI_TOKENS_UNKNOWN, AI_REQUESTS, Aggregation(hours(1), (MODEL,))),),
    "error_share_by_model": (enough(ratio(AI_ERRORS, AI_REQUESTS, BY_MODEL), AI_REQUESTS, (MODEL,)),),
    "latency_by_model": (enough(quantile(AI_LATENCY, 0.95, BY_MODEL), AI_REQUESTS, (MODEL,)),),
    "requests_by_model": (rate(AI_REQUESTS, MODEL),),
    "latency_quantiles": tuple(
        enough(quantile(AI_LATENCY, q, Aggregation(FIVE_MINUTES)), AI_REQUESTS, ()) for q in (0.5, 0.95, 0.99)
    ),
    "first_token_by_model": (quantile(AI_TIME_TO_FIRST_TOKEN, 0.95, Aggregation(hours(1), (MODEL,))),),
    "token_time_by_model": (quantile(AI_TIME_PER_OUTPUT_TOKEN, 0.95, Aggregation(hours(1), (MODEL,))),),
    "tokens_by_model": (rate(TOKENS, MODEL),),
    "tokens_in_and_out": (rate(AI_TOKENS_INPUT), rate(AI_TOKENS_OUTPUT)),
    "errors_by_class": (increase(AI_ERRORS_BY_CLASS, Aggregation(FIVE_MINUTES, (ERROR_CLASS,))),),
    "finish_reasons": (increase(AI_FINISH_REASONS, Aggregation(FIVE_MINUTES, (FINISH_REASON,))),),
    "cut_answers": tuple(
        of_value(AI_FINISH_REASONS, FINISH_REASON, reason, Aggregation(FIVE_MINUTES))
        for reason in ("length", "content_filter")
    ),
    "blocked_by_guardrails": (of_value(AI_ERRORS_BY_CLASS, ERROR_CLASS, "safety", BY_MODEL),),
    "retries_by_model": (increase(AI_RETRIES, BY_MODEL),),
    "fallbacks_by_model": (increase(AI_FALLBACKS, BY_MODEL),),
    "tool_calls": tuple(increase(metric, Aggregation(FIVE_MINUTES)) for metric in (AI_TOOL_CALLS, AI_FALLBACKS)),
    "embedded_texts": (increase(AI_EMBEDDED_TEXTS, BY_MODEL),),
    "images": (increase(AI_IMAGES, BY_MODEL),),
    "token_classes": (
        rate(AI_TOKENS_INPUT_CACHED),
        rate(AI_TOKENS_INPUT_CACHE_WRITE),
        rate(AI_TOKENS_OUTPUT_REASONING),
    ),
    "tokens_per_call": (ratio(TOKENS, AI_REQUESTS, Aggregation(STEP, (MODEL,))),),
    "dollars_of_the_day": (cost(Aggregation(DAY)),),
    "dollars_by_model": (cost(Aggregation(DAY, (MODEL,))),),
    "dollars_by_tenant": (cost(Aggregation(DAY, (TENANT,))),),
    "queries_by_route": (rate(RAG_QUERIES, *BY_ROUTE),),
    "cache_hits": (ratio(RAG_CACHE_HITS, RAG_QUERIES, Aggregation(STEP, BY_ROUTE)),),
    "documents": (whole(bucket_counts(RAG_RETRIEVAL_COUNT, RANGE)),),
    "documents_over_time": (bucket_counts(RAG_RETRIEVAL_COUNT, STEP),),
}
STORAGE: dict[str, tuple[Expected | None, ...]] = {
    **STORAGE_COSTS,
    "telemetry": (newest_sample,),
    "vectorize_errors_now": (ratio(VECTORIZE_ERRORS, VECTORIZE_QUERIES, Aggregation(FIVE_MINUTES)),),
    "errors_now": (ratio(STORAGE_ERRORS, STORAGE_CALLS, Aggregation(FIVE_MINUTES, (STORE,))),),
    "vectorize_latency_now": (
        enough(quantile(VECTORIZE_LATENCY, 0.95, Aggregation(FIVE_MINUTES)), VECTORIZE_QUERIES, ()),
    ),
    "calls_now": (whole(increase(STORAGE_CALLS, Aggregation(FIVE_MINUTES, (STORE,)))),),
    "error_share_by_store": (
        enough(ratio(STORAGE_ERRORS, STORAGE_CALLS, Aggregation(FIVE_MINUTES, (STORE,))), STORAGE_CALLS, (STORE,)),
    ),
    "calls_by_store": (rate(STORAGE_CALLS, STORE),),
    "vectorize_queries": (rate(VECTORIZE_QUERIES, ROUTE),),
    "vectorize_errors": (rate(VECTORIZE_ERRORS, ROUTE),),
    "vectorize_latency": tuple(
        enough(quantile(VECTORIZE_LATENCY, q, Aggregation(FIVE_MINUTES)), VECTORIZE_QUERIES, ())
        for q in (0.5, 0.95, 0.99)
    ),
    "vectorize_heat": (bucket_counts(VECTORIZE_LATENCY, STEP),),
    **{
        f"{name}_calls": (calls_of(store),)
        for name, store in (("kv", "kv"), ("do", "durable_objects"), ("d1", "d1"), ("r2", "r2"), ("queue", "queues"))
    },
    "kv_reads": (rate(KV_READS),),
    "kv_writes": (rate(KV_WRITES),),
    "kv_lists": (rate(KV_LISTS), rate(KV_DELETES)),
    "kv_errors": (rate(KV_ERRORS, SERVICE),),
    "do_requests": (rate(DO_REQUESTS, SERVICE),),
    "do_alarms": (rate(DO_ALARMS, SERVICE),),
    "do_rows_read": (rate(DO_ROWS_READ, SERVICE),),
    "do_rows_written": (rate(DO_ROWS_WRITTEN, SERVICE),),
    "do_errors": (rate(DO_ERRORS, SERVICE),),
    "d1_queries": (rate(D1_QUERIES, ROUTE),),
    "d1_latency": tuple(
        enough(quantile(D1_LATENCY, q, Aggregation(FIVE_MINUTES)), D1_QUERIES, ()) for q in (0.5, 0.95, 0.99)
    ),
    "d1_rows_read": (rate(D1_ROWS_READ, ROUTE),),
    "d1_rows_written": (rate(D1_ROWS_WRITTEN, ROUTE),),
    "d1_errors": (rate(D1_ERRORS, SERVICE),),
    "r2_reads": (rate(R2_READS),),
    "r2_writes": (rate(R2_WRITES),),
    "r2_lists": (rate(R2_LISTS), rate(R2_DELETES)),
    "r2_errors": (rate(R2_ERRORS, SERVICE),),
    "queue_messages": (rate(QUEUE_MESSAGES_SENT), rate(QUEUE_MESSAGES_CONSUMED)),
    "queue_errors": (rate(QUEUE_ERRORS, SERVICE),),
}
VERIFIED = {
    f"{dashboard}/{panel}": expected
    for dashboard, panels in (("overview", OVERVIEW), ("tenant", TENANT_DETAIL), ("ai", AI), ("storage", STORAGE))
    for panel, expected in panels.items()
}
ALERTS = "alert tests and back-tests verify which alerts fire; the simulation has no expected alerts"
OF_MONTH = "tests/rendering/test_costs_of_a_month.py verifies bills of months, of which the simulation has a day"
NOTHING_MISSING = "no telemetry is missing on the simulated day; alert tests and back-tests have what is"
NO_SERVER = "the simulation has no counters of Prometheus and Alertmanager; alert tests have them"
NOT_VERIFIED = {
    **dict.fromkeys(
        (
            "overview/rules_failing",
            "overview/evaluations_missed",
            "overview/alerts_not_delivered",
            "overview/notifications_failing",
        ),
        NO_SERVER,
    ),
    "overview/pages": ALERTS,
    "overview/tickets": ALERTS,
    "overview/firing_now": ALERTS,
    "overview/firing_over_time": "tests/truth/test_firing_alerts.py counts the alerts that fire",
    "overview/failing_tenants": ALERTS,
    "overview/heartbeat_age": "the simulation has no heartbeat events: the export derives heartbeats from the clock",
    "tenant/slow_requests": "alert tests verify its shares; tenant/latency is verified and reads the same buckets",
    "tenant/ai_error_share": "alert tests verify its shares; ai/error_share_by_model is verified",
    "tenant/storage_error_share": "alert tests verify its shares; tenant/storage_errors is verified",
    "tenant/token_forecast": "it forecasts that the last hour continues, for which there are no events",
    "tenant/cost_forecast": "it forecasts that the last hour continues, for which there are no events",
    "overview/day_forecast": "it forecasts that the last hour continues, for which there are no events",
    "overview/month_against_budget": OF_MONTH,
    "overview/month_forecast": OF_MONTH,
    "storage/month_forecast": OF_MONTH,
    "ai/month_forecast": OF_MONTH,
    "tenant/month_against_budget": OF_MONTH,
    "ai/month_against_budget": OF_MONTH,
    "storage/month_against_budget": OF_MONTH,
    "tenant/month_forecast": OF_MONTH,
    "ai/tokens_without_price": "every model of the platform has a price; an alert test has one without",
    "ai/calls_without_tokens": NOTHING_MISSING,
    "overview/requests_without_latency": NOTHING_MISSING,
    "ai/forecast_against_budget": "it forecasts that the last hour continues, for which there are no events",
}
"""Panels without expected values, each with the reason; a test still checks that their queries have results."""
EMPTY = (
    "ai/tokens_without_price",
    *(f"{name}/cost_change" for name in ("overview", "tenant", "storage")),
    *(name for name, reason in NOT_VERIFIED.items() if reason in (NOTHING_MISSING, NO_SERVER)),
)
"""Panels that show nothing on the simulated day."""
PARTLY_EMPTY = {
    "tenant/slow_requests": ("B", "C", "D", "E", "F"),
    "tenant/ai_error_share": ("C", "F"),
    "tenant/cost_forecast": ("B",),
    "tenant/month_forecast": ("B",),
    "overview/day_forecast": ("B",),
    "storage/month_forecast": ("B",),
    "ai/dollars_against_week": ("C", "D"),
    "overview/cost_movers": ("C",),
    **dict.fromkeys((f"{name}/cost_against_week" for name in ("overview", "tenant", "storage")), ("C", "D")),
}
"""The queries of panels that show nothing: no tenant has slow requests, nor any share or cost near the threshold, and
there is no week before."""
