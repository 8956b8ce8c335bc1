"""A population of many small tenants, each with its own size, hours and error rate."""

from __future__ import annotations

import numpy as np
import pytest

from contract.api import ERRORS, REQUESTS
from contract.labels import TENANT
from generator.dsl.platform import Platform
from generator.verify.simulation.clock import DAY, MONDAY, Clock
from generator.verify.simulation.mixed_tenants import mixed_tenants
from generator.verify.simulation.population import TOKENS_PER_CHAT, Tenant, tenant_routes
from generator.verify.simulation.simulation import SimulationPlan, simulate

COUNT = 200
HOLIDAY = MONDAY // DAY + 9


@pytest.fixture(scope="module")
def tenants(platform: Platform) -> tuple[Tenant, ...]:
    """200 tenants of one seed."""
    return mixed_tenants(platform, 1, COUNT, (HOLIDAY,))


def requests_a_minute(platform: Platform, tenant: Tenant) -> float:
    """The mean requests of a tenant a minute, of all its routes."""
    return sum(each.requests_per_day for each in tenant_routes(platform, (tenant,))) / 1_440


def test_most_tenants_are_small(platform: Platform, tenants: tuple[Tenant, ...]) -> None:
    """70 % send at most 1 request a minute, 25 % at most 10, and 5 % up to 60."""
    rates = sorted(requests_a_minute(platform, tenant) for tenant in tenants)
    assert len(rates) == COUNT
    assert sum(rate <= 1 for rate in rates) == 140
    assert sum(1 < rate <= 10 for rate in rates) == 50
    assert 0.02 <= rates[0] <= rates[-1] <= 60


def test_no_tenant_uses_its_whole_token_budget(platform: Platform, tenants: tuple[Tenant, ...]) -> None:
    """On a usual day a tenant uses at most 40 % of its budget, however many requests it sends."""
    for tenant in tenants:
        budget = platform.cost.tokens_per_day.value_for(tenant.name)
        assert budget is not None
        assert tenant.chats_per_day * TOKENS_PER_CHAT <= 0.4 * float(budget.amount) * 1.000001


def test_tenants_differ_in_hours_and_error_rates(tenants: tuple[Tenant, ...]) -> None:
    """Four in ten work in office hours and one in ten at night, within three standard deviations; each fails 0.05 to
    0.5 % of its requests, and all have the same holidays."""
    assert sum(tenant.rhythm.office for tenant in tenants) == pytest.approx(80, abs=21)
    assert sum(tenant.rhythm.nightly for tenant in tenants) == pytest.approx(20, abs=13)
    assert all(0.0005 <= tenant.failure_ratio <= 0.005 for tenant in tenants)
    assert {tenant.rhythm.holidays for tenant in tenants} == {(HOLIDAY,)}


def test_another_seed_gives_other_tenants(platform: Platform, tenants: tuple[Tenant, ...]) -> None:
    """The same seed gives the same tenants."""
    assert mixed_tenants(platform, 1, COUNT, (HOLIDAY,)) == tenants
    assert mixed_tenants(platform, 2, COUNT, (HOLIDAY,)) != tenants


def test_a_simulated_tenant_sends_and_fails_as_its_description_says(platform: Platform) -> None:
    """A week of ten tenants: the requests of each, and the failures of all, within five standard deviations."""
    tenants = mixed_tenants(platform, 1, 10)
    clock = Clock(length=7 * DAY, step=60)
    simulation = simulate(SimulationPlan(platform, clock=clock, population=tenants))

    def total(name: str, tenant: Tenant) -> int:
        items = (item for item in simulation.measurements if item.metric.name == name)
        return sum(int(item.amounts.sum()) for item in items if item.labels[TENANT.name] == tenant.name)

    failed = expected_failures = 0.0
    for tenant in tenants:
        expected = requests_a_minute(platform, tenant) * 7 * 1_440
        requests = total(REQUESTS.name, tenant)
        assert requests == pytest.approx(expected, abs=5 * np.sqrt(expected) + 0.02 * expected)
        failed += total(ERRORS.name, tenant)
        # Its calls fail too, each one in 10,000 times; a request makes at most five.
        expected_failures += tenant.failure_ratio * requests
    assert expected_failures - 5 * np.sqrt(expected_failures) < failed < 1.5 * expected_failures
