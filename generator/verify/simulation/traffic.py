"""The requests of a tenant's route: when they arrive, which calls they make, how they end."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator

import numpy as np

from contract.api import ERRORS, LATENCY, RATE_LIMITED, REQUESTS
from generator.verify.simulation.calls import CallResults, Requests, generation, indexing, retrieval, session
from generator.verify.simulation.clock import DAY, Flags, Steps
from generator.verify.simulation.incident import Incident, IncidentKind, IncidentTimeline
from generator.verify.simulation.measurements import Measurements, increments, observations
from generator.verify.simulation.population import TenantRoute
from generator.verify.simulation.store_calls import other_store_calls

RATE_LIMITED_RATIO = 0.002
"""The fraction of requests that are answered with status 429."""


def simulate_requests(
    tenant_route: TenantRoute, timeline: IncidentTimeline, seed: int, stores: Collection[str]
) -> Iterator[Measurements]:
    """Yield the measurements of all requests of a tenant's route, whatever stores they call; of D1, R2 and Queues only
    where they are among the `stores`.

    Every incident that adds requests has a random generator of its own, so that all other requests stay the same.
    """
    lone = timeline.affecting(IncidentKind.LONE_REQUESTS, tenant_route.labels)
    steps = _arrivals(tenant_route, timeline, _generator(tenant_route, seed, "arrivals"))
    steps = steps[~timeline.is_active(IncidentKind.LONE_REQUESTS, steps, tenant_route.labels)]
    random = _generator(tenant_route, seed, "requests")
    yield from _process(tenant_route, timeline, random, steps, np.zeros(steps.size, dtype=np.bool_), stores)
    for index, incident in enumerate(lone):
        steps = incident.steps(timeline.clock)[0] + np.arange(int(incident.size)) * max(60 // timeline.clock.step, 1)
        random = _generator(tenant_route, seed, f"lone {index}")
        yield from _process(tenant_route, timeline, random, steps, np.arange(steps.size) == 0, stores)
    for index, incident in enumerate(timeline.affecting(IncidentKind.TRAFFIC_LOOPS, tenant_route.labels)):
        random = _generator(tenant_route, seed, f"loop {index}")
        steps = _loop_arrivals(incident, timeline, random)
        yield from _process(tenant_route, timeline, random, steps, np.zeros(steps.size, dtype=np.bool_), stores)


def _generator(tenant_route: TenantRoute, seed: int, purpose: str) -> np.random.Generator:
    name = f"{tenant_route.tenant.name}\0{tenant_route.route}\0{tenant_route.service}\0{purpose}"
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _arrivals(tenant_route: TenantRoute, timeline: IncidentTimeline, random: np.random.Generator) -> Steps:
    requests_per_step = tenant_route.requests_per_day * timeline.clock.step / DAY
    tenant = tenant_route.tenant
    counts = random.poisson(requests_per_step * tenant.rhythm.load(timeline.clock, tenant.peak_hour))
    return np.repeat(np.arange(1, timeline.clock.steps + 1), counts)


def _loop_arrivals(incident: Incident, timeline: IncidentTimeline, random: np.random.Generator) -> Steps:
    first, last = incident.steps(timeline.clock)
    steps = np.arange(first, min(last, timeline.clock.steps) + 1)
    return np.repeat(steps, random.poisson(incident.size * timeline.clock.step, steps.size))


def _process(
    tenant_route: TenantRoute,
    timeline: IncidentTimeline,
    random: np.random.Generator,
    steps: Steps,
    must_fail: Flags,
    stores: Collection[str],
) -> Iterator[Measurements]:
    """Yield the measurements of requests; `must_fail` marks requests that fail. A silent service has no requests."""
    labels = tenant_route.labels
    none_arrive = timeline.is_active(IncidentKind.SERVICE_SILENT, steps, labels)
    none_arrive |= timeline.is_active(IncidentKind.REQUESTS_STOP, steps, labels)
    arrived = ~none_arrive & (steps <= timeline.clock.steps)
    limited = arrived & ~must_fail & (random.random(steps.size) < RATE_LIMITED_RATIO)
    requests = Requests(tenant_route, timeline, random, steps, arrived & ~limited)
    calls = _make_calls(requests)
    of_requests = requests.failures(IncidentKind.REQUESTS_FAIL, labels, tenant_route.tenant.failure_ratio)
    failed = calls.failed | of_requests | (must_fail & arrived)
    duration = calls.duration * requests.slowdown(IncidentKind.REQUESTS_SLOW, labels)
    yield increments(REQUESTS, labels, steps, arrived)
    yield increments(ERRORS, labels, steps, failed)
    yield increments(RATE_LIMITED, labels, steps, limited)
    yield observations(LATENCY, labels, steps, arrived, np.where(limited, 3.0, duration))
    yield from calls.measurements
    yield from other_store_calls(requests, stores)


def _make_calls(requests: Requests) -> CallResults:
    profile = requests.tenant_route.profile
    results = CallResults(requests.draw(profile.overhead), np.zeros(requests.steps.size, dtype=np.bool_))
    results += session(requests)
    if profile.retrieves:
        results += retrieval(requests)
    if profile.generates:
        results += generation(requests)
    if profile.indexes:
        results += indexing(requests)
    return results
