"""Alert tests of RouteHighLatency."""

from itertools import chain

from alerts.latency import route_high_latency
from alerts.tests.latency_series import (
    LatencyAlert,
    constant,
    incident,
    latency_alert,
    shares,
    slow_share,
    with_restarts,
)
from alerts.tests.names import Labels, listed_routes, routes, tenants
from alerts.tests.phases import Phases, phases
from alerts.tests.ratio_alert import MINIMUM_OF_ONE, share
from contract.api import LATENCY, REQUESTS
from contract.labels import ROUTE
from generator.dsl.alert import PAGE, Alert
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    InputSeries,
    NotPossible,
    Scenario,
    alert_test,
    expect_firing,
    expect_none,
    firing,
    not_possible,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

RESTARTS = minutes(8), minutes(13)
AT_THRESHOLD, ABOVE_THRESHOLD = shares(6000, 300, within=5700), shares(6000, 375, within=5625)
"""Exactly 5 % are slow, then 6.25 %."""
BELOW_THRESHOLD_SHARES = shares(1000, 40, within=50)
"""Of 1,000 the 950th is the 40th of 50 in the bucket below the threshold."""
MOST_ROUTES = 8
"""How many routes the tests of every route's own threshold use at most."""


def slo_alert(alert: Alert, platform: Platform, route: Labels) -> LatencyAlert:
    """An alert with the latency SLO of a route."""
    slo = platform.latency.route.value_for(route[ROUTE])
    assert slo is not None, "every route has a latency SLO"
    return latency_alert(alert, platform, slo, REQUESTS, LATENCY)


def last_route(platform: Platform) -> Labels:
    """The route of most tests: the second one, or the only one."""
    return listed_routes(platform)[:2][-1]


def other_route(platform: Platform) -> Labels:
    """A route with another SLO: the last one, or `other`, which has none."""
    others = [route for route in listed_routes(platform) if route != last_route(platform)]
    return others[-1] if others else routes(platform)[1]


def one_slow_tenant(alert: LatencyAlert, platform: Platform, during: Phases) -> tuple[InputSeries, ...]:
    """A tenant's share of slow requests is above 5 % during an incident, and the route's is not."""
    (first, second), route = tenants(platform), listed_routes(platform)[0]
    slow, fast = alert.scaled(shares(160, 10), shares(1600, 0))
    return (
        *alert.series({**first, **route}, *incident(during, slow)),
        *alert.series({**second, **route}, constant(during, fast)),
    )


@alert_test("RouteHighLatency", PAGE, covers=(BELOW_THRESHOLD,), id="route_of_one_slow_tenant")
def route_of_one_slow_tenant(platform: Platform) -> Scenario:
    """Many of a tenant's requests take {slow}, which are few of the route's: does not fire."""
    alert = slo_alert(route_high_latency, platform, listed_routes(platform)[0])
    during = phases(alert.timing)
    return scenario(
        *one_slow_tenant(alert, platform, during),
        *map(expect_none, during.throughout(30, 43, 44, 50, 51)),
        evaluation_interval=alert.timing.interval,
        claim=alert.claim,
    )


def one_slow_route(alert: LatencyAlert, platform: Platform, during: Phases) -> tuple[InputSeries, ...]:
    """Many requests of a route are slow during an incident, most of them one tenant's; another route is within its
    SLO."""
    (first, second), route, other = tenants(platform), last_route(platform), other_route(platform)
    slo = platform.latency.route.value_for(other[ROUTE])
    of_other = latency_alert(route_high_latency, platform, slo, REQUESTS, LATENCY) if slo is not None else alert
    many, few = alert.scaled(shares(80, 10), shares(160, 5))
    (healthy,) = alert.scaled(shares(100, 4, within=5))
    return (
        *alert.series({**first, **route}, *incident(during, many)),
        *alert.series({**second, **route}, *incident(during, few)),
        *of_other.series({**first, **other}, constant(during, healthy)),
    )


