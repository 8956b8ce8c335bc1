"""The simulated users: the tenants that the platform lists, and small ones with log-normally distributed traffic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.platform import Platform
from generator.frozen import frozen
from generator.verify.simulation.distribution import LogNormalMixture

TOKENS_PER_CHAT = 330
"""Approximate tokens of a chat, including the embedding of its retrieval: converts a token budget into requests."""
BUDGET_USED = 0.4
"""The fraction of its daily token budget that a tenant uses at most."""
UNLISTED_TENANT_TOKENS = LogNormalMixture(median=60_000, sigma=0.9)
"""Tokens per day of a tenant that the platform does not list."""


@frozen
class RouteProfile:
    """The work of a route: its requests per chat, its own duration in milliseconds, and which dependencies it calls."""

    requests_per_chat: float
    overhead: LogNormalMixture
    retrieves: bool = False
    generates: bool = False
    indexes: bool = False


CHAT = RouteProfile(1, LogNormalMixture(25, 0.4), retrieves=True, generates=True)
SEARCH = RouteProfile(2, LogNormalMixture(15, 0.4), retrieves=True)
INGEST = RouteProfile(0.25, LogNormalMixture(350, 0.4), indexes=True)
PROFILES = (CHAT, SEARCH, INGEST)
DEFAULT_PROFILE = RouteProfile(0.5, LogNormalMixture(20, 0.4))
"""Any further route: it calls no models and no index."""


def route_profiles(platform: Platform) -> Mapping[str, RouteProfile]:
    """Return the work of each route. Names say nothing about it: the first route chats, the second searches, the last
    ingests, so that every dashboard of any platform has data; further routes call nothing."""
    routes = platform.routes
    chosen = dict.fromkeys(routes, DEFAULT_PROFILE)
    return chosen | dict(zip((*routes[:2], *routes[2:][-1:]), PROFILES, strict=False))


@frozen
class Tenant:
    """The behavior of a tenant; `peak_hour` is in hours UTC. `embedding_has_usage` says whether the responses of its
    embedding model contain the tokens used.

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


@frozen
class TenantRoute:
    """One tenant on one route of one service."""

    tenant: Tenant
    route: str
    service: str
    profile: RouteProfile

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that all its series have."""
        return {TENANT.name: self.tenant.name, ROUTE.name: self.route, SERVICE.name: self.service}

    @property
    def requests_per_day(self) -> float:
        """Its average requests per day."""
        return self.tenant.chats_per_day * self.tenant.load_factor * self.profile.requests_per_chat


def population(platform: Platform, seed: int, count: int) -> tuple[Tenant, ...]:
    """Return `count` tenants, or all that the platform lists if those are more. The listed ones come first."""
    unlisted = (f"tenant-{number:04}" for number in range(1, count - len(platform.tenants) + 1))
    names = (*platform.tenants, *unlisted)
    return tuple(_tenant(platform, seed, name, index) for index, name in enumerate(names))


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
    """Yield every tenant on every route of every service."""
    profiles = route_profiles(platform)
    for tenant in tenants:
        for service, routes in platform.services.items():
            for route in routes:
                yield TenantRoute(tenant, route, service, profiles[route])
