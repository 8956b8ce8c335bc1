"""Alert tests of requests that stop: of a route, and of a large tenant."""

from alerts.errors import requests_stopped, tenant_requests_stopped
from alerts.tests.lost_telemetry import after, pending
from alerts.tests.names import Labels, listed_routes, routes, tenants, unlisted_tenant
from contract.api import REQUESTS
from contract.labels import ROUTE
from generator.dsl.alert import PAGE, TICKET, Alert, Severity
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Expectation,
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
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES, multiple
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, days, hours, minutes

A_WEEK, A_DAY, SILENT = days(7) + hours(2), days(1) + hours(2), hours(1)
"""After more than a week, and more than a day, requests stop; for an hour."""
MANY, OF_5_MINUTES = 600, 3000
"""Requests a minute, and in five."""
STOP_SEEN, STEPS, RARE_STEPS = minutes(10), 24, 72
"""Two empty steps of five minutes; and how many steps the averages before have."""
ONE_ROUTE = "the platform leaves out all routes but one"
LAST_STEADY = minutes(40)
"""How long the stop of a young route differs from a fade."""


def watched_routes(platform: Platform) -> tuple[Labels, Labels] | None:
    """Two routes that RequestsStopped does not leave out; None where it leaves out all but one."""
    left_out = platform.alert_settings(requests_stopped.name, PAGE).except_routes
    watched = [route for route in (*routes(platform), *listed_routes(platform)) if route[ROUTE] not in left_out]
    others = [route for route in watched if route != watched[0]]
    return (watched[0], others[0]) if others else None


def fires_at(alert: Alert, platform: Platform, stops: Duration, seen: Duration = STOP_SEEN) -> Duration:
    """The evaluation at which the alert fires, some minutes after a stop."""
    waiting = pending(alert, platform)
    rounded = None if waiting is None else multiple(waiting.seconds, FIVE_MINUTES)
    return after(stops + seen, rounded)


def average(stops: Duration, at: Duration) -> float:
    """Requests of five minutes, on average of the two hours that ended ten minutes before a time: those after the stop
    have none."""
    empty = ((at - stops).seconds - STOP_SEEN.seconds) // FIVE_MINUTES.seconds
    return OF_5_MINUTES * (STEPS - empty) / STEPS


def nightly(nights: int) -> tuple[Segment, ...]:
    """A batch of three hours each night."""
    return (count(0, hours(2)), count(MANY, hours(3)), count(0, hours(19))) * nights


def soon_after(time: Duration) -> tuple[Expectation, ...]:
    """Nothing fires in the two hours after a time."""
    return tuple(expect_none(time + minutes(each)) for each in (5, 10, 15, 20, 60, 120))


@alert_test(
    "RequestsStopped",
    PAGE,
    covers=(FIRES, BEFORE_FOR),
    id="route_without_requests",
)
def route_without_requests(platform: Platform) -> Scenario | NotPossible:
    """Two routes have no requests from {stops} on. With 600 a minute before it fires at {fires}, until they are back an
    hour later; with two a minute it fires at {rare}."""
    (first, second), watched = tenants(platform), watched_routes(platform)
    if watched is None:
        return not_possible(ONE_ROUTE)
    route, other = watched
    fires, back = fires_at(requests_stopped, platform, A_WEEK), A_WEEK + SILENT
    rare = fires_at(requests_stopped, platform, A_WEEK, SILENT)
    if fires > back or rare > back + minutes(15):
        return not_possible("the platform's `for` is longer than the hour without requests")
    last = back + minutes(15)
    # Ten in five minutes before the last hour; the steps after the stop have none.
    rare_average = 10 * (RARE_STEPS - (last - back).seconds // 300) / RARE_STEPS
    returning = count(MANY, A_WEEK), count(0, SILENT), count(MANY, hours(1))
    return scenario(
        input_series(REQUESTS, {**first, **route}, *returning),
        input_series(REQUESTS, {**second, **other}, count(2, A_WEEK), count(0, SILENT + hours(1))),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, firing(PAGE, average(A_WEEK, fires), route)),
        expect_firing(back, firing(PAGE, average(A_WEEK, back), route)),
        expect_firing(last, firing(PAGE, rare_average, other)),
        evaluation_interval=FIVE_MINUTES,
        claim={"stops": A_WEEK, "fires": fires, "rare": rare},
    )


