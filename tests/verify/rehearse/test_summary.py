"""What firings mean for people: notifications as Alertmanager groups and inhibits them, receivers, nights, tenants."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from generator.dsl.platform import Platform
from tests.verify.rehearse.summaries import NIGHT, NOON, START, firings, summary_of

CHAT = {"route": "/chat", "service": "worker-api"}


def test_tenants_of_a_route_share_a_ticket(platform: Platform) -> None:
    """Two tenants fail at noon for half an hour: two firings, one ticket; the day after one of them, for a minute less
    than the group waits: a firing and no ticket. Each lasts until the evaluation 30 s after its last one."""
    summary = summary_of(
        platform,
        firings("TenantHighErrorRate", "ticket", (NOON, NOON + 1_800), tenant_id="a", **CHAT),
        firings("TenantHighErrorRate", "ticket", (NOON + 60, NOON + 1_830), tenant_id="b", **CHAT),
        firings("TenantHighErrorRate", "ticket", (NOON + 86_400, NOON + 86_460), tenant_id="b", **CHAT),
    )
    (alert,) = summary.alerts
    assert (len(alert.firings), alert.notified) == (3, (NOON,))
    assert alert.durations == (90, 1_830)
    assert alert.tenants == [("b", 2), ("a", 1)]
    (receiver,) = summary.receivers
    assert (receiver.receiver, receiver.days, receiver.nights) == ("ticket platform", {"2026-11-12": 1}, ())


def test_a_page_at_night_wakes_somebody(platform: Platform) -> None:
    """02:00 UTC is in the night that began on the 11th; 12:00 is in none. In Tokyo, 02:00 UTC is 11:00 on the 12th, and
    12:00 is 21:00. Of two pages in a night one night is woken."""
    down = firings(
        "RouteDown", "page", (NIGHT, NIGHT + 600), (NIGHT + 7_200, NIGHT + 7_800), (NOON, NOON + 600), **CHAT
    )
    (receiver,) = summary_of(platform, down).receivers
    assert (receiver.days, receiver.nights) == ({"2026-11-12": 3}, ("2026-11-11",))
    assert summary_of(platform, down, zone=ZoneInfo("Asia/Tokyo")).nights == ()


def test_an_inhibited_alert_fires_and_is_not_sent(platform: Platform) -> None:
    """RouteDown inhibits ErrorBudgetBurn of its route while it lasts."""
    summary = summary_of(
        platform,
        firings("RouteDown", "page", (NOON, NOON + 900), **CHAT),
        firings("ErrorBudgetBurn", "page", (NOON + 60, NOON + 600), **CHAT),
    )
    burn, down = summary.alerts
    assert (len(burn.firings), burn.sent, burn.notified) == (1, (), ())
    assert down.notified == (NOON,)


def test_what_began_before_the_start_is_not_counted_again(platform: Platform) -> None:
    """An alert that fires at the start is a firing without a notification; one that ended before is none."""
    down = firings("RouteDown", "page", (START - 7_200, START - 3_600), (START - 600, START + 600), **CHAT)
    (alert,) = summary_of(platform, down).alerts
    assert (len(alert.firings), alert.notified) == (1, ())


def test_an_alert_that_was_not_rehearsed_has_a_reason(platform: Platform) -> None:
    """It is not among those that did not fire."""
    summary = summary_of(platform, firings("RouteDown", "page"), reasons=["HighAICosts"])
    assert [each.title for each in summary.alerts] == ["RouteDown (page)"]
    assert summary.not_rehearsed == {"HighAICosts (page)": "why"}
