"""Storage: do Vectorize, KV and Durable Objects answer, and how fast?"""

from contract.api import REQUESTS
from contract.labels import ROUTE, SERVICE, STORE
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
from generator.dsl.dashboard import Dashboard, Heatmap, Row, Series, Stat, TimeSeries, Variable, panel
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

NOW = minutes(5)
SLOWEST = 0.95


@panel("Errors now, by store", id="errors_now")
def errors_now(platform: Platform) -> Stat:
    """Which part of the calls of the last 5 minutes to each store failed; orange opens a ticket, red pages."""
    share = STORAGE_ERRORS.ratio_to(STORAGE_CALLS, NOW).by(STORE)
    return Stat(share, warning=platform.storage.ticket, critical=platform.storage.page, no_value="No storage calls")


@panel("Vectorize, p95 now", id="vectorize_latency_now")
def vectorize_latency_now(platform: Platform) -> Stat:
    """What the slowest 5 % of the queries to Vectorize took in the last 5 minutes; red is where the ticket opens."""
    latency = VECTORIZE_LATENCY.quantile(SLOWEST, NOW)
    return Stat(latency, critical=platform.latency.vectorize, no_value="No queries")


@panel("Calls now, by store", id="calls_now")
def calls_now(platform: Platform) -> Stat:
    """Calls per second to each store."""
    return Stat(STORAGE_CALLS.rate().by(STORE), no_value="No storage calls")


@panel("Errors by store", id="error_share_by_store")
def error_share_by_store(platform: Platform) -> TimeSeries:
    """Which part of the calls to each store fails. StorageErrors opens a ticket at orange, pages at red."""
    share = STORAGE_ERRORS.ratio_to(STORAGE_CALLS).by(STORE)
    return TimeSeries(
        (Series(share),), threshold=platform.storage.page, warning=platform.storage.ticket, no_value="No storage calls"
    )


@panel("Calls by store", id="calls_by_store")
def calls_by_store(platform: Platform) -> TimeSeries:
    """Calls per second, by store."""
    return TimeSeries((Series(STORAGE_CALLS.rate().by(STORE)),), no_value="No storage calls")


@panel("Vectorize queries", id="vectorize_queries")
def vectorize_queries(platform: Platform) -> TimeSeries:
    """Queries to Vectorize per second, by route."""
    return TimeSeries((Series(VECTORIZE_QUERIES.rate().by(ROUTE)),), no_value="No queries")


@panel("Vectorize errors", id="vectorize_errors")
def vectorize_errors(platform: Platform) -> TimeSeries:
    """Failed queries to Vectorize per second, by route."""
    return TimeSeries((Series(VECTORIZE_ERRORS.rate().by(ROUTE)),), no_value="No errors")


@panel("Vectorize latency", id="vectorize_latency")
def vectorize_latency(platform: Platform) -> TimeSeries:
    """How long queries take: half of them, all but 5 %, all but 1 %. The dashed red line is p95's promise."""
    quantiles = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
    series = tuple(Series(VECTORIZE_LATENCY.quantile(q), name) for q, name in quantiles)
    return TimeSeries(series, threshold=platform.latency.vectorize, no_value="No queries")


@panel("Vectorize latency, spread", id="vectorize_heat")
def vectorize_heat(platform: Platform) -> Heatmap:
    """How query times spread: the stronger, the more queries. Two strong bands are two kinds of query."""
    return Heatmap(VECTORIZE_LATENCY)


@panel("KV reads", id="kv_reads")
def kv_reads(platform: Platform) -> TimeSeries:
    """Reads per second, found or not."""
    return TimeSeries((Series(KV_READS.rate(), "reads"),), no_value="No reads")


@panel("KV writes", id="kv_writes")
def kv_writes(platform: Platform) -> TimeSeries:
    """Writes per second. KV takes one a second for each key, and refuses the rest with 429."""
    return TimeSeries((Series(KV_WRITES.rate(), "writes"),), no_value="No writes")


@panel("KV errors", id="kv_errors")
def kv_errors(platform: Platform) -> TimeSeries:
    """Failed reads and writes per second, by service."""
    return TimeSeries((Series(KV_ERRORS.rate().by(SERVICE)),), no_value="No errors")


@panel("Durable Object requests", id="do_requests")
def do_requests(platform: Platform) -> TimeSeries:
    """Requests per second, by service. One object takes about 1,000 a second."""
    return TimeSeries((Series(DO_REQUESTS.rate().by(SERVICE)),), no_value="No requests")


@panel("Durable Object errors", id="do_errors")
def do_errors(platform: Platform) -> TimeSeries:
    """Failed requests per second, by service. An overloaded object must not be retried."""
    return TimeSeries((Series(DO_ERRORS.rate().by(SERVICE)),), no_value="No errors")


DASHBOARD = Dashboard(
    id="storage",
    title="Storage",
    description=__doc__,
    variables=(Variable(SERVICE, REQUESTS), Variable(ROUTE, REQUESTS)),
    rows=(
        Row("Do the stores answer now?", (errors_now, vectorize_latency_now, calls_now), widths=(9, 6, 9), height=5),
        Row("Which store, and since when?", (error_share_by_store, calls_by_store)),
        Row("Vectorize", (vectorize_latency, vectorize_heat, vectorize_queries, vectorize_errors)),
        Row("KV", (kv_reads, kv_writes, kv_errors)),
        Row("Durable Objects", (do_requests, do_errors)),
    ),
    tags=("storage",),
)
