"""Stories of errors: requests that fail, of one tenant or of a whole route, and what is heard of it."""

from collections.abc import Mapping

from catalogue.api import ERRORS, REQUESTS
from catalogue.labels import ROUTE, SERVICE, TENANT
from generator.lang.alert import PAGE, TICKET
from generator.lang.labels import Label
from generator.lang.platform import Platform
from generator.lang.story import Act, Flow, Plot, Restart, Shows, count, flow, heard, plot, quiet, silence, story, told
from generator.lang.units import minutes, seconds

CHAT, SEARCH = {ROUTE: "/chat", SERVICE: "worker-api"}, {ROUTE: "/search", SERVICE: "worker-api"}
FIRST, SECOND = {TENANT: "com.rainbowsmokeofficial"}, {TENANT: "com-mrrainbowsmoke"}
FIRST_CHAT, SECOND_CHAT = {**FIRST, **CHAT}, {**SECOND, **CHAT}
FIRST_SEARCH, SECOND_SEARCH = {**FIRST, **SEARCH}, {**SECOND, **SEARCH}
HALF_A_MINUTE = seconds(30)


def asks(who: Mapping[Label, str], *acts: Act) -> Flow:
    """Requests, failed or not."""
    return flow(REQUESTS, who, *acts)


def fails(who: Mapping[Label, str], *acts: Act) -> Flow:
    """Requests that fail."""
    return flow(ERRORS, who, *acts)


def always(per_minute: int | str) -> Act:
    """So many a minute, as long as any story here lasts."""
    return count(per_minute, minutes(60))


def from_30_to_50(per_minute: int) -> tuple[Act, ...]:
    """So many a minute for twenty minutes; none before, none after."""
    return count(0, minutes(30)), count(per_minute, minutes(20)), count(0, minutes(10))


def restarting(per_minute: int) -> tuple[Act, ...]:
    """So many a minute, by a reporter that starts anew after 30 and after 38 minutes."""
    return (
        count(per_minute, minutes(30)),
        Restart(),
        count(per_minute, minutes(8)),
        Restart(),
        count(per_minute, minutes(22)),
    )


def from_30(before: int, after: int) -> tuple[Act, ...]:
    """So many a minute for half an hour, then so many, by a reporter that starts anew after 38 minutes."""
    return count(before, minutes(30)), count(after, minutes(8)), Restart(), count(after, minutes(22))


