"""Runs are judged: in time, late, never, and what must not be told."""

from __future__ import annotations

from generator.backtest.case import Alarm
from generator.backtest.verdict import judged, minutes
from tests.backtest.made import firing, heard, outage

DOWN = firing("RouteDown", "page", 150, 660, route="/chat", service="worker-api")


def test_an_outage_told_in_time_passes() -> None:
    """Told after 150 of 180 seconds, over a minute after the outage of ten: nothing is missed, one page."""
    verdict = judged(heard(outage(), DOWN))
    assert verdict.passed
    assert (verdict.told[0].after, verdict.told[0].resolved, verdict.pages) == (150, 60, 1)


def test_one_told_late_is_missed() -> None:
    """Due within two minutes and told after two and a half."""
    verdict = judged(heard(outage(within=120), DOWN))
    assert verdict.misses == ("RouteDown (page) /chat: told after 2.5 min, due within 2 min",)


def test_one_never_told_is_missed() -> None:
    """Silence during an outage is a miss, and another route's alert does not stand in for it."""
    other = firing("RouteDown", "page", 150, 660, route="/search", service="worker-api")
    assert judged(heard(outage())).misses == ("RouteDown (page) /chat: never told",)
    assert not judged(heard(outage(), other)).told[0].in_time


def test_a_tenants_alert_does_not_stand_in_for_the_routes() -> None:
    """An alarm that asks for no tenant is not said by one that names a tenant."""
    of_one = firing("RouteDown", "page", 150, 660, route="/chat", tenant_id="a")
    assert judged(heard(outage(), of_one)).told[0].after is None


def test_what_is_neither_due_nor_allowed_is_wrong() -> None:
    """A ticket about a store is wrong here, told twice; where it may be told, it is not."""
    stores = (firing("StorageErrors", "ticket", start, start + 60, store="kv") for start in (0, 300))
    run = heard(outage(), DOWN, *stores)
    assert judged(run).misses == ("StorageErrors (ticket) kv: told 2 times and should not be",)
    may = (Alarm("StorageErrors", "ticket", {"store": "kv"}),)
    assert judged(heard(outage(may=may), *run.shipped)).passed


def test_one_that_fires_to_the_end_is_not_resolved() -> None:
    """The run ends 4,200 s after the incident's start: what fires until then has no time of resolution."""
    assert judged(heard(outage(), firing("RouteDown", "page", 150, 4_200, route="/chat"))).told[0].resolved is None


def test_pages_and_tickets_are_counted_apart() -> None:
    """Two firings of a page are two pages; the static thresholds are counted by themselves."""
    static = (firing("StaticErrorRate", "page", 330, 800, tenant_id="a", route="/chat"),)
    again = firing("RouteDown", "page", 900, 960, route="/chat", service="worker-api")
    ticket = firing("HighErrorRate", "ticket", 1_200, 1_260, tenant_id="a", route="/chat")
    verdict = judged(heard(outage(), DOWN, again, ticket, static=static))
    assert (verdict.pages, verdict.tickets, verdict.static_pages, verdict.static_after) == (2, 1, 1, 330)


def test_times_are_said_in_minutes_then_in_hours() -> None:
    """Half a minute, two and a half, and a day and a half."""
    assert [minutes(30), minutes(150), minutes(129_600)] == ["0.5 min", "2.5 min", "36.0 h"]
