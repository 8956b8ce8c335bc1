"""Metrics of calls to the stores: those of the plan, and D1, R2 and Queues where a platform uses them."""

from contract.labels import OPERATION, ROUTE, SERVICE, STORE, TENANT
from generator.dsl.metrics import CombinedCounter, Counter, Extension, Histogram, Member, Seed
from generator.dsl.units import (
    ALARMS_UNIT,
    CALLS_UNIT,
    ERRORS_UNIT,
    MESSAGES_UNIT,
    MILLISECONDS,
    OPERATIONS_UNIT,
    QUERIES_UNIT,
    READS_UNIT,
    REQUESTS_UNIT,
    ROWS_READ_UNIT,
    ROWS_UNIT,
    WRITES_UNIT,
)

LABELS = (TENANT, ROUTE, SERVICE)
WHY_ERRORS = "the plan's alert on storage errors needs errors to count"
WHY_OPERATIONS = "they are billed by themselves, and a list costs ten times a read"
WHY_ROWS = "D1 is billed by the row, and a loop of writes costs most"
WHY_ALARMS = "alarms are billed as requests, and an alarm that sets itself again is a loop without any request"
WHY_OBJECT_ROWS = "Durable Objects are billed by the row, and each setAlarm is one"
WHY_STORE = "the platform lists this store, which the plan does not have"

