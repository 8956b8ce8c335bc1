"""Telemetry itself: a service that stops reporting, telemetry that is lost, and the alert that always fires."""

from contract.ai import AI_ERRORS, AI_REQUESTS, AI_TOKENS_UNKNOWN, TOKENS
from contract.api import DROPPED, HEARTBEAT, LATENCY, OVERFLOW, REQUESTS
from contract.labels import DIRECTION, MODEL, REASON, ROUTE, SERVICE
from contract.objectives import CALLS_MOSTLY_EXPLAINED, TOKENS_MOSTLY_UNKNOWN
from generator.dsl.alert import NONE, PAGE, TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.presence import Observed, unless, with_price
from generator.dsl.query import Always, Condition, Rule
from generator.dsl.units import days, hours, minutes, quantity

SEVERAL_WINDOWS = "it compares several windows"


@alert("TelemetryMissing", PAGE, panel="overview/heartbeat_age")
def telemetry_missing(platform: Platform) -> Condition:
    """{service} reports no telemetry: its last heartbeat was {value} ago.

    The last heartbeat of {service} was {value} ago (threshold {threshold}). Only the last {window} are searched:
    {max_value} means longer ago, or never. Until it reports again, no other alert of this service is reliable.

    Impact: Nobody knows whether the service works: its metrics are missing or out of date.

    First steps:
    1. Send the service a request yourself: does it answer?
    2. If it answers, its telemetry is broken: check the Durable Object that stores its counters, and Prometheus' log
       for what the receiver (/api/v1/otlp/v1/metrics) rejected.
    3. If it does not answer, treat it as an outage.
    4. If other services stopped reporting at the same time, check Prometheus' receiver first.
    """
    return HEARTBEAT.age(lookback=days(1), expected=SERVICE).by(SERVICE).above(platform.telemetry_stale_after)


@alert("TelemetryDropped", TICKET, panel="overview/telemetry_lost")
def telemetry_dropped(platform: Platform) -> Rule:
    """{service} lost telemetry ({reason}): {value}.

    {service} lost {value} in the last {window}, which never reached the counters (reason: {reason}, threshold
    {threshold}).

    Impact: Requests, errors and tokens of this time are counted too low. Alerts fire later or not at all.

    First steps:
    1. Reason `buffer_full`: the Durable Object that stores the counters was away or slow for too long. Look for its
       errors in Cloudflare's dashboard.
    2. Reason `refused`: it rejected what the Workers sent. Were the Workers deployed with another version of the
       library than the Durable Object?
    3. Reason `invalid`: the application counts a label or a value that the contract does not have. The logs name it.
    """
    lost = DROPPED.increase(minutes(5)).by(SERVICE, REASON)
    return lost.above(quantity(0, DROPPED.unit)).for_(minutes(2)).keep_firing_for(minutes(30))


@alert("TenantsCountedAsOther", TICKET, panel="overview/counted_as_other")
def tenants_counted_as_other(platform: Platform) -> Rule:
    """{service} counted {value} without their tenant ({reason}).

    In the last {window}, {service} counted {value} under the tenant `other` (reason: {reason}, threshold {threshold}):
    there was no room for another series.

    Impact: Alerts, budgets and dashboards of single tenants miss these requests and their tokens.

    First steps:
    1. Open the Overview: did the number of active tenants jump? Look in the logs for tenants that do not exist: an
       attack or a wrong configuration invents names.
    2. Reason `shard_full`: if the tenants are real, raise `TELEMETRY_SHARDS` in all Workers.
    3. Reason `isolate_full`: one isolate has more series than it may hold until its next push. Does the application
       count many routes or models for each tenant?
    """
    as_other = OVERFLOW.increase(minutes(5)).by(SERVICE, REASON)
    return as_other.above(quantity(0, OVERFLOW.unit)).for_(minutes(2)).keep_firing_for(minutes(30))


