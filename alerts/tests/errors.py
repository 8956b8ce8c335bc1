"""Alert tests of RouteHighErrorRate, and of a tenant's share of it."""

from fractions import Fraction

from alerts.errors import route_high_error_rate
from alerts.tests.names import Labels, routes, tenants
from alerts.tests.phases import Phases, phases
from alerts.tests.ratio_alert import MINIMUM_OF_ONE, NO_FEWER_ERRORS, RatioAlert, ratio_alert, share
from alerts.tests.request_series import errors, requests, shared_by_two
from contract.labels import TENANT
from generator.dsl.alert import PAGE, TICKET
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
    count,
    expect_firing,
    expect_none,
    firing,
    no_samples,
    not_possible,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.rates import Traffic, diluted, well_above
from generator.dsl.units import Duration, minutes

RESTART = minutes(8)
NONE = Fraction(0)


def names(platform: Platform) -> tuple[Labels, Labels, Labels, Labels]:
    """Both tenants on the first route, then on the second one."""
    first, second = tenants(platform, platform.errors.tenant)
    route, other_route = routes(platform)
    return {**first, **route}, {**second, **route}, {**first, **other_route}, {**second, **other_route}


def tenant_threshold(platform: Platform) -> Fraction:
    """The threshold of the first tenant."""
    first, _ = tenants(platform, platform.errors.tenant)
    threshold = platform.errors.tenant.value_for(first[TENANT])
    assert threshold is not None, "thresholds on errors have a default"
    return threshold.amount


def failing_tenant(platform: Platform) -> Traffic:
    """Traffic of a tenant that fails above its threshold, with enough requests for an alert on the route."""
    return route_alert(platform).traffic(well_above(tenant_threshold(platform)))


def route_alert(platform: Platform) -> RatioAlert:
    """RouteHighErrorRate."""
    return ratio_alert(route_high_error_rate, platform, platform.errors.route)


def others(platform: Platform, traffic: Traffic) -> Traffic:
    """The requests of another tenant, none of which fails: the route's ratio stays below its threshold."""
    return Traffic(
        max(traffic.requests, diluted(traffic.errors, platform.errors.route.amount) - traffic.requests), NONE
    )


def one_failing_tenant(platform: Platform, during: Phases) -> tuple[InputSeries, ...]:
    """A tenant fails well above its threshold during an incident, and the other one does not."""
    traffic = failing_tenant(platform)
    first, second, *_ = names(platform)
    return (
        requests(first, during.constant(traffic.requests)),
        errors(first, *during.incident(traffic.errors)),
        requests(second, during.constant(others(platform, traffic).requests)),
        errors(second, during.constant(NONE)),
    )


@alert_test("RouteHighErrorRate", PAGE, covers=(BELOW_THRESHOLD,), id="route_of_one_failing_tenant")
def route_of_one_failing_tenant(platform: Platform) -> Scenario:
    """A tenant fails {ratio} of its requests, which are {of_route} of the route's: does not fire."""
    alert, traffic = route_alert(platform), failing_tenant(platform)
    during = phases(alert.timing)
    all_requests = traffic.requests + others(platform, traffic).requests
    return scenario(
        *one_failing_tenant(platform, during),
        *map(expect_none, during.throughout(30, 40, 41, 50, 55, 56)),
        evaluation_interval=alert.timing.interval,
        claim={"ratio": share(traffic.ratio), "of_route": share(round(traffic.errors / all_requests, 4))},
    )


def tenant_that_stops_reporting(platform: Platform, stops: Duration, length: Duration) -> tuple[InputSeries, ...]:
    """A tenant fails well above its threshold until its series end; the other one does not fail."""
    traffic = failing_tenant(platform)
    first, second, *_ = names(platform)
    return (
        requests(first, count(traffic.requests, stops), no_samples(minutes(10))),
        errors(first, count(traffic.errors, stops), no_samples(minutes(10))),
        requests(second, count(others(platform, traffic).requests, length)),
        errors(second, count(0, length)),
    )


@alert_test("RouteHighErrorRate", PAGE, covers=(BELOW_THRESHOLD,), id="route_whose_failing_tenant_stops_reporting")
def route_whose_failing_tenant_stops_reporting(platform: Platform) -> Scenario:
    """A tenant whose errors are below the threshold of the route stops reporting at {stops}: does not fire."""
    alert = route_alert(platform)
    during = phases(alert.timing)
    stops = during.end - during.start
    return scenario(
        *tenant_that_stops_reporting(platform, stops, during.length),
        *map(expect_none, during.throughout(20, 23, 28, 29)),
        evaluation_interval=alert.timing.interval,
        claim={"stops": stops},
    )


def one_failing_route(platform: Platform, during: Phases) -> tuple[InputSeries, ...]:
    """A route fails well above its threshold during an incident, and the other one just below it all the time."""
    alert = route_alert(platform)
    (larger, smaller), other = alert.well_above.halves(), alert.just_below
    first, second, first_on_other, _ = names(platform)
    return (
        requests(first, during.constant(larger.requests)),
        errors(first, *during.incident(larger.errors)),
        requests(second, during.constant(smaller.requests)),
        errors(second, *during.incident(smaller.errors)),
        requests(first_on_other, during.constant(other.requests)),
        errors(first_on_other, during.constant(other.errors)),
    )


