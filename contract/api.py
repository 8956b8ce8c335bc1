"""Metrics of requests, and the heartbeat that distinguishes an idle service from a dead one."""

from contract.labels import ALERTNAME, ALERTSTATE, ENDPOINT, OWNER, REASON, ROUTE, SERVICE, SEVERITY, TENANT
from generator.dsl.built_in import BuiltIn
from generator.dsl.metrics import Counter, Extension, Gauge, Histogram, Seed
from generator.dsl.units import (
    ERRORS_UNIT,
    MILLISECONDS,
    OBSERVATIONS_UNIT,
    REQUESTS_UNIT,
    ROWS_UNIT,
    TIMESTAMP_SECONDS,
)

REQUESTS = Counter(
    name="requests_total",
    unit=REQUESTS_UNIT,
    labels=(TENANT, ROUTE, SERVICE),
    help="Requests, whatever the response. A request without a tenant counts under `unknown`, one without a known "
    "route under `other`.",
    origin=Seed("3.1"),
)
ERRORS = Counter(
    name="errors_total",
    unit=ERRORS_UNIT,
    labels=(TENANT, ROUTE, SERVICE),
    help="Requests that failed on the server: a 5xx, an uncaught exception, or a stream that broke after its 200. A "
    "429 counts as rate-limited, any other 4xx is an error of the client.",
    origin=Seed("3.1"),
)
LATENCY = Histogram(
    name="latency_ms",
    unit=MILLISECONDS,
    labels=(TENANT, ROUTE, SERVICE),
    buckets=(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000),
    help="Time from a request's arrival to the last byte of its response; a stream is measured at its end. In "
    "milliseconds, as the plan names it.",
    origin=Seed("3.1"),
)
RATE_LIMITED = Counter(
    name="rate_limited_total",
    unit=REQUESTS_UNIT,
    labels=(TENANT, ROUTE, SERVICE),
    help="Requests answered with 429 because the client sent too many. They count in requests_total, not as errors.",
    origin=Seed("3.1"),
)
HEARTBEAT = Gauge(
    name="telemetry_heartbeat_timestamp_seconds",
    unit=TIMESTAMP_SECONDS,
    labels=(SERVICE,),
    help="Time of a service's last push of telemetry, in seconds since 1970; pushed every interval, idle or not.",
    origin=Extension("without it a dead exporter looks like an idle service, and no alert fires"),
)
DROPPED = Counter(
    name="telemetry_dropped_total",
    unit=OBSERVATIONS_UNIT,
    labels=(SERVICE, REASON),
    help="Increments and observations that never reached the counter store; reported as 0 from the start.",
    origin=Extension("counters that lose increments silently cannot be trusted"),
)
OVERFLOW = Counter(
    name="telemetry_overflow_total",
    unit=OBSERVATIONS_UNIT,
    labels=(SERVICE, REASON),
    help="Increments and observations that were counted for the tenant `other`, because there was no room for another "
    "series; reported as 0 from the start.",
    origin=Extension("tenants that turn into `other` without a word are missing from their dashboards and budgets"),
)
ROWS_WRITTEN = Counter(
    name="telemetry_rows_written_total",
    unit=ROWS_UNIT,
    labels=(SERVICE,),
    help="Rows that the shards have written since they started, which Cloudflare bills; they count for the service of "
    "a shard's first series.",
    origin=Extension("the counters' own storage is billed by the row"),
)
OBJECT_REQUESTS = Counter(
    name="telemetry_object_requests_total",
    unit=REQUESTS_UNIT,
    labels=(SERVICE,),
    help="Requests to the shards, which Cloudflare bills: each time that an isolate sends a batch, and each run of an "
    "alarm. They are stored with the batch that comes next, and count for its service.",
    origin=Extension("the counters' own objects are billed by the request"),
)
EXPORT_FAILURES = Counter(
    name="telemetry_export_failures_total",
    unit=ERRORS_UNIT,
    labels=(SERVICE, ENDPOINT),
    help="Requests to a collector that it did not accept since the shards started; what they had is sent again. Of one "
    "that is down, the others know.",
    origin=Extension("of two collectors, one that is down must not go unnoticed"),
)
ALERTS = BuiltIn(
    name="ALERTS",
    labels=(ALERTNAME, ALERTSTATE, SEVERITY, OWNER, TENANT),
    help="One series for each pending or firing alert, with the alert's own labels; written by Prometheus.",
)
ALERTS_FOR_STATE = BuiltIn(
    name="ALERTS_FOR_STATE",
    labels=(ALERTNAME, SEVERITY, OWNER, TENANT),
    help="When the condition of each pending or firing alert became true, in seconds since 1970; by Prometheus.",
)
