"""Inhibitors fire with the alerts that they follow and 95 minutes longer, and hold back tickets for that time."""

from __future__ import annotations

from dataclasses import replace

from alerts.routing import ROUTING
from generator.dsl.platform import Platform
from generator.dsl.units import minutes
from generator.verify.backtest.result import evaluate
from generator.verify.notified.inhibitors import inhibitor_intervals
from generator.verify.notified.notifications import AlertInterval, without_inhibited
from tests.verify.backtest.examples import alert, outage, run_with

CHAT = {"platform": "production", "route": "/chat", "service": "worker-api"}
DOWN = alert("RouteDown", "page", 120, 900, **CHAT)
KEPT = 95 * 60


def ticket(start: float, end: float, **labels: str) -> AlertInterval:
    """A ticket of a tenant whose requests fail."""
    return alert("TenantHighErrorRate", "ticket", start, end, **{**CHAT, "tenant_id": "a", **labels})


def with_inhibitors(platform: Platform, *alerts: AlertInterval) -> tuple[AlertInterval, ...]:
    """What is sent of these alerts."""
    return without_inhibited((*alerts, *inhibitor_intervals(alerts, ROUTING, platform)), ROUTING)


def test_an_inhibitor_fires_one_evaluation_later_and_95_minutes_longer(platform: Platform) -> None:
    """RouteDown fires from 120 to 900 s, its inhibitor from 150 to 900 + 5,700 s, for the same route and service."""
    (fires,) = inhibitor_intervals((DOWN,), ROUTING, platform)
    assert fires == alert("RouteDownInhibitor", "none", 150, 6_600, **CHAT)


def test_two_pages_within_95_minutes_are_one_interval(platform: Platform) -> None:
    """A second outage from 4,000 to 5,000 s continues it to 10,700 s; one of another route has its own."""
    second, other = replace(DOWN, start=4_000, end=5_000), alert("RouteDown", "page", 0, 60, route="/search")
    fires = inhibitor_intervals((DOWN, other, second), ROUTING, platform)
    assert [(each.labels["route"], each.start, each.end) for each in fires] == [
        ("/chat", 150, 10_700),
        ("/search", 30, 60 + KEPT),
    ]


def test_what_is_no_source_is_not_followed(platform: Platform) -> None:
    """A ticket of ErrorBudgetBurn and a page of cost have no inhibitor."""
    alerts = alert("ErrorBudgetBurn", "ticket", 0, 60, **CHAT), alert("HighAICosts", "page", 0, 60, tenant_id="a")
    assert inhibitor_intervals(alerts, ROUTING, platform) == ()


def test_tickets_that_outlast_an_outage_are_held_back(platform: Platform) -> None:
    """A ticket that ends 30 minutes after the outage is not sent. One that still fires when the inhibitor ends is sent
    then; one of another route, or of another cluster, is sent at once. Nobody is notified of the inhibitor."""
    other_route, other_cluster = ticket(400, 2_700, route="/search"), ticket(400, 2_700, cluster="east")
    assert with_inhibitors(platform, DOWN, ticket(400, 2_700), other_route, other_cluster) == (
        DOWN,
        other_route,
        other_cluster,
    )
    assert with_inhibitors(platform, DOWN, ticket(400, 7_000)) == (DOWN, ticket(6_630, 7_000))


def test_a_disabled_inhibitor_holds_nothing_back(platform: Platform) -> None:
    """Without the inhibitions of inhibitors, the ticket is sent when the outage ends."""
    routing = replace(
        ROUTING,
        inhibitions=tuple(rule for rule in ROUTING.inhibitions if not any(each.follows for each in rule.source)),
    )
    assert inhibitor_intervals((DOWN,), routing, platform) == ()
    assert without_inhibited((DOWN, ticket(400, 2_700)), routing) == (DOWN, ticket(930, 2_700))


def test_a_page_within_the_group_wait_of_a_ticket_inhibits_it(platform: Platform) -> None:
    """Tickets wait for two minutes: one that begins 100 s before the page is not sent, one of 130 s before it is."""
    assert ROUTING.ticket.group_wait == minutes(2)
    late, early = ticket(20, 800), replace(ticket(-10, 800), labels={**ticket(0, 0).labels, "tenant_id": "b"})
    assert with_inhibitors(platform, DOWN, late, early) == (DOWN, early)


def test_an_inhibitor_is_neither_unexpected_nor_counted(platform: Platform) -> None:
    """A case with an outage has its page alone, and no ticket."""
    alerts = DOWN, ticket(400, 2_700)
    result = evaluate(run_with(outage(), *alerts, *inhibitor_intervals(alerts, ROUTING, platform)))
    assert result.passed, result.failures
    assert (result.shipped.pages, result.shipped.tickets, result.shipped.alerts) == (1, 0, 1)
