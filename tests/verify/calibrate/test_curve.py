"""A curve and its suggestion, worked out by hand."""

from __future__ import annotations

import pytest

from generator.dsl.platform import Platform
from generator.verify.calibrate.curve import WEEK, Curve, curve
from generator.verify.rehearse.incident_file import KnownIncident
from tests.verify.rehearse.summaries import NOON, firings, summary_of

CHAT = {"route": "/chat", "service": "worker-api"}
OUTAGE = KnownIncident(NOON, NOON + 1_200, "outage", {"route": "/chat"})
DAY = 86_400


def tickets(platform: Platform, *days: int) -> Curve:
    """A curve of 5, at which there are tickets at noon of these days, of 10 with the first two, and of 20 with none;
    the outage is on day 0."""
    listed = {5.0: days, 10.0: days[:2], 20.0: ()}
    summaries = {
        each: summary_of(
            platform,
            firings("TenantHighErrorRate", "ticket", *_at_noon(own), tenant_id="a", **CHAT),
            firings("Watchdog", "none", (NOON, NOON + DAY)),
            firings("RouteHighLatency", "page", (NOON + 2 * DAY, NOON + 2 * DAY + 600), **CHAT),
        )
        for each, own in listed.items()
    }
    return curve(summaries, [OUTAGE], 5, WEEK, 1)


def _at_noon(days: tuple[int, ...]) -> list[tuple[float, float]]:
    return [(NOON + day * DAY, NOON + day * DAY + 1_800) for day in days]


def suggested(result: Curve) -> float | None:
    """The value that is suggested."""
    return None if result.suggestion is None else result.suggestion.value


def test_a_point_counts_what_depends_on_the_threshold(platform: Platform) -> None:
    """Of four tickets one is about the outage, three are false. The page fires at every value, so it is no part of the
    curve; of the outage nobody is notified at 20."""
    points = tickets(platform, 0, 1, 2, 3).points
    assert [(point.value, point.false, len(point.missed)) for point in points] == [(5, 3, 0), (10, 1, 0), (20, 0, 1)]
    assert points[0].alerts == {"TenantHighErrorRate (ticket)": (4, 4)}
    assert points[2].alerts == {"TenantHighErrorRate (ticket)": (0, 0)}


def test_the_suggestion_is_the_nearest_acceptable_value(platform: Platform) -> None:
    """5 has three false tickets a week, 20 misses the outage: 10. With one false ticket, 5 stays."""
    assert suggested(tickets(platform, 0, 1, 2, 3)) == 10
    assert suggested(tickets(platform, 0, 1)) == 5


def test_an_incident_that_no_value_detects_counts_for_none(platform: Platform) -> None:
    """No ticket is about the outage: 5 has four false ones, 10 has two, and 20 has none and misses no more than they
    do."""
    assert suggested(tickets(platform, 1, 2, 3, 4)) == 20


@pytest.mark.parametrize("limit", [0, 0.5])
def test_no_value_may_be_acceptable(platform: Platform, limit: float) -> None:
    """10 has a false ticket a week, 5 three, and 20 misses the outage."""
    points = tickets(platform, 0, 1, 2, 3).points
    assert suggested(Curve(points, 5, 1, limit)) is None