@alert_test("RouteHighLatency", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="one_route_is_slow")
def one_route_is_slow(platform: Platform) -> Scenario:
    """{share} of a route's requests take {slow} from {start} to {end}: fires from {fires} to {last}, never for another
    route within its SLO."""
    route = last_route(platform)
    alert = slo_alert(route_high_latency, platform, route)
    during, slow = phases(alert.timing), slow_share((shares(80, 10), shares(160, 5)))
    times = alert.incident(during, slow)
    return scenario(
        *one_slow_route(alert, platform, during),
        expect_none(during.start),
        expect_none(alert.timing.before(times.fires)),
        *(expect_firing(time, firing(PAGE, alert.share_in(times, time), route)) for time in (times.fires, during.end)),
        expect_none(alert.timing.after(times.last)),
        evaluation_interval=alert.timing.interval,
        claim={**alert.claim, **times.claim, "share": share(slow)},
    )


def each_route(platform: Platform, alert: Alert) -> tuple[tuple[Labels, LatencyAlert], ...]:
    """Routes, each with the alert at its own SLO."""
    return tuple((route, slo_alert(alert, platform, route)) for route in listed_routes(platform)[:MOST_ROUTES])


def each_route_above_its_slo(platform: Platform, of: Alert, tenant: Labels) -> Scenario:
    """A tenant's requests to each route, whose p95 is above the route's SLO: an alert with these labels for each."""
    (first, _), alerts = tenants(platform), each_route(platform, of)
    timing = alerts[0][1].timing
    during, fires = phases(timing), timing.fires(timing.steps.step)
    slow = [alert.scaled(shares(80, 5))[0] for _, alert in alerts]
    firing_alerts = [
        firing(of.severity, float(latencies.slow_share), {**tenant, **route})
        for (route, alert), latencies in zip(alerts, slow, strict=True)
    ]
    series = (
        alert.series({**first, **route}, constant(during, latencies))
        for (route, alert), latencies in zip(alerts, slow, strict=True)
    )
    return scenario(
        *chain.from_iterable(series),
        expect_none(timing.before(fires)),
        expect_firing(fires, *firing_alerts),
        expect_firing(during.length, *firing_alerts),
        evaluation_interval=timing.interval,
        claim={"fires": fires},
    )


@alert_test("RouteHighLatency", PAGE, covers=(FIRES, BEFORE_FOR), id="each_route_has_its_own_threshold")
def each_route_has_its_own_threshold(platform: Platform) -> Scenario:
    """Each route is above its own SLO: fires for each from {fires} on."""
    return each_route_above_its_slo(platform, route_high_latency, {})


def each_route_below_its_slo(platform: Platform, of: Alert) -> Scenario:
    """A tenant's p95 on each route is within the route's SLO, its maximum far above, through two restarts."""
    (first, _), alerts = tenants(platform), each_route(platform, of)
    timing = alerts[0][1].timing
    during = phases(timing)
    series = (
        alert.series({**first, **route}, *with_restarts(during, latencies, latencies, *RESTARTS))
        for route, alert in alerts
        for latencies in alert.scaled(BELOW_THRESHOLD_SHARES)
    )
    return scenario(
        *chain.from_iterable(series),
        *map(expect_none, during.throughout(11, 15, 30, 39, 41, 44, 48, 60)),
        evaluation_interval=timing.interval,
    )


@alert_test("RouteHighLatency", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="route_just_below_threshold")
def route_just_below_threshold(platform: Platform) -> Scenario:
    """The p95 of each route is within its SLO, its maximum far above, through two restarts: does not fire."""
    return each_route_below_its_slo(platform, route_high_latency)


