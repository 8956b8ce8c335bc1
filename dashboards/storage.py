"""Storage: do the stores respond, and how fast?"""

from contract.api import REQUESTS
from contract.billing import COST
from contract.labels import PRODUCT, ROUTE, SERVICE, STORE, TENANT
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
from dashboards.cost_growth import growth_of_cost
from dashboards.overview import telemetry
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.conditional import only_where
from generator.dsl.dashboard import (
    AlertSeries,
    BarGauge,
    Dashboard,
    Heatmap,
    Row,
    Series,
    Stat,
    Table,
    TimeSeries,
    Variable,
    panel,
)
from generator.dsl.metrics import P95, percentile
from generator.dsl.panel_thresholds import threshold_of
from generator.dsl.platform import Platform
from generator.dsl.query import Query
from generator.dsl.spending import cost_of_each, cost_of_thousand, relative_change_since
from generator.dsl.units import days, minutes

NOW = minutes(5)
OF_STORES = tuple(PRODUCT.is_not(product) for product in ("workers_ai", "workers", "telemetry"))


@panel("Error rate by store", id="errors_now")
def error_ratio_now(platform: Platform) -> Stat:
    """Calls to each store in the last {window} that failed, in percent of all. StorageErrors opens a ticket from
    orange on and pages from red on."""
    errors = STORAGE_ERRORS.ratio_to(STORAGE_CALLS, NOW).by(STORE)
    return Stat(
        errors,
        warning=threshold_of("StorageErrors", TICKET),
        critical=threshold_of("StorageErrors", PAGE),
        no_value="No storage calls",
        max_series=len(platform.stores),
    )


@panel("Vectorize latency, {quantile}", id="vectorize_latency_now")
def vectorize_latency_now(platform: Platform) -> Stat:
    """{quantile} latency of Vectorize queries in the last {window}; of fewer than {minimum} it says nothing. Red from
    the threshold of HighVectorizeLatency on."""
    enough = VECTORIZE_QUERIES.increase(NOW).at_least(platform.min_requests)
    latency = only_where(VECTORIZE_LATENCY.quantile(P95, NOW), enough)
    return Stat(latency, critical=threshold_of("HighVectorizeLatency"), no_value="Too few queries")


@panel("Calls by store, {window}", id="calls_now")
def calls_now(platform: Platform) -> Stat:
    """Number of calls to each store in the last {window}."""
    calls = STORAGE_CALLS.increase(NOW).by(STORE)
    return Stat(calls, no_value="No storage calls", max_series=len(platform.stores))


@panel("Error rate by store, over time", id="error_share_by_store")
def error_ratio_by_store(platform: Platform) -> AlertSeries:
    """Failed calls to each store in percent of all, of the {window} before each point, where there were at least
    {minimum}. The dashed lines are the thresholds of StorageErrors: ticket orange, page red."""
    return AlertSeries("StorageErrors", no_value="No storage calls")


@panel("Calls by store, over time", id="calls_by_store")
def calls_by_store(platform: Platform) -> TimeSeries:
    """Calls per second, by store."""
    return TimeSeries((Series(STORAGE_CALLS.rate().by(STORE)),), no_value="No storage calls")


@panel("Vectorize error rate", id="vectorize_errors_now")
def vectorize_error_ratio_now(platform: Platform) -> Stat:
    """Vectorize queries of the last {window} that failed, in percent of all, or why there is no value. StorageErrors
    opens a ticket from orange on and pages from red on."""
    return Stat(
        VECTORIZE_ERRORS.ratio_to(VECTORIZE_QUERIES, NOW),
        warning=threshold_of("StorageErrors", TICKET),
        critical=threshold_of("StorageErrors", PAGE),
        no_value="No queries",
    )


@panel("Vectorize queries", id="vectorize_queries")
def vectorize_queries(platform: Platform) -> TimeSeries:
    """Vectorize queries per second, by route."""
    return TimeSeries((Series(VECTORIZE_QUERIES.rate().by(ROUTE)),), no_value="No queries")


@panel("Vectorize errors", id="vectorize_errors")
def vectorize_errors(platform: Platform) -> TimeSeries:
    """Failed Vectorize queries per second, by route."""
    return TimeSeries((Series(VECTORIZE_ERRORS.rate().by(ROUTE)),), no_value="No errors")


@panel("Vectorize latency quantiles", id="vectorize_latency")
def vectorize_latency(platform: Platform) -> AlertSeries:
    """{quantiles} latency of Vectorize queries in the {window} before each point, where there were at least {minimum}.
    The dashed red line is the threshold of HighVectorizeLatency."""
    return AlertSeries("HighVectorizeLatency", quantiles=(0.5, 0.99), no_value="No queries")


