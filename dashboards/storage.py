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
from generator.dsl.dashboard import Dashboard, Heat, Line, Lines, Number, Pick, Row, panel
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

NOW = minutes(5)
SLOWEST = 0.95


@panel("Errors now, by store")
def errors_now(platform: Platform) -> Number:
    """Which part of the calls of the last 5 minutes to each store failed; orange opens a ticket, red pages."""
    share = STORAGE_ERRORS.share_of(STORAGE_CALLS, over=NOW).by(STORE)
    return Number(share, warn=platform.storage.ticket, bad=platform.storage.page, empty="No storage calls")


@panel("Vectorize, p95 now")
def vectorize_latency_now(platform: Platform) -> Number:
    """What the slowest 5 % of the queries to Vectorize took in the last 5 minutes; red is where the ticket opens."""
    latency = VECTORIZE_LATENCY.quantile(SLOWEST, over=NOW)
    return Number(latency, bad=platform.latency.vectorize, empty="No queries")


@panel("Calls now, by store")
def calls_now(platform: Platform) -> Number:
    """Calls per second to each store."""
    return Number(STORAGE_CALLS.rate().by(STORE), empty="No storage calls")


@panel("Errors by store")
def error_share_by_store(platform: Platform) -> Lines:
    """Which part of the calls to each store fails. StorageErrors opens a ticket at orange, pages at red."""
    share = STORAGE_ERRORS.share_of(STORAGE_CALLS).by(STORE)
    return Lines((Line(share),), ceiling=platform.storage.page, warn=platform.storage.ticket, empty="No storage calls")


@panel("Calls by store")
def calls_by_store(platform: Platform) -> Lines:
    """Calls per second, by store."""
    return Lines((Line(STORAGE_CALLS.rate().by(STORE)),), empty="No storage calls")


@panel("Vectorize queries")
def vectorize_queries(platform: Platform) -> Lines:
    """Queries to Vectorize per second, by route."""
    return Lines((Line(VECTORIZE_QUERIES.rate().by(ROUTE)),), empty="No queries")


@panel("Vectorize errors")
def vectorize_errors(platform: Platform) -> Lines:
    """Failed queries to Vectorize per second, by route."""
    return Lines((Line(VECTORIZE_ERRORS.rate().by(ROUTE)),), empty="No errors")


@panel("Vectorize latency")
def vectorize_latency(platform: Platform) -> Lines:
    """How long queries take: half of them, all but 5 %, all but 1 %. The dashed red line is p95's promise."""
    quantiles = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
    lines = tuple(Line(VECTORIZE_LATENCY.quantile(q), name) for q, name in quantiles)
    return Lines(lines, ceiling=platform.latency.vectorize, empty="No queries")


@panel("Vectorize latency, spread")
def vectorize_heat(platform: Platform) -> Heat:
    """How query times spread: the stronger, the more queries. Two strong bands are two kinds of query."""
    return Heat(VECTORIZE_LATENCY)


@panel("KV reads")
def kv_reads(platform: Platform) -> Lines:
    """Reads per second, found or not."""
    return Lines((Line(KV_READS.rate(), "reads"),), empty="No reads")


@panel("KV writes")
def kv_writes(platform: Platform) -> Lines:
    """Writes per second. KV takes one a second for each key, and refuses the rest with 429."""
    return Lines((Line(KV_WRITES.rate(), "writes"),), empty="No writes")


@panel("KV errors")
def kv_errors(platform: Platform) -> Lines:
    """Failed reads and writes per second, by service."""
    return Lines((Line(KV_ERRORS.rate().by(SERVICE)),), empty="No errors")


@panel("Durable Object requests")
def do_requests(platform: Platform) -> Lines:
    """Requests per second, by service. One object takes about 1,000 a second."""
    return Lines((Line(DO_REQUESTS.rate().by(SERVICE)),), empty="No requests")


@panel("Durable Object errors")
def do_errors(platform: Platform) -> Lines:
    """Failed requests per second, by service. An overloaded object must not be retried."""
    return Lines((Line(DO_ERRORS.rate().by(SERVICE)),), empty="No errors")


DASHBOARD = Dashboard(
    name="storage",
    title="Storage",
    question=__doc__,
    picks=(Pick(SERVICE, REQUESTS), Pick(ROUTE, REQUESTS)),
    rows=(
        Row("Do the stores answer now?", (errors_now, vectorize_latency_now, calls_now), widths=(9, 6, 9), height=5),
        Row("Which store, and since when?", (error_share_by_store, calls_by_store)),
        Row("Vectorize", (vectorize_latency, vectorize_heat, vectorize_queries, vectorize_errors)),
        Row("KV", (kv_reads, kv_writes, kv_errors)),
        Row("Durable Objects", (do_requests, do_errors)),
    ),
    tags=("storage",),
)
