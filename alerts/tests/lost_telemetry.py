"""Alert tests of telemetry that is lost or moved: counted by nobody, for another tenant or under another name."""

import math
from fractions import Fraction

from alerts.telemetry import (
    route_latency_missing,
    telemetry_dropped,
    telemetry_export_failing,
    tenants_counted_as_other,
)
from alerts.tests.names import Labels, routes, tenants
from alerts.tests.phases import Phases, phases
from contract.api import DROPPED, EXPORT_FAILURES, LATENCY, OVERFLOW, REQUESTS
from contract.labels import ENDPOINT, REASON, SERVICE, TENANT
from generator.dsl.alert import TICKET, Alert
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Expectation,
    InputSeries,
    NotPossible,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    no_samples,
    not_applicable,
    not_possible,
    observe,
    scenario,
)
from generator.dsl.alert_timing import AlertTiming, IncidentTimes, extrapolated_increase, multiple, timing
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.query import Rule
from generator.dsl.rates import at_most
from generator.dsl.units import Duration, hours, minutes, seconds

ANY = "One is enough: what is lost is missing in every other number, however low the traffic is."
DROPPED_ANY = not_applicable("TelemetryDropped", TICKET, covers=(LOW_TRAFFIC,), reason=ANY)
EXPORTS_ANY = not_applicable(
    "TelemetryExportFailing", TICKET, covers=(LOW_TRAFFIC,), reason="Shards export each interval, whatever the traffic."
)
OTHER_ANY = not_applicable("TenantsCountedAsOther", TICKET, covers=(LOW_TRAFFIC,), reason=ANY)
ONE_REQUEST = "the minimum is one request, so that no traffic is too low"
LOST_PER_MINUTE = Fraction(60)
FAILED_PER_MINUTE = Fraction(2)
"""A shard that exports every 15 seconds waits longer after each failure: a minute at most."""
NEVER_STORED, WITHOUT_TENANT = ("buffer_full", "refused"), ("shard_full", "isolate_full")
STOPS, BACK_AFTER, A_MINUTE = hours(2), hours(2), minutes(1)
"""Tokens or latencies stop after two hours, and are back two hours later."""


def lost(platform: Platform, reasons: tuple[str, str]) -> tuple[Labels, Labels]:
    """A service that loses telemetry for the first reason, and none for the second."""
    service = {SERVICE: next(iter(platform.services))}
    first, second = reasons
    return {**service, REASON: first}, {**service, REASON: second}


def while_something_counts(
    alert: AlertTiming, during: Phases, segments: tuple[Segment, ...], labels: Labels
) -> tuple[Expectation, ...]:
    """What fires of an alert on any count, while a counter of these segments counts during an incident."""
    times = IncidentTimes(alert, during.start, during.end, Fraction(1_000_000))

    def value(time: Duration) -> float:
        return float(extrapolated_increase(segments, time, alert.window, alert.interval))

    ended = times.true_until
    kept = firing(TICKET, value(ended), labels, condition_ended=ended if times.last > ended else None)
    return (
        expect_none(alert.before(times.fires)),
        expect_firing(times.fires, firing(TICKET, value(times.fires), labels)),
        expect_firing(times.last, kept),
        expect_none(alert.after(times.last)),
    )


def forgotten(alert: AlertTiming) -> tuple[tuple[Segment, ...], Duration]:
    """Segments of what counted once, and restarts long after; and when it restarts."""
    used = minutes(10)
    restarts = used + multiple(alert.window.seconds + alert.for_ + alert.keep_firing, minutes(5)) + minutes(20)
    segments = count(LOST_PER_MINUTE, used), count(0, restarts - used), Restart(), count(0, minutes(30))
    return segments, restarts


