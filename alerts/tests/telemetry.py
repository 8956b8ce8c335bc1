"""Stories of telemetry: a service that is dead, idle, or was never there, and the proof that alerts arrive."""

from contract.api import ERRORS, HEARTBEAT, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert import NONE, PAGE
from generator.dsl.alert_test import (
    Flow,
    Plot,
    Restart,
    Shows,
    count,
    flow,
    heard,
    plot,
    quiet,
    senseless,
    silence,
    story,
    ticking,
    told,
)
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, days, hours, minutes, seconds

API, INGEST = {SERVICE: "worker-api"}, {SERVICE: "ingest-worker"}
CHAT = {TENANT: "com.rainbowsmokeofficial", ROUTE: "/chat", **API}
OFTEN, SELDOM = seconds(30), minutes(5)

WATCHDOG_IS_NEVER_QUIET = senseless(
    "Watchdog",
    NONE,
    shows=(
        Shows.BELOW,
        Shows.BEFORE,
        Shows.RECOVERS,
        Shows.LOW_TRAFFIC,
        Shows.RESET,
        Shows.OTHERS,
    ),
    reason="It fires always and of nobody: it has no quiet to show.",
)


def the_rest_lives(platform: Platform, lasting: Duration) -> tuple[Flow, ...]:
    """The heartbeats of all services that no story here names."""
    rest = (service for service in platform.services if service not in (API[SERVICE], INGEST[SERVICE]))
    return tuple(flow(HEARTBEAT, {SERVICE: service}, ticking(lasting)) for service in rest)


