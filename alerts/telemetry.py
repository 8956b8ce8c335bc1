"""Telemetry and alerting themselves: a service that stops reporting, telemetry that is lost, rules and notifications
that fail, and the alert that always fires."""

from contract.ai import AI_ERRORS, AI_REQUESTS, AI_TOKENS_UNKNOWN, TOKENS
from contract.alerting import (
    ALERT_SEND_ERRORS,
    ALERTS_DROPPED,
    FAILED_NOTIFICATIONS,
    MISSED_EVALUATIONS,
    OVERRIDES_INFO,
    RULE_FAILURES,
)
from contract.api import DROPPED, EXPORT_FAILURES, HEARTBEAT, LATENCY, OVERFLOW, REQUESTS
from contract.labels import ALERTMANAGER, DIRECTION, ENDPOINT, INTEGRATION, MODEL, REASON, ROUTE, RULE_GROUP, SERVICE
from contract.objectives import CALLS_MOSTLY_EXPLAINED, FAILED_AGAIN, MISSED_TOO_OFTEN, TOKENS_MOSTLY_UNKNOWN
from contract.storage import STORAGE_CALLS
from generator.dsl.alert import NONE, PAGE, TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.presence import Absent, NotRecorded, Observed, unless, with_price
from generator.dsl.query import Always, Condition, Rule
from generator.dsl.units import days, hours, minutes, quantity

SEVERAL_WINDOWS = "it compares several windows"
RECORDED_WINDOWS = "it looks for series that rules record"


