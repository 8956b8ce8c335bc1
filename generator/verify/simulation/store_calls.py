"""Calls to D1, R2 and Queues, on platforms that use them. They are made after the response, so they fail no request."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from contract.labels import STORE
from contract.storage import (
    D1_ERRORS,
    D1_LATENCY,
    D1_QUERIES,
    QUEUE_ERRORS,
    QUEUE_MESSAGES_CONSUMED,
    QUEUE_MESSAGES_SENT,
    R2_ERRORS,
    R2_READS,
    R2_WRITES,
)
from generator.verify.simulation.calls import Requests
from generator.verify.simulation.distribution import LogNormalMixture
from generator.verify.simulation.incident import IncidentKind
from generator.verify.simulation.measurements import Measurements, increments, observations

D1_LATENCIES = LogNormalMixture(8, 0.6)
"""Milliseconds."""
R2_WRITE_RATIO = 0.25
"""The fraction of requests that write an object, beside the one that each reads."""


def other_store_calls(requests: Requests, stores: Collection[str]) -> Iterator[Measurements]:
    """Yield the measurements of each request's calls to these stores: a D1 query, an R2 read and sometimes a write, and
    a message that is sent and consumed."""
    if "d1" in stores:
        yield from _d1_query(requests)
    if "r2" in stores:
        yield from _r2_calls(requests)
    if "queues" in stores:
        yield from _queue_message(requests)


def _d1_query(requests: Requests) -> Iterator[Measurements]:
    labels, steps = requests.tenant_route.labels, requests.steps
    failed = requests.failures(IncidentKind.STORE_FAILS, {**labels, STORE.name: "d1"})
    yield increments(D1_QUERIES, labels, steps, requests.selected)
    yield increments(D1_ERRORS, labels, steps, failed)
    yield observations(D1_LATENCY, labels, steps, requests.selected, requests.draw(D1_LATENCIES))


def _r2_calls(requests: Requests) -> Iterator[Measurements]:
    labels, steps, selected = requests.tenant_route.labels, requests.steps, requests.selected
    failed = requests.failures(IncidentKind.STORE_FAILS, {**labels, STORE.name: "r2"})
    writes = selected & (requests.random.random(steps.size) < R2_WRITE_RATIO)
    yield increments(R2_READS, labels, steps, selected)
    yield increments(R2_WRITES, labels, steps, writes)
    yield increments(R2_ERRORS, labels, steps, failed)


def _queue_message(requests: Requests) -> Iterator[Measurements]:
    """A message that cannot be sent is not consumed."""
    labels, steps, selected = requests.tenant_route.labels, requests.steps, requests.selected
    failed = requests.failures(IncidentKind.STORE_FAILS, {**labels, STORE.name: "queues"})
    yield increments(QUEUE_MESSAGES_SENT, labels, steps, selected)
    yield increments(QUEUE_MESSAGES_CONSUMED, labels, steps, selected & np.logical_not(failed))
    yield increments(QUEUE_ERRORS, labels, steps, failed)