@panel("Vectorize latency distribution", id="vectorize_heat")
def vectorize_latency_distribution(platform: Platform) -> Heatmap:
    """Distribution of the latency of Vectorize queries over time. Two dark bands mean two kinds of queries."""
    return Heatmap(VECTORIZE_LATENCY)


@panel("KV calls, {window}", id="kv_calls")
def kv_calls(platform: Platform) -> Stat:
    """Number of calls to KV in the last {window}, or why there is none."""
    return Stat(STORAGE_CALLS.increase(NOW).where(STORE.is_("kv")), no_value="No calls")


@panel("KV reads", id="kv_reads")
def kv_reads(platform: Platform) -> TimeSeries:
    """KV reads per second, whether the key exists or not."""
    return TimeSeries((Series(KV_READS.rate(), "reads"),), no_value="No reads")


@panel("KV writes", id="kv_writes")
def kv_writes(platform: Platform) -> TimeSeries:
    """KV writes per second. KV accepts one write a second per key and rejects more with 429."""
    return TimeSeries((Series(KV_WRITES.rate(), "writes"),), no_value="No writes")


@panel("KV lists and deletes", id="kv_lists")
def kv_lists(platform: Platform) -> TimeSeries:
    """KV lists and deletes per second. Each costs as much as a write."""
    series = Series(KV_LISTS.rate(), "lists"), Series(KV_DELETES.rate(), "deletes")
    return TimeSeries(series, no_value="No lists, no deletes")


@panel("KV errors", id="kv_errors")
def kv_errors(platform: Platform) -> TimeSeries:
    """Failed KV calls per second, by service."""
    return TimeSeries((Series(KV_ERRORS.rate().by(SERVICE)),), no_value="No errors")


@panel("Durable Object calls, {window}", id="do_calls")
def do_calls(platform: Platform) -> Stat:
    """Number of calls to Durable Objects in the last {window}, or why there is none."""
    return Stat(STORAGE_CALLS.increase(NOW).where(STORE.is_("durable_objects")), no_value="No calls")


@panel("Durable Object requests", id="do_requests")
def do_requests(platform: Platform) -> TimeSeries:
    """Requests to Durable Objects per second, by service. One object handles about 1,000 a second."""
    return TimeSeries((Series(DO_REQUESTS.rate().by(SERVICE)),), no_value="No requests")


@panel("Durable Object alarms", id="do_alarms")
def do_alarms(platform: Platform) -> TimeSeries:
    """Runs of alarm handlers per second, by service. An alarm that sets itself again at once is a loop."""
    return TimeSeries((Series(DO_ALARMS.rate().by(SERVICE)),), no_value="No alarms")


@panel("Durable Object rows read", id="do_rows_read")
def do_rows_read(platform: Platform) -> TimeSeries:
    """Rows per second that observed Durable Objects read by SQL, by service. They are billed by them."""
    return TimeSeries((Series(DO_ROWS_READ.rate().by(SERVICE)),), no_value="No rows")


@panel("Durable Object rows written", id="do_rows_written")
def do_rows_written(platform: Platform) -> TimeSeries:
    """Rows per second that observed Durable Objects wrote, by service; setting an alarm is one. They are billed by
    them."""
    return TimeSeries((Series(DO_ROWS_WRITTEN.rate().by(SERVICE)),), no_value="No rows")


@panel("Durable Object errors", id="do_errors")
def do_errors(platform: Platform) -> TimeSeries:
    """Failed requests to Durable Objects per second, by service. Do not retry an overloaded object."""
    return TimeSeries((Series(DO_ERRORS.rate().by(SERVICE)),), no_value="No errors")


@panel("D1 calls, {window}", id="d1_calls")
def d1_calls(platform: Platform) -> Stat:
    """Number of calls to D1 in the last {window}, or why there is none."""
    return Stat(STORAGE_CALLS.increase(NOW).where(STORE.is_("d1")), no_value="No calls")


@panel("D1 queries", id="d1_queries")
def d1_queries(platform: Platform) -> TimeSeries:
    """D1 queries per second, by route."""
    return TimeSeries((Series(D1_QUERIES.rate().by(ROUTE)),), no_value="No queries")


@panel("D1 rows read", id="d1_rows_read")
def d1_rows_read(platform: Platform) -> TimeSeries:
    """Rows per second that D1 read, by route, as it reports them of run, all and batch. D1 is billed by them."""
    return TimeSeries((Series(D1_ROWS_READ.rate().by(ROUTE)),), no_value="No rows")


