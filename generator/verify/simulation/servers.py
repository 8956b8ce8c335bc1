"""What Prometheus and Alertmanager count about themselves while they fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from contract.labels import INSTANCE
from generator.dsl.server_counters import ServerCounter
from generator.verify.simulation.clock import Clock, Steps
from generator.verify.simulation.incident import METRIC, Incident, IncidentKind
from generator.verify.simulation.simulation import SimulationPlan


def failing_counters(plan: SimulationPlan) -> tuple[ServerCounter, ...]:
    """The counters of servers that incidents name, in the contract's order. The others would be 0."""
    named = {incident.matchers[METRIC] for incident in _failures(plan)}
    counters = (each for each in plan.contract.built_in if isinstance(each, ServerCounter))
    return tuple(counter for counter in counters if counter.name in named)


def failure_counts(
    counter: ServerCounter, plan: SimulationPlan, steps: Steps
) -> Iterator[tuple[Mapping[str, str], NDArray[np.int64]]]:
    """Yield the labels of each series of a counter, and its values at these steps: whole failures since the start."""
    counts: dict[tuple[tuple[str, str], ...], NDArray[np.int64]] = {}
    for incident in _failures(plan):
        if incident.matchers[METRIC] == counter.name:
            labels = {INSTANCE.name: counter.server.lower(), **incident.matchers}
            del labels[METRIC]
            key = tuple(labels.items())
            counts[key] = counts.get(key, 0) + _counted(incident, plan.clock, steps)
    yield from ((dict(labels), values) for labels, values in counts.items())


def _failures(plan: SimulationPlan) -> Iterator[Incident]:
    return (incident for incident in plan.incidents if incident.kind is IncidentKind.SERVER_FAILS)


def _counted(incident: Incident, clock: Clock, steps: Steps) -> NDArray[np.int64]:
    seconds = np.clip(steps * clock.step - incident.start, 0, incident.duration)
    counted: NDArray[np.int64] = (seconds * incident.size // 60).astype(np.int64)
    return counted