def losing(rule: Rule, metric: Counter, labels: Labels, other: Labels) -> Scenario:
    """60 observations a minute are lost from {start} to {end}: fires from {fires} to {last}, for this reason alone."""
    alert = timing(rule)
    during = phases(alert)
    segments = during.incident(LOST_PER_MINUTE)
    return scenario(
        input_series(metric, labels, *segments),
        input_series(metric, other, during.constant(Fraction(0))),
        *while_something_counts(alert, during, segments, labels),
        evaluation_interval=alert.interval,
        claim=IncidentTimes(alert, during.start, during.end, Fraction(1_000_000)).claim,
    )


def lost_before_a_restart(rule: Rule, metric: Counter, labels: Labels) -> Scenario:
    """Something was lost long before the process restarts at {restarts}: does not fire."""
    alert = timing(rule)
    segments, restarts = forgotten(alert)
    return scenario(
        input_series(metric, labels, *segments),
        *map(expect_none, (restarts, restarts + minutes(1), restarts + minutes(5), restarts + minutes(30))),
        evaluation_interval=alert.interval,
        claim={"restarts": restarts},
    )


@alert_test("TelemetryDropped", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="telemetry_is_lost")
def telemetry_is_lost(platform: Platform) -> Scenario:
    """A service loses 60 observations a minute from {start} to {end}: fires from {fires} to {last}, for this reason
    alone."""
    return losing(telemetry_dropped.rule(platform), DROPPED, *lost(platform, NEVER_STORED))


@alert_test("TelemetryDropped", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="lost_long_ago")
def lost_long_ago(platform: Platform) -> Scenario:
    """Telemetry was lost long before the process restarts at {restarts}: does not fire."""
    return lost_before_a_restart(telemetry_dropped.rule(platform), DROPPED, lost(platform, NEVER_STORED)[0])


@alert_test(
    "TenantsCountedAsOther", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="too_many_tenants"
)
def too_many_tenants(platform: Platform) -> Scenario:
    """A full shard counts 60 observations a minute of a service under `other` from {start} to {end}: fires from {fires}
    to {last}, for this reason alone."""
    return losing(tenants_counted_as_other.rule(platform), OVERFLOW, *lost(platform, WITHOUT_TENANT))


@alert_test("TenantsCountedAsOther", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="too_many_tenants_long_ago")
def too_many_tenants_long_ago(platform: Platform) -> Scenario:
    """A shard was full long before the process restarts at {restarts}: does not fire."""
    return lost_before_a_restart(tenants_counted_as_other.rule(platform), OVERFLOW, lost(platform, WITHOUT_TENANT)[0])


@alert_test("TenantsCountedAsOther", TICKET, covers=(BELOW_THRESHOLD,), id="requests_that_name_no_tenant")
def requests_that_name_no_tenant(platform: Platform) -> Scenario:
    """600 requests a minute name no valid tenant, and there is room for every series: does not fire."""
    alert, (labels, other) = timing(tenants_counted_as_other.rule(platform)), lost(platform, WITHOUT_TENANT)
    end = phases(alert).end
    return scenario(
        *(input_series(OVERFLOW, each, count(0, end)) for each in (labels, other)),
        *(
            input_series(REQUESTS, {TENANT: tenant, **routes(platform)[0]}, count(600, end))
            for tenant in ("unknown", "other")
        ),
        expect_none(end),
        evaluation_interval=alert.interval,
    )


def failures(platform: Platform, collector: str, *segments: Segment) -> InputSeries:
    """Failures of exports to a collector, which count for the first service."""
    return input_series(EXPORT_FAILURES, {SERVICE: next(iter(platform.services)), ENDPOINT: collector}, *segments)