@panel("D1 rows written", id="d1_rows_written")
def d1_rows_written(platform: Platform) -> TimeSeries:
    """Rows per second that D1 wrote, by route, as it reports them of run, all and batch. D1 is billed by them."""
    return TimeSeries((Series(D1_ROWS_WRITTEN.rate().by(ROUTE)),), no_value="No rows")


@panel("D1 errors", id="d1_errors")
def d1_errors(platform: Platform) -> TimeSeries:
    """Failed D1 queries per second, by service."""
    return TimeSeries((Series(D1_ERRORS.rate().by(SERVICE)),), no_value="No errors")


@panel("D1 latency quantiles", id="d1_latency")
def d1_latency(platform: Platform) -> TimeSeries:
    """{quantiles} latency of D1 queries in the {window} before each point, where there were at least {minimum}."""
    enough = D1_QUERIES.increase(NOW).at_least(platform.min_requests)
    quantiles = ((percentile(q), only_where(D1_LATENCY.quantile(q, NOW), enough)) for q in (0.5, P95, 0.99))
    return TimeSeries(tuple(Series(latency, name) for name, latency in quantiles), no_value="Too few queries")


@panel("R2 calls, {window}", id="r2_calls")
def r2_calls(platform: Platform) -> Stat:
    """Number of calls to R2 in the last {window}, or why there is none."""
    return Stat(STORAGE_CALLS.increase(NOW).where(STORE.is_("r2")), no_value="No calls")


@panel("R2 reads", id="r2_reads")
def r2_reads(platform: Platform) -> TimeSeries:
    """R2 reads per second, whether the object exists or not."""
    return TimeSeries((Series(R2_READS.rate(), "reads"),), no_value="No reads")


@panel("R2 writes", id="r2_writes")
def r2_writes(platform: Platform) -> TimeSeries:
    """R2 writes per second."""
    return TimeSeries((Series(R2_WRITES.rate(), "writes"),), no_value="No writes")


@panel("R2 lists and deletes", id="r2_lists")
def r2_lists(platform: Platform) -> TimeSeries:
    """R2 lists and deletes per second. A list costs as much as a write; deletes are free."""
    series = Series(R2_LISTS.rate(), "lists"), Series(R2_DELETES.rate(), "deletes")
    return TimeSeries(series, no_value="No lists, no deletes")


@panel("R2 errors", id="r2_errors")
def r2_errors(platform: Platform) -> TimeSeries:
    """Failed R2 calls per second, by service."""
    return TimeSeries((Series(R2_ERRORS.rate().by(SERVICE)),), no_value="No errors")


@panel("Queue calls, {window}", id="queue_calls")
def queue_calls(platform: Platform) -> Stat:
    """Number of calls to Queues in the last {window}, or why there is none."""
    return Stat(STORAGE_CALLS.increase(NOW).where(STORE.is_("queues")), no_value="No calls")


@panel("Queue messages", id="queue_messages")
def queue_messages(platform: Platform) -> TimeSeries:
    """Messages sent to queues and consumed from them, per second. More sent than consumed means a growing backlog."""
    series = (Series(QUEUE_MESSAGES_SENT.rate(), "sent"), Series(QUEUE_MESSAGES_CONSUMED.rate(), "consumed"))
    return TimeSeries(series, no_value="No messages")


@panel("Queue errors", id="queue_errors")
def queue_errors(platform: Platform) -> TimeSeries:
    """Messages per second that could not be sent, or whose consumer did not acknowledge them, by service."""
    return TimeSeries((Series(QUEUE_ERRORS.rate().by(SERVICE)),), no_value="No errors")


@panel("Cost of stores, last {window}", id="cost_now")
def cost_now(platform: Platform) -> Stat:
    """Cost of all stores in the last {window}, at list prices before included amounts. What no Worker can count is
    missing."""
    return Stat(_cost_of_stores(), no_value="No cost")


@panel("Change of cost in a week", id="cost_change")
def cost_change(platform: Platform) -> Stat:
    """Cost of all stores in the last {window} against the same {window} a week ago, in percent of the latter, at list
    prices before included amounts."""
    return Stat(relative_change_since(_cost_of_stores(), days(7)), no_value="No cost a week ago")


@panel("Cost per request, {window}", id="cost_per_request")
def cost_per_request(platform: Platform) -> Stat:
    """Cost of all stores in the last {window}, at list prices before included amounts, for each request to the
    platform."""
    each = cost_of_each(_cost_of_stores(), REQUESTS.increase(days(1)).filtered_by())
    return Stat(each, no_value="No cost")


