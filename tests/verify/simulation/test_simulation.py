"""The same plan gives the same bytes, and traffic is that of a platform: large and small tenants, days and weekends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract import METRICS
from contract.ai import TOKENS
from contract.api import ERRORS, HEARTBEAT, LATENCY, REQUESTS
from contract.labels import TENANT
from contract.rag import RAG_CACHE_HIT_RATE
from generator.dsl.platform import Platform
from generator.verify.simulation.clock import DAY, Clock
from generator.verify.simulation.incident import Incident, Kind
from generator.verify.simulation.openmetrics import files, openmetrics
from generator.verify.simulation.simulation import Plan, Simulation, simulate
from generator.verify.simulation.truth import Truth
from tests.verify.simulation.plans import HOURS, few_hours


@pytest.fixture(scope="module")
def week(platform: Platform) -> Simulation:
    """A week of eight tenants, from a Monday on."""
    return simulate(Plan(platform, clock=Clock(length=7 * DAY, step=60)))


def _text(simulation: Simulation) -> str:
    return "".join("".join(openmetrics(simulation, window)) for window in files(simulation))


def test_the_same_plan_gives_the_same_bytes(platform: Platform) -> None:
    """Two simulations of one plan are written alike; another seed's is written otherwise."""
    plan = Plan(platform, seed=3, tenants=3, clock=Clock(length=1_800))
    first, second = simulate(plan), simulate(plan)
    assert (_text(first), first.fingerprint()) == (_text(second), second.fingerprint())
    other = simulate(replace(plan, seed=4))
    assert _text(other) != _text(first)
    assert other.fingerprint() != first.fingerprint()


def test_every_metric_that_a_worker_emits_is_told_with_its_labels(platform: Platform) -> None:
    """No metric of the contract is missing, none is foreign, and each has the contract's labels in their order."""
    rare = [Incident(kind, HOURS, HOURS, 0.1) for kind in (Kind.STORE_FAILS, Kind.MODEL_FAILS)]
    told = {(one.metric.name, tuple(one.labels)) for one in few_hours(platform, *rare).told}
    emitted = [metric for metric in METRICS if metric not in (RAG_CACHE_HIT_RATE, HEARTBEAT)]
    assert told == {(metric.name, tuple(label.name for label in metric.labels)) for metric in emitted}


def test_a_rush_has_more_requests_of_fewer_tokens(platform: Platform) -> None:
    """Ten times the requests, within 5 %, and as many tokens in all: the budgets stay what they are."""
    plan = Plan(platform, tenants=2, clock=Clock(length=DAY, step=60))
    calm, rush = Truth(simulate(plan)), Truth(simulate(replace(plan, rush=10)))
    start, end = plan.clock.start, plan.clock.end
    assert rush.total(REQUESTS, start, end) == pytest.approx(10 * calm.total(REQUESTS, start, end), rel=0.05)
    assert rush.total(TOKENS, start, end) == pytest.approx(calm.total(TOKENS, start, end), rel=0.05)


def test_the_listed_tenants_are_the_largest(week: Simulation) -> None:
    """com.rainbowsmokeofficial, whose budget is the largest, asks most; then com-mrrainbowsmoke."""
    clock = week.plan.clock
    order = list(Truth(week).by(TENANT.name, REQUESTS, clock.start, clock.end))
    assert order[:2] == ["com.rainbowsmokeofficial", "com-mrrainbowsmoke"]
    assert len(order) == 8


def test_nights_and_weekends_are_calm(week: Simulation) -> None:
    """Afternoons have more than twice the requests of nights, and Sunday has between 4 and 7 tenths of Wednesday's."""
    truth, start = Truth(week), week.plan.clock.start
    night = truth.total(REQUESTS, start + 2 * DAY, start + 2 * DAY + 6 * 3_600)
    noon = truth.total(REQUESTS, start + 2 * DAY + 12 * 3_600, start + 2 * DAY + 18 * 3_600)
    assert noon > 2 * night
    wednesday = truth.total(REQUESTS, start + 2 * DAY, start + 3 * DAY)
    sunday = truth.total(REQUESTS, start + 6 * DAY, start + 7 * DAY)
    assert 0.4 < sunday / wednesday < 0.7


def test_ordinary_traffic_keeps_its_promises(week: Simulation) -> None:
    """Less than 1 in 1,000 requests fails, and the p95 of every route is below what platform.yaml promises."""
    truth, clock, latency = Truth(week), week.plan.clock, week.plan.platform.latency.route.overrides
    share = truth.share(ERRORS, REQUESTS, clock.start, clock.end)
    assert share is not None
    assert 0 < share < 0.001
    for route, promised in latency.items():
        found = truth.quantile(LATENCY, 0.95, clock.start, clock.end, route=route)
        assert found is not None
        assert found < promised.amount


def test_no_tenant_overspends(week: Simulation) -> None:
    """On no day of the week does a tenant use eight tenths of its budget, at which the first ticket opens."""
    truth, start, budget = Truth(week), week.plan.clock.start, week.plan.platform.cost.tokens_per_day
    for day in range(7):
        for tenant, used in truth.by(TENANT.name, TOKENS, start + day * DAY, start + (day + 1) * DAY).items():
            most = budget.overrides.get(tenant, budget.default)
            assert most is not None
            assert used < 0.8 * most.amount
