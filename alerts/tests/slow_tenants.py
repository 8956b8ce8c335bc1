"""Alert tests of TenantHighLatency: one condition from a few requests an hour to thousands a minute."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from alerts.latency import route_high_latency, tenant_high_latency
from alerts.tests.latency import MOST_ROUTES, slo_alert
from alerts.tests.latency_series import ABOVE_P95
from alerts.tests.names import Labels, listed_routes, tenants
from alerts.tests.small_tenants import ALL, NONE, FailingTenant, FirstAlert, share
from contract.api import LATENCY
from contract.labels import ROUTE
from generator.dsl.alert import TICKET
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
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    expect_tickets,
    input_series,
    observe,
    scenario,
)
from generator.dsl.chance import SHORTEST
from generator.dsl.chance_timing import ChanceTimes, FractionAbove, MinutesAbove, minute_counter
from generator.dsl.platform import Platform
from generator.dsl.units import MILLISECONDS, Duration, Quantity, hours, minutes

Period = tuple[Fraction, Fraction, Duration]
"""Requests a minute within their SLO, those that are slower, and for how long."""
HALF = Fraction(1, 2)
SINCE, UNTIL, LENGTH = minutes(30), minutes(60), hours(3)


def tenant(platform: Platform) -> FailingTenant:
    """The first tenant on the first route; a request that is slower than the SLO is a failure."""
    (first, second), route = tenants(platform), listed_routes(platform)[0]
    keep_firing = tenant_high_latency.rule(platform).keep_firing
    assert keep_firing is not None, "the condition keeps the alert firing"
    return FailingTenant({**first, **route}, {**second, **route}, ABOVE_P95, keep_firing)


def observed(
    platform: Platform, labels: Labels, periods: Sequence[Period | Restart], route: Labels | None = None
) -> tuple[InputSeries, InputSeries]:
    """The latencies of requests: just within the SLO of their route, and in the bucket above it. `route` is the one
    whose SLO counts, where theirs has none."""
    alert = slo_alert(route_high_latency, platform, labels if route is None else route)
    within = [each if isinstance(each, Restart) else observe(each[0], alert.within, each[2]) for each in periods]
    slow = [each if isinstance(each, Restart) else observe(each[1], alert.slow, each[2]) for each in periods]
    return input_series(LATENCY, labels, *within), input_series(LATENCY, labels, *slow)


def slow_alert(platform: Platform, of: FailingTenant, periods: Iterable[Period]) -> FirstAlert:
    """The alert that slow requests cause."""
    periods = tuple(periods)
    within: list[Segment] = [count(rate, lasts) for rate, _, lasts in periods]
    of_all: list[Segment] = [count(rate + slow, lasts) for rate, slow, lasts in periods]
    counted = minute_counter(of_all)
    above = FractionAbove if platform.native_histograms else MinutesAbove
    times = ChanceTimes(counted, above(counted, minute_counter(within)), of.threshold)
    firing_at = times.firing(of.keep_firing)
    assert any(each is not None for each in firing_at), "so many slow requests are no chance"
    return FirstAlert(of.labels, times.values, firing_at)


def incident(rate: int, slow: Fraction, start: Duration, end: Duration, length: Duration) -> tuple[Period, ...]:
    """A share of the requests is slow from one time to another."""
    usual = Fraction(rate), Fraction(0)
    periods = (*usual, start), (rate * (1 - slow), rate * slow, end - start)
    return periods if end == length else (*periods, (*usual, length - end))


@alert_test(
    "TenantHighLatency", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="one_tenant_is_slow"
)
def one_tenant_is_slow(platform: Platform) -> Scenario:
    """{share} of a tenant's {requests} requests a minute take longer than the SLO from {start} to {end}: fires from
    {fires} to {last}, never for the other tenant."""
    of = tenant(platform)
    rate = 2 * of.enough(HALF, SHORTEST, 4)
    periods = incident(rate, HALF, SINCE, UNTIL, LENGTH)
    alert = slow_alert(platform, of, periods)
    return scenario(
        *observed(platform, of.labels, periods),
        *observed(platform, of.other, [(Fraction(rate), Fraction(0), LENGTH)]),
        *alert.expectations,
        expect_tickets(1, LENGTH, TICKET, of.labels),
        claim={
            "share": share(HALF),
            "requests": rate,
            "start": SINCE,
            "end": UNTIL,
            "fires": minutes(alert.fires),
            "last": minutes(alert.last),
        },
    )


@alert_test("TenantHighLatency", TICKET, covers=(FIRES, RECOVERS), id="one_slow_request_a_minute")
def one_slow_request_a_minute(platform: Platform) -> Scenario:
    """All requests of a tenant, one a minute, take longer than the SLO from {start} to {end}: fires from {fires} to
    {last}, one ticket."""
    of, start, end, length = tenant(platform), hours(1), hours(3), hours(5)
    periods = incident(1, Fraction(1), start, end, length)
    alert = slow_alert(platform, of, periods)
    return scenario(
        *observed(platform, of.labels, periods),
        *observed(platform, of.other, [(Fraction(1), Fraction(0), length)]),
        *alert.expectations,
        expect_tickets(1, length, TICKET, of.labels),
        claim={"start": start, "end": end, "fires": minutes(alert.fires), "last": minutes(alert.last)},
    )


@alert_test("TenantHighLatency", TICKET, covers=(FIRES, RECOVERS), id="three_slow_requests_an_hour")
def three_slow_requests_an_hour(platform: Platform) -> Scenario:
    """All requests of a tenant take longer than the SLO, one every {apart}, until {end}: fires from {fires} to {last},
    one ticket."""
    of, apart, end, length, a_minute = tenant(platform), minutes(20), hours(8), hours(11), minutes(1)
    slow: tuple[Period, ...] = ((NONE, NONE, apart - a_minute), (NONE, ALL, a_minute))
    usual: tuple[Period, ...] = ((NONE, NONE, apart - a_minute), (ALL, NONE, a_minute))
    periods = (
        *slow * (end.seconds // apart.seconds),
        *usual * ((length - end).seconds // apart.seconds),
    )
    alert = slow_alert(platform, of, periods)
    return scenario(
        *observed(platform, of.labels, periods),
        *alert.expectations,
        expect_tickets(1, length, TICKET, of.labels),
        claim={"apart": apart.text(), "end": end, "fires": minutes(alert.fires), "last": minutes(alert.last)},
    )


def each_route(platform: Platform) -> list[Labels]:
    """Routes with an SLO of their own."""
    return list(listed_routes(platform)[:MOST_ROUTES])


@alert_test("TenantHighLatency", TICKET, covers=(FIRES, BEFORE_FOR), id="each_route_of_a_tenant_has_its_own_threshold")
def each_route_of_a_tenant_has_its_own_threshold(platform: Platform) -> Scenario:
    """Half of a tenant's requests to each route take longer than the route's SLO from {start} on: fires for each from
    {fires} on."""
    of, length = tenant(platform), minutes(60)
    rate = 2 * of.enough(HALF, SHORTEST, 4)
    periods = incident(rate, HALF, SINCE, length, length)
    alerts = [
        slow_alert(platform, replace(of, labels={**of.labels, **route}), periods) for route in each_route(platform)
    ]
    fires = minutes(alerts[0].fires)
    return scenario(
        *(series for alert in alerts for series in observed(platform, alert.labels, periods)),
        expect_none(fires - minutes(1)),
        *(
            expect_firing(time, *(each for alert in alerts for each in alert.at(time.seconds // 60).firing))
            for time in (fires, length)
        ),
        claim={"start": SINCE, "fires": fires},
    )


@alert_test("TenantHighLatency", TICKET, covers=(FIRES, BEFORE_FOR), id="tenant_at_then_above_threshold")
def tenant_at_then_above_threshold(platform: Platform) -> Scenario:
    """Exactly the share that the SLO allows of a tenant's {requests} requests a minute is slower, then {share} from
    {start} on: fires from {fires} on."""
    of, rate, length, above = tenant(platform), Fraction(6000), minutes(90), Fraction(1, 16)
    at = rate * ABOVE_P95
    periods = ((rate - at, at, SINCE), (rate * (1 - above), rate * above, length - SINCE))
    alert = slow_alert(platform, of, periods)
    return scenario(
        *observed(platform, of.labels, periods),
        *alert.expectations,
        expect_tickets(1, length, TICKET, of.labels),
        claim={"requests": rate, "share": share(above), "start": SINCE, "fires": minutes(alert.fires)},
    )


@alert_test("TenantHighLatency", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="tenant_within_its_slos")
def tenant_within_its_slos(platform: Platform) -> Scenario:
    """{share} of a tenant's {requests} requests a minute to each route take longer than the route's SLO, and the others
    nearly as long as it, through two restarts: does not fire."""
    of, rate, slow = tenant(platform), Fraction(1000), ABOVE_P95 * Fraction(4, 5)
    parts = minutes(32), minutes(9), minutes(79)
    lasting: list[Period | Restart] = []
    for part in parts:
        lasting += [*([Restart()] if lasting else []), (rate * (1 - slow), rate * slow, part)]
    return scenario(
        *(
            series
            for route in each_route(platform)
            for series in observed(platform, {**of.labels, **route}, lasting)
        ),
        *map(expect_none, map(minutes, (11, 30, 33, 36, 41, 44, 60, 120))),
        expect_tickets(0, hours(2), TICKET, of.labels),
        claim={"share": share(slow), "requests": rate},
    )  # fmt: skip


@alert_test("TenantHighLatency", TICKET, covers=(LOW_TRAFFIC,), id="single_slow_requests")
def single_slow_requests(platform: Platform) -> Scenario:
    """A tenant sends a request every {apart}, and two of them, hours apart, take longer than the SLO: does not fire."""
    of, apart, length = tenant(platform), minutes(20), hours(6)
    slow_at = {hours(2).seconds, hours(5).seconds}
    periods: list[Period] = []
    for at in range(apart.seconds, length.seconds + 1, apart.seconds):
        periods.append((NONE, NONE, apart - minutes(1)))
        periods.append((NONE, ALL, minutes(1)) if at in slow_at else (ALL, NONE, minutes(1)))
    return scenario(
        *observed(platform, of.labels, periods),
        *map(expect_none, (hours(2), hours(2) + minutes(5), hours(5), hours(5) + minutes(5), length)),
        expect_tickets(0, length, TICKET, of.labels),
        claim={"apart": apart.text()},
    )


@alert_test("TenantHighLatency", TICKET, covers=(BELOW_THRESHOLD,), id="slow_requests_of_a_tenant_without_slo")
def slow_requests_of_a_tenant_without_slo(platform: Platform) -> Scenario:
    """All of a tenant's requests to paths that are no route take {slow}: does not fire, because they have no SLO."""
    of, slos = tenant(platform), platform.latency.route.overrides
    longest = max(slos, key=lambda route: slos[route].amount)
    unlisted = {**of.labels, ROUTE: ROUTE.fallback}
    slow = slo_alert(route_high_latency, platform, {ROUTE: longest}).slow
    return scenario(
        *observed(platform, unlisted, [(Fraction(0), Fraction(100), LENGTH)], {ROUTE: longest}),
        *map(expect_none, map(minutes, (15, 16, 30, 60, 180))),
        claim={"slow": Quantity(slow, MILLISECONDS)},
    )
