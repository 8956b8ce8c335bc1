"""Tenant: is this tenant healthy, and what does it use?"""

from contract.ai import TOKENS
from contract.api import ERRORS, LATENCY, RATE_LIMITED, REQUESTS
from contract.billing import COST
from contract.labels import MODEL, OPERATION, PRODUCT, ROUTE, SERVICE, STORE, TENANT
from contract.objectives import RATE_LIMITED_WARNING, latency_slo, token_budget
from contract.rag import RAG_CACHE_HIT_RATE, RAG_QUERIES, RAG_RETRIEVAL_COUNT
from contract.storage import (
    D1_ERRORS,
    DO_ERRORS,
    KV_ERRORS,
    QUEUE_ERRORS,
    R2_ERRORS,
    STORAGE_CALLS,
    VECTORIZE_ERRORS,
)
from dashboards.cost_growth import growth_of_cost
from dashboards.overview import telemetry
from dashboards.token_costs import cached_share
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.conditional import only_where
from generator.dsl.dashboard import (
    AlertSeries,
    BarGauge,
    Dashboard,
    GaugePanel,
    HistogramPanel,
    Row,
    Series,
    Stat,
    Table,
    TimeSeries,
    Variable,
    panel,
)
from generator.dsl.metrics import P95
from generator.dsl.panel_thresholds import fraction_of_critical, threshold_of
from generator.dsl.platform import Platform
from generator.dsl.query import DashboardWindow
from generator.dsl.spending import cost_of_each, cost_of_thousand, relative_change_since, saved_by_cache
from generator.dsl.units import days, minutes, percent

NOW = minutes(5)


@panel("Error rate", id="errors_now")
def error_ratio_now(platform: Platform) -> Stat:
    """Requests of this tenant in the last {window} that failed, in percent of all. Red from the tenant's threshold of
    TenantHighErrorRate on."""
    errors = ERRORS.ratio_to(REQUESTS, NOW).by(TENANT)
    return Stat(errors, warning=fraction_of_critical(percent(20)), critical=threshold_of("TenantHighErrorRate"))


@panel("{quantile} latency, % of SLO", id="latency_now")
def latency_now(platform: Platform) -> Stat:
    """{quantile} latency of this tenant in the last {window}, in percent of the route's SLO; a route with fewer than
    {minimum} has none. Orange from {warning} on, red from {critical} on."""
    enough = REQUESTS.increase(NOW).by(ROUTE).at_least(platform.min_requests)
    used = only_where(LATENCY.quantile(P95, NOW).by(ROUTE), enough).fraction_of(latency_slo(platform))
    return Stat(
        used,
        warning=fraction_of_critical(percent(80)),
        critical=latency_slo(platform),
        no_value="Too few requests",
    )


@panel("Budget used, last {window}", id="tokens_of_budget")
def budget_used(platform: Platform) -> GaugePanel:
    """Tokens of the last {window} in percent of this tenant's budget. HighAICosts opens a ticket from orange on and
    pages above {critical}."""
    used = TOKENS.increase(days(1)).by(TENANT).filtered_by(TENANT).fraction_of(token_budget(platform))
    return GaugePanel(
        used,
        warning=threshold_of("HighAICosts", TICKET),
        critical=threshold_of("HighAICosts", PAGE),
        no_value="No tokens",
    )


@panel("Cost, last {window}", id="dollars_of_the_day")
def cost_last_24h(platform: Platform) -> Stat:
    """Cost of this tenant's tokens in the last {window}, at the prices in platform.yaml before included amounts."""
    dollars = TOKENS.increase(days(1)).priced().filtered_by(TENANT)
    return Stat(dollars, no_value="No tokens")


@panel("Requests, {window}", id="requests_now")
def requests_now(platform: Platform) -> Stat:
    """Number of requests that this tenant sent in the last {window}."""
    return Stat(REQUESTS.increase(NOW))


@panel("429 responses", id="rate_limited_now")
def rate_limited_now(platform: Platform) -> Stat:
    """Requests of this tenant in the last {window} answered with 429, in percent of all. Orange from {warning} on."""
    return Stat(RATE_LIMITED.ratio_to(REQUESTS, NOW), warning=RATE_LIMITED_WARNING)


@panel("Error rate by route", id="error_share")
def error_ratio_by_route(platform: Platform) -> AlertSeries:
    """Failed requests of this tenant in percent of all, of the {shortest_window} before each point, and of up to the
    {longest_window} before it where few requests fail too often to be chance. The dashed red lines are its threshold of
    TenantHighErrorRate."""
    return AlertSeries("TenantHighErrorRate")


