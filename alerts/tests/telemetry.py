"""Alert tests of TelemetryMissing and Watchdog."""

from contract.api import ERRORS, HEARTBEAT, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
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
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, days, hours, minutes, seconds

API, INGEST = {SERVICE: "worker-api"}, {SERVICE: "ingest-worker"}
CHAT = {TENANT: "com.rainbowsmokeofficial", ROUTE: "/chat", **API}
HALF_MINUTE, FIVE_MINUTES = seconds(30), minutes(5)

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


def other_heartbeats(platform: Platform, duration: Duration) -> tuple[InputSeries, ...]:
    """The heartbeats of the services that no test here names."""
    others = (service for service in platform.services if service not in (API[SERVICE], INGEST[SERVICE]))
    return tuple(input_series(HEARTBEAT, {SERVICE: service}, clock(duration)) for service in others)


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="heartbeat_stops")
def heartbeat_stops(platform: Platform) -> Scenario:
    """A heartbeat stops at minute 30 and returns after 40: fires from 33:30 to 40:00, never for the other service."""
    stops = (clock(minutes(30)), no_samples(minutes(10)), clock(minutes(10)))
    return scenario(
        input_series(HEARTBEAT, API, *stops),
        input_series(HEARTBEAT, INGEST, clock(minutes(50))),
        *other_heartbeats(platform, minutes(50)),
        expect_none(minutes(33)),  # exactly 180 seconds, which are not above the threshold
        expect_firing(seconds(2010), firing(PAGE, 210, API)),
        expect_firing(minutes(40), firing(PAGE, 600, API)),
        expect_none(seconds(2430)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("TelemetryMissing", PAGE, covers=(BELOW_THRESHOLD,), id="service_is_removed")
def service_is_removed(platform: Platform) -> Scenario:
    """A service that the platform no longer has stops at minute 10: does not fire."""
    return scenario(
        input_series(HEARTBEAT, {SERVICE: "retired-worker"}, clock(minutes(10)), no_samples(minutes(50))),
        input_series(HEARTBEAT, API, clock(hours(1))),
        input_series(HEARTBEAT, INGEST, clock(hours(1))),
        *other_heartbeats(platform, hours(1)),
        expect_none(minutes(20)),
        expect_none(hours(1)),
    )


@alert_test("TelemetryMissing", PAGE, covers=(BELOW_THRESHOLD,), id="heartbeat_is_late")
def heartbeat_is_late(platform: Platform) -> Scenario:
    """A heartbeat is 150 seconds late, twice: does not fire."""
    late = (clock(minutes(10)), no_samples(minutes(2)), clock(minutes(10)), no_samples(minutes(2)))
    return scenario(
        input_series(HEARTBEAT, API, *late, no_samples(HALF_MINUTE), clock(minutes(5))),
        input_series(HEARTBEAT, INGEST, clock(minutes(30))),
        *other_heartbeats(platform, minutes(30)),
        expect_none(minutes(12)),
        expect_none(seconds(1470)),
        expect_none(minutes(25)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("TelemetryMissing", PAGE, covers=(LOW_TRAFFIC,), id="service_is_idle")
def service_is_idle(platform: Platform) -> Scenario:
    """No requests for 24 h, and heartbeats go on: does not fire."""
    return scenario(
        input_series(HEARTBEAT, API, clock(days(1))),
        input_series(HEARTBEAT, INGEST, clock(days(1))),
        *other_heartbeats(platform, days(1)),
        input_series(REQUESTS, CHAT, count(0, days(1))),
        expect_none(FIVE_MINUTES),
        expect_none(hours(12)),
        expect_none(days(1)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("TelemetryMissing", PAGE, covers=(COUNTER_RESET,), id="service_restarts")
def service_restarts(platform: Platform) -> Scenario:
    """A service with much traffic restarts and is away for two minutes: does not fire."""
    restarting = (count(6000, minutes(30)), no_samples(minutes(2)), Restart(), count(6000, minutes(28)))
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(30)), no_samples(minutes(2)), clock(minutes(28))),
        input_series(HEARTBEAT, INGEST, clock(minutes(60))),
        *other_heartbeats(platform, minutes(60)),
        input_series(REQUESTS, CHAT, *restarting),
        expect_none(minutes(32)),
        expect_none(seconds(1950)),
        expect_none(minutes(40)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, OTHERS_UNAFFECTED), id="requests_without_heartbeat")
def requests_without_heartbeat(platform: Platform) -> Scenario:
    """A heartbeat stops at minute 10 while requests go on: fires from 13:30 on."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(10))),
        input_series(HEARTBEAT, INGEST, clock(minutes(20))),
        *other_heartbeats(platform, minutes(20)),
        input_series(REQUESTS, CHAT, count(600, minutes(20))),
        input_series(ERRORS, CHAT, count(0, minutes(20))),
        expect_none(minutes(13)),
        expect_firing(minutes(14), firing(PAGE, 240, API)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="service_reports_late")
def service_reports_late(platform: Platform) -> Scenario:
    """A service has no heartbeat until minute 10: fires from the start as 24 h old, until 10."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(20))),
        input_series(HEARTBEAT, INGEST, no_samples(minutes(10)), clock(minutes(10))),
        *other_heartbeats(platform, minutes(20)),
        expect_firing(HALF_MINUTE, firing(PAGE, 86400, INGEST)),
        expect_firing(minutes(10), firing(PAGE, 86400, INGEST)),
        expect_none(seconds(630)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="service_is_down_for_25_hours")
def service_is_down_for_25_hours(platform: Platform) -> Scenario:
    """A heartbeat stops at minute 30 for 25 hours: fires all the time, although the look-back ends after 24."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(30)), no_samples(hours(25)), clock(minutes(10))),
        input_series(HEARTBEAT, INGEST, clock(hours(26))),
        *other_heartbeats(platform, hours(26)),
        expect_firing(
            FIVE_MINUTES * 293, firing(PAGE, 86100, API)
        ),  # 24 h 25 min: five minutes less than the look-back
        expect_firing(FIVE_MINUTES * 294, firing(PAGE, 86400, API)),
        expect_firing(FIVE_MINUTES * 306, firing(PAGE, 86400, API)),
        expect_none(FIVE_MINUTES * 307),  # 25 h 35 min
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES,), id="all_heartbeats_stop")
def all_heartbeats_stop(platform: Platform) -> Scenario:
    """The heartbeats of both services stop at minute 5: fires for both."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(5))),
        input_series(HEARTBEAT, INGEST, clock(minutes(5))),
        *other_heartbeats(platform, minutes(10)),
        expect_none(minutes(8)),
        expect_firing(minutes(9), firing(PAGE, 240, API), firing(PAGE, 240, INGEST)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("Watchdog", NONE, covers=(FIRES,), id="watchdog_fires")
def watchdog_fires(platform: Platform) -> Scenario:
    """Without any samples: fires at the first evaluation, and after 24 h."""
    return scenario(
        expect_firing(FIVE_MINUTES, firing(NONE, 1)),
        expect_firing(days(1), firing(NONE, 1)),
        evaluation_interval=FIVE_MINUTES,
    )
