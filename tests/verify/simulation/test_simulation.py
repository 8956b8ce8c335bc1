"""The same plan gives the same bytes, and the traffic has large and small tenants, days and weekends."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from contract import METRICS
from contract.ai import TOKENS
from contract.api import ERRORS, HEARTBEAT, LATENCY, REQUESTS
from contract.labels import STORE, TENANT
from contract.rag import RAG_CACHE_HIT_RATE
from generator.dsl.platform import MetricLabel, Platform
from generator.verify.simulation.clock import DAY, Clock
from generator.verify.simulation.ground_truth import GroundTruth
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.openmetrics import file_ranges, openmetrics
from generator.verify.simulation.simulation import Simulation, SimulationPlan, simulate
from tests.verify.simulation.plans import HOUR, simulate_hours


@pytest.fixture(scope="module")
def week(platform: Platform) -> Simulation:
    """A week of eight tenants that starts on a Monday."""
    return simulate(SimulationPlan(platform, clock=Clock(length=7 * DAY, step=60)))


def _text(simulation: Simulation) -> str:
    return "".join("".join(openmetrics(simulation, step_range)) for step_range in file_ranges(simulation))


def test_the_same_plan_gives_the_same_bytes(platform: Platform) -> None:
    """Two simulations of one plan have the same text and fingerprint; another seed gives others."""
    plan = SimulationPlan(platform, seed=3, tenants=3, clock=Clock(length=1_800))
    first, second = simulate(plan), simulate(plan)
    assert (_text(first), first.fingerprint()) == (_text(second), second.fingerprint())
    other = simulate(replace(plan, seed=4))
    assert _text(other) != _text(first)
    assert other.fingerprint() != first.fingerprint()


def test_every_metric_of_a_worker_is_simulated(platform: Platform) -> None:
    """With every store, the simulation has exactly the contract's metrics, each with its labels in their order."""
    platform = replace(platform, stores=STORE.listed)
    kinds = (IncidentKind.STORE_FAILS, IncidentKind.MODEL_FAILS)
    simulation = simulate_hours(platform, *(Incident(kind, HOUR, HOUR, 0.1) for kind in kinds))
    simulated = {(item.metric.name, tuple(item.labels)) for item in simulation.measurements}
    emitted = [metric for metric in METRICS if metric not in (RAG_CACHE_HIT_RATE, HEARTBEAT)]
    assert simulated == {(metric.name, tuple(label.name for label in metric.labels)) for metric in emitted}


def test_series_have_the_labels_of_the_platform(platform: Platform) -> None:
    """A tenant's requests have one region; of a metric without the label nothing changes, and neither do the events."""
    labels = {"region": MetricLabel(("eu", "us"), ("requests_total", "latency_ms"))}
    labelled, plain = (
        simulate_hours(each, hours=1, tenants=12) for each in (replace(platform, metric_labels=labels), platform)
    )

    def amounts(simulation: Simulation) -> dict[tuple[str, ...], list[int]]:
        return {
            (item.metric.name, *(value for label, value in item.labels.items() if label != "region")): list(
                item.amounts
            )
            for item in simulation.measurements
        }

    assert amounts(labelled) == amounts(plain)
    regions: dict[str, set[str]] = {}
    for item in labelled.measurements:
        assert ("region" in item.labels) == (item.metric.name in ("requests_total", "latency_ms"))
        if "region" in item.labels:
            regions.setdefault(item.labels["tenant_id"], set()).add(item.labels["region"])
    assert len(regions) == 12
    assert {len(values) for values in regions.values()} == {1}
    assert set().union(*regions.values()) == {"eu", "us", "other"}
    assert 'requests_total{platform="production",tenant_id="' in _text(labelled)
    assert 'latency_ms_bucket{platform="production",tenant_id="' in _text(labelled)
    assert re.search(r'^latency_ms_sum\{[^}]*region="\w+"\}', _text(labelled), re.MULTILINE)


