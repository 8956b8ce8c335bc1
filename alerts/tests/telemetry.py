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
    reason="It fires always and of nobody: it has no quiet to show.",
)


def other_heartbeats(platform: Platform, duration: Duration) -> tuple[InputSeries, ...]:
    """The heartbeats of the services that no test here names."""
    others = (service for service in platform.services if service not in (API[SERVICE], INGEST[SERVICE]))
    return tuple(input_series(HEARTBEAT, {SERVICE: service}, clock(duration)) for service in others)


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="a_heartbeat_stops")
def heartbeat_stops(platform: Platform) -> Scenario:
    """A service dies at minute 30: quiet at 33, told in half a minute more, over at 40 with it; the other lives."""
    stops = (clock(minutes(30)), no_samples(minutes(10)), clock(minutes(10)))
    return scenario(
        input_series(HEARTBEAT, API, *stops),
        input_series(HEARTBEAT, INGEST, clock(minutes(50))),
        *other_heartbeats(platform, minutes(50)),
        expect_none(minutes(33)),  # just 180 seconds, which is not above them
        expect_firing(seconds(2010), firing(PAGE, 210, API)),
        expect_firing(minutes(40), firing(PAGE, 600, API)),
        expect_none(seconds(2430)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("TelemetryMissing", PAGE, covers=(BELOW_THRESHOLD,), id="a_service_is_taken_off")
def service_is_removed(platform: Platform) -> Scenario:
    """A service that the platform no longer lists stops at minute 10: nobody is woken for it, now or for the day."""
    return scenario(
        input_series(HEARTBEAT, {SERVICE: "retired-worker"}, clock(minutes(10)), no_samples(minutes(50))),
        input_series(HEARTBEAT, API, clock(hours(1))),
        input_series(HEARTBEAT, INGEST, clock(hours(1))),
        *other_heartbeats(platform, hours(1)),
        expect_none(minutes(20)),
        expect_none(hours(1)),
    )


@alert_test("TelemetryMissing", PAGE, covers=(BELOW_THRESHOLD,), id="a_heartbeat_stumbles")
def heartbeat_is_late(platform: Platform) -> Scenario:
    """A heartbeat is late, by two and a half minutes, twice: 150 seconds are no death."""
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


@alert_test("TelemetryMissing", PAGE, covers=(LOW_TRAFFIC,), id="idle_is_not_dead")
def service_is_idle(platform: Platform) -> Scenario:
    """Nobody asks for anything for a day, and not one series but the heartbeats moves: idle, not dead."""
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


@alert_test("TelemetryMissing", PAGE, covers=(COUNTER_RESET,), id="a_reporter_restarts")
def service_restarts(platform: Platform) -> Scenario:
    """A reporter restarts under heavy traffic and is away for two minutes: its counters begin anew, not its clock."""
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


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, OTHERS_UNAFFECTED), id="busy_and_not_heard_of")
def requests_without_heartbeat(platform: Platform) -> Scenario:
    """Requests of a service still come in, but its heartbeat has stopped at minute 10: its numbers are not believed."""
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


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="a_service_comes_late")
def service_reports_late(platform: Platform) -> Scenario:
    """A service of the platform was never seen: told from the start, as a day old, until it comes at minute 10."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(20))),
        input_series(HEARTBEAT, INGEST, no_samples(minutes(10)), clock(minutes(10))),
        *other_heartbeats(platform, minutes(20)),
        expect_firing(HALF_MINUTE, firing(PAGE, 86400, INGEST)),
        expect_firing(minutes(10), firing(PAGE, 86400, INGEST)),
        expect_none(seconds(630)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="the_dead_are_not_forgotten")
def service_is_down_for_25_hours(platform: Platform) -> Scenario:
    """A service dies at minute 30: told until it is back after 25 hours, though Prometheus forgets it after 24."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(30)), no_samples(hours(25)), clock(minutes(10))),
        input_series(HEARTBEAT, INGEST, clock(hours(26))),
        *other_heartbeats(platform, hours(26)),
        expect_firing(FIVE_MINUTES * 293, firing(PAGE, 86100, API)),  # 24 h 25: five minutes less than a day
        expect_firing(FIVE_MINUTES * 294, firing(PAGE, 86400, API)),
        expect_firing(FIVE_MINUTES * 306, firing(PAGE, 86400, API)),
        expect_none(FIVE_MINUTES * 307),  # 25 h 35
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES,), id="nothing_is_heard_of")
def all_heartbeats_stop(platform: Platform) -> Scenario:
    """Prometheus' receiver fails at minute 5, and with it all that is known: both services are told."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(5))),
        input_series(HEARTBEAT, INGEST, clock(minutes(5))),
        *other_heartbeats(platform, minutes(10)),
        expect_none(minutes(8)),
        expect_firing(minutes(9), firing(PAGE, 240, API), firing(PAGE, 240, INGEST)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("Watchdog", NONE, covers=(FIRES,), id="the_watchdog_barks")
def watchdog_fires(platform: Platform) -> Scenario:
    """Nothing is there, and nothing happens: it fires at the first evaluation, and a day later still."""
    return scenario(
        expect_firing(FIVE_MINUTES, firing(NONE, 1)),
        expect_firing(days(1), firing(NONE, 1)),
        evaluation_interval=FIVE_MINUTES,
    )