@story("HighErrorRate", TICKET, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def one_tenant_sours(platform: Platform) -> Plot:
    """The first tenant fails 5.75 % from minute 30 to 50: quiet at 39, told from 40 to 50; the second never hears."""
    return plot(
        asks(FIRST_CHAT, always(400)),
        fails(FIRST_CHAT, *from_30_to_50(23)),
        asks(SECOND_CHAT, always(1000)),  # 23 of all 1,400 are 1.6 %: no page
        fails(SECOND_CHAT, always(0)),
        quiet(minutes(30)),
        quiet(minutes(39)),  # four failing minutes of five are 4.6 %: it is so from 35 on, and lasts 5 minutes at 40
        heard(minutes(40), told(TICKET, 0.0575, FIRST_CHAT)),
        heard(minutes(50), told(TICKET, 0.0575, FIRST_CHAT)),
        quiet(minutes(51)),
    )


@story("HighErrorRate", TICKET, shows=(Shows.FIRES, Shows.RECOVERS))
def a_tenant_falls_silent(platform: Platform) -> Plot:
    """A tenant that fails 5.75 % falls silent at minute 20: told while its last five minutes have two samples."""
    return plot(
        asks(FIRST_CHAT, count(400, minutes(20)), silence(minutes(10))),
        fails(FIRST_CHAT, count(23, minutes(20)), silence(minutes(10))),
        asks(SECOND_CHAT, always(1000)),
        fails(SECOND_CHAT, always(0)),
        heard(minutes(20), told(TICKET, 0.0575, FIRST_CHAT)),
        heard(minutes(23), told(TICKET, 0.0575, FIRST_CHAT)),
        quiet(minutes(24)),
    )


@story("HighErrorRate", PAGE, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def a_route_sours(platform: Platform) -> Plot:
    """A route fails 2.3 % from minute 30 to 50: quiet at 39, a page from 40 to 50; /search, at 1.8 %, is let alone."""
    return plot(
        asks(FIRST_CHAT, always(400)),
        fails(FIRST_CHAT, *from_30_to_50(12)),  # 3 % of this tenant's, and no ticket
        asks(SECOND_CHAT, always(600)),
        fails(SECOND_CHAT, *from_30_to_50(11)),
        asks(FIRST_SEARCH, always(1000)),
        fails(FIRST_SEARCH, always(18)),
        quiet(minutes(30)),
        quiet(minutes(39)),
        heard(minutes(40), told(PAGE, 0.023, CHAT)),
        heard(minutes(50), told(PAGE, 0.023, CHAT)),
        quiet(minutes(51)),
    )


@story("HighErrorRate", TICKET, PAGE, shows=(Shows.BELOW, Shows.RESET))
def a_little_always_fails(platform: Platform) -> Plot:
    """One tenant fails 4.5 % and its route 1.8 %, and their reporter restarts twice: not a word for an hour."""
    return plot(
        asks(FIRST_CHAT, *restarting(400)),
        fails(FIRST_CHAT, *restarting(18)),
        asks(SECOND_CHAT, *restarting(1000)),
        fails(SECOND_CHAT, *restarting(7)),  # 25 of 1,400 together
        *(quiet(minutes(minute)) for minute in (10, 11, 31, 34, 36, 39, 43, 60)),
    )


@story("HighErrorRate", TICKET, PAGE, shows=(Shows.FIRES, Shows.BEFORE))
def at_the_ceiling_and_over(platform: Platform) -> Plot:
    """Just 5 % of a tenant and 2 % of the route fail, then a tenth more: told at 36; a restart at 38 hides nothing."""
    both = told(TICKET, 0.055, FIRST_CHAT), told(PAGE, 0.022, CHAT)
    return plot(
        asks(FIRST_CHAT, *from_30(400, 400)),
        fails(FIRST_CHAT, *from_30(20, 22)),
        asks(SECOND_CHAT, *from_30(600, 600)),
        fails(SECOND_CHAT, *from_30(0, 0)),
        quiet(minutes(30)),  # at a ceiling is not above it
        quiet(minutes(35)),
        heard(minutes(36), *both),
        heard(minutes(39), *both),
        heard(minutes(60), *both),
    )


@story("HighErrorRate", TICKET, PAGE, shows=(Shows.LOW_TRAFFIC,))
def fourteen_requests(platform: Platform) -> Plot:
    """A tenant, and the route /search, fail all of 14 requests in 5 minutes: too few to judge by."""
    return plot(
        asks(FIRST_CHAT, always("2.8")),
        fails(FIRST_CHAT, always("2.8")),
        asks(SECOND_CHAT, always(1000)),
        fails(SECOND_CHAT, always(0)),
        asks(FIRST_SEARCH, always("1.6")),
        fails(FIRST_SEARCH, always("1.6")),
        asks(SECOND_SEARCH, always("1.2")),
        fails(SECOND_SEARCH, always("1.2")),
        *(quiet(minutes(minute)) for minute in (10, 11, 30, 60)),
    )


@story("HighErrorRate", TICKET, PAGE, shows=(Shows.FIRES, Shows.BEFORE))
def fifteen_requests(platform: Platform) -> Plot:
    """A quarter fails of a tenant's 15 requests to /chat, and of two tenants' 15 to /search: just enough, at 10."""
    both = told(TICKET, 0.25, FIRST_CHAT), told(PAGE, 0.25, SEARCH)
    return plot(
        asks(FIRST_CHAT, always(3)),
        fails(FIRST_CHAT, always("0.75")),
        asks(SECOND_CHAT, always(1000)),
        fails(SECOND_CHAT, always(0)),
        asks(FIRST_SEARCH, always(2)),
        fails(FIRST_SEARCH, always("0.5")),
        asks(SECOND_SEARCH, always(1)),
        fails(SECOND_SEARCH, always("0.25")),
        quiet(minutes(9)),
        heard(minutes(10), *both),
        heard(minutes(60), *both),
    )


@story("RouteDown", PAGE, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def a_route_goes_down(platform: Platform) -> Plot:
    """A route fails 57.5 % from minute 30 to 50: told from 33, over half a minute after; /search, at 45 %, is not."""
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
        quiet(minutes(50) + HALF_A_MINUTE),
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
    """Two tenants fail 6 of 8 and 3 of 7 requests in 2 minutes: just enough, told at 3, not half a minute before."""
    return plot(
        asks(FIRST_CHAT, always(4)),
        fails(FIRST_CHAT, always(3)),
        asks(SECOND_CHAT, always("3.5")),
        fails(SECOND_CHAT, always("1.5")),
        quiet(minutes(2) + HALF_A_MINUTE),
        heard(minutes(3), told(PAGE, 0.6, CHAT)),
        heard(minutes(60), told(PAGE, 0.6, CHAT)),
        every=HALF_A_MINUTE,
    )