@panel("Cost per 1,000 requests, {window}", id="cost_per_thousand")
def cost_per_thousand_requests(platform: Platform) -> Stat:
    """Cost of all stores in the last {window}, at list prices before included amounts, for each 1,000 requests to the
    platform."""
    each = cost_of_thousand(_cost_of_stores(), REQUESTS.increase(days(1)).filtered_by())
    return Stat(each, no_value="No cost")


@panel("Budget of a day used, last {window}", id="day_against_budget")
def day_against_budget(platform: Platform) -> AlertSeries:
    """The bill of the {window} before each point, in percent of the budget of each store that has one, and of all
    products together (total): list prices without what each day includes, before what a month includes. The dashed
    lines are the thresholds of DailyCost: ticket orange, page red."""
    return AlertSeries("DailyCost", where=OF_STORES, no_value="No cost")


@panel("Budget of this month used", id="month_against_budget")
def month_against_budget(platform: Platform) -> AlertSeries:
    """The bill of each calendar month (UTC) up to each point, after included amounts, in percent of the budget of each
    store that has one, and of all products together (total). The dashed lines are the thresholds of MonthlyCost: ticket
    orange, page red."""
    return AlertSeries("MonthlyCost", where=OF_STORES, no_value="No cost")


@panel("Forecast of this month", id="month_forecast")
def month_forecast(platform: Platform) -> AlertSeries:
    """What the bill of each store would be in each calendar month (UTC), after included amounts, if the rest of it cost
    as much as the day before each point. The dashed red lines are the budgets of stores that have one, the thresholds
    of MonthlyCostForecast."""
    return AlertSeries("MonthlyCostForecast", where=(*OF_STORES, PRODUCT.is_not("total")), no_value="No cost")


@panel("Cost over time, last {window}", id="cost_over_time")
def cost_over_time(platform: Platform) -> TimeSeries:
    """Cost of each store in the {window} before each point, at list prices before included amounts."""
    return TimeSeries((Series(_cost_of_stores().by(PRODUCT)),), stacked=True, no_value="No cost")


@panel("Cost against a week ago", id="cost_against_week")
def cost_against_a_week_ago(platform: Platform) -> Table:
    """Cost of each store in the last {window}, and in the same {window} a week ago, at list prices before included
    amounts. The store that costs most dollars more than a week ago is first."""
    return growth_of_cost(PRODUCT, _cost_of_stores())


@panel("Cost by tenant, last {window}", id="cost_by_tenant")
def cost_by_tenant(platform: Platform) -> BarGauge:
    """What each tenant's use of all stores cost in the last {window}, the most expensive first, at list prices before
    included amounts, which are those of the platform."""
    return BarGauge(_cost_of_stores().by(TENANT), no_value="No cost")


def _cost_of_stores() -> Query:
    """The cost of a day of all products that are stores."""
    return COST.increase(days(1)).filtered_by().where(*OF_STORES)


DASHBOARD = Dashboard(
    id="storage",
    title="Storage",
    description=__doc__,
    variables=(Variable(SERVICE, REQUESTS), Variable(ROUTE, REQUESTS)),
    rows=(
        Row(
            "Now",
            (telemetry, error_ratio_now),
            height=4,
            id="Do the stores answer now?",
        ),
        Row("Trend by store", (calls_now, error_ratio_by_store, calls_by_store), id="Which store, and since when?"),
        Row(
            "Vectorize",
            (
                vectorize_error_ratio_now,
                vectorize_latency_now,
                vectorize_latency,
                vectorize_latency_distribution,
                vectorize_queries,
                vectorize_errors,
            ),
            id="Vectorize",
        ),
        Row("KV", (kv_calls, kv_reads, kv_writes, kv_lists, kv_errors), id="KV"),
        Row(
            "Durable Objects",
            (do_calls, do_requests, do_alarms, do_rows_read, do_rows_written, do_errors),
            id="Durable Objects",
        ),
        Row("D1", (d1_calls, d1_queries, d1_latency, d1_rows_read, d1_rows_written, d1_errors), id="D1"),
        Row("R2", (r2_calls, r2_reads, r2_writes, r2_lists, r2_errors), id="R2"),
        Row("Queues", (queue_calls, queue_messages, queue_errors), id="Queues"),
        Row(
            "Cost of all services and routes",
            (
                cost_now,
                cost_change,
                cost_per_request,
                cost_per_thousand_requests,
            ),
            height=4,
            id="What does it cost?",
        ),
        Row(
            "Cost by store and tenant, all services and routes",
            (
                cost_over_time,
                cost_by_tenant,
                cost_against_a_week_ago,
                day_against_budget,
                month_against_budget,
                month_forecast,
            ),
            id="Which store costs it, and which tenant?",
        ),
    ),
    tags=("storage",),
)
