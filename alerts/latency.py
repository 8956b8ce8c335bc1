"""Requests are slow: a whole route, one tenant, a model, or Vectorize."""

from contract.ai import AI_LATENCY, AI_REQUESTS
from contract.api import LATENCY, REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import latency_ceiling
from contract.storage import VECTORIZE_LATENCY, VECTORIZE_QUERIES
from generator.dsl.alert import PAGE, TICKET, alert
from generator.dsl.metrics import P95
from generator.dsl.platform import Platform
from generator.dsl.query import Rule
from generator.dsl.units import minutes


@alert("TenantHighLatency", TICKET, panel="tenant/latency")
def tenant_high_latency(platform: Platform) -> Rule:
    """{tenant_id} waits on {route} ({service}): p95 is {value}.

    The slowest 5 % of the requests of {tenant_id} to {route} ({service}) took {value} or more in the last {window}; the
    route's promise is {limit}.

    Impact: One tenant waits longer than promised; the others need not notice.

    First steps:
    1. Open the Tenant dashboard: are its requests larger than before, or are its stores slow?
    2. Compare documents retrieved and tokens per request with an hour ago; a longer prompt takes longer.
    3. Follow one slow request by its request_id; each step in the log has its latency.
    """
    window = minutes(5)
    too_slow = LATENCY.quantile(P95, window).by(TENANT, ROUTE, SERVICE).above(latency_ceiling(platform))
    enough_traffic = REQUESTS.increase(window).by(TENANT, ROUTE, SERVICE).at_least(platform.floor)
    return (too_slow & enough_traffic).for_(minutes(10))


@alert("RouteHighLatency", PAGE, panel="overview/latency_by_route")
def route_high_latency(platform: Platform) -> Rule:
    """{route} ({service}) is slow: p95 is {value}.

    The slowest 5 % of the requests to {route} ({service}) took {value} or more in the last {window}, over all tenants;
    the promise is {limit}.

    Impact: Callers wait longer than promised; some give up, and their retries make it worse.

    First steps:
    1. Open the AI dashboard: a slow model makes a slow /chat; time to first token tells waiting from writing.
    2. Open the Storage dashboard: Vectorize's latency goes straight into /search.
    3. If neither is slow, look at the last deploy of the service.
    """
    window = minutes(5)
    too_slow = LATENCY.quantile(P95, window).by(ROUTE, SERVICE).above(latency_ceiling(platform))
    enough_traffic = REQUESTS.increase(window).by(ROUTE, SERVICE).at_least(platform.floor)
    return (too_slow & enough_traffic).for_(minutes(10))


@alert("HighAILatency", TICKET, panel="ai/latency_by_model")
def high_ai_latency(platform: Platform) -> Rule:
    """{model} is slow: p95 is {value}.

    The slowest 5 % of the calls to {model} took {value} or more in the last {window}; the promise is {limit}.

    Impact: Answers from this model come late; streams stay open longer and hold connections.

    First steps:
    1. Compare with time to first token: if that is steady, answers have become longer, not slower.
    2. Look at tokens out per request; cap the length of answers if it has risen.
    3. If the first token is late too, the model is short of capacity: move traffic to another one.
    """
    window = minutes(5)
    too_slow = AI_LATENCY.quantile(P95, window).by(MODEL).above(platform.latency.ai)
    enough_traffic = AI_REQUESTS.increase(window).by(MODEL).at_least(platform.floor)
    return (too_slow & enough_traffic).for_(minutes(10))


@alert("HighVectorizeLatency", TICKET, panel="storage/vectorize_latency")
def high_vectorize_latency(platform: Platform) -> Rule:
    """Vectorize is slow: p95 is {value}.

    The slowest 5 % of the queries to Vectorize took {value} or more in the last {window}; the promise is {limit}.

    Impact: Every search and every answer that retrieves waits this much longer.

    First steps:
    1. Look at the queries per second: more load, or the same load slower?
    2. Look whether an ingest runs; inserts are asynchronous and compete with queries.
    3. Check topK and whether values or metadata are asked for: both make an answer larger.
    """
    window = minutes(5)
    too_slow = VECTORIZE_LATENCY.quantile(P95, window).above(platform.latency.vectorize)
    enough_traffic = VECTORIZE_QUERIES.increase(window).at_least(platform.floor)
    return (too_slow & enough_traffic).for_(minutes(10))