@alert_test("RequestsStopped", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="batches_end")
def batches_end(platform: Platform) -> Scenario | NotPossible:
    """A batch ends on the second night when it did on the first, and what reports another route restarts: does not
    fire."""
    (first, second), watched = tenants(platform), watched_routes(platform)
    if watched is None:
        return not_possible(ONE_ROUTE)
    route, other = watched
    restarting = count(MANY, A_DAY), Restart(), count(MANY, hours(6))
    return scenario(
        input_series(REQUESTS, {**first, **route}, *nightly(2)),
        input_series(REQUESTS, {**second, **other}, *restarting),
        *soon_after(A_DAY),
        *soon_after(days(1) + hours(5)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("RequestsStopped", PAGE, covers=(LOW_TRAFFIC, BELOW_THRESHOLD), id="few_requests_stop")
def few_requests_stop(platform: Platform) -> Scenario | NotPossible:
    """Two requests a minute of a young route stop, and another route closes on its first day: does not fire."""
    (first, second), watched = tenants(platform), watched_routes(platform)
    if watched is None:
        return not_possible(ONE_ROUTE)
    route, other = watched
    opening = no_samples(hours(16)), count(MANY, hours(10)), count(0, hours(2))
    return scenario(
        input_series(REQUESTS, {**first, **route}, count(2, A_DAY), count(0, hours(2))),
        input_series(REQUESTS, {**second, **other}, *opening),
        *soon_after(A_DAY),
        evaluation_interval=FIVE_MINUTES,
    )


def stop_on_the_second_day(
    alert: Alert, platform: Platform, severity: Severity, labels: Labels
) -> tuple[tuple[Expectation, ...], Duration]:
    """What fires when requests stop on the second day, and when it does first."""
    fires, last = fires_at(alert, platform, A_DAY), A_DAY + LAST_STEADY
    expectations = (
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, firing(severity, average(A_DAY, fires), labels)),
        expect_firing(last, firing(severity, average(A_DAY, last), labels)),
        expect_none(last + minutes(15)),
    )
    return expectations, fires


@alert_test("RequestsStopped", PAGE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="young_route_stops")
def young_route_stops(platform: Platform) -> Scenario | NotPossible:
    """A route with 600 requests a minute stops on its second day, at {stops}: fires at {fires}; not for one that sends
    no telemetry from then on."""
    (first, second), watched = tenants(platform), watched_routes(platform)
    if watched is None:
        return not_possible(ONE_ROUTE)
    route, other = watched
    expectations, fires = stop_on_the_second_day(requests_stopped, platform, PAGE, route)
    if fires > A_DAY + LAST_STEADY:
        return not_possible("the platform's `for` is longer than a young route's stop differs from a fade")
    return scenario(
        input_series(REQUESTS, {**first, **route}, count(MANY, A_DAY), count(0, hours(2))),
        input_series(REQUESTS, {**second, **other}, count(MANY, A_DAY), no_samples(hours(2))),
        *expectations,
        evaluation_interval=FIVE_MINUTES,
        claim={"stops": A_DAY, "fires": fires},
    )


@alert_test(
    "TenantRequestsStopped",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="tenant_without_requests",
)
def tenant_without_requests(platform: Platform) -> Scenario | NotPossible:
    """A tenant with 600 requests a minute has none from {stops} on: fires at {fires}; not for a tenant that stops on
    one route alone."""
    (first, second), (route, other) = tenants(platform), routes(platform)
    expectations, fires = stop_on_the_second_day(tenant_requests_stopped, platform, TICKET, first)
    if fires > A_DAY + LAST_STEADY:
        return not_possible("the platform's `for` is longer than a young tenant's stop differs from a fade")
    stops = count(MANY, A_DAY), count(0, hours(2))
    return scenario(
        input_series(REQUESTS, {**first, **route}, *stops),
        input_series(REQUESTS, {**second, **route}, *stops),
        input_series(REQUESTS, {**second, **other}, count(MANY, A_DAY + hours(2))),
        *expectations,
        evaluation_interval=FIVE_MINUTES,
        claim={"stops": A_DAY, "fires": fires},
    )


@alert_test(
    "TenantRequestsStopped", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET, LOW_TRAFFIC), id="smaller_tenants_stop"
)
def smaller_tenants_stop(platform: Platform) -> Scenario:
    """A tenant with twenty requests a minute stops, one's batch ends as the night before, and the process that reports
    a large one restarts: does not fire."""
    (first, second), (route, _) = tenants(platform), routes(platform)
    restarting = count(MANY, A_DAY), Restart(), count(MANY, hours(6))
    return scenario(
        input_series(REQUESTS, {**first, **route}, *restarting),
        input_series(REQUESTS, {**second, **route}, *nightly(2)),
        input_series(REQUESTS, {**unlisted_tenant(platform), **route}, count(20, A_DAY), count(0, hours(6))),
        *soon_after(A_DAY),
        *soon_after(days(1) + hours(5)),
        evaluation_interval=FIVE_MINUTES,
    )