@alert("TelemetryMissing", PAGE, panel="overview/heartbeat_age")
def telemetry_missing(platform: Platform) -> Condition:
    """{service} reports no telemetry: its last heartbeat was {value} ago.

    The last heartbeat of {service} was {value} ago (threshold {threshold}). Only the last {window} are searched:
    {max_value} means longer ago, never, or in the future, because a clock is wrong. Until it reports again, no other
    alert of this service is reliable.

    Impact: Nobody knows whether the service works: its metrics are missing or out of date.

    First steps:
    1. Send the service a request yourself: does it answer?
    2. If it answers, its telemetry is broken: check the Durable Object that stores its counters, and Prometheus' log
       for what the receiver (/api/v1/otlp/v1/metrics) rejected.
    3. If it does not answer, treat it as an outage.
    4. If the panel shows {max_value} and the service answers, compare its clock: heartbeats more than {threshold} ahead
       count as missing.
    5. If other services stopped reporting at the same time, check Prometheus' receiver first.
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


@alert("TelemetryExportFailing", TICKET, panel="overview/export_failures")
def telemetry_export_failing(platform: Platform) -> Rule:
    """Collector {endpoint} does not accept telemetry: {value}.

    In the last {window}, {value} of requests to collector {endpoint} (threshold {threshold}); the number is the ending
    of its variables, and 1 is the collector without an ending. What it did not accept is sent again.

    Impact: The Prometheus behind this collector misses telemetry, and its alerts are not reliable. With a second
    collector, one more failure is an outage of monitoring.

    First steps:
    1. Search the logs of the shards for the collector's answer: they name its status and a hint.
    2. Does it answer? Send it an empty request yourself, with the credential of the Workers.
    3. Status 401 or 403: was the credential changed on one side alone? Status 400: was the collector updated?
    """
    failures = EXPORT_FAILURES.increase(minutes(5)).by(ENDPOINT)
    # A single collector's failures arrive after its restart, all at once: these are seen for five minutes.
    return failures.above(quantity(0, EXPORT_FAILURES.unit)).for_(minutes(10)).keep_firing_for(minutes(30))


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


@alert("RecordedSeriesMissing", TICKET, panel="overview/rules_failing", fixed_window=RECORDED_WINDOWS)
def recorded_series_missing(platform: Platform) -> Rule:
    """{service}: recording rules record nothing from its counters.

    Prometheus has counters of {service} (requests, calls to models or to stores), but not the series that recording
    rules derive from them over the last {window}.

    Impact: Alerts and dashboards read recorded series. Alerts on this service cannot fire.

    First steps:
    1. Open the page /rules of Prometheus: are all groups of this platform there, and evaluated a moment ago? Compare
       them with the files of out/prometheus/rules.
    2. Query a counter of the service: does it have a sample every few seconds? An increase needs two samples in its
       window, so rules record nothing if samples are minutes apart.
    3. Does the counter have the labels platform and cluster that the rules select?
    """
    requests, ai, stores = (
        NotRecorded(counter.increase(minutes(5)).by(SERVICE)) for counter in (REQUESTS, AI_REQUESTS, STORAGE_CALLS)
    )
    return (requests | ai | stores).for_(minutes(10))


@alert("OverridesMissing", TICKET, panel="overview/rules_failing")
def overrides_missing(platform: Platform) -> Rule:
    """The file of overrides is not scraped.

    Prometheus does not scrape out/prometheus/overrides/overrides.txt, which has the thresholds of the tenants that
    differ from the default. What it scraped last counts for an hour.

    Impact: After that hour every tenant has the default thresholds: tickets for tenants with higher ones, and none for
    tenants with lower ones.

    First steps:
    1. Open the page /targets of Prometheus: is there a job "overrides", and what is its error?
    2. Is the web server running, and can Prometheus reach its address? Does it serve the file?
    3. If the target is up, does its answer end with "# EOF", and have its series the labels platform and cluster that
       the rules select?
    """
    return Absent(OVERRIDES_INFO).for_(minutes(10))


@alert("RuleEvaluationFailing", TICKET, panel="overview/rules_failing")
def rule_evaluation_failing(platform: Platform) -> Rule:
    """{rule_group}: {value} of rules fail.

    In the last {window}, {value} of rules of {rule_group} failed (threshold {threshold}).

    Impact: A rule that fails has no result: its alert does not fire, or its recorded series ends, and so does
    everything that reads it.

    First steps:
    1. Open the page /rules of Prometheus: it shows the rule and its error.
    2. "many-to-many", "duplicate series" or "same labelset": two rules record one series, or a label was added to
       rules. What was deployed last?
    3. "query processing would load too many samples", or a time-out: did the number of series grow?
    """
    failed = RULE_FAILURES.increase(minutes(5)).by(RULE_GROUP)
    return failed.above(quantity(0, RULE_FAILURES.unit)).for_(minutes(10))


@alert("RuleEvaluationMissed", TICKET, panel="overview/evaluations_missed")
def rule_evaluation_missed(platform: Platform) -> Rule:
    """{rule_group}: {value} were missed.

    In the last {window}, {value} of {rule_group} were missed (threshold {threshold}), because the evaluation before
    took longer than the evaluation interval.

    Impact: Alerts fire later, and recorded series have gaps.

    First steps:
    1. Open the page /rules of Prometheus: which rules of the group take longest?
    2. Does Prometheus have enough CPU and memory? Did the number of tenants or routes grow?
    """
    missed = MISSED_EVALUATIONS.increase(minutes(15)).by(RULE_GROUP)
    return missed.at_least(MISSED_TOO_OFTEN).for_(minutes(5))


@alert("AlertsNotDelivered", TICKET, panel="overview/alerts_not_delivered")
def alerts_not_delivered(platform: Platform) -> Rule:
    """{value} did not reach Alertmanager {alertmanager}.

    In the last {window}, Prometheus could not deliver {value} to Alertmanager {alertmanager} (threshold {threshold}).

    Impact: If it is the only Alertmanager, nobody is notified of anything, and the dead man's switch fires. If there
    are several, the others still notify.

    First steps:
    1. Is Alertmanager running, and can Prometheus reach its address?
    2. Look in the log of Prometheus for "Error sending alerts".
    3. If the queue is full, more alerts fire than Alertmanager accepts: which ones?
    """
    failed, dropped = (counter.increase(minutes(5)).by(ALERTMANAGER) for counter in (ALERT_SEND_ERRORS, ALERTS_DROPPED))
    any_alert = quantity(0, ALERT_SEND_ERRORS.unit)
    return (failed.above(any_alert) | dropped.above(any_alert)).for_(minutes(10))


@alert("NotificationsFailing", TICKET, panel="overview/notifications_failing")
def notifications_failing(platform: Platform) -> Condition:
    """{value} to {integration} failed.

    In the last {window}, {value} through the integration {integration} failed after all attempts (threshold
    {threshold}). Alertmanager tries again at the end of each group interval.

    Impact: Pages or tickets through this integration do not arrive. This ticket arrives only through another one.

    First steps:
    1. Look in the log of Alertmanager for "Notify for alerts failed": it names the receiver and the answer.
    2. Was a key or a URL revoked? Alertmanager reads the file of a secret for each notification.
    3. Is the receiver's service down, or does it limit the rate? The page /#/alerts of Alertmanager shows what fires.
    """
    return FAILED_NOTIFICATIONS.increase(hours(1)).by(INTEGRATION).at_least(FAILED_AGAIN)


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
