"""Alert tests of TelemetryMissing and Watchdog."""

from alerts.tests.names import Labels, listed_routes, tenants, unused
from contract.api import ERRORS, HEARTBEAT, REQUESTS
from contract.labels import SERVICE
from generator.dsl.alert import NONE, PAGE
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    InputSeries,
    Restart,
    Scenario,
    alert_test,
    clock,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    no_samples,
    not_applicable,
    scenario,
)
from generator.dsl.alert_timing import multiple
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, days, hours, minutes, seconds

HALF_MINUTE, FIVE_MINUTES = seconds(30), minutes(5)
DAY = 86400
"""The look-back in seconds: the age of a heartbeat that is older, or that never was."""

WATCHDOG_ALWAYS_FIRES = not_applicable(
    "Watchdog",
    NONE,
    covers=(
        BELOW_THRESHOLD,
        BEFORE_FOR,
        RECOVERS,
        LOW_TRAFFIC,
        COUNTER_RESET,
        OTHERS_UNAFFECTED,
    ),
    reason="The alert always fires, and has no labels: it has no other state.",
)


def service(platform: Platform) -> Labels:
    """The service that the tests are about."""
    return {SERVICE: next(iter(platform.services))}


def retired_service(platform: Platform) -> Labels:
    """A service that the platform does not have."""
    return {SERVICE: unused(("retired-worker",), tuple(platform.services))[0]}


def heartbeats(platform: Platform, duration: Duration, *except_for: Labels) -> tuple[InputSeries, ...]:
    """The heartbeats of all services but these, and of one that stopped long before the platform lost it."""
    stopped = input_series(HEARTBEAT, retired_service(platform), clock(HALF_MINUTE * 10), no_samples(FIVE_MINUTES))
    names = [{SERVICE: name} for name in platform.services]
    running = (input_series(HEARTBEAT, name, clock(duration)) for name in names if name not in except_for)
    return (stopped, *running)


