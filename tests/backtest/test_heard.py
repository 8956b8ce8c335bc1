"""Samples become firings, and what the shipped Alertmanager finds needless reaches nobody."""

from __future__ import annotations

from generator.backtest.heard import audible, spans
from tests.backtest.made import firing

CHAT = {"route": "/chat", "service": "worker-api"}


def test_samples_an_interval_apart_are_one_firing() -> None:
    """Three samples in a row are one span; after a gap of two intervals there is another."""
    assert spans((0, 30, 60, 120), 30) == ((0, 60), (120, 120))
    assert spans((), 30) == ()


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