@alert("AITokensUnknown", TICKET, panel="ai/unknown_tokens", fixed_window=SEVERAL_WINDOWS)
def ai_tokens_unknown(platform: Platform) -> Rule:
    """{model}: {value} of calls have no token usage.

    {value} of calls to {model} have no token usage (threshold {threshold}, last {window}), although it reported tokens
    before, or has a price for output tokens.

    Impact: These calls count as free: budgets, forecasts and cost are too low.

    First steps:
    1. Open the AI dashboard: do streams of this model break before their usage arrives?
    2. Look at a response of the model: did the field `usage` move, or does the application drop it?
    3. Ask streams for their usage, or choose a model that reports it.
    """
    window = hours(1)
    many = AI_REQUESTS.increase(window).by(MODEL).at_least(platform.min_requests)
    unknown = AI_TOKENS_UNKNOWN.ratio_to(AI_REQUESTS, window).by(MODEL).above(TOKENS_MOSTLY_UNKNOWN)
    reports = TOKENS.increase(days(1)).by(MODEL).above(quantity(0, TOKENS.unit))
    return (unknown & (many & reports | with_price(many, "output"))).for_(minutes(10))


@alert("AITokensMissing", TICKET, panel="ai/calls_without_tokens")
def ai_tokens_missing(platform: Platform) -> Rule:
    """{model}: {value}, but no tokens.

    {model} had {value} in the last {window} (threshold {threshold}), and no input tokens arrived, or no output tokens
    although it has a price for them.

    Impact: Every alert on tokens, budgets and cost is blind for this model, and stays silent.

    First steps:
    1. Search Prometheus for metrics with "tokens" in their name: does a collector or a backend rename or drop them?
    2. Was a service deployed with another version of the Workers' library, or with a wrapper around the AI binding?
    3. Look at a log line of a call: has it tokens_input and tokens_output?
    """
    window = hours(1)
    failed, unknown = (
        counter.ratio_to(AI_REQUESTS, window).by(MODEL).above(CALLS_MOSTLY_EXPLAINED)
        for counter in (AI_ERRORS, AI_TOKENS_UNKNOWN)
    )
    many = AI_REQUESTS.increase(window).by(MODEL).at_least(platform.min_requests)
    no_input, no_output = (
        TOKENS.increase(window).where(DIRECTION.is_(direction)).by(MODEL).above(quantity(0, TOKENS.unit))
        for direction in ("input", "output")
    )
    missing = unless(many, no_input, failed, unknown)
    return (missing | unless(with_price(many, "output"), no_output, failed, unknown)).for_(minutes(10))


@alert("RouteLatencyMissing", TICKET, panel="overview/requests_without_latency")
def route_latency_missing(platform: Platform) -> Rule:
    """{route} ({service}): {value}, but no latency.

    {route} ({service}) had {value} in the last {window} (threshold {threshold}), and no latency was observed.

    Impact: Alerts on the latency of this route are blind, and stay silent.

    First steps:
    1. Search Prometheus for metrics with "latency" in their name: does a collector or a backend rename them, or store
       histograms in another form?
    2. Was the service deployed with another version of the Workers' library?
    3. Look at Prometheus' log for samples that it rejected.
    """
    window = minutes(5)
    many = REQUESTS.increase(window).by(ROUTE, SERVICE).at_least(platform.min_requests)
    return unless(many, Observed(LATENCY.bucket_counts(window).by(ROUTE, SERVICE))).for_(minutes(10))


@alert("Watchdog", NONE, panel="overview/pages")
def watchdog(platform: Platform) -> Condition:
    """Alerting works.

    This alert always fires. Its receiver, a dead man's switch, notifies you when it stops.

    Impact: None while it fires. When it stops, no alert reaches anybody.

    First steps:
    1. Check that Prometheus runs and evaluates its rules: its page /rules shows the last evaluation.
    2. Check that Alertmanager runs and that Prometheus reaches it: /status of Alertmanager, /alerts of Prometheus.
    3. Check that the URL of the dead man's switch is still valid.
    """
    return Always()
