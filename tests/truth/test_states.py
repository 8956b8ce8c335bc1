"""Where there is no value, a panel of current values says which of four states holds: dead, unknown, quiet or zero."""

from __future__ import annotations

from collections.abc import Mapping

from contract.labels import TENANT
from generator.ir.dashboard import Colour, PanelSpec, PanelType
from tests.truth.conftest import HOUR, SimulatedDay
from tests.truth.dashboard_view import DashboardView
from tests.truth.shown import displayed, shown

WEEK = 7 * 24 * HOUR
STATES = (PanelType.STAT, PanelType.GAUGE, PanelType.BAR_GAUGE)
NOBODY = {TENANT.name: ("nobody",)}
"""A tenant without a request."""


def answers(
    day: SimulatedDay, name: str, seconds: int, selected: Mapping[str, tuple[str, ...]] | None = None
) -> set[tuple[str, Colour]]:
    """What a panel shows so many seconds after midnight."""
    dashboard = name.partition("/")[0]
    view = DashboardView(day.simulation, day.midnight + seconds, None, selected or {}, dashboard == "tenant")
    (target,) = day.panels[name].targets
    return displayed(day.panels[name], shown(day, target, view, dashboard, WEEK))


def with_states(day: SimulatedDay) -> dict[str, PanelSpec]:
    """The panels of current values that say in which state they are; bars of buckets are those of the whole range."""
    return {name: panel for name, panel in day.panels.items() if panel.type in STATES and panel.states}


def test_a_minute_after_the_last_sample_there_are_values(day: SimulatedDay) -> None:
    """The telemetry is not stale yet: the error rate is that of the last five minutes."""
    ((text, _),) = answers(day, "overview/errors_now", 24 * HOUR + 60)
    assert float(text) < 0.1


def test_an_hour_after_the_last_sample_every_panel_is_dead(day: SimulatedDay) -> None:
    """No panel shows a value, a zero or "No traffic", whatever its window is and over a week too: they say in red that
    there is no telemetry, and those of alerts that Watchdog does not fire."""
    shown_texts = {name: answers(day, name, 25 * HOUR) for name in with_states(day)}
    alerting = {name for name in shown_texts if name in ("overview/pages", "overview/tickets")}
    freshness = {name for name in shown_texts if name.endswith("/telemetry")}
    assert len(alerting) == 2
    expected = {name: {("No telemetry", Colour.CRITICAL)} for name in shown_texts}
    expected |= {name: {("Watchdog not firing", Colour.CRITICAL)} for name in alerting}
    for name in freshness:
        ((text, _),) = shown_texts.pop(name)
        assert 1000 * (day.midnight + 24 * HOUR) - float(text) <= 15_000
        del expected[name]
    assert shown_texts == expected


def test_a_year_later_there_is_no_time_of_the_newest_sample(day: SimulatedDay) -> None:
    """Its search ends after a day, which the stat names."""
    assert answers(day, "overview/telemetry", 365 * 24 * HOUR) == {("24 hours", Colour.CRITICAL)}


def test_a_tenant_without_requests_has_no_traffic(day: SimulatedDay) -> None:
    """Telemetry arrives, so that nothing happened is known: in neutral words, and never as 0."""
    names = [name for name in with_states(day) if name.startswith("tenant/") and not name.endswith("/telemetry")]
    assert names
    for name in names:
        ((text, colour),) = answers(day, name, 12 * HOUR, NOBODY)
        # A percentile of no request has fewer than its minimum.
        wording = "Too few" if name.startswith("tenant/latency") else "No "
        assert (name, text[: len(wording)], colour) == (name, wording, Colour.PLAIN)


def test_a_zero_is_green(day: SimulatedDay) -> None:
    """Queries without a failed one have a value, 0, in the colour of a good one."""
    assert answers(day, "storage/vectorize_errors_now", 12 * HOUR) == {("0", Colour.OK)}


def test_no_answer_is_unknown(day: SimulatedDay) -> None:
    """Every query has a result while Prometheus answers: without any, the data source failed."""
    for panel in with_states(day).values():
        assert displayed(panel, {}) == {("Unknown", Colour.UNKNOWN)}