@story("TelemetryMissing", PAGE, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def a_heartbeat_stops(platform: Platform) -> Plot:
    """A service dies at minute 30: quiet at 33, told in half a minute more, over at 40 with it; the other lives."""
    dies = (ticking(minutes(30)), silence(minutes(10)), ticking(minutes(10)))
    return plot(
        flow(HEARTBEAT, API, *dies),
        flow(HEARTBEAT, INGEST, ticking(minutes(50))),
        *the_rest_lives(platform, minutes(50)),
        quiet(minutes(33)),  # just 180 seconds, which is not above them
        heard(seconds(2010), told(PAGE, 210, API)),
        heard(minutes(40), told(PAGE, 600, API)),
        quiet(seconds(2430)),
        every=OFTEN,
    )


@story("TelemetryMissing", PAGE, shows=(Shows.BELOW,))
def a_service_is_taken_off(platform: Platform) -> Plot:
    """A service that the platform no longer lists stops at minute 10: nobody is woken for it, now or for the day."""
    return plot(
        flow(HEARTBEAT, {SERVICE: "retired-worker"}, ticking(minutes(10)), silence(minutes(50))),
        flow(HEARTBEAT, API, ticking(hours(1))),
        flow(HEARTBEAT, INGEST, ticking(hours(1))),
        *the_rest_lives(platform, hours(1)),
        quiet(minutes(20)),
        quiet(hours(1)),
    )


@story("TelemetryMissing", PAGE, shows=(Shows.BELOW,))
def a_heartbeat_stumbles(platform: Platform) -> Plot:
    """A heartbeat is late, by two and a half minutes, twice: 150 seconds are no death."""
    stumbling = (ticking(minutes(10)), silence(minutes(2)), ticking(minutes(10)), silence(minutes(2)))
    return plot(
        flow(HEARTBEAT, API, *stumbling, silence(OFTEN), ticking(minutes(5))),
        flow(HEARTBEAT, INGEST, ticking(minutes(30))),
        *the_rest_lives(platform, minutes(30)),
        quiet(minutes(12)),
        quiet(seconds(1470)),
        quiet(minutes(25)),
        every=OFTEN,
    )


@story("TelemetryMissing", PAGE, shows=(Shows.LOW_TRAFFIC,))
def idle_is_not_dead(platform: Platform) -> Plot:
    """Nobody asks for anything for a day, and not one series but the heartbeats moves: idle, not dead."""
    return plot(
        flow(HEARTBEAT, API, ticking(days(1))),
        flow(HEARTBEAT, INGEST, ticking(days(1))),
        *the_rest_lives(platform, days(1)),
        flow(REQUESTS, CHAT, count(0, days(1))),
        quiet(SELDOM),
        quiet(hours(12)),
        quiet(days(1)),
        every=SELDOM,
    )


@story("TelemetryMissing", PAGE, shows=(Shows.RESET,))
def a_reporter_restarts(platform: Platform) -> Plot:
    """A reporter restarts under heavy traffic and is away for two minutes: its counters begin anew, not its clock."""
    counting = (count(6000, minutes(30)), silence(minutes(2)), Restart(), count(6000, minutes(28)))
    return plot(
        flow(HEARTBEAT, API, ticking(minutes(30)), silence(minutes(2)), ticking(minutes(28))),
        flow(HEARTBEAT, INGEST, ticking(minutes(60))),
        *the_rest_lives(platform, minutes(60)),
        flow(REQUESTS, CHAT, *counting),
        quiet(minutes(32)),
        quiet(seconds(1950)),
        quiet(minutes(40)),
        every=OFTEN,
    )


@story("TelemetryMissing", PAGE, shows=(Shows.FIRES, Shows.OTHERS))
def busy_and_not_heard_of(platform: Platform) -> Plot:
    """Requests of a service still come in, but its heartbeat has stopped at minute 10: its numbers are not believed."""
    return plot(
        flow(HEARTBEAT, API, ticking(minutes(10))),
        flow(HEARTBEAT, INGEST, ticking(minutes(20))),
        *the_rest_lives(platform, minutes(20)),
        flow(REQUESTS, CHAT, count(600, minutes(20))),
        flow(ERRORS, CHAT, count(0, minutes(20))),
        quiet(minutes(13)),
        heard(minutes(14), told(PAGE, 240, API)),
        every=OFTEN,
    )


@story("TelemetryMissing", PAGE, shows=(Shows.FIRES, Shows.RECOVERS, Shows.OTHERS))
def a_service_comes_late(platform: Platform) -> Plot:
    """A service of the platform was never seen: told from the start, as a day old, until it comes at minute 10."""
    return plot(
        flow(HEARTBEAT, API, ticking(minutes(20))),
        flow(HEARTBEAT, INGEST, silence(minutes(10)), ticking(minutes(10))),
        *the_rest_lives(platform, minutes(20)),
        heard(OFTEN, told(PAGE, 86400, INGEST)),
        heard(minutes(10), told(PAGE, 86400, INGEST)),
        quiet(seconds(630)),
        every=OFTEN,
    )


@story("TelemetryMissing", PAGE, shows=(Shows.FIRES, Shows.RECOVERS, Shows.OTHERS))
def the_dead_are_not_forgotten(platform: Platform) -> Plot:
    """A service dies at minute 30: told until it is back after 25 hours, though Prometheus forgets it after 24."""
    return plot(
        flow(HEARTBEAT, API, ticking(minutes(30)), silence(hours(25)), ticking(minutes(10))),
        flow(HEARTBEAT, INGEST, ticking(hours(26))),
        *the_rest_lives(platform, hours(26)),
        heard(SELDOM * 293, told(PAGE, 86100, API)),  # 24 h 25: five minutes less than a day
        heard(SELDOM * 294, told(PAGE, 86400, API)),
        heard(SELDOM * 306, told(PAGE, 86400, API)),
        quiet(SELDOM * 307),  # 25 h 35
        every=SELDOM,
    )


@story("TelemetryMissing", PAGE, shows=(Shows.FIRES,))
def nothing_is_heard_of(platform: Platform) -> Plot:
    """Prometheus' receiver fails at minute 5, and with it all that is known: both services are told."""
    return plot(
        flow(HEARTBEAT, API, ticking(minutes(5))),
        flow(HEARTBEAT, INGEST, ticking(minutes(5))),
        *the_rest_lives(platform, minutes(10)),
        quiet(minutes(8)),
        heard(minutes(9), told(PAGE, 240, API), told(PAGE, 240, INGEST)),
        every=OFTEN,
    )


@story("Watchdog", NONE, shows=(Shows.FIRES,))
def the_watchdog_barks(platform: Platform) -> Plot:
    """Nothing is there, and nothing happens: it fires at the first evaluation, and a day later still."""
    return plot(heard(SELDOM, told(NONE, 1)), heard(days(1), told(NONE, 1)), every=SELDOM)