@alert_test("RouteHighErrorRate", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="one_route_fails")
def one_route_fails(platform: Platform) -> Scenario:
    """A route fails {ratio} of its requests from {start} to {end}: fires from {fires} to {last}, never for another
    route at {other}."""
    alert, (route, _) = route_alert(platform), routes(platform)
    during, ratio = phases(alert.timing), alert.well_above.ratio
    times = alert.incident(during, ratio)
    return scenario(
        *one_failing_route(platform, during),
        *alert.fires_in(times, PAGE, route),
        evaluation_interval=alert.timing.interval,
        claim={"ratio": share(ratio), "other": share(alert.just_below.ratio), **times.claim},
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(BELOW_THRESHOLD,), id="tenants_of_one_failing_route")
def tenants_of_one_failing_route(platform: Platform) -> Scenario | NotPossible:
    """A route fails {ratio} of its requests, and none of its tenants more than its own threshold: does not fire."""
    alert = route_alert(platform)
    during = phases(alert.timing)
    _, second = tenants(platform, platform.errors.tenant)
    of_second = platform.errors.tenant.value_for(second[TENANT])
    assert of_second is not None, "thresholds on errors have a default"
    lowest = min(tenant_threshold(platform), of_second.amount)
    if max(part.ratio for part in (*alert.well_above.halves(), alert.just_below)) > lowest:
        return not_possible("a route above its threshold has a tenant above the threshold of tenants")
    return scenario(
        *one_failing_route(platform, during),
        *map(expect_none, during.throughout(30, 40, 41, 50, 55, 56)),
        evaluation_interval=alert.timing.interval,
        claim={"ratio": share(alert.well_above.ratio)},
    )


@alert_test("RouteHighErrorRate", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="route_just_below_threshold")
def route_just_below_threshold(platform: Platform) -> Scenario:
    """Two tenants fail {ratio} of a route's requests all the time, through two restarts: does not fire."""
    alert, (first, second, *_) = route_alert(platform), names(platform)
    during, (larger, smaller) = phases(alert.timing), alert.just_below.halves()
    return scenario(
        requests(first, *during.with_restarts(larger.requests)),
        errors(first, *during.with_restarts(larger.errors)),
        requests(second, *during.with_restarts(smaller.requests)),
        errors(second, *during.with_restarts(smaller.errors)),
        *map(expect_none, during.throughout(11, 12, 31, 34, 36, 39, 44, 60)),
        evaluation_interval=alert.timing.interval,
        claim={"ratio": share(alert.just_below.ratio)},
    )


@alert_test("RouteHighErrorRate", PAGE, covers=(FIRES, BEFORE_FOR), id="route_at_then_above_threshold")
def route_at_then_above_threshold(platform: Platform) -> Scenario:
    """Two tenants fail exactly {threshold} of a route's requests, then {ratio} from {start} on: fires from {fires} on,
    through a restart."""
    alert, (first, second, *_), (route, _) = route_alert(platform), names(platform), routes(platform)
    during, (at, above) = phases(alert.timing), alert.at_then_above()
    fires = alert.timing.fires_after_change(during.start)
    (one_at, two_at), (one_above, two_above) = at.halves(), above.halves()
    return scenario(
        requests(first, *during.changing(one_at.requests, one_above.requests, RESTART)),
        errors(first, *during.changing(one_at.errors, one_above.errors, RESTART)),
        requests(second, *during.changing(two_at.requests, two_above.requests, RESTART)),
        errors(second, *during.changing(two_at.errors, two_above.errors, RESTART)),
        *alert.fires_after(during, at, above, PAGE, route, minutes(39)),
        evaluation_interval=alert.timing.interval,
        claim={"threshold": share(at.ratio), "ratio": share(above.ratio), "start": during.start, "fires": fires},
    )


@alert_test("RouteHighErrorRate", PAGE, covers=(LOW_TRAFFIC,), id="fourteen_requests_of_a_route")
def too_few_requests_of_a_route(platform: Platform) -> Scenario | NotPossible:
    """All of a route's {requests} requests in {window} fail, of two tenants: does not fire, because {minimum} are the
    minimum."""
    alert, (first, second, first_on_other, _) = route_alert(platform), names(platform)
    during, few = phases(alert.timing), alert.too_few_requests()
    if few is None:
        return not_possible(MINIMUM_OF_ONE)
    return scenario(
        *shared_by_two(few, during, first, second),
        requests(first_on_other, during.constant(alert.traffic(Fraction(1)).requests * 50)),
        errors(first_on_other, during.constant(NONE)),
        *map(expect_none, during.throughout(11, 12, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.few_requests_claim,
    )


@alert_test("RouteHighErrorRate", PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_requests_of_a_route")
def enough_requests_of_a_route(platform: Platform) -> Scenario:
    """{errors} of two tenants' {requests} requests to a route in {window} fail, which are the minimum: fires from
    {fires} on."""
    alert, (first, second, *_), (route, _) = route_alert(platform), names(platform), routes(platform)
    during, (enough, fires_at) = phases(alert.timing), alert.just_enough()
    fires = firing(PAGE, float(enough.ratio), route)
    return scenario(
        *shared_by_two(enough, during, first, second),
        expect_none(alert.timing.before(fires_at)),
        expect_firing(fires_at, fires),
        expect_firing(during.length, fires),
        evaluation_interval=alert.timing.interval,
        claim=alert.enough_claim,
    )


@alert_test("RouteHighErrorRate", PAGE, covers=(LOW_TRAFFIC,), id="nine_errors_of_a_route")
def too_few_errors_of_a_route(platform: Platform) -> Scenario | NotPossible:
    """{errors} of two tenants' {requests} requests to a route in {window} fail: does not fire, because {minimum} errors
    are the minimum."""
    alert, (first, second, *_) = route_alert(platform), names(platform)
    during, few = phases(alert.timing), alert.too_few_errors()
    if few is None:
        return not_possible(NO_FEWER_ERRORS)
    return scenario(
        *shared_by_two(few, during, first, second),
        *map(expect_none, during.throughout(11, 12, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.few_errors_claim(few),
    )