@alert_test(
    "TelemetryExportFailing", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="collector_is_down"
)
def collector_is_down(platform: Platform) -> Scenario:
    """The second of two collectors accepts nothing from {start} to {end}, while the shards restart: fires from {fires}
    to {last}, for this collector alone."""
    alert = timing(telemetry_export_failing.rule(platform))
    during = phases(alert)
    times = IncidentTimes(alert, during.start, during.end, Fraction(1_000_000))
    restart = alert.before(alert.before(times.fires))

    def failing(per_minute: Fraction) -> tuple[Segment, ...]:
        before, after = count(per_minute, restart - during.start), count(per_minute, during.end - restart)
        return count(0, during.start), before, Restart(), after, count(0, during.length - during.end)

    return scenario(
        failures(platform, "2", *failing(FAILED_PER_MINUTE)),
        failures(platform, "1", during.constant(Fraction(0))),
        *while_something_counts(alert, during, failing(FAILED_PER_MINUTE), {ENDPOINT: "2"}),
        evaluation_interval=alert.interval,
        claim=times.claim,
    )


@alert_test("TelemetryExportFailing", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="collector_was_down")
def collector_was_down(platform: Platform) -> Scenario:
    """The shards restart at {restarts}, long after exports failed: does not fire."""
    rule = telemetry_export_failing.rule(platform)
    labels = {SERVICE: next(iter(platform.services)), ENDPOINT: "1"}
    return lost_before_a_restart(rule, EXPORT_FAILURES, labels)


@alert_test("TelemetryExportFailing", TICKET, covers=(BELOW_THRESHOLD,), id="only_collector_is_back")
def only_collector_is_back(platform: Platform) -> Scenario | NotPossible:
    """The only collector is back at {back}, and learns of 30 failures at once: does not fire."""
    alert = timing(telemetry_export_failing.rule(platform))
    if alert.for_ < alert.window.seconds:
        return not_possible("the platform's `for` is shorter than the window, in which 30 failures are seen")
    back, rest = minutes(30), multiple(alert.window.seconds + alert.for_ + 600, minutes(5))
    at_once = Fraction(30) * 60 / alert.interval.seconds
    segments = count(0, back - alert.interval), count(at_once, alert.interval), count(0, rest)
    times = range(back.seconds, (back + rest).seconds + 1, alert.interval.seconds)
    return scenario(
        failures(platform, "1", *segments),
        *(expect_none(seconds(time)) for time in times),
        evaluation_interval=alert.interval,
        claim={"back": back},
    )


def pending(alert: Alert, platform: Platform) -> Duration | None:
    """How long the condition of an alert is true before it fires."""
    return alert.rule(platform).pending


def after(time: Duration, waiting: Duration | None) -> Duration:
    """A time, and what an alert waits for."""
    return time if waiting is None else time + waiting


def minimum(platform: Platform) -> Fraction:
    """The minimum of requests."""
    return platform.min_requests.amount


def too_few(platform: Platform) -> Fraction:
    """Calls a minute of which an hour has fewer than the minimum."""
    return at_most((minimum(platform) - 1) / 60)


def latency_alert(platform: Platform) -> AlertTiming:
    """The timing of RouteLatencyMissing."""
    return timing(route_latency_missing.rule(platform))


@alert_test(
    "RouteLatencyMissing",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="latency_is_renamed",
)
def latency_is_renamed(platform: Platform) -> Scenario:
    """The series of a route's latency stop at {stops}, and its requests go on: fires at {fires}, until they are back;
    not for another route."""
    alert, (first, second), (route, other) = latency_alert(platform), tenants(platform), routes(platform)
    rate = minimum(platform)
    stops = multiple(alert.window.seconds + alert.for_ + 600, minutes(5))
    silent = multiple(alert.window.seconds + alert.for_ + 600, minutes(5))
    back, end = stops + silent, stops + silent + stops
    fires = alert.fires(stops + alert.window - alert.interval)
    value = firing(TICKET, float(rate * alert.window.seconds / 60), route)
    return scenario(
        input_series(REQUESTS, {**first, **route}, count(rate, end)),
        input_series(LATENCY, {**first, **route}, observe(rate, 4, stops), no_samples(silent), observe(rate, 4, stops)),
        input_series(REQUESTS, {**second, **other}, count(rate, end)),
        input_series(LATENCY, {**second, **other}, observe(rate, 4, end)),
        expect_none(alert.before(fires)),
        expect_firing(fires, value),
        expect_firing(back + alert.interval, value),
        expect_none(back + alert.interval + alert.interval),
        evaluation_interval=alert.interval,
        claim={"stops": stops, "fires": fires},
    )


