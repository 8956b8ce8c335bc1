"""Samples become firings, and what the shipped Alertmanager finds needless reaches nobody."""

from __future__ import annotations

from generator.rendering.alertmanager import Pace
from generator.verify.backtest.notifications import Firing, audible, notifications, spans
from tests.verify.backtest.made import firing

CHAT = {"route": "/chat", "service": "worker-api"}


def test_samples_an_interval_apart_are_one_firing() -> None:
    """Three samples in a row are one span; after a gap of two intervals there is another."""
    times = (0, 30, 60, 120)
    assert spans(times, times, 30) == ((0, 60), (120, 120))
    assert spans((), (), 30) == ()


def test_what_only_waits_has_not_fired() -> None:
    """An alert whose condition is so from 0 on fires from 60 on; one that ends sooner never does."""
    assert spans((60, 90), (0, 30, 60, 90), 30) == ((60, 90),)
    assert spans((), (0, 30), 30) == ()


def test_an_alert_lingers_through_a_pause_that_is_no_longer() -> None:
    """With five minutes: so until 60 and from 390 on, when it would have ended, it fired all along, to 750; from 420 on
    it is a second time, that waits first."""
    assert spans((0, 30, 60), (0, 30, 60, 390, 420, 450), 30, 300) == ((0, 750),)
    assert spans((0, 30, 60, 480), (0, 30, 60, 420, 450, 480), 30, 300) == ((0, 360), (480, 780))


def test_what_an_outage_explains_is_not_told() -> None:
    """While a route is down, that it burns its budget is told to nobody; what another route says is."""
    down = firing("RouteDown", "page", 120, 900, **CHAT)
    burns = firing("ErrorBudgetBurn", "page", 300, 900, **CHAT)
    other = firing("ErrorBudgetBurn", "page", 300, 900, route="/search", service="worker-api")
    assert audible((down, burns, other)) == (down, other)


def test_what_outlasts_its_cause_is_told_from_then_on() -> None:
    """A budget that still burns when the route is up again is told a step after the outage's last sample."""
    down = firing("RouteDown", "page", 120, 900, **CHAT)
    burns = firing("ErrorBudgetBurn", "page", 300, 1_200, **CHAT)
    assert audible((down, burns)) == (down, firing("ErrorBudgetBurn", "page", 930, 1_200, **CHAT))


def test_what_began_before_its_cause_is_told() -> None:
    """An alert that fires before the route is down has reached a person by then."""
    down = firing("RouteDown", "page", 120, 900, **CHAT)
    early = firing("HighErrorRate", "page", 60, 900, **CHAT)
    assert audible((down, early)) == (down, early)


def test_one_tenants_alert_hides_no_others() -> None:
    """RouteDown with a tenant would be no whole route: it makes nothing needless."""
    odd = firing("RouteDown", "page", 0, 900, tenant_id="a", **CHAT)
    burns = firing("ErrorBudgetBurn", "page", 300, 600, **CHAT)
    assert audible((odd, burns)) == (odd, burns)


def test_a_route_that_fails_says_for_its_budget() -> None:
    """Who was woken by HighErrorRate needs no second page by ErrorBudgetBurn, while that goes on."""
    fails = firing("HighErrorRate", "page", 390, 4_200, **CHAT)
    burns = firing("ErrorBudgetBurn", "page", 600, 3_900, **CHAT)
    assert audible((fails, burns)) == (fails,)


PACE = Pace("15s", "1m", "1h")


def _alarms(*spans: tuple[float, float], route: str = "/chat") -> tuple[Firing, ...]:
    return tuple(firing("A", "page", *span, route=route, tenant_id=f"t{start}") for start, span in enumerate(spans))


def test_what_begins_together_is_told_once_for_each_route() -> None:
    """Two tenants within the 15 seconds of a group's wait are one notification; another route is a group of its own."""
    assert notifications(_alarms((0, 600), (10, 600)), PACE) == 1
    assert notifications((*_alarms((0, 600), (10, 600)), *_alarms((0, 600), route="/search")), PACE) == 2
    assert notifications((), PACE) == 0


def test_what_joins_a_group_is_told_at_its_next_interval() -> None:
    """At 15 one is told, at 75 those of 30 and 60 together; the one of 80 at 135."""
    assert notifications(_alarms((0, 600), (30, 600), (60, 600)), PACE) == 2
    assert notifications(_alarms((0, 600), (30, 600), (60, 600), (80, 600)), PACE) == 3


def test_what_ends_before_it_is_told_is_not() -> None:
    """Ten seconds are shorter than a group's wait; what comes after the group has ended opens another."""
    assert notifications(_alarms((0, 10)), PACE) == 0
    assert notifications(_alarms((0, 30), (900, 960)), PACE) == 2
