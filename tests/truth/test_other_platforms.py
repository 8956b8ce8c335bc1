"""On a platform with other names, every panel has data: in its past, which is coarser, and in its last hours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import yaml

from contract.api import HEARTBEAT, REQUESTS
from generator.config.load import load
from generator.ir.build import Compiled
from generator.ir.dashboard import PanelSpec, PanelType, QueryTarget
from generator.pipeline import TEST_PLATFORM, build
from generator.rendering.promql import text
from generator.verify.replay import PrometheusServer, history
from generator.verify.simulation.clock import DAY, Clock
from generator.verify.simulation.ground_truth import GroundTruth
from generator.verify.simulation.resolution import Resolution
from generator.verify.simulation.simulation import Simulation, simulate
from generator.view.preview.simulated_day import VISIBLE_SECONDS, simulated_day
from tests.truth.dashboard_view import DashboardView, interpolate
from tests.truth.panels import NO_SERVER, NOT_VERIFIED, NOTHING_MISSING

HOUR = 3_600
SERVICES = {
    "gateway": ["/v1/question", "/v1/lookup", "/v1/health"],
    "documents": ["/docs/upload", "/docs/list", "/docs/delete"],
    "billing": ["/usage", "/invoices"],
    "admin": ["/admin/tenants", "/admin/keys"],
    "jobs": ["/jobs/start", "/jobs/state"],
}
SLOW_ROUTES = {"/v1/question": 10_000, "/docs/upload": 5_000}
TENANTS = {f"customer-{number}": {"tokens_per_day": 20_000_000 // number} for number in (1, 2, 3)}
DETAILED_HOURS = 2
SHORTEST_WINDOW = 75
"""Seconds: the shortest `$__rate_interval` of a graph of a day, whose points are a minute apart."""
AGAINST_A_WEEK_AGO = (
    *("overview/cost_change", "overview/cost_against_week", "overview/cost_movers"),
    *("storage/cost_change", "storage/cost_against_week"),
    *("tenant/cost_change", "tenant/cost_against_week"),
    "ai/dollars_against_week",
)
WITHOUT_DATA = {
    "ai/tokens_without_price": "the simulated tenants use only models that have a price",
    "tenant/error_share": "no tenant has few requests that fail too often to be chance: longer windows show nothing",
    "tenant/ai_error_share": "no tenant has few calls to a model that fail too often to be chance, or near it",
    "tenant/slow_requests": "no tenant has few requests that are slow too often to be chance, or near it",
    "overview/day_forecast": "the day will cost less than a quarter of its budget, whose line is not drawn",
    **dict.fromkeys(
        ("overview/month_forecast", "storage/month_forecast", "ai/month_forecast"),
        "the month costs less than a quarter of its budget, whose line is not drawn",
    ),
    "tenant/month_forecast": "the selected tenant costs less than a quarter of its budget, whose line is not drawn",
    "tenant/cost_forecast": "the selected tenant costs less than a quarter of its budget, whose line is not drawn",
    "tenant/token_forecast": "the selected tenant will use less than a quarter of its budget, whose line is not drawn",
    **dict.fromkeys(AGAINST_A_WEEK_AGO, "the simulated hours have no week before"),
    **{name: reason for name, reason in NOT_VERIFIED.items() if reason in (NOTHING_MISSING, NO_SERVER)},
}
"""Panels that are rightly empty here, by dashboard/panel, with the reason."""


@dataclass(frozen=True)
class OtherPlatform:
    """The last hours of the preview's day on a platform of five services and twelve routes, in a real Prometheus."""

    simulation: Simulation
    prometheus: PrometheusServer
    compiled: Compiled


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherPlatform]:
    """No route has a name that the project's own platform has."""
    folder = tmp_path_factory.mktemp("other")
    default = load(TEST_PLATFORM)
    routes = {route: SLOW_ROUTES.get(route, 500) for of_service in SERVICES.values() for route in of_service}
    # Null removes what the other platform has.
    settings = {
        "extends": str(TEST_PLATFORM),
        "platform": "other",
        "services": dict.fromkeys(default.services) | SERVICES,
        "tenants": dict.fromkeys(default.tenants) | TENANTS,
        "slos": {"latency_p95_ms": {"routes": dict.fromkeys(default.routes) | routes}},
    }
    (folder / "platform.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    compiled = build(folder / "platform.yaml", folder / "out").compiled
    plan = simulated_day(compiled.lowered.platform)
    before = DAY - VISIBLE_SECONDS
    incidents = tuple(replace(incident, start=incident.start - before) for incident in plan.incidents)
    clock = Clock(plan.clock.start + before, VISIBLE_SECONDS)
    simulation = simulate(replace(plan, tenants=len(TENANTS), clock=clock, incidents=incidents))
    with history(simulation, folder / "out", resolution=Resolution(clock.end - DETAILED_HOURS * HOUR)) as prometheus:
        yield OtherPlatform(simulation, prometheus, compiled)


def values(other: OtherPlatform, panel: PanelSpec, target: QueryTarget, view: DashboardView) -> list[float]:
    """What a query returns: at the end, or every five minutes of a graph."""
    variables = {
        variable.name: variable.label.name
        for dashboard in other.compiled.lowered.dashboards
        if any(panel in row.panels for row in dashboard.rows)
        for variable in dashboard.variables
    }
    query = interpolate(text(target.expression), view, variables)
    if target.instant:
        return [float(series["value"][1]) for series in other.prometheus.query(query, view.time)]
    start = other.simulation.plan.clock.start + HOUR
    result = other.prometheus.query_range(query, start, view.time, 300)
    return [float(value) for series in result for _, value in series["values"]]


def test_no_panel_is_empty(other: OtherPlatform) -> None:
    """Every query of every panel of every dashboard returns numbers, except those of panels that are rightly empty."""
    end = other.simulation.plan.clock.end
    empty = set()
    for dashboard in other.compiled.lowered.dashboards:
        selected = {variable.label.name: (variable.current,) for variable in dashboard.variables if variable.current}
        view = DashboardView(other.simulation, end, HOUR, selected)
        for row in dashboard.rows:
            for panel in row.panels:
                for target in panel.targets:
                    numbers = values(other, panel, target, view)
                    has_empty_cells = panel.type is PanelType.TABLE and target.ref != "A"
                    assert has_empty_cells or not any(map(math.isnan, numbers)), (dashboard.id, panel.key, target.ref)
                    if all(map(math.isnan, numbers)):
                        empty.add(f"{dashboard.id}/{panel.key}")
    assert empty == set(WITHOUT_DATA)


def test_a_graph_of_a_day_has_no_gaps(other: OtherPlatform) -> None:
    """In each shortest window of the coarser past are two samples of every counter, and a result of a rule."""
    clock = other.simulation.plan.clock
    start = clock.start + 600

    def counts(expression: str) -> set[float]:
        result = other.prometheus.query_range(expression, start, clock.end, 60)
        (series,) = result
        assert len(series["values"]) == (clock.end - start) // 60 + 1
        return {float(value) for _, value in series["values"]}

    window = f"[{SHORTEST_WINDOW}s]"
    samples = counts(f"min(count_over_time({HEARTBEAT.name}{window}))")
    assert min(samples) >= 2
    (heartbeats,) = other.prometheus.query(f"count({HEARTBEAT.name})", clock.end)
    assert heartbeats["value"][1] == str(len(SERVICES))
    name = "route_service:requests_total:increase5m"
    assert counts(f"count(count_over_time({name}{window}))") == {sum(map(len, SERVICES.values()))}


def test_counters_are_exact_at_every_resolution(other: OtherPlatform) -> None:
    """Before and after the time from which all samples are stored, a counter has its exact value."""
    clock, truth = other.simulation.plan.clock, GroundTruth(other.simulation)
    for time in (clock.end - 3 * HOUR, clock.end - DETAILED_HOURS * HOUR, clock.end - HOUR, clock.end):
        (total,) = other.prometheus.query(f"sum({REQUESTS.name})", time)
        assert float(total["value"][1]) == truth.total(REQUESTS, clock.start, time)