def stale_after(platform: Platform) -> Duration:
    """The first age above the threshold, in whole evaluations."""
    return HALF_MINUTE * (platform.telemetry_stale_after.seconds // HALF_MINUTE.seconds + 1)


def late_by(platform: Platform) -> Duration:
    """An age that is not above the threshold, and below it where that is an evaluation."""
    return HALF_MINUTE * max(1, platform.telemetry_stale_after.seconds // HALF_MINUTE.seconds - 1)


def requests_labels(platform: Platform) -> Labels:
    """Requests of a tenant to the first route of the service."""
    return {**tenants(platform)[0], **listed_routes(platform)[0]}


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="heartbeat_stops")
def heartbeat_stops(platform: Platform) -> Scenario:
    """A heartbeat stops at {stops} and returns after {returns}: fires from {fires} on until then, never for another
    service."""
    stops, stale = minutes(30), stale_after(platform)
    silent = multiple(max(600, stale.seconds + 300), FIVE_MINUTES)
    returns = stops + silent
    series = clock(stops), no_samples(silent), clock(minutes(10))
    return scenario(
        input_series(HEARTBEAT, service(platform), *series),
        *heartbeats(platform, returns + minutes(10), service(platform)),
        expect_none(stops + stale - HALF_MINUTE),  # not above the threshold
        expect_firing(stops + stale, firing(PAGE, stale.seconds, service(platform))),
        expect_firing(returns, firing(PAGE, silent.seconds, service(platform))),
        expect_none(returns + HALF_MINUTE),
        evaluation_interval=HALF_MINUTE,
        claim={"stops": stops, "returns": returns, "fires": stops + stale},
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="heartbeat_of_the_future")
def heartbeat_of_the_future(platform: Platform) -> Scenario:
    """The clock of a service is ahead by as much as a heartbeat may be late, and by more from {ahead} to {right}: fires
    as if there were none, until then."""
    allowed, ten = platform.telemetry_stale_after, minutes(10)
    ahead, right = ten * 2, ten * 3
    clocks = clock(ten), clock(ten, ahead=allowed), clock(ten, ahead=allowed + seconds(1)), clock(ten)
    return scenario(
        input_series(HEARTBEAT, service(platform), *clocks),
        *heartbeats(platform, right + ten, service(platform)),
        *map(expect_none, (ten + HALF_MINUTE, ahead)),
        expect_firing(ahead + HALF_MINUTE, firing(PAGE, DAY, service(platform))),
        expect_firing(right, firing(PAGE, DAY, service(platform))),
        expect_none(right + HALF_MINUTE),
        evaluation_interval=HALF_MINUTE,
        claim={"ahead": ahead, "right": right},
    )


@alert_test("TelemetryMissing", PAGE, covers=(BELOW_THRESHOLD,), id="service_is_removed")
def service_is_removed(platform: Platform) -> Scenario:
    """A service that the platform no longer has stops at {stops}: does not fire."""
    stops = minutes(10)
    end = multiple(max(3600, 600 + stale_after(platform).seconds + 300), FIVE_MINUTES)
    retired = {SERVICE: unused(("removed-worker",), tuple(platform.services))[0]}
    return scenario(
        input_series(HEARTBEAT, retired, clock(stops), no_samples(end - stops)),
        *heartbeats(platform, end),
        expect_none(minutes(20)),
        expect_none(end),
        claim={"stops": stops},
    )


@alert_test("TelemetryMissing", PAGE, covers=(BELOW_THRESHOLD,), id="heartbeat_is_late")
def heartbeat_is_late(platform: Platform) -> Scenario:
    """A heartbeat is {late} late, twice: does not fire."""
    late, between = late_by(platform), minutes(10)
    first = between + late
    gap = (no_samples(late - HALF_MINUTE),) if late > HALF_MINUTE else ()
    twice = clock(between), *gap, clock(between), *gap, clock(minutes(5))
    end = first + first + minutes(5)
    return scenario(
        input_series(HEARTBEAT, service(platform), *twice),
        *heartbeats(platform, end, service(platform)),
        *map(expect_none, (between + late - HALF_MINUTE, between + late, first + between, end)),
        evaluation_interval=HALF_MINUTE,
        claim={"late": late.text()},
    )


@alert_test("TelemetryMissing", PAGE, covers=(LOW_TRAFFIC,), id="service_is_idle")
def service_is_idle(platform: Platform) -> Scenario:
    """No requests for a day, and heartbeats go on: does not fire."""
    return scenario(
        *heartbeats(platform, days(1)),
        input_series(REQUESTS, requests_labels(platform), count(0, days(1))),
        expect_none(FIVE_MINUTES),
        expect_none(hours(12)),
        expect_none(days(1)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("TelemetryMissing", PAGE, covers=(COUNTER_RESET,), id="service_restarts")
def service_restarts(platform: Platform) -> Scenario:
    """A service with much traffic restarts and is away for {away}: does not fire."""
    away = min(minutes(2), late_by(platform))
    restarting = count(6000, minutes(30)), no_samples(away), Restart(), count(6000, minutes(28))
    end = minutes(58) + away
    return scenario(
        input_series(HEARTBEAT, service(platform), clock(minutes(30)), no_samples(away), clock(minutes(28))),
        *heartbeats(platform, end, service(platform)),
        input_series(REQUESTS, requests_labels(platform), *restarting),
        *map(expect_none, (minutes(30) + away, minutes(30) + away + HALF_MINUTE, minutes(40))),
        evaluation_interval=HALF_MINUTE,
        claim={"away": away.text()},
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, OTHERS_UNAFFECTED), id="requests_without_heartbeat")
def requests_without_heartbeat(platform: Platform) -> Scenario:
    """A heartbeat stops at {stops} while requests go on: fires from {fires} on."""
    stops, stale = minutes(10), stale_after(platform)
    end = stops + multiple(stale.seconds, FIVE_MINUTES) + FIVE_MINUTES
    return scenario(
        input_series(HEARTBEAT, service(platform), clock(stops)),
        *heartbeats(platform, end, service(platform)),
        input_series(REQUESTS, requests_labels(platform), count(600, end)),
        input_series(ERRORS, requests_labels(platform), count(0, end)),
        expect_none(stops + stale - HALF_MINUTE),
        expect_firing(stops + stale, firing(PAGE, stale.seconds, service(platform))),
        evaluation_interval=HALF_MINUTE,
        claim={"stops": stops, "fires": stops + stale},
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="service_reports_late")
def service_reports_late(platform: Platform) -> Scenario:
    """A service has no heartbeat until {reports}: fires from the start as a day old, until then."""
    last = {SERVICE: list(platform.services)[-1]}
    reports = minutes(10)
    return scenario(
        input_series(HEARTBEAT, last, no_samples(reports), clock(minutes(10))),
        *heartbeats(platform, minutes(20), last),
        expect_firing(HALF_MINUTE, firing(PAGE, DAY, last)),
        expect_firing(reports, firing(PAGE, DAY, last)),
        expect_none(reports + HALF_MINUTE),
        evaluation_interval=HALF_MINUTE,
        claim={"reports": reports},
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="service_is_down_for_25_hours")
def service_is_down_for_more_than_a_day(platform: Platform) -> Scenario:
    """A heartbeat stops for longer than the look-back of a day: fires all the time."""
    stops, silent, name = minutes(30), hours(25), service(platform)
    returns = stops + silent
    return scenario(
        input_series(HEARTBEAT, name, clock(stops), no_samples(silent), clock(minutes(10))),
        *heartbeats(platform, returns + minutes(30), name),
        # Five minutes less than the look-back, then the whole of it.
        expect_firing(stops + days(1) - FIVE_MINUTES, firing(PAGE, DAY - FIVE_MINUTES.seconds, name)),
        expect_firing(stops + days(1), firing(PAGE, DAY, name)),
        expect_firing(returns, firing(PAGE, DAY, name)),
        expect_none(returns + FIVE_MINUTES),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES,), id="all_heartbeats_stop")
def all_heartbeats_stop(platform: Platform) -> Scenario:
    """The heartbeats of all services stop at {stops}: fires for each."""
    stops, stale = minutes(5), stale_after(platform)
    alerts = [firing(PAGE, stale.seconds, {SERVICE: name}) for name in platform.services]
    return scenario(
        *heartbeats(platform, stops),
        expect_none(stops + stale - HALF_MINUTE),
        expect_firing(stops + stale, *alerts),
        evaluation_interval=HALF_MINUTE,
        claim={"stops": stops},
    )


@alert_test("Watchdog", NONE, covers=(FIRES,), id="watchdog_fires")
def watchdog_fires(platform: Platform) -> Scenario:
    """Without any samples: fires at the first evaluation, and after a day."""
    return scenario(
        expect_firing(FIVE_MINUTES, firing(NONE, 1)),
        expect_firing(days(1), firing(NONE, 1)),
        evaluation_interval=FIVE_MINUTES,
    )
