"""Alert tests of HighErrorRate: requests of one tenant or of a whole route fail."""

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


@alert_test("HighErrorRate", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="one_tenant_sours")
def one_tenant_fails(platform: Platform) -> Scenario:
    """A tenant fails 5.75 % from minute 30 to 50: quiet at 40, told from 41 to 55; the other never hears of it."""
    return scenario(
        requests(FIRST_CHAT, constant(400)),
        errors(FIRST_CHAT, *incident(23)),
        requests(SECOND_CHAT, constant(1000)),  # 23 of all 1,400 are 1.6 %: no page
        errors(SECOND_CHAT, constant(0)),
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
def failing_tenant_stops_reporting(platform: Platform) -> Scenario:
    """A tenant fails 5.75 % and falls silent at 20: told while five minutes have two samples, and five minutes on."""
    return scenario(
        requests(FIRST_CHAT, count(400, minutes(20)), no_samples(minutes(10))),
        errors(FIRST_CHAT, count(23, minutes(20)), no_samples(minutes(10))),
        requests(SECOND_CHAT, constant(1000)),
        errors(SECOND_CHAT, constant(0)),
        expect_firing(minutes(20), firing(TICKET, 0.0575, FIRST_CHAT)),
        expect_firing(minutes(23), firing(TICKET, 0.0575, FIRST_CHAT)),
        expect_firing(minutes(28), firing(TICKET, 0.0575, FIRST_CHAT, condition_ended=minutes(23))),
        expect_none(minutes(29)),
    )


@alert_test("HighErrorRate", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="a_route_sours")
def one_route_fails(platform: Platform) -> Scenario:
    """A route fails 2.3 % from minute 30 to 50: quiet at 40, a page from 41 to 55; /search, at 1.8 %, is let alone."""
    return scenario(
        requests(FIRST_CHAT, constant(400)),
        errors(FIRST_CHAT, *incident(12)),  # 3 % of this tenant's, and no ticket
        requests(SECOND_CHAT, constant(600)),
        errors(SECOND_CHAT, *incident(11)),
        requests(FIRST_SEARCH, constant(1000)),
        errors(FIRST_SEARCH, constant(18)),
        expect_none(minutes(30)),
        expect_none(minutes(40)),
        expect_firing(minutes(41), firing(PAGE, 0.023, CHAT)),
        expect_firing(minutes(50), firing(PAGE, 0.023, CHAT)),
        expect_firing(minutes(55), firing(PAGE, 0.023, CHAT, condition_ended=minutes(50))),
        expect_none(minutes(56)),
    )


@alert_test("HighErrorRate", TICKET, PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="a_little_always_fails")
def just_below_thresholds(platform: Platform) -> Scenario:
    """One tenant fails 4.5 % and its route 1.8 %, and their reporter restarts twice: not a word for an hour."""
    return scenario(
        requests(FIRST_CHAT, *with_restarts(400)),
        errors(FIRST_CHAT, *with_restarts(18)),
        requests(SECOND_CHAT, *with_restarts(1000)),
        errors(SECOND_CHAT, *with_restarts(7)),  # 25 of 1,400 together
        *(expect_none(minutes(minute)) for minute in (11, 12, 31, 34, 36, 39, 44, 60)),
    )


@alert_test("HighErrorRate", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="at_the_ceiling_and_over")
def at_then_above_thresholds(platform: Platform) -> Scenario:
    """Just 5 % of a tenant and 2 % of the route fail, then a tenth more: told at 37; a restart at 38 hides nothing."""
    both = firing(TICKET, 0.055, FIRST_CHAT), firing(PAGE, 0.022, CHAT)
    return scenario(
        requests(FIRST_CHAT, *step_at_30(400, 400)),
        errors(FIRST_CHAT, *step_at_30(20, 22)),
        requests(SECOND_CHAT, *step_at_30(600, 600)),
        errors(SECOND_CHAT, *step_at_30(0, 0)),
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


@alert_test("HighErrorRate", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_requests")
def fifteen_requests(platform: Platform) -> Scenario:
    """Ten fail of a tenant's 15 requests to /chat, and of two tenants' 15 to /search: just enough, told at 11."""
    both = firing(TICKET, 2 / 3, FIRST_CHAT), firing(PAGE, 2 / 3, SEARCH)
    return scenario(
        requests(FIRST_CHAT, constant(3)),
        errors(FIRST_CHAT, constant(2)),
        requests(SECOND_CHAT, constant(1000)),
        errors(SECOND_CHAT, constant(0)),
        requests(FIRST_SEARCH, constant(2)),
        errors(FIRST_SEARCH, constant("1.5")),
        requests(SECOND_SEARCH, constant(1)),
        errors(SECOND_SEARCH, constant("0.5")),
        expect_none(minutes(10)),
        expect_firing(minutes(11), *both),
        expect_firing(minutes(60), *both),
    )


@alert_test("HighErrorRate", TICKET, PAGE, covers=(LOW_TRAFFIC,), id="nine_failures")
def nine_errors(platform: Platform) -> Scenario:
    """Nine fail of a tenant's 100 requests to /chat, and of two tenants' 200 to /search: too few to judge by."""
    return scenario(
        requests(FIRST_CHAT, constant(20)),
        errors(FIRST_CHAT, constant("1.8")),
        requests(FIRST_SEARCH, constant(20)),
        errors(FIRST_SEARCH, constant("0.9")),
        requests(SECOND_SEARCH, constant(20)),
        errors(SECOND_SEARCH, constant("0.9")),
        *(expect_none(minutes(minute)) for minute in (11, 12, 30, 60)),
    )
