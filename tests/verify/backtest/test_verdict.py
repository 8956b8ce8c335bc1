"""Runs are judged: in time, late, never, and what must not be told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.verify.backtest.case import Alarm
from generator.verify.backtest.notifications import Firing
from generator.verify.backtest.verdict import Heard, judged, minutes
from tests.verify.backtest.made import firing, heard, outage

DOWN = firing("RouteDown", "page", 150, 660, route="/chat", service="worker-api")


def test_an_outage_told_in_time_passes() -> None:
    """Told after 150 of 180 seconds, over a minute after the outage of ten: nothing is missed, one page."""
    verdict = judged(heard(outage(), DOWN))
    assert verdict.passed
    assert (verdict.told[0].after, verdict.told[0].resolved, verdict.shipped.pages) == (150, 60, 1)


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
    """Two firings of a page with ten minutes between are two pages; the static thresholds are counted by themselves."""
    static = (firing("StaticErrorRate", "page", 330, 800, tenant_id="a", route="/chat"),)
    again = firing("RouteDown", "page", 1_260, 1_320, route="/chat", service="worker-api")
    ticket = firing("HighErrorRate", "ticket", 1_800, 2_100, tenant_id="a", route="/chat")
    verdict = judged(heard(outage(), DOWN, again, ticket, static=static))
    assert verdict.shipped == Heard(first_page=150, first_ticket=1_800, pages=2, tickets=1, alerts=3)
    assert verdict.static == Heard(first_page=330, first_ticket=None, pages=1, tickets=0, alerts=1)
    assert not verdict.calmer


def test_one_page_is_the_least_that_an_outage_needs() -> None:
    """One page beside one of the static thresholds is calm enough; two beside two are not, beside three they are."""

    def static(count: int) -> tuple[Firing, ...]:
        return tuple(firing(f"Static{number}", "page", 330, 800, route="/chat") for number in range(count))

    other = firing("RouteDown", "page", 150, 660, route="/search", service="worker-api")
    assert judged(heard(outage(), DOWN, static=static(1))).calmer
    assert not judged(heard(outage(), DOWN, other, static=static(2))).calmer
    assert judged(heard(outage(), DOWN, other, static=static(3))).calmer
    assert judged(heard(outage(), DOWN, other)).calmer


@pytest.mark.parametrize(("page", "ticket", "slower"), [
    (150, 0, (False, True)), (120, 150, (True, False)), (120, 120, (True, True)), (180, 180, (False, False)),
])  # fmt: skip
def test_what_sloth_tells_sooner_is_a_miss(page: float, ticket: float, slower: tuple[bool, bool]) -> None:
    """Its page at the same moment or later is none; its ticket is beaten by our page at 150 as well as by a ticket."""
    peer = (firing("Sloth", "page", page, 600, route="/chat"), firing("Sloth", "ticket", ticket, 600, route="/chat"))
    verdict = judged(heard(outage(), DOWN, peer=peer))
    assert verdict.slower == slower
    assert verdict.passed == (not any(slower))


def test_where_nothing_is_due_nothing_comes_late() -> None:
    """What sloth tells of a blip is not ours to match."""
    blip = replace(outage(), due=())
    assert judged(heard(blip, peer=(firing("Sloth", "page", 60, 120, route="/chat"),))).passed


def test_times_are_said_in_minutes_then_in_hours() -> None:
    """Half a minute, two and a half, and a day and a half."""
    assert [minutes(30), minutes(150), minutes(129_600)] == ["0.5 min", "2.5 min", "36.0 h"]
