"""A simulation: a platform, a seed, a time and what goes wrong in it; and what was told of all that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from contract.api import DROPPED
from contract.labels import REASON, SERVICE, TENANT
from generator.dsl.platform import Platform
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.counting import Told, merged
from generator.verify.simulation.incident import Incident, World
from generator.verify.simulation.population import Cell, Tenant, cells, population
from generator.verify.simulation.progress import Progress, silence
from generator.verify.simulation.traffic import with_applicable_tests


@dataclass(frozen=True)
class Plan:
    """What is to be simulated. The same plan gives the same simulation, to the byte.

    `rush` is how many times more requests there are than the tenants' budgets make.
    """

    platform: Platform
    seed: int = 1
    tenants: int = 8
    clock: Clock = field(default_factory=Clock)
    incidents: tuple[Incident, ...] = ()
    rush: float = 1

    @property
    def world(self) -> World:
        """The time, and what goes wrong in it."""
        return World(self.clock, self.incidents)


@dataclass(frozen=True)
class Simulation:
    """What happened and was counted; every metric and labels once, in the contract's order."""

    plan: Plan
    told: tuple[Told, ...]

    def fingerprint(self) -> bytes:
        """A hash of all that its samples are made of."""
        plan = self.plan
        digest = hashlib.sha256(repr((plan.clock, plan.incidents, sorted(plan.platform.services))).encode())
        for told in self.told:
            digest.update(repr((told.metric.name, getattr(told.metric, "buckets", ()), *told.labels.items())).encode())
            digest.update(told.at.tobytes() + told.amount.tobytes())
        return digest.digest()


def simulate(plan: Plan, progress: Progress = silence) -> Simulation:
    """Let the plan's tenants send their requests, from the clock's start to its end."""
    told = list(_nothing_lost(plan))
    everyone = tuple(_cells(plan))
    for number, cell in enumerate(everyone):
        told += with_applicable_tests(cell, plan.world, plan.seed)
        progress("simulating", number + 1, len(everyone))
    return Simulation(plan, merged(told))


def _nothing_lost(plan: Plan) -> Iterator[Told]:
    """What each service loses on the way to its counters: nothing, and it says so from the first."""
    for service in plan.platform.services:
        for reason in REASON.listed:
            first, none = np.array([1], dtype=np.int64), np.zeros(1, dtype=np.int64)
            yield Told(DROPPED, {SERVICE.name: service, REASON.name: reason}, first, none)


def _cells(plan: Plan) -> Iterator[Cell]:
    """Every tenant on every route; a tenant that only an incident names sends nothing of its own."""
    tenants = tuple(replace(one, rush=plan.rush) for one in population(plan.platform, plan.seed, plan.tenants))
    known = {tenant.name for tenant in tenants}
    named = dict.fromkeys(incident.subject.get(TENANT.name, "") for incident in plan.incidents)
    newcomers = tuple(_newcomer(tenants[0], name) for name in named if name and name not in known)
    return cells(plan.platform, (*tenants, *newcomers))


def _newcomer(like: Tenant, name: str) -> Tenant:
    return replace(like, name=name, chats=0)
