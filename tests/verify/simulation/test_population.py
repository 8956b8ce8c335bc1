"""Samples of many tenants, and budgets that last on platforms of many routes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.dsl.platform import Platform
from generator.dsl.units import TOKENS_UNIT, percent, quantity
from generator.verify.simulation.population import population, sampled_tenants, tenant_routes
from generator.verify.simulation.route_profile import CHAT
from generator.verify.simulation.simulation import SimulationPlan, sample_note
from tests.verify.simulation.test_route_profile import with_routes

NAMES = tuple(f"t{number:03}" for number in range(300))


@pytest.fixture
def many(platform: Platform) -> Platform:
    """300 tenants, t000 with the largest budget and t299 with the smallest; t150 and t200 share an error threshold."""
    budgets = {name: quantity(1_000_000 - 1_000 * number, TOKENS_UNIT) for number, name in enumerate(NAMES)}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    thresholds = {"t150": percent(20), "t200": percent(20), "t250": percent(30)}
    errors = replace(platform.errors, tenant=replace(platform.errors.tenant, overrides=thresholds))
    return replace(platform, tenants=NAMES, cost=cost, errors=errors)


def test_a_sample_has_the_largest_some_of_each_size_and_each_threshold(many: Platform) -> None:
    """Of 300 tenants 12: six largest, the largest of each of two thresholds, and four others up to the smallest."""
    sample = sampled_tenants(many, 12)
    assert sample[:6] == NAMES[:6]
    assert {"t150", "t250", "t299"} <= {*sample}
    assert "t200" not in sample
    assert len({*sample}) == 12
    middle = [int(name[1:]) for name in sample if name not in (*NAMES[:6], "t150", "t250")]
    assert middle == pytest.approx([79, 152, 226, 299], abs=3)


def test_a_small_platform_is_its_own_sample(many: Platform) -> None:
    """As many tenants as are listed, or more: all of them."""
    assert sampled_tenants(many, 300) == sampled_tenants(many, 400) == NAMES


def test_a_sampled_tenant_is_as_it_is_among_all(many: Platform) -> None:
    """Its budget, models and hours do not depend on which others are simulated."""
    everyone = {tenant.name: tenant for tenant in population(many, 1, 8)}
    sampled = population(many, 1, 8, ("t003", "t299"))
    assert sampled == (everyone["t003"], everyone["t299"])


def test_routes_of_the_same_work_share_the_budget(platform: Platform) -> None:
    """Three routes that chat have as many chats a day as one has."""
    tenants = population(platform, 1, 2)
    chats = [
        sum(
            each.requests_per_day
            for each in tenant_routes(with_routes(platform, **slos), tenants)
            if each.profile == CHAT
        )
        for slos in ({"chat": 10_000}, {"chat": 10_000, "ask": 10_000, "answer": 10_000})
    ]
    assert chats[0] == pytest.approx(chats[1])


def test_what_is_left_out_is_said(many: Platform) -> None:
    """The numbers of tenants and of requests; nothing where all are simulated."""
    plan = SimulationPlan(many, sample=40, load_factor=0.25)
    assert sample_note(plan) == "40 of 300 tenants, one in 4 requests, each with 4 times the tokens"
    assert sample_note(SimulationPlan(many, sample=300)) == ""
