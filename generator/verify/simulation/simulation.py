"""A simulation: its plan (platform, seed, time, incidents) and the measurements of all its requests."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property

import numpy as np

from contract.api import DROPPED, EXPORT_FAILURES, OBJECT_REQUESTS, OVERFLOW, ROWS_WRITTEN
from contract.labels import ENDPOINT, REASON, SERVICE, TENANT
from generator.definitions import project_contract
from generator.dsl.contract import Contract
from generator.dsl.metrics import Counter, uses
from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.lowering.metric_labels import labels_of
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.incident import Incident, IncidentKind, IncidentTimeline
from generator.verify.simulation.measurements import Measurements, merge
from generator.verify.simulation.other_metrics import emitted_gauges, other_metrics
from generator.verify.simulation.population import Tenant, TenantRoute, population, sampled_tenants, tenant_routes
from generator.verify.simulation.progress import Progress, no_progress
from generator.verify.simulation.shards import over_shards
from generator.verify.simulation.traffic import simulate_requests

OVERFLOW_REASONS = ("isolate_full", "shard_full")
"""Why something is counted without its tenant; for the other reasons it is lost."""


@frozen
class SimulationPlan:
    """The parameters of a simulation. The same plan gives the same simulation, byte for byte.

    `load_factor` multiplies the requests that follow from the tenants' budgets. `contract` has the metrics that the
    Workers emit: the project's. With `sample`, at most so many of the listed tenants are simulated. A `population`
    is in place of all tenants that follow from the platform. With more than one of `shards`, each has its own series.
    """

    platform: Platform
    seed: int = 1
    tenants: int = 8
    clock: Clock = field(default_factory=Clock)
    incidents: tuple[Incident, ...] = ()
    load_factor: float = 1
    contract: Contract = field(default_factory=project_contract)
    sample: int | None = None
    population: tuple[Tenant, ...] = ()
    shards: int = 1

    def __post_init__(self) -> None:
        if self.platform.native_histograms:
            what = "the simulation writes classic histograms, which the rules of native ones do not read"
            raise BuildError([Problem("histograms", what, "give a platform file with histograms: classic")])

    @property
    def timeline(self) -> IncidentTimeline:
        """The clock and the incidents."""
        return IncidentTimeline(self.clock, self.incidents)


@frozen
class Simulation:
    """A plan and its measurements: one item per metric and label set, in the contract's order."""

    plan: SimulationPlan
    measurements: tuple[Measurements, ...]

    @cached_property
    def by_metric(self) -> Mapping[str, Sequence[Measurements]]:
        """The measurements of each metric, by its name."""
        result: dict[str, list[Measurements]] = {}
        for item in self.measurements:
            result.setdefault(item.metric.name, []).append(item)
        return result

    def fingerprint(self) -> bytes:
        """Return a hash of everything that determines the exported samples."""
        plan = self.plan
        digest = hashlib.sha256(repr((plan.clock, plan.incidents, sorted(plan.platform.services))).encode())
        for item in self.measurements:
            buckets = getattr(item.metric, "buckets", ())
            digest.update(repr((item.metric.name, buckets, *item.labels.items())).encode())
            digest.update(item.steps.tobytes() + item.amounts.tobytes())
        for gauge in emitted_gauges(plan.contract):
            digest.update(repr(gauge).encode())
        return digest.digest()


def simulate(plan: SimulationPlan, progress: Progress = no_progress) -> Simulation:
    """Simulate the requests of all tenants, from the start of the plan's clock to its end."""
    measurements = list(_telemetry_of_services(plan))
    all_tenant_routes = tuple(planned_tenant_routes(plan))
    for index, tenant_route in enumerate(all_tenant_routes):
        measurements += simulate_requests(tenant_route, plan.timeline, plan.seed, plan.platform.stores)
        progress("simulating", index + 1, len(all_tenant_routes))
    contract = plan.contract.of_stores(plan.platform.stores)
    measurements += other_metrics(contract, plan.platform, measurements, plan.seed)
    existing = (each for each in measurements if uses(plan.platform.stores, each.metric))
    merged = merge((_with_metric_labels(each, plan.platform) for each in existing), contract)
    return Simulation(plan, tuple(over_shards(merged, plan.shards, plan.seed)))


def sample_note(plan: SimulationPlan) -> str:
    """What a simulation leaves out of its platform, for people; empty if nothing."""
    listed, notes = len(plan.platform.tenants), []
    if plan.sample is not None and plan.sample < listed:
        notes.append(f"{plan.sample} of {listed} tenants")
    if plan.load_factor < 1:
        factor = f"{1 / plan.load_factor:.3g}"
        notes.append(f"one in {factor} requests, each with {factor} times the tokens")
    return ", ".join(notes)


def _with_metric_labels(measurements: Measurements, platform: Platform) -> Measurements:
    """Measurements with the labels that the platform adds. All requests of a tenant have the same values."""
    labels = labels_of(measurements.metric, platform)
    if not labels:
        return measurements
    tenant = zlib.crc32(measurements.labels[TENANT.name].encode())
    added = {label.name: label.listed[tenant % len(label.listed)] for label in labels}
    return replace(measurements, labels={**measurements.labels, **added})


def _telemetry_of_services(plan: SimulationPlan) -> Iterator[Measurements]:
    """Yield the counters of telemetry that each service lost, or counted without its tenant, of the rows of shards and
    the requests to them, and of failed exports to the first collector: 0 from the first step, and what incidents lose.
    """
    first_step, zero = np.array([1], dtype=np.int64), np.zeros(1, dtype=np.int64)
    for service in plan.platform.services:
        yield Measurements(ROWS_WRITTEN, {SERVICE.name: service}, first_step, zero)
        yield Measurements(OBJECT_REQUESTS, {SERVICE.name: service}, first_step, zero)
        collector = {SERVICE.name: service, ENDPOINT.name: ENDPOINT.listed[0]}
        yield Measurements(EXPORT_FAILURES, collector, first_step, zero)
        for reason in REASON.listed:
            yield Measurements(_lost(reason), {SERVICE.name: service, REASON.name: reason}, first_step, zero)
    for incident in plan.incidents:
        if incident.kind is IncidentKind.TELEMETRY_LOST:
            first, last = incident.steps(plan.clock)
            steps = np.arange(first, last + 1)
            amounts = np.full(steps.size, round(incident.size * plan.clock.step), dtype=np.int64)
            labels = {REASON.name: REASON.listed[0], **incident.matchers}
            yield Measurements(_lost(labels[REASON.name]), labels, steps, amounts)


def _lost(reason: str) -> Counter:
    """The counter of what is lost for a reason, or counted without its tenant."""
    return OVERFLOW if reason in OVERFLOW_REASONS else DROPPED


def planned_tenant_routes(plan: SimulationPlan) -> Iterator[TenantRoute]:
    """Yield every tenant on every route, including tenants that only an incident names; those have no other traffic."""
    listed = sampled_tenants(plan.platform, plan.sample) if plan.sample is not None else None
    tenants = plan.population or tuple(
        replace(tenant, load_factor=plan.load_factor)
        for tenant in population(plan.platform, plan.seed, plan.tenants, listed)
    )
    existing = {tenant.name for tenant in tenants}
    matched = dict.fromkeys(incident.matchers.get(TENANT.name, "") for incident in plan.incidents)
    new_tenants = tuple(_without_traffic(tenants[0], name) for name in matched if name and name not in existing)
    return tenant_routes(plan.platform, (*tenants, *new_tenants))


def _without_traffic(tenant: Tenant, name: str) -> Tenant:
    return replace(tenant, name=name, chats_per_day=0)
