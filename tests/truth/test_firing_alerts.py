"""The trend of firing alerts counts what Prometheus says of each alert, and is 0 only where Watchdog fires."""

from __future__ import annotations

from collections import Counter

from contract.labels import SEVERITY
from generator.rendering.promql import text
from tests.truth.conftest import HOUR, OUTAGE, SimulatedDay
from tests.truth.dashboard_view import DashboardView, interpolate

STEP = 300
"""Seconds."""
SEVERITIES = ("page", "ticket")
"""In the order of the panel's queries."""


def trend(day: SimulatedDay, start: int, end: int) -> tuple[dict[float, int], ...]:
    """The points of each query of the trend between two times: the number of alerts at each time."""
    view = DashboardView(day.simulation, end, end - start, {})
    series_points = []
    for target in day.panels["overview/firing_over_time"].targets:
        query = interpolate(text(target.expression), view, day.variables("overview"))
        result = day.prometheus.query_range(query, start, end, STEP)
        series_points.append({float(time): int(value) for series in result for time, value in series["values"]})
    return tuple(series_points)


def counted(day: SimulatedDay, start: int, end: int) -> tuple[dict[float, int], ...]:
    """What the trend should be: the alerts of each severity, counted one by one, at the times when Watchdog fires."""
    result = day.prometheus.query_range('ALERTS{alertstate="firing"}', start, end, STEP)
    firing = Counter((float(time), each["metric"][SEVERITY.name]) for each in result for time, _ in each["values"])
    watchdog = [each for each in result if each["metric"]["alertname"] == "Watchdog"]
    alive = [float(time) for each in watchdog for time, _ in each["values"]]
    return tuple({time: firing[time, severity] for time in alive} for severity in SEVERITIES)


def test_the_trend_counts_pages_and_tickets(day: SimulatedDay) -> None:
    """At every five minutes of the day it has the number of alerts that fire then; Watchdog, of severity none, is not
    one of them. There are no pages before the outage, and some in it."""
    start, end = day.midnight + HOUR, day.midnight + 24 * HOUR
    pages, tickets = trend(day, start, end)
    assert (pages, tickets) == counted(day, start, end)
    in_outage = range(day.midnight + OUTAGE + 1200 - OUTAGE % STEP, day.midnight + OUTAGE + 2400 - OUTAGE % STEP, STEP)
    assert all(pages[time] > 0 for time in in_outage)
    assert 0 in pages.values()
    assert any(tickets.values())


def test_the_trend_is_absent_where_alerting_is_not_known_to_work(day: SimulatedDay) -> None:
    """From the time on when no rule is evaluated any more it has no points, and in particular no 0."""
    end = day.midnight + 24 * HOUR
    assert trend(day, end + STEP * 2, end + HOUR) == ({}, {})
