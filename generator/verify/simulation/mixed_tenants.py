"""A population as platforms have it: many small tenants and few large ones, with their own hours and error rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.dsl.platform import Platform
from generator.frozen import frozen
from generator.verify.simulation.clock import DAY
from generator.verify.simulation.population import (
    BUDGET_USED,
    TOKENS_PER_CHAT,
    Tenant,
    population,
    tenant_routes,
)
from generator.verify.simulation.rhythm import Rhythm

MINUTES_PER_DAY = DAY // 60


@frozen
class SizeClass:
    """A `share` of all tenants, each with `least` to `most` requests a minute, evenly on a logarithmic scale."""

    share: float
    least: float
    most: float


SIZES = (SizeClass(0.7, 0.02, 1), SizeClass(0.25, 1, 10), SizeClass(0.05, 10, 60))
FAILURE_RATIOS = (0.0005, 0.005)
"""The smallest and the largest fraction of a tenant's requests that fail without an incident."""
OFFICES, BATCHES = 0.4, 0.1
"""The fractions of tenants that work in office hours, and of those that run a batch at night."""


def mixed_tenants(platform: Platform, seed: int, count: int, holidays: tuple[int, ...] = ()) -> tuple[Tenant, ...]:
    """Return `count` tenants, the listed ones first, with random sizes, hours and error rates. The holidays are days
    since 1970."""
    tenants = population(platform, seed, count)
    random = np.random.default_rng([seed, count])
    ranks = random.permutation(len(tenants)) / len(tenants)
    return tuple(_mixed(platform, tenant, rank, random, holidays) for tenant, rank in zip(tenants, ranks, strict=True))


def _mixed(
    platform: Platform, tenant: Tenant, rank: float, random: np.random.Generator, holidays: tuple[int, ...]
) -> Tenant:
    size = _size_class(rank)
    requests_per_day = _log_uniform(random, size.least, size.most) * MINUTES_PER_DAY
    requests_per_chat = sum(
        each.requests_per_day for each in tenant_routes(platform, (replace(tenant, chats_per_day=1),))
    )
    chats = requests_per_day / requests_per_chat
    budget = platform.cost.tokens_per_day.value_for(tenant.name)
    most = float(budget.amount) * BUDGET_USED / TOKENS_PER_CHAT if budget is not None else chats
    kind = random.random()
    return replace(
        tenant,
        chats_per_day=min(chats, most),
        load_factor=max(chats / most, 1),
        failure_ratio=_log_uniform(random, *FAILURE_RATIOS),
        rhythm=Rhythm(office=kind < OFFICES, nightly=kind > 1 - BATCHES, holidays=holidays),
    )


def _size_class(rank: float) -> SizeClass:
    """The class of a tenant at a place among all, from 0 to 1."""
    for size in SIZES[:-1]:
        if rank < size.share:
            return size
        rank -= size.share
    return SIZES[-1]


def _log_uniform(random: np.random.Generator, least: float, most: float) -> float:
    return float(np.exp(random.uniform(np.log(least), np.log(most))))