@panel("Latency by route, {quantile}", id="latency")
def latency_by_route(platform: Platform) -> TimeSeries:
    """{quantile} latency of this tenant in the {window} before each point, where there were at least {minimum}. The
    dashed red lines are the routes' SLOs."""
    enough = REQUESTS.increase(NOW).by(ROUTE, SERVICE).at_least(platform.min_requests)
    latency = only_where(LATENCY.quantile(P95, NOW).by(ROUTE, SERVICE), enough)
    return TimeSeries((Series(latency),), threshold=latency_slo(platform))


@panel("Slow requests by route", id="slow_requests")
def slow_requests_by_route(platform: Platform) -> AlertSeries:
    """Requests of this tenant that took longer than the route's SLO in percent of all, of the {shortest_window} before
    each point, and of up to the {longest_window} before it where few requests are slow too often to be chance. The
    dashed red line is what the SLO allows, which TenantHighLatency compares."""
    return AlertSeries("TenantHighLatency")


@panel("Failed calls by model", id="ai_error_share")
def failed_calls_by_model(platform: Platform) -> AlertSeries:
    """This tenant's failed calls to each model in percent of all, of the {shortest_window} before each point, and of up
    to the {longest_window} before it where few calls fail too often to be chance. The dashed red line is the threshold
    of TenantHighAIErrorRate."""
    return AlertSeries("TenantHighAIErrorRate", filters=(TENANT,), no_value="No calls")


@panel("Requests by route", id="requests")
def requests_by_route(platform: Platform) -> TimeSeries:
    """This tenant's requests per second."""
    return TimeSeries((Series(REQUESTS.rate().by(ROUTE, SERVICE)),), stacked=True)


@panel("Budget used over time, {window}", id="tokens_against_budget")
def budget_used_over_time(platform: Platform) -> AlertSeries:
    """Tokens of the {window} before each point in percent of this tenant's budget. The dashed lines are the thresholds
    of HighAICosts: ticket orange, page red."""
    return AlertSeries("HighAICosts", name="used", filters=(TENANT,), no_value="No tokens")


@panel("Token forecast, {window}", id="token_forecast")
def token_forecast(platform: Platform) -> AlertSeries:
    """Tokens that this tenant will have used in {window} if its last {recent} continues. The dashed red line is its
    budget, the threshold of AICostForecast, which ignores a batch that runs every day or every week."""
    return AlertSeries("AICostForecast", name="forecast", filters=(TENANT,), no_value="No tokens")


@panel("429 responses by route", id="rate_limited_by_route")
def rate_limited_by_route(platform: Platform) -> TimeSeries:
    """This tenant's requests to each route answered with 429 in the {window} before each point, in percent of all."""
    return TimeSeries((Series(RATE_LIMITED.ratio_to(REQUESTS, NOW).by(ROUTE, SERVICE)),))


@panel("Tokens by model", id="tokens_by_model")
def tokens_by_model(platform: Platform) -> TimeSeries:
    """Input and output tokens per second, by model."""
    return TimeSeries((Series(TOKENS.rate().by(MODEL)),), stacked=True, no_value="No tokens")


@panel("Cost by model, last {window}", id="dollars_by_model")
def cost_by_model(platform: Platform) -> BarGauge:
    """Cost of this tenant's tokens in the last {window}, by model, at the prices in platform.yaml before included
    amounts."""
    return BarGauge(TOKENS.increase(days(1)).priced().by(MODEL).filtered_by(TENANT), no_value="No tokens")


@panel("Budget in dollars used, {window}", id="cost_against_budget")
def cost_against_budget(platform: Platform) -> AlertSeries:
    """Cost of all products that this tenant used in the {window} before each point, in percent of its budget, at list
    prices before included amounts. The dashed lines are the thresholds of TenantCost: ticket orange, page red."""
    return AlertSeries("TenantCost", name="used", filters=(TENANT,), no_value="No cost")


@panel("Cost forecast, {window}", id="cost_forecast")
def cost_forecast(platform: Platform) -> AlertSeries:
    """What this tenant will have cost in {window} if its last {recent} continues, at list prices before included
    amounts. The dashed red line is its budget, the threshold of TenantCostForecast, which ignores a batch that runs
    every day or every week."""
    return AlertSeries("TenantCostForecast", name="forecast", filters=(TENANT,), no_value="No cost")


@panel("Budget of this month used", id="month_against_budget")
def month_against_budget(platform: Platform) -> AlertSeries:
    """What all products that this tenant used cost in each calendar month (UTC) up to each point, in percent of its
    budget, at list prices before included amounts. The dashed lines are the thresholds of TenantMonthlyCost: ticket
    orange, page red."""
    return AlertSeries("TenantMonthlyCost", name="used", filters=(TENANT,), no_value="No cost")


@panel("Forecast of this month", id="month_forecast")
def month_forecast(platform: Platform) -> AlertSeries:
    """What this tenant would cost in each calendar month (UTC), at list prices before included amounts, if the rest of
    it cost as much as the day before each point. The dashed red line is its budget, the threshold of
    TenantMonthlyCostForecast."""
    return AlertSeries("TenantMonthlyCostForecast", name="forecast", filters=(TENANT,), no_value="No cost")


