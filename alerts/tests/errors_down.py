"""Alert tests of RouteDown: more than half of the requests to a route fail."""

from alerts.tests.errors import (
    CHAT,
    FIRST_CHAT,
    FIRST_SEARCH,
    SECOND_CHAT,
    constant,
    errors,
    incident,
    requests,
    step_at_30,
    with_restarts,
)
from generator.dsl.alert import PAGE
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Scenario,
    alert_test,
    expect_firing,
    expect_none,
    firing,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import minutes, seconds

HALF_MINUTE = seconds(30)


@alert_test("RouteDown", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="a_route_goes_down")
def route_goes_down(platform: Platform) -> Scenario:
    """A route fails 57.5 % from minute 30 to 50: told from 33 on, for ten minutes more; /search, at 45 %, is not."""
    return scenario(
        requests(FIRST_CHAT, constant(80)),
        errors(FIRST_CHAT, *incident(70)),
        requests(SECOND_CHAT, constant(120)),
        errors(SECOND_CHAT, *incident(45)),
        requests(FIRST_SEARCH, constant(200)),
        errors(FIRST_SEARCH, constant(90)),
        expect_none(minutes(30)),
        expect_none(minutes(32) + HALF_MINUTE),  # 43 % when three of four half minutes fail: it is so from 32 on
        expect_firing(minutes(33), firing(PAGE, 0.575, CHAT)),
        expect_firing(minutes(50), firing(PAGE, 0.575, CHAT)),
        expect_firing(
            minutes(60), firing(PAGE, 0.575, CHAT, condition_ended=minutes(50))
        ),  # not so from half a minute past 50 on
        expect_none(minutes(60) + HALF_MINUTE),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("RouteDown", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="a_route_that_limps")
def route_just_below_outage(platform: Platform) -> Scenario:
    """A route fails 45 % of heavy traffic, and its reporter restarts twice: bad, but not down."""
    return scenario(
        requests(FIRST_CHAT, *with_restarts(2000)),
        errors(FIRST_CHAT, *with_restarts(900)),
        *(expect_none(minutes(minute)) for minute in (3, 31, 32, 33, 39, 40, 60)),
        expect_none(minutes(30) + HALF_MINUTE),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("RouteDown", PAGE, covers=(FIRES, BEFORE_FOR), id="half_fails_and_more")
def route_at_then_above_outage(platform: Platform) -> Scenario:
    """Just 50 % fail, then 55 % from minute 30 on: told a minute after that is seen; a restart at 38 hides nothing."""
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


@alert_test("RouteDown", PAGE, covers=(LOW_TRAFFIC,), id="fourteen_requests_in_two_minutes")
def outage_of_fourteen_requests(platform: Platform) -> Scenario:
    """Two tenants fail all of 14 requests in 2 minutes: too few to call it an outage."""
    return scenario(
        requests(FIRST_CHAT, constant(4)),
        errors(FIRST_CHAT, constant(4)),
        requests(SECOND_CHAT, constant(3)),
        errors(SECOND_CHAT, constant(3)),
        *(expect_none(minutes(minute)) for minute in (3, 4, 30, 60)),
        evaluation_interval=HALF_MINUTE,
    )


@alert_test("RouteDown", PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_requests_in_two_minutes")
def outage_of_fifteen_requests(platform: Platform) -> Scenario:
    """Two tenants fail 6 of 8 and 4 of 7 requests in 2 minutes: just enough, told at 3, not half a minute before."""
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


@alert_test("RouteDown", PAGE, covers=(LOW_TRAFFIC,), id="nine_failures_in_two_minutes")
def outage_of_nine_errors(platform: Platform) -> Scenario:
    """Nine of 17 requests fail in 2 minutes: more than half of them, and too few to wake anybody."""
    return scenario(
        requests(FIRST_CHAT, constant("8.5")),
        errors(FIRST_CHAT, constant("4.5")),
        *(expect_none(minutes(minute)) for minute in (3, 4, 30, 60)),
        evaluation_interval=HALF_MINUTE,
    )
