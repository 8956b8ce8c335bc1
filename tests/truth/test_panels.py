"""Panels show what happened: on real Prometheus every query of every panel returns the values of the simulated day."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import pytest

from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.ir.dashboard import PanelType, QueryTarget
from generator.rendering.promql import text
from generator.verify.simulation.population import models_in_use
from tests.truth.conftest import HOSTILE_TENANT, HOUR, OUTAGE, UNLISTED_TENANT, SimulatedDay
from tests.truth.dashboard_view import DashboardView, LabelSet, interpolate
from tests.truth.expected_values import Approximate, ResultValues
from tests.truth.panels import EMPTY, NOT_VERIFIED, PARTLY_EMPTY, VERIFIED
from tests.truth.shown import CURRENT, shown, values_by_labels, values_of

TIME_RANGES = ((24 * HOUR, 24 * HOUR), (17 * HOUR, 6 * HOUR), (OUTAGE + 20 * 60, None))
"""Ends in seconds after midnight, and lengths: the whole day, the afternoon, and a moment in the outage."""
SOME_ROUTES = {ROUTE.name: ("/chat", "/search"), SERVICE.name: ("worker-api",)}
SELECTIONS: dict[str, tuple[Mapping[str, tuple[str, ...]], ...]] = {
    "overview": ({}, SOME_ROUTES),
    "storage": ({}, SOME_ROUTES),
    "tenant": (
        {TENANT.name: ("com.rainbowsmokeofficial",)},
        {TENANT.name: (UNLISTED_TENANT,)},
        {TENANT.name: (HOSTILE_TENANT,)},
        {TENANT.name: (HOSTILE_TENANT,), **SOME_ROUTES},
    ),
}
STEP_SECONDS = 300


def views(day: SimulatedDay, dashboard: str) -> Iterator[DashboardView]:
    """Yield a dashboard at every time range, with all values and with some values selected."""
    generating, embedding = models_in_use(day.simulation.plan.platform)
    some_models = {MODEL.name: (generating[0], embedding[1])}
    of_ai: tuple[Mapping[str, tuple[str, ...]], ...] = (
        {},
        some_models,
        {TENANT.name: (HOSTILE_TENANT,)},
        {TENANT.name: ("com.rainbowsmokeofficial", UNLISTED_TENANT), **some_models},
    )
    for end, length in TIME_RANGES:
        for selected in SELECTIONS.get(dashboard, of_ai):
            from_counters = TENANT.name in selected
            yield DashboardView(day.simulation, day.midnight + end, length, selected, from_counters)


def differences(result: Mapping[LabelSet, float], expected: ResultValues) -> list[str]:
    """Return where a result differs from the expected one; a missing series has the value 0."""
    zero, problems = Approximate(0, 0), []
    for labels in sorted({*result, *expected}):
        approximate, value = expected.get(labels, zero), result.get(labels, 0.0)
        if not abs(value - approximate.value) <= approximate.tolerance + 1e-9:
            problems.append(
                f"{dict(labels)}: got {value:g}, expected {approximate.value:g} ± {approximate.tolerance:g}"
            )
    return problems


def test_every_panel_is_either_verified_or_listed(day: SimulatedDay) -> None:
    """Each panel is in exactly one of the lists, and the lists name only panels that exist."""
    assert sorted([*VERIFIED, *NOT_VERIFIED]) == sorted(day.panels)


@pytest.mark.parametrize("name", VERIFIED)
def test_a_panel_shows_what_happened(day: SimulatedDay, name: str) -> None:
    """At every time range and for every selection each query returns the expected values and no other series."""
    dashboard, panel = name.partition("/")[0], day.panels[name]
    assert len(panel.targets) == len(VERIFIED[name])
    problems = []
    for view in views(day, dashboard):
        for target, expected in zip(panel.targets, VERIFIED[name], strict=True):
            if expected is None:
                continue
            expression = text(target.complete)
            if view.range_seconds is None and "$__r" in expression:
                continue
            query = interpolate(expression, view, day.variables(dashboard))
            result = values_of(panel, values_by_labels(day.prometheus.query(query, view.time)))
            where = f"{(view.time - day.midnight) / HOUR:g} h, {target.ref}, {dict(view.selected)}"
            problems += [f"{where}: {difference}" for difference in differences(result, expected(view))]
    assert problems == []


@pytest.mark.parametrize("name", [*VERIFIED, *NOT_VERIFIED])
def test_a_panel_has_results(day: SimulatedDay, name: str) -> None:
    """Each query returns series at some time of the day, and never NaN but in the cells of a table without a number. A
    panel that is empty has none."""
    dashboard = name.partition("/")[0]
    selected = SELECTIONS.get(dashboard, ({},))[0]
    view = DashboardView(day.simulation, day.midnight + 24 * HOUR, HOUR, selected)
    results: dict[str, list[float]] = {}
    for target in day.panels[name].targets:
        query = interpolate(text(target.expression), view, day.variables(dashboard))
        result = day.prometheus.query_range(query, day.midnight + HOUR, view.time, STEP_SECONDS)
        values = [float(value) for series in result for _, value in series["values"]]
        numbers = [value for value in values if not math.isnan(value)]
        has_empty_cells = day.panels[name].type is PanelType.TABLE and target.ref != "A"
        assert len(numbers) == len(values) or has_empty_cells, (target.ref, query)
        results.setdefault(target.ref, []).extend(numbers)
    empty = tuple(results) if name in EMPTY else PARTLY_EMPTY.get(name, ())
    assert tuple(ref for ref, values in results.items() if not values) == empty


def test_differences_are_found() -> None:
    """A value 2 % off, a missing series, an additional one and NaN are differences; half a percent off is not."""
    expected: ResultValues = {(("route", "/chat"),): Approximate(100, 1)}
    assert differences({(("route", "/chat"),): 100.5}, expected) == []
    assert len(differences({(("route", "/chat"),): 102}, expected)) == 1
    assert len(differences({}, expected)) == 1
    assert len(differences({(("route", "/chat"),): 100, (("route", "/x"),): 3}, expected)) == 1
    assert len(differences({(("route", "/chat"),): math.nan}, expected)) == 1


def current_panels(day: SimulatedDay) -> Iterator[tuple[str, int, QueryTarget]]:
    """Every verified query of a panel that shows current values, with the panel's name and the query's position. A
    panel over the whole time range shows no current value."""
    for name in VERIFIED:
        panel = day.panels[name]
        for index, target in enumerate(panel.targets if panel.type in CURRENT else ()):
            if "$__range" not in text(target.expression):
                yield name, index, target


@pytest.mark.parametrize("hours", [1, 6, 24, 7 * 24])
def test_current_values_are_those_at_the_end_of_the_range(day: SimulatedDay, hours: int) -> None:
    """Twenty minutes into an outage, a stat, a bar and a cell show it, whether the range is an hour or a week."""
    problems = []
    for name, index, target in current_panels(day):
        dashboard = name.partition("/")[0]
        selected = SELECTIONS.get(dashboard, ({},))[0]
        view = DashboardView(day.simulation, day.midnight + OUTAGE + 20 * 60, None, selected, dashboard == "tenant")
        result = values_of(day.panels[name], shown(day, target, view, dashboard, hours * HOUR))
        expected = VERIFIED[name][index]
        assert expected is not None, "every query of a panel of current values is verified"
        problems += [f"{name}: {each}" for each in differences(result, expected(view))]
    assert problems == []