def at_then_above_slo(platform: Platform, of: Alert, tenant: Labels) -> Scenario:
    """95 % of a tenant's requests are within the SLO of a route, then 93.75 %: an alert with these labels."""
    (first, _), route = tenants(platform), last_route(platform)
    alert = slo_alert(of, platform, route)
    during, at, above = phases(alert.timing), *alert.scaled(AT_THRESHOLD, ABOVE_THRESHOLD)
    fires = alert.timing.fires_after_change(during.start)
    return scenario(
        *alert.series({**first, **route}, *with_restarts(during, at, above, *RESTARTS)),
        *alert.fires_after(during, at, above, of.severity, {**tenant, **route}, minutes(44)),
        evaluation_interval=alert.timing.interval,
        claim={"threshold": alert.claim["threshold"], "start": during.start, "fires": fires},
    )


@alert_test("RouteHighLatency", PAGE, covers=(FIRES, BEFORE_FOR), id="route_at_then_above_threshold")
def route_at_then_above_threshold(platform: Platform) -> Scenario:
    """95% of the requests to a route take {threshold} or less, then 93.75% from {start} on: fires from {fires} on,
    through restarts."""
    return at_then_above_slo(platform, route_high_latency, {})


@alert_test("RouteHighLatency", PAGE, covers=(LOW_TRAFFIC,), id="fourteen_requests_of_a_route")
def too_few_requests_of_a_route(platform: Platform) -> Scenario | NotPossible:
    """All of a route's {fewer} requests in {window}, of two tenants, take {slow}: does not fire, because {minimum} are
    the minimum."""
    (first, second), route = tenants(platform), listed_routes(platform)[-1]
    alert = slo_alert(route_high_latency, platform, route)
    during, few = phases(alert.timing), alert.too_few()
    if few is None:
        return not_possible(MINIMUM_OF_ONE)
    larger, smaller = few.split(4, 3)
    return scenario(
        *alert.series({**first, **route}, constant(during, larger)),
        *alert.series({**second, **route}, constant(during, smaller)),
        *map(expect_none, during.throughout(15, 16, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.claim,
    )


@alert_test("RouteHighLatency", PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_requests_of_a_route")
def enough_requests_of_a_route(platform: Platform) -> Scenario:
    """A quarter of a route's {minimum} requests in {window}, of two tenants, the minimum, take {slow}: fires from
    {fires} on."""
    (first, second), route = tenants(platform), listed_routes(platform)[-1]
    alert = slo_alert(route_high_latency, platform, route)
    during, (enough, fires_at) = phases(alert.timing), alert.just_enough()
    (larger, smaller), fires = enough.split(1, 1), firing(PAGE, float(enough.slow_share), route)
    return scenario(
        *alert.series({**first, **route}, constant(during, larger)),
        *alert.series({**second, **route}, constant(during, smaller)),
        expect_none(alert.timing.before(fires_at)),
        expect_firing(fires_at, fires),
        expect_firing(during.length, fires),
        evaluation_interval=alert.timing.interval,
        claim={**alert.claim, "fires": fires_at},
    )


def slow_without_slo(platform: Platform, of: Alert) -> Scenario:
    """A tenant's requests to no listed route, which has no SLO, all take longer than every SLO."""
    (first, _), slos = tenants(platform), platform.latency.route.overrides
    longest = max(slos, key=lambda route: slos[route].amount)
    alert = latency_alert(of, platform, slos[longest], REQUESTS, LATENCY)
    during, (slow,) = phases(alert.timing), alert.scaled(shares(100, 100))
    unlisted = {**listed_routes(platform)[0], ROUTE: ROUTE.fallback}
    return scenario(
        *alert.series({**first, **unlisted}, constant(during, slow)),
        *map(expect_none, during.throughout(15, 16, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.claim,
    )


@alert_test("RouteHighLatency", PAGE, covers=(BELOW_THRESHOLD,), id="slow_requests_without_slo")
def slow_requests_without_slo(platform: Platform) -> Scenario:
    """All requests to paths that are no route take {slow}: does not fire, because they have no SLO."""
    return slow_without_slo(platform, route_high_latency)
