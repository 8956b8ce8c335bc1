"""Stories of errors: requests that fail, of one tenant or of a whole route, and what is heard of it."""

from collections.abc import Mapping

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
from generator.dsl.units import minutes

CHAT, SEARCH = {ROUTE: "/chat", SERVICE: "worker-api"}, {ROUTE: "/search", SERVICE: "worker-api"}
FIRST, SECOND = {TENANT: "com.rainbowsmokeofficial"}, {TENANT: "com-mrrainbowsmoke"}
FIRST_CHAT, SECOND_CHAT = {**FIRST, **CHAT}, {**SECOND, **CHAT}
FIRST_SEARCH, SECOND_SEARCH = {**FIRST, **SEARCH}, {**SECOND, **SEARCH}


def asks(who: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Requests, failed or not."""
    return input_series(REQUESTS, who, *segments)


def fails(who: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """Requests that fail."""
    return input_series(ERRORS, who, *segments)


def always(per_minute: int | str) -> Segment:
    """So many a minute, as long as any story here lasts."""
    return count(per_minute, minutes(60))


def from_30_to_50(per_minute: int) -> tuple[Segment, ...]:
    """So many a minute for twenty minutes; none before, none after."""
    return count(0, minutes(30)), count(per_minute, minutes(20)), count(0, minutes(10))


def restarting(per_minute: int) -> tuple[Segment, ...]:
    """So many a minute, by a reporter that starts anew after 30 and after 38 minutes."""
    return (
        count(per_minute, minutes(30)),
        Restart(),
        count(per_minute, minutes(8)),
        Restart(),
        count(per_minute, minutes(22)),
    )


def from_30(before: int, after: int) -> tuple[Segment, ...]:
    """So many a minute for half an hour, then so many, by a reporter that starts anew after 38 minutes."""
    return count(before, minutes(30)), count(after, minutes(8)), Restart(), count(after, minutes(22))


@alert_test("HighErrorRate", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="one_tenant_sours")
def one_tenant_sours(platform: Platform) -> Scenario:
    """A tenant fails 5.75 % from minute 30 to 50: quiet at 40, told from 41 to 55; the other never hears of it."""
    return scenario(
        asks(FIRST_CHAT, always(400)),
        fails(FIRST_CHAT, *from_30_to_50(23)),
        asks(SECOND_CHAT, always(1000)),  # 23 of all 1,400 are 1.6 %: no page
        fails(SECOND_CHAT, always(0)),
        expect_none(minutes(30)),
        expect_none(
            minutes(40)
        ),  # four failing minutes of five are 4.6 %: it is so from 35 on, and lasts 6 minutes at 41
        expect_firing(minutes(41), firing(TICKET, 0.0575, FIRST_CHAT)),
        expect_firing(minutes(50), firing(TICKET, 0.0575, FIRST_CHAT)),
        expect_firing(
            minutes(55), firing(TICKET, 0.0575, FIRST_CHAT, condition_ended=minutes(50))
        ),  # not so from 51 on, and told still
        expect_none(minutes(56)),
    )


@alert_test("HighErrorRate", TICKET, covers=(FIRES, RECOVERS), id="a_tenant_falls_silent")
def a_tenant_falls_silent(platform: Platform) -> Scenario:
    """A tenant fails 5.75 % and falls silent at 20: told while five minutes have two samples, and five minutes on."""
    return scenario(
        asks(FIRST_CHAT, count(400, minutes(20)), no_samples(minutes(10))),
        fails(FIRST_CHAT, count(23, minutes(20)), no_samples(minutes(10))),
        asks(SECOND_CHAT, always(1000)),
        fails(SECOND_CHAT, always(0)),
        expect_firing(minutes(20), firing(TICKET, 0.0575, FIRST_CHAT)),
        expect_firing(minutes(23), firing(TICKET, 0.0575, FIRST_CHAT)),
        expect_firing(minutes(28), firing(TICKET, 0.0575, FIRST_CHAT, condition_ended=minutes(23))),
        expect_none(minutes(29)),
    )


@alert_test("HighErrorRate", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="a_route_sours")
def a_route_sours(platform: Platform) -> Scenario:
    """A route fails 2.3 % from minute 30 to 50: quiet at 40, a page from 41 to 55; /search, at 1.8 %, is let alone."""
    return scenario(
        asks(FIRST_CHAT, always(400)),
        fails(FIRST_CHAT, *from_30_to_50(12)),  # 3 % of this tenant's, and no ticket
        asks(SECOND_CHAT, always(600)),
        fails(SECOND_CHAT, *from_30_to_50(11)),
        asks(FIRST_SEARCH, always(1000)),
        fails(FIRST_SEARCH, always(18)),
        expect_none(minutes(30)),
        expect_none(minutes(40)),
        expect_firing(minutes(41), firing(PAGE, 0.023, CHAT)),
        expect_firing(minutes(50), firing(PAGE, 0.023, CHAT)),
        expect_firing(minutes(55), firing(PAGE, 0.023, CHAT, condition_ended=minutes(50))),
        expect_none(minutes(56)),
    )


@alert_test("HighErrorRate", TICKET, PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="a_little_always_fails")
def a_little_always_fails(platform: Platform) -> Scenario:
    """One tenant fails 4.5 % and its route 1.8 %, and their reporter restarts twice: not a word for an hour."""
    return scenario(
        asks(FIRST_CHAT, *restarting(400)),
        fails(FIRST_CHAT, *restarting(18)),
        asks(SECOND_CHAT, *restarting(1000)),
        fails(SECOND_CHAT, *restarting(7)),  # 25 of 1,400 together
        *(expect_none(minutes(minute)) for minute in (11, 12, 31, 34, 36, 39, 44, 60)),
    )


@alert_test("HighErrorRate", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="at_the_ceiling_and_over")
def at_the_ceiling_and_over(platform: Platform) -> Scenario:
    """Just 5 % of a tenant and 2 % of the route fail, then a tenth more: told at 37; a restart at 38 hides nothing."""
    both = firing(TICKET, 0.055, FIRST_CHAT), firing(PAGE, 0.022, CHAT)
    return scenario(
        asks(FIRST_CHAT, *from_30(400, 400)),
        fails(FIRST_CHAT, *from_30(20, 22)),
        asks(SECOND_CHAT, *from_30(600, 600)),
        fails(SECOND_CHAT, *from_30(0, 0)),
        expect_none(minutes(30)),  # at a ceiling is not above it
        expect_none(minutes(36)),
        expect_firing(minutes(37), *both),
        expect_firing(minutes(39), *both),
        expect_firing(minutes(60), *both),
    )


@alert_test("HighErrorRate", TICKET, PAGE, covers=(LOW_TRAFFIC,), id="fourteen_requests")
def fourteen_requests(platform: Platform) -> Scenario:
    """A tenant, and the route /search, fail all of 14 requests in 5 minutes: too few to judge by."""
    return scenario(
        asks(FIRST_CHAT, always("2.8")),
        fails(FIRST_CHAT, always("2.8")),
        asks(SECOND_CHAT, always(1000)),
        fails(SECOND_CHAT, always(0)),
        asks(FIRST_SEARCH, always("1.6")),
        fails(FIRST_SEARCH, always("1.6")),
        asks(SECOND_SEARCH, always("1.2")),
        fails(SECOND_SEARCH, always("1.2")),
        *(expect_none(minutes(minute)) for minute in (11, 12, 30, 60)),
    )


@alert_test("HighErrorRate", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_requests")
def fifteen_requests(platform: Platform) -> Scenario:
    """Ten fail of a tenant's 15 requests to /chat, and of two tenants' 15 to /search: just enough, told at 11."""
    both = firing(TICKET, 2 / 3, FIRST_CHAT), firing(PAGE, 2 / 3, SEARCH)
    return scenario(
        asks(FIRST_CHAT, always(3)),
        fails(FIRST_CHAT, always(2)),
        asks(SECOND_CHAT, always(1000)),
        fails(SECOND_CHAT, always(0)),
        asks(FIRST_SEARCH, always(2)),
        fails(FIRST_SEARCH, always("1.5")),
        asks(SECOND_SEARCH, always(1)),
        fails(SECOND_SEARCH, always("0.5")),
        expect_none(minutes(10)),
        expect_firing(minutes(11), *both),
        expect_firing(minutes(60), *both),
    )


@alert_test("HighErrorRate", TICKET, PAGE, covers=(LOW_TRAFFIC,), id="nine_failures")
def nine_failures(platform: Platform) -> Scenario:
    """Nine fail of a tenant's 100 requests to /chat, and of two tenants' 200 to /search: too few to judge by."""
    return scenario(
        asks(FIRST_CHAT, always(20)),
        fails(FIRST_CHAT, always("1.8")),
        asks(FIRST_SEARCH, always(20)),
        fails(FIRST_SEARCH, always("0.9")),
        asks(SECOND_SEARCH, always(20)),
        fails(SECOND_SEARCH, always("0.9")),
        *(expect_none(minutes(minute)) for minute in (11, 12, 30, 60)),
    )