@alert_test("RouteLatencyMissing", TICKET, covers=(LOW_TRAFFIC,), id="few_requests_without_latency")
def few_requests_without_latency(platform: Platform) -> Scenario | NotPossible:
    """Fewer than {minimum} requests in {window} have no latency: does not fire."""
    alert, rate = (
        latency_alert(platform),
        at_most((minimum(platform) - 1) * 60 / latency_alert(platform).window.seconds),
    )
    if not rate:
        return not_possible(ONE_REQUEST)
    end = multiple(alert.window.seconds + alert.for_ + 3600, minutes(5))
    return scenario(
        input_series(REQUESTS, {**tenants(platform)[0], **routes(platform)[0]}, count(rate, end)),
        *map(expect_none, (minutes(30), end)),
        evaluation_interval=alert.interval,
        claim={"minimum": minimum(platform), "window": alert.window.text()},
    )


@alert_test("RouteLatencyMissing", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="few_latencies_arrive")
def few_latencies_arrive(platform: Platform) -> Scenario:
    """One of many requests has a latency in each window, through restarts so often that each window has one: does not
    fire."""
    alert, labels = latency_alert(platform), {**tenants(platform)[0], **routes(platform)[0]}
    rate, long = minimum(platform) * 10, multiple(alert.window.seconds + alert.for_ + 600, minutes(5))
    once, apart = Fraction(60, alert.window.seconds), alert.window - A_MINUTE
    times = math.ceil(Fraction(long.seconds, apart.seconds))
    of_requests: list[Segment] = [count(rate, long)]
    of_latency: list[Segment] = [observe(once, 4, long)]
    for _ in range(times):
        of_requests += Restart(), count(rate, apart)
        of_latency += Restart(), observe(once, 4, apart)
    return scenario(
        input_series(REQUESTS, labels, *of_requests),
        input_series(LATENCY, labels, *of_latency),
        *map(expect_none, (long, long + alert.interval, long + minutes(5), long + apart * times)),
        evaluation_interval=alert.interval,
    )


@alert_test("RouteLatencyMissing", TICKET, covers=(FIRES,), id="fewest_requests_without_latency")
def fewest_requests_without_latency(platform: Platform) -> Scenario:
    """The minimum of requests in {window} have no latency: fires."""
    alert, (route, _) = latency_alert(platform), routes(platform)
    exact = minimum(platform) * 60 / alert.window.seconds
    rate = exact if at_most(exact) == exact else at_most(exact * 6 / 5)
    at = multiple(alert.window.seconds + alert.for_ + 600, minutes(5))
    return scenario(
        input_series(REQUESTS, {**tenants(platform)[0], **route}, count(rate, at)),
        expect_firing(at, firing(TICKET, float(rate * alert.window.seconds / 60), route)),
        evaluation_interval=alert.interval,
        claim={"window": alert.window.text()},
    )


@alert_test("RouteLatencyMissing", TICKET, covers=(FIRES,), id="latency_is_no_longer_observed")
def latency_is_no_longer_observed(platform: Platform) -> Scenario:
    """A route's latency is observed no more from {stops} on, though its series are there: fires."""
    alert, labels = latency_alert(platform), {**tenants(platform)[0], **routes(platform)[0]}
    rate, stops = minimum(platform), minutes(10)
    end = stops + multiple(alert.window.seconds + alert.for_ + 600, minutes(5))
    return scenario(
        input_series(REQUESTS, labels, count(rate, end)),
        input_series(LATENCY, labels, observe(rate, 4, stops), observe(Fraction(0), 4, end - stops)),
        expect_none(stops),
        expect_firing(end, firing(TICKET, float(rate * alert.window.seconds / 60), routes(platform)[0])),
        evaluation_interval=alert.interval,
        claim={"stops": stops},
    )
