"""Stories of outages: a route of which half fails, and what is heard of it within minutes."""

from alerts.tests.errors import (
    CHAT,
    FIRST_CHAT,
    FIRST_SEARCH,
    SECOND_CHAT,
    always,
    asks,
    fails,
    from_30,
    from_30_to_50,
    restarting,
)
from generator.dsl.alert import PAGE
from generator.dsl.alert_test import Plot, Shows, heard, plot, quiet, story, told
from generator.dsl.platform import Platform
from generator.dsl.units import minutes, seconds

HALF_A_MINUTE = seconds(30)


@story("RouteDown", PAGE, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def a_route_goes_down(platform: Platform) -> Plot:
    """A route fails 57.5 % from minute 30 to 50: told from 33 on, for ten minutes more; /search, at 45 %, is not."""
    return plot(
        asks(FIRST_CHAT, always(80)),
        fails(FIRST_CHAT, *from_30_to_50(70)),
        asks(SECOND_CHAT, always(120)),
        fails(SECOND_CHAT, *from_30_to_50(45)),
        asks(FIRST_SEARCH, always(200)),
        fails(FIRST_SEARCH, always(90)),
        quiet(minutes(30)),
        quiet(minutes(32) + HALF_A_MINUTE),  # 43 % when three of four half minutes fail: it is so from 32 on
        heard(minutes(33), told(PAGE, 0.575, CHAT)),
        heard(minutes(50), told(PAGE, 0.575, CHAT)),
        heard(minutes(60), told(PAGE, 0.575, CHAT, last=minutes(50))),  # not so from half a minute past 50 on
        quiet(minutes(60) + HALF_A_MINUTE),
        every=HALF_A_MINUTE,
    )


@story("RouteDown", PAGE, shows=(Shows.BELOW, Shows.RESET))
def a_route_that_limps(platform: Platform) -> Plot:
    """A route fails 45 % of heavy traffic, and its reporter restarts twice: bad, but not down."""
    return plot(
        asks(FIRST_CHAT, *restarting(2000)),
        fails(FIRST_CHAT, *restarting(900)),
        *(quiet(minutes(minute)) for minute in (3, 31, 32, 33, 39, 40, 60)),
        quiet(minutes(30) + HALF_A_MINUTE),
        every=HALF_A_MINUTE,
    )


@story("RouteDown", PAGE, shows=(Shows.FIRES, Shows.BEFORE))
def half_fails_and_more(platform: Platform) -> Plot:
    """Just 50 % fail, then 55 % from minute 30 on: told a minute after that is seen; a restart at 38 hides nothing."""
    return plot(
        asks(FIRST_CHAT, *from_30(200, 200)),
        fails(FIRST_CHAT, *from_30(100, 110)),
        quiet(minutes(30)),
        quiet(minutes(31)),
        heard(minutes(31) + HALF_A_MINUTE, told(PAGE, 0.55, CHAT)),
        heard(minutes(38) + HALF_A_MINUTE, told(PAGE, 0.55, CHAT)),
        heard(minutes(60), told(PAGE, 0.55, CHAT)),
        every=HALF_A_MINUTE,
    )


@story("RouteDown", PAGE, shows=(Shows.LOW_TRAFFIC,))
def fourteen_requests_in_two_minutes(platform: Platform) -> Plot:
    """Two tenants fail all of 14 requests in 2 minutes: too few to call it an outage."""
    return plot(
        asks(FIRST_CHAT, always(4)),
        fails(FIRST_CHAT, always(4)),
        asks(SECOND_CHAT, always(3)),
        fails(SECOND_CHAT, always(3)),
        *(quiet(minutes(minute)) for minute in (3, 4, 30, 60)),
        every=HALF_A_MINUTE,
    )


@story("RouteDown", PAGE, shows=(Shows.FIRES, Shows.BEFORE))
def fifteen_requests_in_two_minutes(platform: Platform) -> Plot:
    """Two tenants fail 6 of 8 and 4 of 7 requests in 2 minutes: just enough, told at 3, not half a minute before."""
    return plot(
        asks(FIRST_CHAT, always(4)),
        fails(FIRST_CHAT, always(3)),
        asks(SECOND_CHAT, always("3.5")),
        fails(SECOND_CHAT, always(2)),
        quiet(minutes(2) + HALF_A_MINUTE),
        heard(minutes(3), told(PAGE, 2 / 3, CHAT)),
        heard(minutes(60), told(PAGE, 2 / 3, CHAT)),
        every=HALF_A_MINUTE,
    )


@story("RouteDown", PAGE, shows=(Shows.LOW_TRAFFIC,))
def nine_failures_in_two_minutes(platform: Platform) -> Plot:
    """Nine of 17 requests fail in 2 minutes: more than half of them, and too few to wake anybody."""
    return plot(
        asks(FIRST_CHAT, always("8.5")),
        fails(FIRST_CHAT, always("4.5")),
        *(quiet(minutes(minute)) for minute in (3, 4, 30, 60)),
        every=HALF_A_MINUTE,
    )
