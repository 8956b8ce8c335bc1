"""Shards divide what the Workers count, and each sends series of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from contract.api import HEARTBEAT, LATENCY, REQUESTS
from contract.labels import SERVICE
from generator.dsl.platform import Platform
from generator.verify.simulation.clock import DAY, Clock
from generator.verify.simulation.exported import exported_series
from generator.verify.simulation.ground_truth import GroundTruth
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.shards import SHARD
from generator.verify.simulation.simulation import Simulation, SimulationPlan, simulate

NOON = DAY // 2
RESTART = Incident(IncidentKind.COUNTERS_RESET, NOON, matchers={SHARD: "shard-1"})
SHARDS = {"shard-0", "shard-1", "shard-2"}


@pytest.fixture(scope="module")
def plan(platform: Platform) -> SimulationPlan:
    """A day of four tenants, counted by three shards, of which the second one restarts at noon."""
    return SimulationPlan(platform, tenants=4, clock=Clock(length=DAY, step=60), incidents=(RESTART,), shards=3)


@pytest.fixture(scope="module")
def of_three(plan: SimulationPlan) -> Simulation:
    """The day."""
    return simulate(plan)


@pytest.fixture(scope="module")
def of_one(plan: SimulationPlan) -> Simulation:
    """The same day, counted by one shard."""
    return simulate(replace(plan, shards=1))


def test_shards_count_together_what_one_counts(of_one: Simulation, of_three: Simulation) -> None:
    """Requests, and their durations, are the same ones."""
    start, end = of_one.plan.clock.start, of_one.plan.clock.end
    for metric in (REQUESTS, LATENCY):
        for route in of_one.plan.platform.routes:
            totals = [GroundTruth(each).total(metric, start, end, route=route) for each in (of_one, of_three)]
            assert totals[0] == totals[1] > 0


def test_each_shard_counts_a_third(of_three: Simulation) -> None:
    """Within four standard deviations of a binomial distribution."""
    truth, clock = GroundTruth(of_three), of_three.plan.clock
    requests = truth.count(REQUESTS, clock.start, clock.end)
    for shard in SHARDS:
        of_shard = truth.count(REQUESTS, clock.start, clock.end, **{SHARD: shard})
        assert of_shard == pytest.approx(requests / 3, abs=4 * (requests * 2 / 9) ** 0.5)


def test_one_shard_is_not_named(of_one: Simulation) -> None:
    """Its series have no label of it."""
    assert not any(SHARD in each.labels for each in of_one.measurements)


def test_each_shard_sends_heartbeats(of_three: Simulation) -> None:
    """Of each service."""
    groups = exported_series(of_three, np.arange(of_three.plan.clock.steps + 1))
    heartbeats = [labels for group in groups if group.metric == HEARTBEAT for _, labels in group.series]
    services = of_three.plan.platform.services
    assert {(each[SERVICE.name], each[SHARD]) for each in heartbeats} == {
        (service, shard) for service in services for shard in SHARDS
    }


def test_a_shard_restarts_alone(of_three: Simulation) -> None:
    """The counters of requests of the second shard decrease at noon, and of no other."""
    decreasing = {
        labels[SHARD]
        for group in exported_series(of_three, np.arange(of_three.plan.clock.steps + 1))
        if group.metric == REQUESTS and (np.diff(group.columns, axis=0) < 0).any()
        for _, labels in group.series
    }
    assert decreasing == {"shard-1"}