@pytest.mark.parametrize("stores", [("vectorize", "durable_objects"), ("d1",)])
def test_metrics_of_other_stores_are_not_simulated(platform: Platform, stores: tuple[str, ...]) -> None:
    """Without KV nothing counts KV; with D1 alone, D1 and no other store, and the requests stay the same."""
    incident = Incident(IncidentKind.STORE_FAILS, HOUR, HOUR, 0.1)
    simulation = simulate_hours(replace(platform, stores=stores), incident)
    assert {item.metric.store for item in simulation.measurements} == {"", *stores}
    requests = [[item.steps.tolist() for item in each.measurements if item.metric is REQUESTS]
                for each in (simulation, simulate_hours(platform, incident))]  # fmt: skip
    assert requests[0] == requests[1]


def test_a_load_factor_multiplies_requests_but_not_tokens(platform: Platform) -> None:
    """A load factor of ten gives ten times the requests, within 5 %, and as many tokens in total."""
    plan = SimulationPlan(platform, tenants=2, clock=Clock(length=DAY, step=60))
    normal, loaded = GroundTruth(simulate(plan)), GroundTruth(simulate(replace(plan, load_factor=10)))
    start, end = plan.clock.start, plan.clock.end
    assert loaded.total(REQUESTS, start, end) == pytest.approx(10 * normal.total(REQUESTS, start, end), rel=0.05)
    assert loaded.total(TOKENS, start, end) == pytest.approx(normal.total(TOKENS, start, end), rel=0.05)


def test_the_listed_tenants_are_the_largest(week: Simulation) -> None:
    """com.rainbowsmokeofficial, which has the largest budget, sends most requests, then com-mrrainbowsmoke."""
    clock = week.plan.clock
    tenants = list(GroundTruth(week).total_by(TENANT.name, REQUESTS, clock.start, clock.end))
    assert tenants[:2] == ["com.rainbowsmokeofficial", "com-mrrainbowsmoke"]
    assert len(tenants) == 8


def test_nights_and_weekends_have_less_traffic(week: Simulation) -> None:
    """Afternoons have more than twice the requests of nights, and a Sunday has 40 to 70 % of a Wednesday's."""
    truth, start = GroundTruth(week), week.plan.clock.start
    night = truth.total(REQUESTS, start + 2 * DAY, start + 2 * DAY + 6 * HOUR)
    afternoon = truth.total(REQUESTS, start + 2 * DAY + 12 * HOUR, start + 2 * DAY + 18 * HOUR)
    assert afternoon > 2 * night
    wednesday = truth.total(REQUESTS, start + 2 * DAY, start + 3 * DAY)
    sunday = truth.total(REQUESTS, start + 6 * DAY, start + 7 * DAY)
    assert 0.4 < sunday / wednesday < 0.7


def test_traffic_without_incidents_meets_its_slos(week: Simulation) -> None:
    """Less than 1 in 1,000 requests fails, and the p95 latency of every route is below its SLO in platform.yaml."""
    truth, clock, slos = GroundTruth(week), week.plan.clock, week.plan.platform.latency.route.overrides
    error_ratio = truth.ratio(ERRORS, REQUESTS, clock.start, clock.end)
    assert error_ratio is not None
    assert 0 < error_ratio < 0.001
    for route, slo in slos.items():
        p95 = truth.quantile(LATENCY, 0.95, clock.start, clock.end, route=route)
        assert p95 is not None
        assert p95 < slo.amount


def test_no_tenant_reaches_its_budget_alert(week: Simulation) -> None:
    """On no day of the week does a tenant use 80 % of its token budget, the threshold of the first alert."""
    truth, start, budgets = GroundTruth(week), week.plan.clock.start, week.plan.platform.cost.tokens_per_day
    for day in range(7):
        used_by_tenant = truth.total_by(TENANT.name, TOKENS, start + day * DAY, start + (day + 1) * DAY)
        for tenant, used in used_by_tenant.items():
            budget = budgets.overrides.get(tenant, budgets.default)
            assert budget is not None
            assert used < 0.8 * budget.amount
