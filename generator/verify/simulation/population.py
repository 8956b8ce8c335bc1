"""The simulated users: the tenants that the platform lists, and small ones with log-normally distributed traffic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np

from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.platform import Platform
from generator.frozen import frozen
from generator.verify.simulation.distribution import LogNormalMixture
from generator.verify.simulation.rhythm import EVERY_DAY, Rhythm
from generator.verify.simulation.route_profile import RouteProfile, route_profiles

TOKENS_PER_CHAT = 330
"""Approximate tokens of a chat, including the embedding of its retrieval: converts a token budget into requests."""
BUDGET_USED = 0.4
"""The fraction of its daily token budget that a tenant uses at most."""
UNLISTED_TENANT_TOKENS = LogNormalMixture(median=60_000, sigma=0.9)
"""Tokens per day of a tenant that the platform does not list."""

BASE_FAILURE_RATIO = 1e-4
"""The fraction of requests, and of calls, that fail without an incident."""


@frozen
class Tenant:
    """The behavior of a tenant; `peak_hour` is in hours UTC. `embedding_has_usage` says whether the responses of its
    embedding model contain the tokens used.

    `failure_ratio` is the fraction of its requests that fail without an incident, beside those whose calls fail.
    A `load_factor` multiplies its requests and divides the tokens of each, so that its token budget lasts as long.
    """

    name: str
    chats_per_day: float
    peak_hour: float
    model: str
    embedding_model: str
    cache_hit_ratio: float
    embedding_has_usage: bool = True
    load_factor: float = 1
    rhythm: Rhythm = EVERY_DAY
    failure_ratio: float = BASE_FAILURE_RATIO


@frozen
class TenantRoute:
    """One tenant on one route of one service, which has a `share` of the requests of its profile."""

    tenant: Tenant
    route: str
    service: str
    profile: RouteProfile
    share: float = 1

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that all its series have."""
        return {TENANT.name: self.tenant.name, ROUTE.name: self.route, SERVICE.name: self.service}

    @property
    def requests_per_day(self) -> float:
        """Its average requests per day."""
        return self.tenant.chats_per_day * self.tenant.load_factor * self.profile.requests_per_chat * self.share


def population(platform: Platform, seed: int, count: int, listed: Collection[str] | None = None) -> tuple[Tenant, ...]:
    """Return `count` tenants, or all that the platform lists if those are more. The listed ones come first; with
    `listed`, only these of them, each as it is among all."""
    unlisted = (f"tenant-{number:04}" for number in range(1, count - len(platform.tenants) + 1))
    names = enumerate((*platform.tenants, *unlisted))
    chosen = (
        (index, name) for index, name in names if listed is None or index >= len(platform.tenants) or name in listed
    )
    return tuple(_tenant(platform, seed, name, index) for index, name in chosen)


def sampled_tenants(platform: Platform, count: int) -> tuple[str, ...]:
    """Return `count` of the listed tenants, or all if those are fewer: half of them the largest; for each error
    threshold of single tenants the largest that has it, up to a quarter; and the rest from all sizes."""
    if len(platform.tenants) <= count:
        return platform.tenants
    by_size = by_tokens_per_day(platform, platform.tenants)
    chosen = dict.fromkeys(by_size[: count // 2])
    thresholds = platform.errors.tenant.overrides
    with_threshold = {thresholds[name]: name for name in reversed(by_size) if name in thresholds}
    chosen |= dict.fromkeys([*with_threshold.values()][: count // 4])
    others = [name for name in by_size if name not in chosen]
    missing = count - len(chosen)
    # Evenly over all sizes: the last is the smallest.
    chosen |= dict.fromkeys(others[(place + 1) * len(others) // missing - 1] for place in range(missing))
    return tuple(name for name in platform.tenants if name in chosen)


def by_tokens_per_day(platform: Platform, names: Iterable[str]) -> list[str]:
    """Return tenants in the order of their own token budgets, the largest first, before tenants without one."""
    budgets = platform.cost.tokens_per_day.overrides
    return sorted(names, key=lambda name: -budgets[name].amount if name in budgets else 0)


def _tenant(platform: Platform, seed: int, name: str, index: int) -> Tenant:
    random = np.random.default_rng([seed, index, 1])
    budgets = platform.cost.tokens_per_day
    budget = budgets.overrides.get(name, budgets.default)
    max_tokens = float(budget.amount) * BUDGET_USED if budget is not None else float("inf")
    unlisted_tokens = float(UNLISTED_TENANT_TOKENS.draw(random, 1)[0])
    tokens = max_tokens if name in budgets.overrides else min(unlisted_tokens, max_tokens)
    models, embedding_models = models_in_use(platform)
    return Tenant(
        name=name,
        chats_per_day=tokens / TOKENS_PER_CHAT,
        peak_hour=float(random.normal(14, 2)),
        model=models[index % len(models)],
        embedding_model=embedding_models[index % len(embedding_models)],
        # Where there are several, the first one does not report usage, as some at Workers AI.
        embedding_has_usage=len(embedding_models) == 1 or index % len(embedding_models) != 0,
        cache_hit_ratio=float(random.uniform(0.2, 0.6)),
    )


def models_in_use(platform: Platform) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the priced models that the tenants use: those that generate text, and those that embed it."""
    generating = tuple(model for model, price in platform.model_prices.items() if price.output is not None)
    embedding = tuple(model for model, price in platform.model_prices.items() if price.output is None)
    return generating[1:4] or generating or embedding, embedding[1:3] or embedding or generating


def tenant_routes(platform: Platform, tenants: tuple[Tenant, ...]) -> Iterator[TenantRoute]:
    """Yield every tenant on every route of every service. Routes that spend tokens for the same work share it, so that
    a tenant's budget lasts however many there are."""
    profiles = route_profiles(platform)
    routes = [(service, route) for service, of_service in platform.services.items() for route in of_service]
    number = Counter(profiles[route] for _, route in routes)
    for tenant in tenants:
        for service, route in routes:
            profile = profiles[route]
            share = 1 / number[profile] if profile.generates or profile.indexes else 1
            yield TenantRoute(tenant, route, service, profile, share)
