"""Alert tests of TenantHighLatency and RouteHighLatency."""

from collections.abc import Mapping
from typing import TypeAlias

from alerts.tests.latency_series import LatencySegment, constant, incident, requests_with_latency, with_restarts
from contract.api import LATENCY, REQUESTS
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
    FiringAlert,
    InputSeries,
    Restart,
    Scenario,
    alert_test,
    expect_firing,
    expect_none,
    firing,
    scenario,
)
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import minutes

CHAT, SEARCH = {ROUTE: "/chat", SERVICE: "worker-api"}, {ROUTE: "/search", SERVICE: "worker-api"}
INGEST = {ROUTE: "/ingest", SERVICE: "ingest-worker"}  # the thresholds are 10 s, 500 ms and 5 s
FIRST, SECOND = {TENANT: "com.rainbowsmokeofficial"}, {TENANT: "com-mrrainbowsmoke"}

ScenarioParts: TypeAlias = tuple[InputSeries | Expectation, ...]


def requests(
    tenant: Mapping[Label, str], route: Mapping[Label, str], *segments: LatencySegment | Restart
) -> tuple[InputSeries, ...]:
    """Requests of a tenant to a route, with their latencies."""
    return requests_with_latency(REQUESTS, LATENCY, {**tenant, **route}, *segments)


def ticket(tenant: Mapping[Label, str], route: Mapping[Label, str], p95: float) -> FiringAlert:
    """A tenant's ticket, with its p95 in milliseconds."""
    return firing(TICKET, p95, {**tenant, **route})


ONE_TENANT_IS_SLOW = (
    # Of 900 in 5 minutes, 50 lie between 10 and 30 s, and the 855th is the 5th of them: 10 s + 20 s × 5/50 = 12 s.
    *requests(FIRST, CHAT, *incident({1000: 180}, {1000: 170, 20000: 10})),
    *requests(SECOND, CHAT, constant({1000: 1800})),  # 10 of all 1,980 are too few to make the route slow
)


@alert_test(
    "TenantHighLatency", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="one_tenant_is_slow"
)
def one_tenant_is_slow(platform: Platform) -> Scenario:
    """10 of 180 chats of a tenant take 20 s from minute 30 to 50: fires from 44 to 50, never for the other tenant."""
    return scenario(
        *ONE_TENANT_IS_SLOW,
        expect_none(minutes(30)),
        expect_none(minutes(43)),  # a rate over 5 minutes covers 4 steps: the condition is true from 34 on
        expect_firing(minutes(44), ticket(FIRST, CHAT, 12000)),
        expect_firing(minutes(50), ticket(FIRST, CHAT, 12000)),
        expect_none(minutes(51)),
    )


@alert_test("RouteHighLatency", PAGE, covers=(BELOW_THRESHOLD,), id="route_of_one_slow_tenant")
def route_of_one_slow_tenant(platform: Platform) -> Scenario:
    """10 of 180 chats of a tenant take 20 s, which are 10 of the route's 1,980: does not fire."""
    return scenario(*ONE_TENANT_IS_SLOW, *(expect_none(minutes(minute)) for minute in (30, 43, 44, 50, 51)))


ONE_ROUTE_IS_SLOW = (
    # The route: 500 + 500 × 3/15 = 600 ms. The first tenant, with 10 in 80 of them: 500 + 500 × 6/10 = 800 ms.
    *requests(FIRST, SEARCH, *incident({100: 80}, {100: 70, 800: 10})),
    *requests(SECOND, SEARCH, *incident({100: 160}, {100: 155, 800: 5})),
    *requests(FIRST, INGEST, constant({1000: 91, 4000: 5, 8000: 4})),
)


@alert_test("RouteHighLatency", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="one_route_is_slow")
def one_route_is_slow(platform: Platform) -> Scenario:
    """15 of 240 searches take 800 ms from minute 30 to 50: fires from 44 to 50, never for /ingest within its SLO."""
    fires = firing(PAGE, 600, SEARCH)
    return scenario(
        *ONE_ROUTE_IS_SLOW,
        *(expect_none(minutes(minute)) for minute in (41, 42, 43)),
        expect_firing(minutes(44), fires),
        expect_firing(minutes(50), fires),
        *(expect_none(minutes(minute)) for minute in (51, 52, 53)),
    )


