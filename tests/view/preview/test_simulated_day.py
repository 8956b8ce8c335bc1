"""The day that the preview shows is small enough on a large platform, and has its incidents on any."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.labels import STORE, TENANT
from generator.dsl.platform import Platform
from generator.dsl.units import TOKENS_UNIT, quantity
from generator.verify.simulation.clock import DAY
from generator.verify.simulation.resolution import Resolution, series_count
from generator.verify.simulation.simulation import sample_note, simulate
from generator.view.preview.simulated_day import VISIBLE_SECONDS, day_resolution, simulated_day
from tests.verify.simulation.test_route_profile import with_routes

MAX_SAMPLES = 50_000_000
"""The history of so many samples was measured to need 100 MB on disk, and less than 500 MB of memory."""
MAX_EVENTS = 2_000_000
"""Each has 16 bytes."""


@pytest.fixture
def large(platform: Platform) -> Platform:
    """300 tenants and 12 routes. The largest tenant may spend a billion tokens a day."""
    budgets = {f"t{number:03}": quantity(1_000_000_000 // (number + 1), TOKENS_UNIT) for number in range(300)}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    routed = with_routes(platform, **{f"route{letter}": 10_000 for letter in "abcdefghijkl"})
    return replace(routed, tenants=tuple(budgets), cost=cost)


def test_a_large_platform_has_a_bounded_number_of_samples(large: Platform) -> None:
    """Twenty of 300 tenants and fewer requests, which is said; the visible hours are detailed, those before are not."""
    plan = simulated_day(large)
    assert sample_note(plan).startswith("20 of 300 tenants, one in ")
    simulation = simulate(plan)
    assert len({item.labels[TENANT.name] for item in simulation.measurements if TENANT.name in item.labels}) == 20
    resolution = day_resolution(simulation)
    assert series_count(simulation) * resolution.steps(plan.clock).size < MAX_SAMPLES
    assert sum(item.steps.size for item in simulation.measurements) < MAX_EVENTS
    assert resolution.detailed_from is not None
    assert resolution.detailed_from <= plan.clock.end - VISIBLE_SECONDS


def test_the_default_platform_is_shown_as_it_is(platform: Platform) -> None:
    """No tenant, request or sample is left out."""
    plan = simulated_day(platform)
    assert sample_note(plan) == ""
    assert day_resolution(simulate(replace(plan, clock=replace(plan.clock, length=DAY)))) == Resolution()


def test_the_incidents_are_those_of_the_platform(platform: Platform, large: Platform) -> None:
    """Of its stores and of a tenant that is simulated: the second largest; without listed tenants, of another."""
    other = replace(platform, stores=("d1", "r2"), tenants=())
    failing = [incident.matchers for incident in simulated_day(other).incidents]
    assert [each[STORE.name] for each in failing if STORE.name in each] == ["d1", "r2"]
    assert [each[TENANT.name] for each in failing if TENANT.name in each] == ["tenant-0001"]
    (tenant,) = (each.matchers[TENANT.name] for each in simulated_day(large).incidents if TENANT.name in each.matchers)
    assert tenant == "t001"
