"""Samples become alert intervals, inhibited alerts are left out, and notifications are counted as Alertmanager sends
them."""

from __future__ import annotations

from alerts.routing import ROUTING
from generator.dsl.routing import Route
from generator.dsl.units import hours, minutes, seconds
from generator.verify.notified.notifications import (
    AlertInterval,
    firing_intervals,
    notifications,
    without_inhibited,
)
from tests.verify.backtest.examples import alert

CHAT = {"route": "/chat", "service": "worker-api"}


def test_samples_one_interval_apart_are_one_firing() -> None:
    """Three samples in a row are one interval; a gap of two evaluation intervals starts another."""
    times = (0, 30, 60, 120)
    assert firing_intervals(times, times, 30) == ((0, 60), (120, 120))
    assert firing_intervals((), (), 30) == ()


def test_a_pending_alert_does_not_fire() -> None:
    """A pending alert fires from its first firing sample on; one that is only pending never fires."""
    assert firing_intervals((60, 90), (0, 30, 60, 90), 30) == ((60, 90),)
    assert firing_intervals((), (0, 30), 30) == ()


def test_an_alert_keeps_firing_through_a_gap_of_at_most_keep_firing_for() -> None:
    """With 300 s: active until 60 and from 390 on, the alert fires without a break to 750; active from 420 on, it
    resolves at 360 and fires again after `for`."""
    assert firing_intervals((0, 30, 60), (0, 30, 60, 390, 420, 450), 30, 300) == ((0, 750),)
    assert firing_intervals((0, 30, 60, 480), (0, 30, 60, 420, 450, 480), 30, 300) == ((0, 360), (480, 780))


def test_an_outage_inhibits_the_burn_rate_of_its_route() -> None:
    """RouteDown inhibits ErrorBudgetBurn of the same route, but not of another route."""
    down = alert("RouteDown", "page", 120, 900, **CHAT)
    burn = alert("ErrorBudgetBurn", "page", 300, 900, **CHAT)
    other = alert("ErrorBudgetBurn", "page", 300, 900, route="/search", service="worker-api")
    assert without_inhibited((down, burn, other), ROUTING) == (down, other)


def test_an_alert_that_outlasts_its_source_starts_when_the_source_ends() -> None:
    """An inhibited alert that fires longer than its source starts one step after the source's last sample."""
    down = alert("RouteDown", "page", 120, 900, **CHAT)
    burn = alert("ErrorBudgetBurn", "page", 300, 1_200, **CHAT)
    assert without_inhibited((down, burn), ROUTING) == (down, alert("ErrorBudgetBurn", "page", 930, 1_200, **CHAT))


def test_an_alert_that_starts_before_its_source_is_not_inhibited() -> None:
    """Alertmanager has already sent an alert that fires before the route is down."""
    down = alert("RouteDown", "page", 120, 900, **CHAT)
    early = alert("RouteHighErrorRate", "page", 60, 900, **CHAT)
    assert without_inhibited((down, early), ROUTING) == (down, early)


def test_an_alert_of_one_tenant_inhibits_nothing() -> None:
    """TenantHighErrorRate does not cover the whole route, so it inhibits no other alert."""
    of_tenant = alert("TenantHighErrorRate", "ticket", 0, 900, tenant_id="a", **CHAT)
    burn = alert("ErrorBudgetBurn", "page", 300, 600, **CHAT)
    assert without_inhibited((of_tenant, burn), ROUTING) == (of_tenant, burn)


def test_a_high_error_rate_inhibits_the_burn_rate_page() -> None:
    """While RouteHighErrorRate pages for a route, ErrorBudgetBurn does not page for it too."""
    errors = alert("RouteHighErrorRate", "page", 390, 4_200, **CHAT)
    burn = alert("ErrorBudgetBurn", "page", 600, 3_900, **CHAT)
    assert without_inhibited((errors, burn), ROUTING) == (errors,)


ROUTE = Route(seconds(15), minutes(1), hours(1))


def _alerts(*intervals: tuple[float, float], route: str = "/chat") -> tuple[AlertInterval, ...]:
    return tuple(
        alert("A", "page", start, end, route=route, tenant_id=f"t{number}")
        for number, (start, end) in enumerate(intervals)
    )


def _sent(*alerts: AlertInterval) -> tuple[float, ...]:
    """The starts of the alerts that notifications are about."""
    return notifications(alerts, ROUTE, ROUTING.group_by)


def test_alerts_that_start_together_are_one_notification_per_route() -> None:
    """Two tenants within `group_wait` are one notification; another route is another group."""
    together = _alerts((0, 600), (10, 600))
    assert _sent(*together) == (0,)
    assert _sent(*together, *_alerts((5, 600), route="/search")) == (0, 5)
    assert _sent() == ()


def test_alerts_of_two_clusters_are_two_notifications() -> None:
    """Alertmanager groups by the platform and the cluster, too."""
    alerts = [alert("A", "page", 0, 600, platform="p", route="/chat", cluster=cluster) for cluster in ("east", "west")]
    assert _sent(*alerts) == (0, 0)


def test_an_alert_that_joins_a_group_is_sent_at_the_next_group_interval() -> None:
    """One notification at 15 s, one at 75 s for the alerts of 30 s and 60 s together, and one at 135 s for that of
    80 s."""
    assert _sent(*_alerts((0, 600), (30, 600), (60, 600))) == (0, 30)
    assert _sent(*_alerts((0, 600), (30, 600), (60, 600), (80, 600))) == (0, 30, 80)


def test_an_alert_that_ends_within_group_wait_is_not_sent() -> None:
    """An alert of ten seconds is not sent, alone or beside others; an alert after the group's end opens a new group."""
    assert _sent(*_alerts((0, 10))) == ()
    assert _sent(*_alerts((0, 10), (5, 600))) == (5,)
    assert _sent(*_alerts((0, 30), (900, 960))) == (0, 900)
