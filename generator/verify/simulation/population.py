"""Who uses the platform: the listed tenants, which are large, and many small ones, by a heavy-tailed law of sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.platform import Platform
from generator.verify.simulation.distribution import Mixture

TOKENS_PER_CHAT = 330
"""About what a chat costs, its retrieval's embedding included: a tenant's budget is turned into requests by it."""
BUDGET_USED = 0.4
SMALL = Mixture(median=60_000, width=0.9)
"""Tokens a day of a tenant that the platform does not list."""


@dataclass(frozen=True)
class Profile:
    """What a route does. `per_chat` is how many of its requests come with one chat; `overhead` its own milliseconds."""

    per_chat: float
    overhead: Mixture
    retrieves: bool = False
    generates: bool = False
    indexes: bool = False


PROFILES = {
    "/chat": Profile(1, Mixture(25, 0.4), retrieves=True, generates=True),
    "/search": Profile(2, Mixture(15, 0.4), retrieves=True),
    "/ingest": Profile(0.25, Mixture(350, 0.4), indexes=True),
}
PLAIN = Profile(0.5, Mixture(20, 0.4))
"""What any other route of a platform does: it answers by itself."""


@dataclass(frozen=True)
class Tenant:
    """A tenant: its chats a day, when it is busiest (hours UTC), which models it uses, what its cache serves.

    In a `rush` it sends so many times more requests, each of so many times fewer tokens: its budget lasts as before.
    """

    name: str
    chats: float
    peak_hour: float
    model: str
    embedding: str
    cache_share: float
    rush: float = 1


@dataclass(frozen=True)
class Cell:
    """One tenant on one route."""

    tenant: Tenant
    route: str
    service: str

    @property
    def profile(self) -> Profile:
        """What the route does."""
        return PROFILES.get(self.route, PLAIN)

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that all its series have."""
        return {TENANT.name: self.tenant.name, ROUTE.name: self.route, SERVICE.name: self.service}

    @property
    def requests(self) -> float:
        """How many requests a day it sends, over a week."""
        return self.tenant.chats * self.tenant.rush * self.profile.per_chat


def population(platform: Platform, seed: int, count: int) -> tuple[Tenant, ...]:
    """So many tenants, or as many as the platform lists if those are more. The listed ones come first."""
    small = (f"tenant-{number:04}" for number in range(1, count - len(platform.tenants) + 1))
    return tuple(_tenant(platform, seed, name, number) for number, name in enumerate((*platform.tenants, *small)))


def _tenant(platform: Platform, seed: int, name: str, number: int) -> Tenant:
    random = np.random.default_rng([seed, number, 1])
    budget = platform.cost.tokens_per_day
    own = budget.overrides.get(name, budget.default)
    most = float(own.amount) * BUDGET_USED if own else float("inf")
    drawn = float(SMALL.draw(random, 1)[0])
    tokens = most if name in budget.overrides else min(drawn, most)
    models, embeddings = models_in_use(platform)
    return Tenant(
        name=name,
        chats=tokens / TOKENS_PER_CHAT,
        peak_hour=float(random.normal(14, 2)),
        model=models[number % len(models)],
        embedding=embeddings[number % len(embeddings)],
        cache_share=float(random.uniform(0.2, 0.6)),
    )


def models_in_use(platform: Platform) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The few of the priced models that write, and the few that embed, which have tenants."""
    writing = tuple(model for model, price in platform.model_prices.items() if price.output is not None)
    embedding = tuple(model for model, price in platform.model_prices.items() if price.output is None)
    return writing[1:4] or writing or embedding, embedding[1:3] or embedding or writing


def cells(platform: Platform, tenants: tuple[Tenant, ...]) -> Iterator[Cell]:
    """Every tenant on every route of every service."""
    for tenant in tenants:
        for service, routes in platform.services.items():
            for route in routes:
                yield Cell(tenant, route, service)