@alert_test(
    "TenantHighLatency", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="tenant_of_one_slow_route"
)
def tenant_of_one_slow_route(platform: Platform) -> Scenario:
    """10 of a tenant's 80 searches take 800 ms from 30 to 50: fires from 42 to 52, never for the other tenant."""
    return scenario(
        *ONE_ROUTE_IS_SLOW,
        expect_none(minutes(41)),
        *(expect_firing(minutes(minute), ticket(FIRST, SEARCH, 800)) for minute in (42, 43, 44, 50)),
        # Three slow steps of four: 37.5 of 400.
        expect_firing(minutes(51), ticket(FIRST, SEARCH, 500 + 500 * 17.5 / 37.5)),
        expect_firing(minutes(52), ticket(FIRST, SEARCH, 600)),
        expect_none(minutes(53)),
    )


ABOVE_EACH_THRESHOLD: ScenarioParts = (
    *requests(FIRST, CHAT, constant({1000: 17, 20000: 1})),
    *requests(FIRST, SEARCH, constant({100: 75, 800: 5})),
    *requests(FIRST, INGEST, constant({1000: 75, 8000: 5})),
    expect_none(minutes(10)),
)
P95_OF_ROUTES = ((CHAT, 12000), (SEARCH, 600), (INGEST, 6000))


@alert_test("TenantHighLatency", TICKET, covers=(FIRES, BEFORE_FOR), id="each_route_of_a_tenant_has_its_own_threshold")
def each_route_of_a_tenant_has_its_own_threshold(platform: Platform) -> Scenario:
    """Each route is at 120 % of its own SLO for a tenant: fires for each from 11 on."""
    alerts = [ticket(FIRST, route, p95) for route, p95 in P95_OF_ROUTES]
    return scenario(*ABOVE_EACH_THRESHOLD, expect_firing(minutes(11), *alerts), expect_firing(minutes(60), *alerts))


@alert_test("RouteHighLatency", PAGE, covers=(FIRES, BEFORE_FOR), id="each_route_has_its_own_threshold")
def each_route_has_its_own_threshold(platform: Platform) -> Scenario:
    """Each route is at 120 % of its own SLO: fires for each from 11 on."""
    alerts = [firing(PAGE, p95, route) for route, p95 in P95_OF_ROUTES]
    return scenario(*ABOVE_EACH_THRESHOLD, expect_firing(minutes(11), *alerts), expect_firing(minutes(60), *alerts))


# Of 1,000, 910 are fast and 50 lie in the bucket below the threshold; the 950th is the 40th of these: 80 % of it.
CHATS_BELOW = {1000: 910, 7000: 50, 20000: 40}
SEARCHES_BELOW = {100: 910, 400: 50, 800: 40}
INGESTS_BELOW = {1000: 910, 4000: 50, 8000: 40}
JUST_BELOW_THRESHOLDS: ScenarioParts = (
    *requests(FIRST, CHAT, *with_restarts(CHATS_BELOW, CHATS_BELOW)),
    *requests(FIRST, SEARCH, *with_restarts(SEARCHES_BELOW, SEARCHES_BELOW)),
    *requests(FIRST, INGEST, *with_restarts(INGESTS_BELOW, INGESTS_BELOW)),
    *(expect_none(minutes(minute)) for minute in (11, 15, 30, 39, 41, 44, 48, 60)),
)


@alert_test("TenantHighLatency", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="tenant_just_below_threshold")
def tenant_just_below_threshold(platform: Platform) -> Scenario:
    """A tenant's p95 is at 90 % of each route's SLO, its maximum far above, through two restarts: does not fire."""
    return scenario(*JUST_BELOW_THRESHOLDS)


@alert_test("RouteHighLatency", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="route_just_below_threshold")
def route_just_below_threshold(platform: Platform) -> Scenario:
    """The p95 of each route is at 90 % of its SLO, its maximum far above, through two restarts: does not fire."""
    return scenario(*JUST_BELOW_THRESHOLDS)


