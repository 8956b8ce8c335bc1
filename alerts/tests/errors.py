"""Alert tests of TenantHighErrorRate, RouteHighErrorRate and RouteDown."""

from collections.abc import Mapping
from typing import TypeAlias

from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Expectation,
    InputSeries,
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
    scenario,
)
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import minutes, seconds

CHAT, SEARCH = {ROUTE: "/chat", SERVICE: "worker-api"}, {ROUTE: "/search", SERVICE: "worker-api"}
FIRST, SECOND = {TENANT: "com.rainbowsmokeofficial"}, {TENANT: "com-mrrainbowsmoke"}
FIRST_CHAT, SECOND_CHAT = {**FIRST, **CHAT}, {**SECOND, **CHAT}
FIRST_SEARCH, SECOND_SEARCH = {**FIRST, **SEARCH}, {**SECOND, **SEARCH}

HALF_MINUTE = seconds(30)
ScenarioParts: TypeAlias = tuple[InputSeries | Expectation, ...]


def requests(labels: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Requests, whether they fail or not."""
    return input_series(REQUESTS, labels, *segments)


def errors(labels: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Requests that fail."""
    return input_series(ERRORS, labels, *segments)


def constant(per_minute: int | str) -> Segment:
    """A constant rate for the whole test."""
    return count(per_minute, minutes(60))


def incident(per_minute: int) -> tuple[Segment, ...]:
    """An increase per minute from minute 30 to 50, and none before and after."""
    return count(0, minutes(30)), count(per_minute, minutes(20)), count(0, minutes(10))


def with_restarts(per_minute: int) -> tuple[Segment, ...]:
    """A constant rate, with restarts of the reporting process at minutes 30 and 38."""
    return (
        count(per_minute, minutes(30)),
        Restart(),
        count(per_minute, minutes(8)),
        Restart(),
        count(per_minute, minutes(22)),
    )


def step_at_30(before: int, after: int) -> tuple[Segment, ...]:
    """A rate that changes at minute 30, with a restart of the reporting process at minute 38."""
    return count(before, minutes(30)), count(after, minutes(8)), Restart(), count(after, minutes(22))


ONE_TENANT_FAILS = (
    requests(FIRST_CHAT, constant(400)),
    errors(FIRST_CHAT, *incident(23)),  # 5.75 % of the tenant's requests
    requests(SECOND_CHAT, constant(1000)),  # and 1.6 % of the route's
    errors(SECOND_CHAT, constant(0)),
)


@alert_test(
    "TenantHighErrorRate", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="one_tenant_fails"
)
def one_tenant_fails(platform: Platform) -> Scenario:
    """A tenant fails 5.75 % of its requests from minute 30 to 50: fires from 41 to 55, never for the other tenant."""
    return scenario(
        *ONE_TENANT_FAILS,
        expect_none(minutes(30)),
        # Four failing minutes of five are 4.6 %: the condition is true from 35 on, and for 6 minutes at 41.
        expect_none(minutes(40)),
        expect_firing(minutes(41), firing(TICKET, 0.0575, FIRST_CHAT)),
        expect_firing(minutes(50), firing(TICKET, 0.0575, FIRST_CHAT)),
        # The condition is false from 51 on; keep_firing_for ends at 55.
        expect_firing(minutes(55), firing(TICKET, 0.0575, FIRST_CHAT, condition_ended=minutes(50))),
        expect_none(minutes(56)),
    )


@alert_test("RouteHighErrorRate", PAGE, covers=(BELOW_THRESHOLD,), id="route_of_one_failing_tenant")
def route_of_one_failing_tenant(platform: Platform) -> Scenario:
    """A tenant fails 5.75 % of its requests, which are 1.6 % of the route's: does not fire."""
    return scenario(*ONE_TENANT_FAILS, *(expect_none(minutes(minute)) for minute in (30, 40, 41, 50, 55, 56)))


FAILING_TENANT_STOPS_REPORTING = (
    requests(FIRST_CHAT, count(400, minutes(20)), no_samples(minutes(10))),
    errors(FIRST_CHAT, count(23, minutes(20)), no_samples(minutes(10))),
    requests(SECOND_CHAT, constant(1000)),
    errors(SECOND_CHAT, constant(0)),
)


@alert_test("TenantHighErrorRate", TICKET, covers=(FIRES, RECOVERS), id="failing_tenant_stops_reporting")
def failing_tenant_stops_reporting(platform: Platform) -> Scenario:
    """A tenant fails 5.75 % of its requests and its series end at 20: fires until 28, 5 minutes after its last rate."""
    return scenario(
        *FAILING_TENANT_STOPS_REPORTING,
        expect_firing(minutes(20), firing(TICKET, 0.0575, FIRST_CHAT)),
        # From 24 on, 5 minutes have fewer than two samples.
        expect_firing(minutes(23), firing(TICKET, 0.0575, FIRST_CHAT)),
        expect_firing(minutes(28), firing(TICKET, 0.0575, FIRST_CHAT, condition_ended=minutes(23))),
        expect_none(minutes(29)),
    )


@alert_test("RouteHighErrorRate", PAGE, covers=(BELOW_THRESHOLD,), id="route_whose_failing_tenant_stops_reporting")
def route_whose_failing_tenant_stops_reporting(platform: Platform) -> Scenario:
    """A tenant with 1.6 % of the route's requests as errors stops reporting at 20: does not fire."""
    return scenario(*FAILING_TENANT_STOPS_REPORTING, *(expect_none(minutes(minute)) for minute in (20, 23, 28, 29)))


ONE_ROUTE_FAILS = (
    requests(FIRST_CHAT, constant(400)),
    errors(FIRST_CHAT, *incident(12)),  # 3 % of this tenant's requests
    requests(SECOND_CHAT, constant(600)),
    errors(SECOND_CHAT, *incident(11)),  # 23 of the route's 1,000 requests
    requests(FIRST_SEARCH, constant(1000)),
    errors(FIRST_SEARCH, constant(18)),
)


@alert_test("RouteHighErrorRate", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="one_route_fails")
def one_route_fails(platform: Platform) -> Scenario:
    """A route fails 2.3 % of its requests from minute 30 to 50: fires from 41 to 55, never for /search at 1.8 %."""
    return scenario(
        *ONE_ROUTE_FAILS,
        expect_none(minutes(30)),
        expect_none(minutes(40)),
        expect_firing(minutes(41), firing(PAGE, 0.023, CHAT)),
        expect_firing(minutes(50), firing(PAGE, 0.023, CHAT)),
        expect_firing(minutes(55), firing(PAGE, 0.023, CHAT, condition_ended=minutes(50))),
        expect_none(minutes(56)),
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(BELOW_THRESHOLD,), id="tenants_of_one_failing_route")
def tenants_of_one_failing_route(platform: Platform) -> Scenario:
    """A route fails 2.3 % of its requests and none of its tenants more than 3 %: does not fire."""
    return scenario(*ONE_ROUTE_FAILS, *(expect_none(minutes(minute)) for minute in (30, 40, 41, 50, 55, 56)))


JUST_BELOW_THRESHOLDS: ScenarioParts = (
    requests(FIRST_CHAT, *with_restarts(400)),
    errors(FIRST_CHAT, *with_restarts(18)),  # 4.5 % of this tenant's requests
    requests(SECOND_CHAT, *with_restarts(1000)),
    errors(SECOND_CHAT, *with_restarts(7)),  # 25 of the route's 1,400 requests are 1.8 %
    *(expect_none(minutes(minute)) for minute in (11, 12, 31, 34, 36, 39, 44, 60)),
)


@alert_test("TenantHighErrorRate", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="tenant_just_below_threshold")
def tenant_just_below_threshold(platform: Platform) -> Scenario:
    """A tenant fails 4.5 % of its requests for an hour, through two restarts: does not fire."""
    return scenario(*JUST_BELOW_THRESHOLDS)


@alert_test("RouteHighErrorRate", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="route_just_below_threshold")
def route_just_below_threshold(platform: Platform) -> Scenario:
    """A route fails 1.8 % of its requests for an hour, through two restarts: does not fire."""
    return scenario(*JUST_BELOW_THRESHOLDS)


AT_THEN_ABOVE_THRESHOLDS: ScenarioParts = (
    requests(FIRST_CHAT, *step_at_30(400, 400)),
    errors(FIRST_CHAT, *step_at_30(20, 22)),
    requests(SECOND_CHAT, *step_at_30(600, 600)),
    errors(SECOND_CHAT, *step_at_30(0, 0)),
    expect_none(minutes(30)),
    expect_none(minutes(36)),
)


@alert_test("TenantHighErrorRate", TICKET, covers=(FIRES, BEFORE_FOR), id="tenant_at_then_above_threshold")
def tenant_at_then_above_threshold(platform: Platform) -> Scenario:
    """A tenant fails exactly 5 %, then 5.5 % from minute 30 on: fires from 37 on, through a restart at 38."""
    fires = firing(TICKET, 0.055, FIRST_CHAT)
    return scenario(*AT_THEN_ABOVE_THRESHOLDS, *(expect_firing(minutes(minute), fires) for minute in (37, 39, 60)))


@alert_test("RouteHighErrorRate", PAGE, covers=(FIRES, BEFORE_FOR), id="route_at_then_above_threshold")
def route_at_then_above_threshold(platform: Platform) -> Scenario:
    """A route fails exactly 2 %, then 2.2 % from minute 30 on: fires from 37 on, through a restart at 38."""
    fires = firing(PAGE, 0.022, CHAT)
    return scenario(*AT_THEN_ABOVE_THRESHOLDS, *(expect_firing(minutes(minute), fires) for minute in (37, 39, 60)))


FOURTEEN_REQUESTS: ScenarioParts = (
    requests(FIRST_CHAT, constant("2.8")),
    errors(FIRST_CHAT, constant("2.8")),
    requests(SECOND_CHAT, constant(1000)),
    errors(SECOND_CHAT, constant(0)),
    requests(FIRST_SEARCH, constant("1.6")),
    errors(FIRST_SEARCH, constant("1.6")),
    requests(SECOND_SEARCH, constant("1.2")),
    errors(SECOND_SEARCH, constant("1.2")),
    *(expect_none(minutes(minute)) for minute in (11, 12, 30, 60)),
)


@alert_test("TenantHighErrorRate", TICKET, covers=(LOW_TRAFFIC,), id="fourteen_requests_of_a_tenant")
def fourteen_requests_of_a_tenant(platform: Platform) -> Scenario:
    """All of a tenant's 14 requests in 5 minutes fail: does not fire, because 15 are the minimum."""
    return scenario(*FOURTEEN_REQUESTS)


@alert_test("RouteHighErrorRate", PAGE, covers=(LOW_TRAFFIC,), id="fourteen_requests_of_a_route")
def fourteen_requests_of_a_route(platform: Platform) -> Scenario:
    """All of a route's 14 requests in 5 minutes fail: does not fire, because 15 are the minimum."""
    return scenario(*FOURTEEN_REQUESTS)


FIFTEEN_REQUESTS: ScenarioParts = (
    requests(FIRST_CHAT, constant(3)),
    errors(FIRST_CHAT, constant(2)),
    requests(SECOND_CHAT, constant(1000)),
    errors(SECOND_CHAT, constant(0)),
    requests(FIRST_SEARCH, constant(2)),
    errors(FIRST_SEARCH, constant("1.5")),
    requests(SECOND_SEARCH, constant(1)),
    errors(SECOND_SEARCH, constant("0.5")),
    expect_none(minutes(10)),
)


@alert_test("TenantHighErrorRate", TICKET, covers=(FIRES, BEFORE_FOR), id="fifteen_requests_of_a_tenant")
def fifteen_requests_of_a_tenant(platform: Platform) -> Scenario:
    """10 of a tenant's 15 requests in 5 minutes fail, which are the minimum of both: fires from 11 on."""
    fires = firing(TICKET, 2 / 3, FIRST_CHAT)
    return scenario(*FIFTEEN_REQUESTS, expect_firing(minutes(11), fires), expect_firing(minutes(60), fires))


@alert_test("RouteHighErrorRate", PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_requests_of_a_route")
def fifteen_requests_of_a_route(platform: Platform) -> Scenario:
    """10 of two tenants' 15 requests to a route in 5 minutes fail, which are the minimum of both: fires from 11 on."""
    fires = firing(PAGE, 2 / 3, SEARCH)
    return scenario(*FIFTEEN_REQUESTS, expect_firing(minutes(11), fires), expect_firing(minutes(60), fires))


NINE_ERRORS: ScenarioParts = (
    requests(FIRST_CHAT, constant(20)),
    errors(FIRST_CHAT, constant("1.8")),
    requests(FIRST_SEARCH, constant(20)),
    errors(FIRST_SEARCH, constant("0.9")),
    requests(SECOND_SEARCH, constant(20)),
    errors(SECOND_SEARCH, constant("0.9")),
    *(expect_none(minutes(minute)) for minute in (11, 12, 30, 60)),
)


@alert_test("TenantHighErrorRate", TICKET, covers=(LOW_TRAFFIC,), id="nine_errors_of_a_tenant")
def nine_errors_of_a_tenant(platform: Platform) -> Scenario:
    """9 of a tenant's 100 requests in 5 minutes fail: does not fire, because 10 errors are the minimum."""
    return scenario(*NINE_ERRORS)


@alert_test("RouteHighErrorRate", PAGE, covers=(LOW_TRAFFIC,), id="nine_errors_of_a_route")
def nine_errors_of_a_route(platform: Platform) -> Scenario:
    """9 of a route's 200 requests in 5 minutes fail: does not fire, because 10 errors are the minimum."""
    return scenario(*NINE_ERRORS)


@alert_test("RouteDown", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="route_goes_down")
def route_goes_down(platform: Platform) -> Scenario:
    """A route fails 57.5 % of its requests from minute 30 to 50: fires from 33 to 60, never for /search at 45 %."""
    return scenario(
        requests(FIRST_CHAT, constant(80)),
        errors(FIRST_CHAT, *incident(70)),
        requests(SECOND_CHAT, constant(120)),
        errors(SECOND_CHAT, *incident(45)),
        requests(FIRST_SEARCH, constant(200)),
        errors(FIRST_SEARCH, constant(90)),
        expect_none(minutes(30)),
        # Three failing half minutes of four are 43 %: the condition is true from 32 on.
        expect_none(minutes(32) + HALF_MINUTE),
        expect_firing(minutes(33), firing(PAGE, 0.575, CHAT)),
        expect_firing(minutes(50), firing(PAGE, 0.575, CHAT)),
        # The condition is false from 50:30 on; keep_firing_for ends at 60.
        expect_firing(minutes(60), firing(PAGE, 0.575, CHAT, condition_ended=minutes(50))),
        expect_none(minutes(60) + HALF_MINUTE),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("RouteDown", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="route_just_below_outage")
def route_just_below_outage(platform: Platform) -> Scenario:
    """A route fails 45 % of its requests with much traffic, through two restarts: does not fire."""
    return scenario(
        requests(FIRST_CHAT, *with_restarts(2000)),
        errors(FIRST_CHAT, *with_restarts(900)),
        *(expect_none(minutes(minute)) for minute in (3, 31, 32, 33, 39, 40, 60)),
        expect_none(minutes(30) + HALF_MINUTE),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("RouteDown", PAGE, covers=(FIRES, BEFORE_FOR), id="route_at_then_above_outage")
def route_at_then_above_outage(platform: Platform) -> Scenario:
    """A route fails exactly 50 %, then 55 % from minute 30 on: fires from 31:30 on, through a restart at 38."""
    return scenario(
        requests(FIRST_CHAT, *step_at_30(200, 200)),
        errors(FIRST_CHAT, *step_at_30(100, 110)),
        expect_none(minutes(30)),
        expect_none(minutes(31)),
        expect_firing(minutes(31) + HALF_MINUTE, firing(PAGE, 0.55, CHAT)),
        expect_firing(minutes(38) + HALF_MINUTE, firing(PAGE, 0.55, CHAT)),
        expect_firing(minutes(60), firing(PAGE, 0.55, CHAT)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("RouteDown", PAGE, covers=(LOW_TRAFFIC,), id="outage_of_fourteen_requests")
def outage_of_fourteen_requests(platform: Platform) -> Scenario:
    """All of 14 requests of two tenants in 2 minutes fail: does not fire, because 15 are the minimum."""
    return scenario(
        requests(FIRST_CHAT, constant(4)),
        errors(FIRST_CHAT, constant(4)),
        requests(SECOND_CHAT, constant(3)),
        errors(SECOND_CHAT, constant(3)),
        *(expect_none(minutes(minute)) for minute in (3, 4, 30, 60)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("RouteDown", PAGE, covers=(FIRES, BEFORE_FOR), id="outage_of_fifteen_requests")
def outage_of_fifteen_requests(platform: Platform) -> Scenario:
    """10 of 15 requests of two tenants in 2 minutes, the minimum of both, fail: fires from minute 3 on."""
    return scenario(
        requests(FIRST_CHAT, constant(4)),
        errors(FIRST_CHAT, constant(3)),
        requests(SECOND_CHAT, constant("3.5")),
        errors(SECOND_CHAT, constant(2)),
        expect_none(minutes(2) + HALF_MINUTE),
        expect_firing(minutes(3), firing(PAGE, 2 / 3, CHAT)),
        expect_firing(minutes(60), firing(PAGE, 2 / 3, CHAT)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("RouteDown", PAGE, covers=(LOW_TRAFFIC,), id="outage_of_nine_errors")
def outage_of_nine_errors(platform: Platform) -> Scenario:
    """9 of 17 requests in 2 minutes fail: does not fire, because 10 errors are the minimum."""
    return scenario(
        requests(FIRST_CHAT, constant("8.5")),
        errors(FIRST_CHAT, constant("4.5")),
        *(expect_none(minutes(minute)) for minute in (3, 4, 30, 60)),
        evaluation_interval=HALF_MINUTE,
    )
