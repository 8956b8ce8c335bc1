"""Stories of errors: requests that fail, of one tenant or of a whole route, and what is heard of it."""

from collections.abc import Mapping

from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    Act,
    Flow,
    Plot,
    Restart,
    Shows,
    count,
    flow,
    heard,
    plot,
    quiet,
    silence,
    story,
    told,
)
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

CHAT, SEARCH = {ROUTE: "/chat", SERVICE: "worker-api"}, {ROUTE: "/search", SERVICE: "worker-api"}
FIRST, SECOND = {TENANT: "com.rainbowsmokeofficial"}, {TENANT: "com-mrrainbowsmoke"}
FIRST_CHAT, SECOND_CHAT = {**FIRST, **CHAT}, {**SECOND, **CHAT}
FIRST_SEARCH, SECOND_SEARCH = {**FIRST, **SEARCH}, {**SECOND, **SEARCH}


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
    """A tenant fails 5.75 % from minute 30 to 50: quiet at 40, told from 41 to 55; the other never hears of it."""
    return plot(
        asks(FIRST_CHAT, always(400)),
        fails(FIRST_CHAT, *from_30_to_50(23)),
        asks(SECOND_CHAT, always(1000)),  # 23 of all 1,400 are 1.6 %: no page
        fails(SECOND_CHAT, always(0)),
        quiet(minutes(30)),
        quiet(minutes(40)),  # four failing minutes of five are 4.6 %: it is so from 35 on, and lasts 6 minutes at 41
        heard(minutes(41), told(TICKET, 0.0575, FIRST_CHAT)),
        heard(minutes(50), told(TICKET, 0.0575, FIRST_CHAT)),
        heard(minutes(55), told(TICKET, 0.0575, FIRST_CHAT, last=minutes(50))),  # not so from 51 on, and told still
        quiet(minutes(56)),
    )


@story("HighErrorRate", TICKET, shows=(Shows.FIRES, Shows.RECOVERS))
def a_tenant_falls_silent(platform: Platform) -> Plot:
    """A tenant fails 5.75 % and falls silent at 20: told while five minutes have two samples, and five minutes on."""
    return plot(
        asks(FIRST_CHAT, count(400, minutes(20)), silence(minutes(10))),
        fails(FIRST_CHAT, count(23, minutes(20)), silence(minutes(10))),
        asks(SECOND_CHAT, always(1000)),
        fails(SECOND_CHAT, always(0)),
        heard(minutes(20), told(TICKET, 0.0575, FIRST_CHAT)),
        heard(minutes(23), told(TICKET, 0.0575, FIRST_CHAT)),
        heard(minutes(28), told(TICKET, 0.0575, FIRST_CHAT, last=minutes(23))),
        quiet(minutes(29)),
    )


@story("HighErrorRate", PAGE, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def a_route_sours(platform: Platform) -> Plot:
    """A route fails 2.3 % from minute 30 to 50: quiet at 40, a page from 41 to 55; /search, at 1.8 %, is let alone."""
    return plot(
        asks(FIRST_CHAT, always(400)),
        fails(FIRST_CHAT, *from_30_to_50(12)),  # 3 % of this tenant's, and no ticket
        asks(SECOND_CHAT, always(600)),
        fails(SECOND_CHAT, *from_30_to_50(11)),
        asks(FIRST_SEARCH, always(1000)),
        fails(FIRST_SEARCH, always(18)),
        quiet(minutes(30)),
        quiet(minutes(40)),
        heard(minutes(41), told(PAGE, 0.023, CHAT)),
        heard(minutes(50), told(PAGE, 0.023, CHAT)),
        heard(minutes(55), told(PAGE, 0.023, CHAT, last=minutes(50))),
        quiet(minutes(56)),
    )


@story("HighErrorRate", TICKET, PAGE, shows=(Shows.BELOW, Shows.RESET))
def a_little_always_fails(platform: Platform) -> Plot:
    """One tenant fails 4.5 % and its route 1.8 %, and their reporter restarts twice: not a word for an hour."""
    return plot(
        asks(FIRST_CHAT, *restarting(400)),
        fails(FIRST_CHAT, *restarting(18)),
        asks(SECOND_CHAT, *restarting(1000)),
        fails(SECOND_CHAT, *restarting(7)),  # 25 of 1,400 together
        *(quiet(minutes(minute)) for minute in (11, 12, 31, 34, 36, 39, 44, 60)),
    )


@story("HighErrorRate", TICKET, PAGE, shows=(Shows.FIRES, Shows.BEFORE))
def at_the_ceiling_and_over(platform: Platform) -> Plot:
    """Just 5 % of a tenant and 2 % of the route fail, then a tenth more: told at 37; a restart at 38 hides nothing."""
    both = told(TICKET, 0.055, FIRST_CHAT), told(PAGE, 0.022, CHAT)
    return plot(
        asks(FIRST_CHAT, *from_30(400, 400)),
        fails(FIRST_CHAT, *from_30(20, 22)),
        asks(SECOND_CHAT, *from_30(600, 600)),
        fails(SECOND_CHAT, *from_30(0, 0)),
        quiet(minutes(30)),  # at a ceiling is not above it
        quiet(minutes(36)),
        heard(minutes(37), *both),
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
        *(quiet(minutes(minute)) for minute in (11, 12, 30, 60)),
    )


@story("HighErrorRate", TICKET, PAGE, shows=(Shows.FIRES, Shows.BEFORE))
def fifteen_requests(platform: Platform) -> Plot:
    """Ten fail of a tenant's 15 requests to /chat, and of two tenants' 15 to /search: just enough, told at 11."""
    both = told(TICKET, 2 / 3, FIRST_CHAT), told(PAGE, 2 / 3, SEARCH)
    return plot(
        asks(FIRST_CHAT, always(3)),
        fails(FIRST_CHAT, always(2)),
        asks(SECOND_CHAT, always(1000)),
        fails(SECOND_CHAT, always(0)),
        asks(FIRST_SEARCH, always(2)),
        fails(FIRST_SEARCH, always("1.5")),
        asks(SECOND_SEARCH, always(1)),
        fails(SECOND_SEARCH, always("0.5")),
        quiet(minutes(10)),
        heard(minutes(11), *both),
        heard(minutes(60), *both),
    )


@story("HighErrorRate", TICKET, PAGE, shows=(Shows.LOW_TRAFFIC,))
def nine_failures(platform: Platform) -> Plot:
    """Nine fail of a tenant's 100 requests to /chat, and of two tenants' 200 to /search: too few to judge by."""
    return plot(
        asks(FIRST_CHAT, always(20)),
        fails(FIRST_CHAT, always("1.8")),
        asks(FIRST_SEARCH, always(20)),
        fails(FIRST_SEARCH, always("0.9")),
        asks(SECOND_SEARCH, always(20)),
        fails(SECOND_SEARCH, always("0.9")),
        *(quiet(minutes(minute)) for minute in (11, 12, 30, 60)),
    )