AT_THEN_ABOVE_THRESHOLD: ScenarioParts = (
    # 500 ms is the bucket's bound, and not above the threshold; then 500 + 500 × 60/360 = 583.333 ms.
    *requests(FIRST, SEARCH, *with_restarts({400: 5700, 800: 300}, {400: 5640, 800: 360})),
    expect_none(minutes(30)),
    expect_none(minutes(40)),
)


@alert_test("TenantHighLatency", TICKET, covers=(FIRES, BEFORE_FOR), id="tenant_at_then_above_threshold")
def tenant_at_then_above_threshold(platform: Platform) -> Scenario:
    """95 % of a tenant's searches are within the SLO, then 94 % from 30 on: fires from 41 on, through restarts."""
    fires = ticket(FIRST, SEARCH, 583.333)
    return scenario(*AT_THEN_ABOVE_THRESHOLD, *(expect_firing(minutes(minute), fires) for minute in (41, 44, 60)))


@alert_test("RouteHighLatency", PAGE, covers=(FIRES, BEFORE_FOR), id="route_at_then_above_threshold")
def route_at_then_above_threshold(platform: Platform) -> Scenario:
    """95 % of searches are within the SLO, then 94 % from minute 30 on: fires from 41 on, through restarts."""
    fires = firing(PAGE, 583.333, SEARCH)
    return scenario(*AT_THEN_ABOVE_THRESHOLD, *(expect_firing(minutes(minute), fires) for minute in (41, 44, 60)))


FOURTEEN_REQUESTS: ScenarioParts = (
    *requests(FIRST, CHAT, constant({20000: 2.8})),
    *requests(SECOND, CHAT, constant({1000: 1000})),
    *requests(FIRST, INGEST, constant({20000: 1.6})),
    *requests(SECOND, INGEST, constant({20000: 1.2})),
    *(expect_none(minutes(minute)) for minute in (15, 16, 30, 60)),
)


@alert_test("TenantHighLatency", TICKET, covers=(LOW_TRAFFIC,), id="fourteen_requests_of_a_tenant")
def fourteen_requests_of_a_tenant(platform: Platform) -> Scenario:
    """All of a tenant's 14 chats in 5 minutes take 20 s: does not fire, because 15 are the minimum."""
    return scenario(*FOURTEEN_REQUESTS)


@alert_test("RouteHighLatency", PAGE, covers=(LOW_TRAFFIC,), id="fourteen_requests_of_a_route")
def fourteen_requests_of_a_route(platform: Platform) -> Scenario:
    """All of a route's 14 ingests in 5 minutes take 20 s: does not fire, because 15 are the minimum."""
    return scenario(*FOURTEEN_REQUESTS)


FIFTEEN_REQUESTS: ScenarioParts = (
    # All lie between 10 and 30 s: 10 s + 20 s × 0.95 = 29 s.
    *requests(FIRST, CHAT, constant({20000: 3})),
    *requests(SECOND, CHAT, constant({1000: 1000})),
    *requests(FIRST, INGEST, constant({20000: 2})),
    *requests(SECOND, INGEST, constant({20000: 1})),
    expect_none(minutes(14)),
)


@alert_test("TenantHighLatency", TICKET, covers=(FIRES, BEFORE_FOR), id="fifteen_requests_of_a_tenant")
def fifteen_requests_of_a_tenant(platform: Platform) -> Scenario:
    """A tenant's 15 chats in 5 minutes, which are the minimum, take 20 s: fires from 15 on."""
    fires = ticket(FIRST, CHAT, 29000)
    return scenario(*FIFTEEN_REQUESTS, expect_firing(minutes(15), fires), expect_firing(minutes(60), fires))


@alert_test("RouteHighLatency", PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_requests_of_a_route")
def fifteen_requests_of_a_route(platform: Platform) -> Scenario:
    """A route's 15 ingests in 5 minutes, of two tenants, which are the minimum, take 20 s: fires from 15 on."""
    fires = firing(PAGE, 29000, INGEST)
    return scenario(*FIFTEEN_REQUESTS, expect_firing(minutes(15), fires), expect_firing(minutes(60), fires))
