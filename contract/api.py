"""What the Workers count of requests, and the heartbeat by which dead is told from idle."""

from contract.labels import ALERTNAME, ALERTSTATE, OWNER, REASON, ROUTE, SERVICE, SEVERITY, TENANT
from generator.dsl.metrics import BuiltIn, Counter, Extension, Gauge, Histogram, Seed
from generator.dsl.units import ERRORS_UNIT, MILLISECONDS, OBSERVATIONS_UNIT, REQUESTS_UNIT, TIMESTAMP_SECONDS

REQUESTS = Counter(
    name="requests_total",
    unit=REQUESTS_UNIT,
    labels=(TENANT, ROUTE, SERVICE),
    help="Requests answered, whatever the answer; a request without a tenant counts under `unknown`, one without a "
    "known route under `other`, so nothing goes uncounted.",
    origin=Seed("3.1"),
)
ERRORS = Counter(
    name="errors_total",
    unit=ERRORS_UNIT,
    labels=(TENANT, ROUTE, SERVICE),
    help="Requests that failed by our fault: a 5xx, an uncaught exception, or a stream that broke after its 200. A "
    "429 is rate-limited, not an error; any other 4xx is the caller's.",
    origin=Seed("3.1"),
)
LATENCY = Histogram(
    name="latency_ms",
    unit=MILLISECONDS,
    labels=(TENANT, ROUTE, SERVICE),
    buckets=(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000),
    help="From a request's arrival to the last byte sent; a stream is measured at its end. Prometheus would say "
    "seconds; the plan says milliseconds, and its name is kept.",
    origin=Seed("3.1"),
)
RATE_LIMITED = Counter(
    name="rate_limited_total",
    unit=REQUESTS_UNIT,
    labels=(TENANT, ROUTE, SERVICE),
    help="Requests answered with 429, because the caller sent too many. They count in requests_total, not as errors.",
    origin=Seed("3.1"),
)
HEARTBEAT = Gauge(
    name="telemetry_heartbeat_timestamp_seconds",
    unit=TIMESTAMP_SECONDS,
    labels=(SERVICE,),
    help="When a service's telemetry last pushed, in seconds since 1970; pushed every interval, idle or not.",
    origin=Extension("without it a dead reporter looks like an idle one, and every alert stays green"),
)
DROPPED = Counter(
    name="telemetry_dropped_total",
    unit=OBSERVATIONS_UNIT,
    labels=(SERVICE, REASON),
    help="Increments and observations that were made and never reached the counters; 0 is told from the first on.",
    origin=Extension("counters that lose in silence cannot be trusted; what is lost is said"),
)
ALERTS = BuiltIn(
    name="ALERTS",
    labels=(ALERTNAME, ALERTSTATE, SEVERITY, OWNER),
    help="One series for each alert that is pending or firing, with the alert's own labels too; made by Prometheus.",
)