@panel("Cost by product, last {window}", id="cost_by_product")
def cost_by_product(platform: Platform) -> BarGauge:
    """Cost of what this tenant used in the last {window}, by product, at list prices before included amounts, which are
    those of the platform."""
    return BarGauge(COST.increase(days(1)).by(PRODUCT).filtered_by(TENANT), no_value="No cost")


@panel("Cost of all products, {window}", id="cost_now")
def cost_now(platform: Platform) -> Stat:
    """Cost of what this tenant used in the last {window}, at list prices before included amounts."""
    return Stat(COST.increase(days(1)).filtered_by(TENANT), no_value="No cost")


@panel("Change of cost in a week", id="cost_change")
def cost_change(platform: Platform) -> Stat:
    """Cost of all products in the last {window} against the same {window} a week ago, in percent of the latter, at list
    prices before included amounts."""
    dollars = COST.increase(days(1)).filtered_by(TENANT)
    return Stat(relative_change_since(dollars, days(7)), no_value="No cost a week ago")


@panel("Cost per request, {window}", id="cost_per_request")
def cost_per_request(platform: Platform) -> Stat:
    """Cost of all products in the last {window}, at list prices before included amounts, for each of the tenant's
    requests."""
    dollars, requests = (counter.increase(days(1)).filtered_by(TENANT) for counter in (COST, REQUESTS))
    return Stat(cost_of_each(dollars, requests), no_value="No cost")


@panel("Cost per 1,000 requests, {window}", id="cost_per_thousand")
def cost_per_thousand_requests(platform: Platform) -> Stat:
    """Cost of all products in the last {window}, at list prices before included amounts, for each 1,000 of the
    tenant's requests."""
    dollars, requests = (counter.increase(days(1)).filtered_by(TENANT) for counter in (COST, REQUESTS))
    return Stat(cost_of_thousand(dollars, requests), no_value="No cost")


@panel("Cost by product against a week ago", id="cost_against_week")
def cost_against_a_week_ago(platform: Platform) -> Table:
    """Cost of each product that this tenant used in the last {window}, and in the same {window} a week ago, at list
    prices before included amounts. The product that costs most dollars more than a week ago is first."""
    return growth_of_cost(PRODUCT, COST.increase(days(1)).filtered_by(TENANT))


@panel("Cost over time, last {window}", id="dollars_over_time")
def cost_over_time(platform: Platform) -> TimeSeries:
    """Cost of this tenant's tokens in the {window} before each point, at the prices in platform.yaml before included
    amounts."""
    dollars = TOKENS.increase(days(1)).priced().filtered_by(TENANT)
    return TimeSeries((Series(dollars, "all models"),), no_value="No tokens")


@panel("Cached input tokens by model", id="cached_share")
def cached_share_by_model(platform: Platform) -> TimeSeries:
    """This tenant's input tokens that a prompt cache served, in percent of each model's. Models that do not report them
    are left out."""
    share = cached_share(DashboardWindow.STEP).filtered_by(TENANT)
    return TimeSeries((Series(share),), no_value="No model reports them")


@panel("Saved by caching, last {window}", id="saved_by_cache")
def saved_by_cache_now(platform: Platform) -> Stat:
    """What this tenant's tokens of the last {window} would cost more without prompt caches, before included amounts. It
    is nothing for models without a price of cached tokens in platform.yaml."""
    return Stat(saved_by_cache(TOKENS.increase(days(1))).filtered_by(TENANT), no_value="No tokens")


@panel("Storage calls", id="storage_calls")
def storage_calls(platform: Platform) -> TimeSeries:
    """This tenant's calls to each store per second."""
    calls = STORAGE_CALLS.rate()
    return TimeSeries(
        (
            Series(calls.where(STORE.is_("vectorize")), "Vectorize queries"),
            Series(calls.where(STORE.is_("kv"), OPERATION.is_("read")), "KV reads"),
            Series(calls.where(STORE.is_("kv"), OPERATION.is_("write")), "KV writes"),
            Series(calls.where(STORE.is_("kv"), OPERATION.is_("list")), "KV lists"),
            Series(calls.where(STORE.is_("kv"), OPERATION.is_("delete")), "KV deletes"),
            Series(calls.where(STORE.is_("durable_objects")), "Durable Object requests"),
            Series(calls.where(STORE.is_("d1")), "D1 queries"),
            Series(calls.where(STORE.is_("r2"), OPERATION.is_("read")), "R2 reads"),
            Series(calls.where(STORE.is_("r2"), OPERATION.is_("write")), "R2 writes"),
            Series(calls.where(STORE.is_("r2"), OPERATION.is_("list")), "R2 lists"),
            Series(calls.where(STORE.is_("r2"), OPERATION.is_("delete")), "R2 deletes"),
            Series(calls.where(STORE.is_("queues"), OPERATION.is_("write")), "Queue messages sent"),
            Series(calls.where(STORE.is_("queues"), OPERATION.is_("read")), "Queue messages consumed"),
        ),
        no_value="No storage calls",
    )


