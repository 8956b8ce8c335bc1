"""Alert tests of RouteDown."""

from alerts.errors import route_down
from alerts.tests.names import Labels, routes, tenants
from alerts.tests.phases import phases
from alerts.tests.ratio_alert import MINIMUM_OF_ONE, NO_FEWER_ERRORS, RatioAlert, ratio_alert, share
from alerts.tests.request_series import errors, requests, shared_by_two
from generator.dsl.alert import PAGE
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
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

RESTART = minutes(8)


def names(platform: Platform) -> tuple[Labels, Labels, Labels]:
    """Both tenants on the first route, and the first one on the second route."""
    first, second = tenants(platform)
    route, other_route = routes(platform)
    return {**first, **route}, {**second, **route}, {**first, **other_route}


def outage(platform: Platform) -> RatioAlert:
    """RouteDown."""
    return ratio_alert(route_down, platform, platform.errors.outage)


@alert_test("RouteDown", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="route_goes_down")
def route_goes_down(platform: Platform) -> Scenario:
    """A route fails {ratio} of its requests from {start} to {end}: fires from {fires} to {last}, never for another
    route at {other}."""
    alert, (first, second, on_other), (route, _) = outage(platform), names(platform), routes(platform)
    during, ratio, other = phases(alert.timing), alert.well_above.ratio, alert.just_below
    (larger, smaller), times = alert.well_above.halves(), alert.incident(during, ratio)
    return scenario(
        requests(first, during.constant(larger.requests)),
        errors(first, *during.incident(larger.errors)),
        requests(second, during.constant(smaller.requests)),
        errors(second, *during.incident(smaller.errors)),
        requests(on_other, during.constant(other.requests)),
        errors(on_other, during.constant(other.errors)),
        *alert.fires_in(times, PAGE, route),
        evaluation_interval=alert.timing.interval,
        claim={"ratio": share(ratio), "other": share(other.ratio), **times.claim},
    )


@alert_test("RouteDown", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="route_just_below_outage")
def route_just_below_outage(platform: Platform) -> Scenario:
    """A route fails {ratio} of its requests all the time, through two restarts: does not fire."""
    alert, (first, *_) = outage(platform), names(platform)
    during, traffic = phases(alert.timing), alert.just_below
    return scenario(
        requests(first, *during.with_restarts(traffic.requests)),
        errors(first, *during.with_restarts(traffic.errors)),
        expect_none(during.start + alert.timing.interval),
        *map(expect_none, during.throughout(3, 31, 32, 33, 39, 40, 60)),
        evaluation_interval=alert.timing.interval,
        claim={"ratio": share(traffic.ratio)},
    )


@alert_test("RouteDown", PAGE, covers=(FIRES, BEFORE_FOR), id="route_at_then_above_outage")
def route_at_then_above_outage(platform: Platform) -> Scenario:
    """A route fails exactly {threshold}, then {ratio} from {start} on: fires from {fires} on, through a restart."""
    alert, (first, *_), (route, _) = outage(platform), names(platform), routes(platform)
    during, (at, above) = phases(alert.timing), alert.at_then_above()
    fires = alert.timing.fires_after_change(during.start)
    return scenario(
        requests(first, *during.changing(at.requests, above.requests, RESTART)),
        errors(first, *during.changing(at.errors, above.errors, RESTART)),
        *alert.fires_after(during, at, above, PAGE, route, minutes(39)),
        evaluation_interval=alert.timing.interval,
        claim={"threshold": share(at.ratio), "ratio": share(above.ratio), "start": during.start, "fires": fires},
    )


@alert_test("RouteDown", PAGE, covers=(LOW_TRAFFIC,), id="outage_of_fourteen_requests")
def outage_of_too_few_requests(platform: Platform) -> Scenario | NotPossible:
    """All of {requests} requests of two tenants in {window} fail: does not fire, because {minimum} are the minimum."""
    alert, (first, second, _) = outage(platform), names(platform)
    during, few = phases(alert.timing), alert.too_few_requests()
    if few is None:
        return not_possible(MINIMUM_OF_ONE)
    return scenario(
        *shared_by_two(few, during, first, second),
        *map(expect_none, during.throughout(3, 4, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.few_requests_claim,
    )


@alert_test("RouteDown", PAGE, covers=(FIRES, BEFORE_FOR), id="outage_of_fifteen_requests")
def outage_of_enough_requests(platform: Platform) -> Scenario:
    """{errors} of {requests} requests of two tenants in {window} fail, which are the minimum: fires from {fires} on."""
    alert, (first, second, _), (route, _) = outage(platform), names(platform), routes(platform)
    during, (enough, fires_at) = phases(alert.timing), alert.just_enough()
    fires = firing(PAGE, float(enough.ratio), route, since=alert.timing.since(fires_at))
    return scenario(
        *shared_by_two(enough, during, first, second),
        expect_none(alert.timing.before(fires_at)),
        expect_firing(fires_at, fires),
        expect_firing(during.length, fires),
        evaluation_interval=alert.timing.interval,
        claim=alert.enough_claim,
    )


@alert_test("RouteDown", PAGE, covers=(LOW_TRAFFIC,), id="outage_of_nine_errors")
def outage_of_too_few_errors(platform: Platform) -> Scenario | NotPossible:
    """{errors} of {requests} requests in {window} fail: does not fire, because {minimum} errors are the minimum."""
    alert, (first, *_) = outage(platform), names(platform)
    during, few = phases(alert.timing), alert.too_few_errors()
    if few is None:
        return not_possible(NO_FEWER_ERRORS)
    return scenario(
        requests(first, during.constant(few.requests)),
        errors(first, during.constant(few.errors)),
        *map(expect_none, during.throughout(3, 4, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim=alert.few_errors_claim(few),
    )