VECTORIZE_QUERIES = Counter(
    name="vectorize_queries_total",
    unit=QUERIES_UNIT,
    labels=LABELS,
    help="Vectorize queries, whatever the result.",
    origin=Seed("3.3"),
    store="vectorize",
)
VECTORIZE_ERRORS = Counter(
    name="vectorize_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="Vectorize queries that threw (VECTOR_QUERY_ERROR, a time-out).",
    origin=Extension(WHY_ERRORS),
    store="vectorize",
)
VECTORIZE_LATENCY = Histogram(
    name="vectorize_latency_ms",
    unit=MILLISECONDS,
    labels=LABELS,
    buckets=(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000),
    help="Time from a Vectorize query to its result.",
    origin=Seed("3.3"),
    store="vectorize",
)
KV_READS = Counter(
    name="kv_reads_total",
    unit=READS_UNIT,
    labels=LABELS,
    help="KV reads (get), whether the key exists or not; a call counts once, however many keys it reads.",
    origin=Seed("3.3"),
    store="kv",
)
KV_WRITES = Counter(
    name="kv_writes_total",
    unit=WRITES_UNIT,
    labels=LABELS,
    help="KV writes (put), successful or not.",
    origin=Seed("3.3"),
    store="kv",
)
KV_LISTS = Counter(
    name="kv_lists_total",
    unit=OPERATIONS_UNIT,
    labels=LABELS,
    help="Lists of KV's keys, each page of a long one.",
    origin=Extension(WHY_OPERATIONS),
    store="kv",
)
KV_DELETES = Counter(
    name="kv_deletes_total",
    unit=OPERATIONS_UNIT,
    labels=LABELS,
    help="Deletes of KV's keys, whether the key exists or not.",
    origin=Extension(WHY_OPERATIONS),
    store="kv",
)
KV_ERRORS = Counter(
    name="kv_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="KV calls that threw, also writes rejected with 429 (the limit is one a second per key).",
    origin=Extension(WHY_ERRORS),
    store="kv",
)
DO_REQUESTS = Counter(
    name="do_requests_total",
    unit=REQUESTS_UNIT,
    labels=LABELS,
    help="Requests to Durable Objects, by fetch or by RPC.",
    origin=Seed("3.3"),
    store="durable_objects",
)
DO_ERRORS = Counter(
    name="do_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="Requests to Durable Objects that threw, overload included, or whose response is a 5xx.",
    origin=Extension(WHY_ERRORS),
    store="durable_objects",
)
DO_ALARMS = Counter(
    name="do_alarms_total",
    unit=ALARMS_UNIT,
    labels=LABELS,
    help="Runs of the alarm handlers of observed Durable Objects, retries too.",
    origin=Extension(WHY_ALARMS),
    store="durable_objects",
)
DO_ROWS_WRITTEN = Counter(
    name="do_rows_written_total",
    unit=ROWS_UNIT,
    labels=LABELS,
    help="Rows that observed Durable Objects wrote: as the cursors of sql report them, those of indexes too; one for "
    "each setAlarm, and for each key of put and delete.",
    origin=Extension(WHY_OBJECT_ROWS),
    store="durable_objects",
)
DO_ROWS_READ = Counter(
    name="do_rows_read_total",
    unit=ROWS_READ_UNIT,
    labels=LABELS,
    help="Rows that observed Durable Objects read, as the cursors of sql report them; get and list report none.",
    origin=Extension(WHY_OBJECT_ROWS),
    store="durable_objects",
)
D1_QUERIES = Counter(
    name="d1_queries_total",
    unit=QUERIES_UNIT,
    labels=LABELS,
    help="D1 queries, whatever the result; a batch counts once.",
    origin=Extension(WHY_STORE),
    store="d1",
)
D1_ERRORS = Counter(
    name="d1_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="D1 queries that threw (an SQL error, an overloaded database, a time-out).",
    origin=Extension(WHY_STORE),
    store="d1",
)
D1_LATENCY = Histogram(
    name="d1_latency_ms",
    unit=MILLISECONDS,
    labels=LABELS,
    buckets=(1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000),
    help="Time from a D1 query to its result.",
    origin=Extension(WHY_STORE),
    store="d1",
)
D1_ROWS_READ = Counter(
    name="d1_rows_read_total",
    unit=ROWS_READ_UNIT,
    labels=LABELS,
    help="Rows that D1 read, as it reports them of each run, all and batch; of first, raw and exec it reports none.",
    origin=Extension(WHY_ROWS),
    store="d1",
)
D1_ROWS_WRITTEN = Counter(
    name="d1_rows_written_total",
    unit=ROWS_UNIT,
    labels=LABELS,
    help="Rows that D1 wrote, those of indexes too, as it reports them of each run, all and batch; of first, raw and "
    "exec it reports none.",
    origin=Extension(WHY_ROWS),
    store="d1",
)
R2_READS = Counter(
    name="r2_reads_total",
    unit=READS_UNIT,
    labels=LABELS,
    help="R2 reads (get, head), whether the object exists or not: operations of class B.",
    origin=Extension(WHY_STORE),
    store="r2",
)
R2_WRITES = Counter(
    name="r2_writes_total",
    unit=WRITES_UNIT,
    labels=LABELS,
    help="R2 writes (put, calls of a multipart upload), successful or not: operations of class A.",
    origin=Extension(WHY_STORE),
    store="r2",
)
R2_LISTS = Counter(
    name="r2_lists_total",
    unit=OPERATIONS_UNIT,
    labels=LABELS,
    help="Lists of R2's objects, each page of a long one: operations of class A.",
    origin=Extension(WHY_STORE),
    store="r2",
)
R2_DELETES = Counter(
    name="r2_deletes_total",
    unit=OPERATIONS_UNIT,
    labels=LABELS,
    help="R2 deletes, and multipart uploads that were aborted, which are free; a call counts once.",
    origin=Extension(WHY_STORE),
    store="r2",
)
R2_ERRORS = Counter(
    name="r2_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="R2 calls that threw.",
    origin=Extension(WHY_STORE),
    store="r2",
)
QUEUE_MESSAGES_SENT = Counter(
    name="queue_messages_sent_total",
    unit=MESSAGES_UNIT,
    labels=LABELS,
    help="Messages that a Worker sent to a queue, accepted or not; a batch counts each of its messages.",
    origin=Extension(WHY_STORE),
    store="queues",
)
QUEUE_MESSAGES_CONSUMED = Counter(
    name="queue_messages_consumed_total",
    unit=MESSAGES_UNIT,
    labels=LABELS,
    help="Messages that a consumer was given, each delivery of a retried message too.",
    origin=Extension(WHY_STORE),
    store="queues",
)
QUEUE_ERRORS = Counter(
    name="queue_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="Messages whose sending threw, and deliveries that the consumer did not acknowledge: it threw or retried.",
    origin=Extension(WHY_STORE),
    store="queues",
)
STORAGE_CALLS = CombinedCounter(
    name="storage_calls",
    unit=CALLS_UNIT,
    help="Calls to any store.",
    members=(
        Member(VECTORIZE_QUERIES, {STORE: "vectorize", OPERATION: "query"}),
        Member(KV_READS, {STORE: "kv", OPERATION: "read"}),
        Member(KV_LISTS, {STORE: "kv", OPERATION: "list"}),
        Member(KV_WRITES, {STORE: "kv", OPERATION: "write"}),
        Member(KV_DELETES, {STORE: "kv", OPERATION: "delete"}),
        Member(DO_REQUESTS, {STORE: "durable_objects", OPERATION: "request"}),
        Member(D1_QUERIES, {STORE: "d1", OPERATION: "query"}),
        Member(R2_READS, {STORE: "r2", OPERATION: "read"}),
        Member(R2_LISTS, {STORE: "r2", OPERATION: "list"}),
        Member(R2_WRITES, {STORE: "r2", OPERATION: "write"}),
        Member(R2_DELETES, {STORE: "r2", OPERATION: "delete"}),
        Member(QUEUE_MESSAGES_CONSUMED, {STORE: "queues", OPERATION: "read"}),
        Member(QUEUE_MESSAGES_SENT, {STORE: "queues", OPERATION: "write"}),
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
        Member(D1_ERRORS, {STORE: "d1", OPERATION: "any"}),
        Member(R2_ERRORS, {STORE: "r2", OPERATION: "any"}),
        Member(QUEUE_ERRORS, {STORE: "queues", OPERATION: "any"}),
    ),
)
