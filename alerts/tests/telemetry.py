"""Stories of telemetry: a service that is dead, idle, or was never there, and the proof that alerts arrive."""

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
OFTEN, SELDOM = seconds(30), minutes(5)

WATCHDOG_IS_NEVER_QUIET = not_applicable(
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


def the_rest_lives(platform: Platform, duration: Duration) -> tuple[InputSeries, ...]:
    """The heartbeats of all services that no story here names."""
    rest = (service for service in platform.services if service not in (API[SERVICE], INGEST[SERVICE]))
    return tuple(input_series(HEARTBEAT, {SERVICE: service}, clock(duration)) for service in rest)


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="a_heartbeat_stops")
def a_heartbeat_stops(platform: Platform) -> Scenario:
    """A service dies at minute 30: quiet at 33, told in half a minute more, over at 40 with it; the other lives."""
    dies = (clock(minutes(30)), no_samples(minutes(10)), clock(minutes(10)))
    return scenario(
        input_series(HEARTBEAT, API, *dies),
        input_series(HEARTBEAT, INGEST, clock(minutes(50))),
        *the_rest_lives(platform, minutes(50)),
        expect_none(minutes(33)),  # just 180 seconds, which is not above them
        expect_firing(seconds(2010), firing(PAGE, 210, API)),
        expect_firing(minutes(40), firing(PAGE, 600, API)),
        expect_none(seconds(2430)),
        evaluation_interval=OFTEN,
    )


@alert_test("TelemetryMissing", PAGE, covers=(BELOW_THRESHOLD,), id="a_service_is_taken_off")
def a_service_is_taken_off(platform: Platform) -> Scenario:
    """A service that the platform no longer lists stops at minute 10: nobody is woken for it, now or for the day."""
    return scenario(
        input_series(HEARTBEAT, {SERVICE: "retired-worker"}, clock(minutes(10)), no_samples(minutes(50))),
        input_series(HEARTBEAT, API, clock(hours(1))),
        input_series(HEARTBEAT, INGEST, clock(hours(1))),
        *the_rest_lives(platform, hours(1)),
        expect_none(minutes(20)),
        expect_none(hours(1)),
    )


@alert_test("TelemetryMissing", PAGE, covers=(BELOW_THRESHOLD,), id="a_heartbeat_stumbles")
def a_heartbeat_stumbles(platform: Platform) -> Scenario:
    """A heartbeat is late, by two and a half minutes, twice: 150 seconds are no death."""
    stumbling = (clock(minutes(10)), no_samples(minutes(2)), clock(minutes(10)), no_samples(minutes(2)))
    return scenario(
        input_series(HEARTBEAT, API, *stumbling, no_samples(OFTEN), clock(minutes(5))),
        input_series(HEARTBEAT, INGEST, clock(minutes(30))),
        *the_rest_lives(platform, minutes(30)),
        expect_none(minutes(12)),
        expect_none(seconds(1470)),
        expect_none(minutes(25)),
        evaluation_interval=OFTEN,
    )


@alert_test("TelemetryMissing", PAGE, covers=(LOW_TRAFFIC,), id="idle_is_not_dead")
def idle_is_not_dead(platform: Platform) -> Scenario:
    """Nobody asks for anything for a day, and not one series but the heartbeats moves: idle, not dead."""
    return scenario(
        input_series(HEARTBEAT, API, clock(days(1))),
        input_series(HEARTBEAT, INGEST, clock(days(1))),
        *the_rest_lives(platform, days(1)),
        input_series(REQUESTS, CHAT, count(0, days(1))),
        expect_none(SELDOM),
        expect_none(hours(12)),
        expect_none(days(1)),
        evaluation_interval=SELDOM,
    )


@alert_test("TelemetryMissing", PAGE, covers=(COUNTER_RESET,), id="a_reporter_restarts")
def a_reporter_restarts(platform: Platform) -> Scenario:
    """A reporter restarts under heavy traffic and is away for two minutes: its counters begin anew, not its clock."""
    counting = (count(6000, minutes(30)), no_samples(minutes(2)), Restart(), count(6000, minutes(28)))
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(30)), no_samples(minutes(2)), clock(minutes(28))),
        input_series(HEARTBEAT, INGEST, clock(minutes(60))),
        *the_rest_lives(platform, minutes(60)),
        input_series(REQUESTS, CHAT, *counting),
        expect_none(minutes(32)),
        expect_none(seconds(1950)),
        expect_none(minutes(40)),
        evaluation_interval=OFTEN,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, OTHERS_UNAFFECTED), id="busy_and_not_heard_of")
def busy_and_not_heard_of(platform: Platform) -> Scenario:
    """Requests of a service still come in, but its heartbeat has stopped at minute 10: its numbers are not believed."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(10))),
        input_series(HEARTBEAT, INGEST, clock(minutes(20))),
        *the_rest_lives(platform, minutes(20)),
        input_series(REQUESTS, CHAT, count(600, minutes(20))),
        input_series(ERRORS, CHAT, count(0, minutes(20))),
        expect_none(minutes(13)),
        expect_firing(minutes(14), firing(PAGE, 240, API)),
        evaluation_interval=OFTEN,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="a_service_comes_late")
def a_service_comes_late(platform: Platform) -> Scenario:
    """A service of the platform was never seen: told from the start, as a day old, until it comes at minute 10."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(20))),
        input_series(HEARTBEAT, INGEST, no_samples(minutes(10)), clock(minutes(10))),
        *the_rest_lives(platform, minutes(20)),
        expect_firing(OFTEN, firing(PAGE, 86400, INGEST)),
        expect_firing(minutes(10), firing(PAGE, 86400, INGEST)),
        expect_none(seconds(630)),
        evaluation_interval=OFTEN,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="the_dead_are_not_forgotten")
def the_dead_are_not_forgotten(platform: Platform) -> Scenario:
    """A service dies at minute 30: told until it is back after 25 hours, though Prometheus forgets it after 24."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(30)), no_samples(hours(25)), clock(minutes(10))),
        input_series(HEARTBEAT, INGEST, clock(hours(26))),
        *the_rest_lives(platform, hours(26)),
        expect_firing(SELDOM * 293, firing(PAGE, 86100, API)),  # 24 h 25: five minutes less than a day
        expect_firing(SELDOM * 294, firing(PAGE, 86400, API)),
        expect_firing(SELDOM * 306, firing(PAGE, 86400, API)),
        expect_none(SELDOM * 307),  # 25 h 35
        evaluation_interval=SELDOM,
    )


@alert_test("TelemetryMissing", PAGE, covers=(FIRES,), id="nothing_is_heard_of")
def nothing_is_heard_of(platform: Platform) -> Scenario:
    """Prometheus' receiver fails at minute 5, and with it all that is known: both services are told."""
    return scenario(
        input_series(HEARTBEAT, API, clock(minutes(5))),
        input_series(HEARTBEAT, INGEST, clock(minutes(5))),
        *the_rest_lives(platform, minutes(10)),
        expect_none(minutes(8)),
        expect_firing(minutes(9), firing(PAGE, 240, API), firing(PAGE, 240, INGEST)),
        evaluation_interval=OFTEN,
    )


@alert_test("Watchdog", NONE, covers=(FIRES,), id="the_watchdog_barks")
def the_watchdog_barks(platform: Platform) -> Scenario:
    """Nothing is there, and nothing happens: it fires at the first evaluation, and a day later still."""
    return scenario(
        expect_firing(SELDOM, firing(NONE, 1)), expect_firing(days(1), firing(NONE, 1)), evaluation_interval=SELDOM
    )
