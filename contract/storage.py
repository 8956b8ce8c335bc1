"""Metrics of calls to Vectorize, KV and Durable Objects."""

from contract.labels import OPERATION, ROUTE, SERVICE, STORE, TENANT
from generator.dsl.metrics import CombinedCounter, Counter, Extension, Histogram, Member, Seed
from generator.dsl.units import (
    CALLS_UNIT,
    ERRORS_UNIT,
    MILLISECONDS,
    QUERIES_UNIT,
    READS_UNIT,
    REQUESTS_UNIT,
    WRITES_UNIT,
)

LABELS = (TENANT, ROUTE, SERVICE)
WHY_ERRORS = "the plan's alert on storage errors needs errors to count"

VECTORIZE_QUERIES = Counter(
    name="vectorize_queries_total",
    unit=QUERIES_UNIT,
    labels=LABELS,
    help="Vectorize queries, whatever the result.",
    origin=Seed("3.3"),
)
VECTORIZE_ERRORS = Counter(
    name="vectorize_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="Vectorize queries that threw (VECTOR_QUERY_ERROR, a time-out).",
    origin=Extension(WHY_ERRORS),
)
VECTORIZE_LATENCY = Histogram(
    name="vectorize_latency_ms",
    unit=MILLISECONDS,
    labels=LABELS,
    buckets=(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000),
    help="Time from a Vectorize query to its result.",
    origin=Seed("3.3"),
)
KV_READS = Counter(
    name="kv_reads_total",
    unit=READS_UNIT,
    labels=LABELS,
    help="KV reads (get, list), whether the key exists or not.",
    origin=Seed("3.3"),
)
KV_WRITES = Counter(
    name="kv_writes_total",
    unit=WRITES_UNIT,
    labels=LABELS,
    help="KV writes (put, delete), successful or not.",
    origin=Seed("3.3"),
)
KV_ERRORS = Counter(
    name="kv_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="KV reads and writes that threw, also writes rejected with 429 (the limit is one a second per key).",
    origin=Extension(WHY_ERRORS),
)
DO_REQUESTS = Counter(
    name="do_requests_total",
    unit=REQUESTS_UNIT,
    labels=LABELS,
    help="Requests to Durable Objects, by fetch or by RPC.",
    origin=Seed("3.3"),
)
DO_ERRORS = Counter(
    name="do_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="Requests to Durable Objects that threw, overload included, or whose response is a 5xx.",
    origin=Extension(WHY_ERRORS),
)
STORAGE_CALLS = CombinedCounter(
    name="storage_calls",
    unit=CALLS_UNIT,
    help="Calls to any store.",
    members=(
        Member(VECTORIZE_QUERIES, {STORE: "vectorize", OPERATION: "query"}),
        Member(KV_READS, {STORE: "kv", OPERATION: "read"}),
        Member(KV_WRITES, {STORE: "kv", OPERATION: "write"}),
        Member(DO_REQUESTS, {STORE: "durable_objects", OPERATION: "request"}),
    ),
)
STORAGE_ERRORS = CombinedCounter(
    name="storage_errors",
    unit=ERRORS_UNIT,
    help="Calls to any store that threw.",
    members=(
        Member(VECTORIZE_ERRORS, {STORE: "vectorize", OPERATION: "any"}),
        Member(KV_ERRORS, {STORE: "kv", OPERATION: "any"}),
        Member(DO_ERRORS, {STORE: "durable_objects", OPERATION: "any"}),
    ),
)
