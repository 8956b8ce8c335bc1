"""Requests are slow: of a whole route, of one tenant, to one model, or to Vectorize."""

from contract.ai import AI_LATENCY, AI_REQUESTS
from contract.api import LATENCY, REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import ai_latency_slo, latency_slo
from contract.storage import VECTORIZE_LATENCY, VECTORIZE_QUERIES
from generator.dsl.alert import PAGE, TICKET, alert
from generator.dsl.chance import too_slow_to_be_chance
from generator.dsl.inhibitor import inhibitor
from generator.dsl.metrics import P95
from generator.dsl.platform import Platform
from generator.dsl.query import Rule
from generator.dsl.units import minutes


@alert("TenantHighLatency", TICKET, panel="tenant/slow_requests")
def tenant_high_latency(platform: Platform) -> Rule:
    """{tenant_id}: {quantile} latency of {route} above its SLO, {value} of requests are slower.

    {tenant_id}: {quantile} latency of {route} ({service}) above {threshold}: {value} of requests are slower (last
    {window}). The threshold is the route's SLO.

    Impact: One tenant waits longer than the SLO allows; the others may not notice.

    First steps:
    1. Open the Tenant dashboard: are its requests larger than before, or are its stores slow?
    2. Compare documents retrieved and tokens per request with an hour ago; a longer prompt takes longer.
    3. Follow one slow request through the logs by its request_id; each step has its latency.
    """
    return too_slow_to_be_chance(LATENCY, P95, TENANT, ROUTE, SERVICE, slo=latency_slo(platform))


@alert("RouteHighLatency", PAGE, panel="overview/latency_by_route")
def route_high_latency(platform: Platform) -> Rule:
    """{route} ({service}): {quantile} latency above its SLO, {value} of requests are slower.

    {quantile} latency of {route} ({service}) above {threshold}: {value} of requests are slower, over all tenants (last
    {window}). The threshold is the route's SLO.

    Impact: Callers wait longer than the SLO allows; some give up, and their retries add load.

    First steps:
    1. Open the AI dashboard: a slow model makes /chat slow. A high time to first token points to the model's queue, a
       normal one to long answers.
    2. [vectorize] Open the Storage dashboard: Vectorize's latency is part of every /search.
    3. If neither is slow, look at the last deploy of the service.
    """
    window = minutes(5)
    too_slow = LATENCY.quantile(P95, window).by(ROUTE, SERVICE).above(latency_slo(platform))
    enough_requests = REQUESTS.increase(window).by(ROUTE, SERVICE).at_least(platform.min_requests)
    return (too_slow & enough_requests).for_(minutes(10))


route_latency_inhibitor = inhibitor(
    "RouteLatencyInhibitor", ROUTE, SERVICE, follows=(route_high_latency,), outlasts=(tenant_high_latency,)
)


@alert("HighAILatency", TICKET, panel="ai/latency_by_model")
def high_ai_latency(platform: Platform) -> Rule:
    """{model}: {quantile} latency above its SLO, {value} of calls are slower.

    {quantile} latency of calls to {model} above {threshold}: {value} of calls are slower, over all tenants (last
    {window}). The threshold is the model's SLO.

    Impact: Answers of this model arrive late; streams stay open longer and hold connections.

    First steps:
    1. Compare with the time to first token: if that is steady, answers have become longer, not slower.
    2. Look at output tokens per request; limit the length of answers if it has risen.
    3. If the time to first token has risen too, the model is short of capacity: use another model.
    """
    window = minutes(5)
    too_slow = AI_LATENCY.quantile(P95, window).by(MODEL).above(ai_latency_slo(platform))
    enough_requests = AI_REQUESTS.increase(window).by(MODEL).at_least(platform.min_requests)
    return (too_slow & enough_requests).for_(minutes(10))


@alert("HighVectorizeLatency", TICKET, panel="storage/vectorize_latency")
def high_vectorize_latency(platform: Platform) -> Rule:
    """Vectorize: {quantile} latency above its SLO, {value} of queries are slower.

    {quantile} latency of queries to Vectorize above {threshold}: {value} of queries are slower (last {window}). The
    threshold is Vectorize's SLO.

    Impact: Every search, and every answer that retrieves documents, takes this much longer.

    First steps:
    1. Look at the queries per second: is there more load, or is the same load slower?
    2. Is documents' ingestion running? Inserts are asynchronous and compete with queries.
    3. Check topK, and whether queries ask for values or metadata: all of these make results larger.
    """
    window = minutes(5)
    too_slow = VECTORIZE_LATENCY.quantile(P95, window).above(platform.latency.vectorize)
    enough_queries = VECTORIZE_QUERIES.increase(window).at_least(platform.min_requests)
    return (too_slow & enough_queries).for_(minutes(10))