@panel("Storage errors", id="storage_errors")
def storage_errors(platform: Platform) -> TimeSeries:
    """This tenant's failed calls to each store per second."""
    return TimeSeries(
        (
            Series(VECTORIZE_ERRORS.rate(), "Vectorize"),
            Series(KV_ERRORS.rate(), "KV"),
            Series(DO_ERRORS.rate(), "Durable Objects"),
            Series(D1_ERRORS.rate(), "D1"),
            Series(R2_ERRORS.rate(), "R2"),
            Series(QUEUE_ERRORS.rate(), "Queues"),
        ),
        no_value="No errors",
    )


@panel("Failed calls by store", id="storage_error_share")
def failed_calls_by_store(platform: Platform) -> AlertSeries:
    """This tenant's failed calls to each store in percent of all, of the {shortest_window} before each point, and of up
    to the {longest_window} before it where few calls fail too often to be chance. The dashed red line is the threshold
    of TenantStorageErrors."""
    return AlertSeries("TenantStorageErrors", filters=(TENANT,), no_value="No storage calls")


@panel("Queries, {window}", id="retrieval_queries")
def retrieval_queries(platform: Platform) -> Stat:
    """Number of this tenant's retrieval queries in the last {window}, or why there is none."""
    return Stat(RAG_QUERIES.increase(NOW), no_value="No retrieval")


@panel("Queries by route", id="queries_by_route")
def queries_by_route(platform: Platform) -> TimeSeries:
    """This tenant's retrieval queries per second, by route."""
    return TimeSeries((Series(RAG_QUERIES.rate().by(ROUTE, SERVICE)),), no_value="No retrieval")


@panel("Cache hit rate", id="cache_hits")
def cache_hit_rate(platform: Platform) -> TimeSeries:
    """Retrieval queries of this tenant in the last {window} that the cache served, in percent."""
    return TimeSeries((Series(RAG_CACHE_HIT_RATE.latest().by(TENANT, ROUTE, SERVICE)),), no_value="No retrieval")


@panel("Documents per query", id="documents")
def documents(platform: Platform) -> HistogramPanel:
    """Distribution of the number of documents that this tenant's queries retrieved, over the dashboard's time range."""
    return HistogramPanel(RAG_RETRIEVAL_COUNT)


@panel("Requests in {window}, all routes", id="requests_that_stop")
def requests_that_stop(platform: Platform) -> AlertSeries:
    """This tenant's requests in the {window} before each point, to all routes. TenantRequestsStopped opens a ticket
    where there were some at this time a week ago, many until now, and none for a while."""
    return AlertSeries("TenantRequestsStopped", name="requests", filters=(TENANT,))


DASHBOARD = Dashboard(
    id="tenant",
    title="Tenant",
    description=__doc__,
    variables=(Variable(TENANT, REQUESTS, multi=False), Variable(SERVICE, REQUESTS), Variable(ROUTE, REQUESTS)),
    rows=(
        Row(
            "Now",
            (telemetry, error_ratio_now, latency_now, rate_limited_now),
            height=4,
            id="Is this tenant well now?",
        ),
        Row(
            "Trend by route and model",
            (
                requests_now,
                error_ratio_by_route,
                slow_requests_by_route,
                latency_by_route,
                requests_by_route,
                rate_limited_by_route,
                tokens_by_model,
            ),
            id="Since when, and where?",
        ),
        Row(
            "Tokens and cost of all routes",
            (
                budget_used,
                cost_last_24h,
                saved_by_cache_now,
                budget_used_over_time,
                token_forecast,
                cost_over_time,
                cost_by_model,
                cached_share_by_model,
            ),
            id="What does it use?",
        ),
        Row(
            "Cost of all products and routes",
            (
                cost_now,
                cost_change,
                cost_per_request,
                cost_per_thousand_requests,
                cost_against_budget,
                cost_forecast,
                month_against_budget,
                month_forecast,
                cost_by_product,
                cost_against_a_week_ago,
            ),
            id="What does it cost?",
        ),
        Row(
            "Retrieval and storage",
            (retrieval_queries, queries_by_route, documents, cache_hit_rate, storage_calls, storage_errors),
            id="What does it retrieve and store?",
        ),
        Row(
            "Requests and failed calls of all routes",
            (requests_that_stop, failed_calls_by_model, failed_calls_by_store),
            id="Does it send requests?",
        ),
    ),
    tags=("tenant",),
)
