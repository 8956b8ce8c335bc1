"""A run is compared with its case: alerts in time, late, missing and unexpected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.verify.backtest.case import AlertSelector
from generator.verify.backtest.result import NotificationSummary, evaluate, format_time
from generator.verify.notified.notifications import AlertInterval
from tests.verify.backtest.examples import alert, outage, run_with

DOWN = alert("RouteDown", "page", 150, 660, route="/chat", service="worker-api")


def test_an_alert_before_its_deadline_passes() -> None:
    """An alert that fires after 150 of 180 s, and ends 60 s after the outage, passes with one page."""
    result = evaluate(run_with(outage(), DOWN))
    assert result.passed
    assert (result.detections[0].detected, result.detections[0].resolved, result.shipped.pages) == (150, 60, 1)


def test_an_alert_after_its_deadline_fails() -> None:
    """The deadline is two minutes, and the alert fires after two and a half."""
    result = evaluate(run_with(outage(deadline=120), DOWN))
    assert result.failures == ("RouteDown (page) /chat: fired after 2.5 min, deadline 2 min",)


def test_an_alert_that_does_not_fire_fails() -> None:
    """A missing alert is a failure, and the alert of another route does not replace it."""
    other = alert("RouteDown", "page", 150, 660, route="/search", service="worker-api")
    assert evaluate(run_with(outage())).failures == ("RouteDown (page) /chat: did not fire",)
    assert not evaluate(run_with(outage(), other)).detections[0].in_time


def test_the_alert_of_a_tenant_does_not_replace_that_of_the_route() -> None:
    """An expected alert without a tenant does not match an alert with a tenant."""
    of_tenant = alert("RouteDown", "page", 150, 660, route="/chat", tenant_id="a")
    assert evaluate(run_with(outage(), of_tenant)).detections[0].detected is None


def test_an_alert_that_is_neither_expected_nor_allowed_fails() -> None:
    """A storage ticket that fires twice is a failure, unless the case allows it."""
    tickets = (alert("StorageErrors", "ticket", start, start + 60, store="kv") for start in (0, 300))
    run = run_with(outage(), DOWN, *tickets)
    assert evaluate(run).failures == ("StorageErrors (ticket) kv: fired 2 times, not expected",)
    allowed = (AlertSelector("StorageErrors", "ticket", {"store": "kv"}),)
    assert evaluate(run_with(outage(allowed=allowed), *run.shipped)).passed


def test_an_alert_that_fires_to_the_end_of_the_run_is_not_resolved() -> None:
    """The run ends 4,200 s after the incident's start, so an alert that fires until then has no time of resolution."""
    firing = alert("RouteDown", "page", 150, 4_200, route="/chat")
    assert evaluate(run_with(outage(), firing)).detections[0].resolved is None


def test_pages_and_tickets_are_counted_separately() -> None:
    """Two firings of a page ten minutes apart are two pages, and the baseline has its own counts."""
    baseline = (alert("BaselineErrorRate", "page", 330, 800, tenant_id="a", route="/chat"),)
    second = alert("RouteDown", "page", 1_260, 1_320, route="/chat", service="worker-api")
    ticket = alert("TenantHighErrorRate", "ticket", 1_800, 2_100, tenant_id="a", route="/chat")
    result = evaluate(run_with(outage(), DOWN, second, ticket, baseline=baseline))
    assert result.shipped == NotificationSummary(first_page=150, first_ticket=1_800, pages=2, tickets=1, alerts=3)
    assert result.baseline == NotificationSummary(first_page=330, first_ticket=None, pages=1, tickets=0, alerts=1)
    assert not result.meets_page_target


def test_one_page_always_meets_the_page_target() -> None:
    """One page meets the target beside one baseline page; two pages miss it beside two, and meet it beside three."""

    def baseline(count: int) -> tuple[AlertInterval, ...]:
        return tuple(alert(f"Baseline{number}", "page", 330, 800, route="/chat") for number in range(count))

    other = alert("RouteDown", "page", 150, 660, route="/search", service="worker-api")
    assert evaluate(run_with(outage(), DOWN, baseline=baseline(1))).meets_page_target
    assert not evaluate(run_with(outage(), DOWN, other, baseline=baseline(2))).meets_page_target
    assert evaluate(run_with(outage(), DOWN, other, baseline=baseline(3))).meets_page_target
    assert evaluate(run_with(outage(), DOWN, other)).meets_page_target


@pytest.mark.parametrize(("page", "ticket", "later"), [
    (150, 0, (False, True)), (120, 150, (True, False)), (120, 120, (True, True)), (180, 180, (False, False)),
])  # fmt: skip
def test_a_notification_later_than_sloth_fails(page: float, ticket: float, later: tuple[bool, bool]) -> None:
    """A page of sloth at the same time or later is no failure; our page at 150 s counts against sloth's ticket too."""
    sloth = (alert("Sloth", "page", page, 600, route="/chat"), alert("Sloth", "ticket", ticket, 600, route="/chat"))
    result = evaluate(run_with(outage(), DOWN, sloth=sloth))
    assert result.later_than_sloth == later
    assert result.passed == (not any(later))


def test_a_case_without_expected_alerts_is_not_compared_with_sloth() -> None:
    """A page of sloth during a short disturbance is no failure of the shipped rules."""
    disturbance = replace(outage(), expected=())
    assert evaluate(run_with(disturbance, sloth=(alert("Sloth", "page", 60, 120, route="/chat"),))).passed


def test_times_are_in_minutes_and_then_in_hours() -> None:
    """Times below three hours are in minutes, longer ones in hours."""
    assert [format_time(30), format_time(150), format_time(129_600)] == ["0.5 min", "2.5 min", "36.0 h"]
