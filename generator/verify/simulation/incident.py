"""Incidents: what goes wrong, when, for how long, for whom, and how badly. Pure data, and how much each one weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from generator.verify.simulation.clock import Clock, Flags, LabelValues, Steps


class Kind(Enum):
    """What goes wrong. Each says what an incident's `size` means; its subject may name the labels in brackets."""

    REQUESTS_FAIL = "requests fail"
    """The share of requests that fail (tenant_id, route, service)."""
    REQUESTS_SLOW = "requests are slow"
    """How many times longer a request takes (tenant_id, route, service)."""
    MODEL_FAILS = "a model fails"
    """The share of calls to a model that fail, at once, and their requests with them (… and model)."""
    MODEL_SLOW = "a model is slow"
    """How many times longer a model takes (… and model)."""
    STREAMS_BREAK = "streams break"
    """The share of streams that break halfway, after their status 200 (… and model)."""
    STORE_FAILS = "a store fails"
    """The share of calls that throw (… and store); of KV its writes, which no request waits for."""
    STORE_TIMES_OUT = "a store times out"
    """The share of queries to Vectorize that end after five seconds without an answer (tenant_id, route, service)."""
    TRAFFIC_LOOPS = "a loop sends requests"
    """Further requests a second, day and night (tenant_id and route are to be named)."""
    LONE_REQUESTS = "few requests, the first fails"
    """How many requests there are in all, a minute apart: the first fails (tenant_id and route are to be named; the
    tenant may be a new one)."""
    COUNTERS_RESET = "counters start anew"
    """No size and no duration: at its start all counters go back to 0 (any labels)."""
    SAMPLES_MISSING = "samples are missing"
    """No size: what happens is counted but not told (any labels)."""
    SERVICE_SILENT = "a service is silent"
    """No size: nothing happens, and nothing is told, no heartbeat either (service)."""


@dataclass(frozen=True)
class Incident:
    """Something that goes wrong.

    `start` is in seconds after the simulation's start, `duration` in seconds; `size` is what the kind says. It befalls
    whatever has all labels of the `subject`; an empty subject is everyone. One that is `rising` begins at nothing and
    reaches its size at its end.
    """

    kind: Kind
    start: int
    duration: int = 0
    size: float = 1
    subject: Mapping[str, str] = field(default_factory=dict)
    rising: bool = False

    def befalls(self, labels: Mapping[str, str]) -> bool:
        """Whether the subject is among these labels."""
        return all(labels.get(name) == value for name, value in self.subject.items())

    def window(self, clock: Clock) -> tuple[int, int]:
        """The first step that it touches and the last."""
        return self.start // clock.step + 1, (self.start + self.duration) // clock.step


@dataclass(frozen=True)
class World:
    """The time and all that goes wrong in it."""

    clock: Clock
    incidents: tuple[Incident, ...] = ()

    def of(self, kind: Kind, labels: Mapping[str, str]) -> tuple[Incident, ...]:
        """The incidents of a kind that befall these labels."""
        return tuple(x for x in self.incidents if x.kind is kind and x.befalls(labels))

    def share(self, kind: Kind, at: Steps, labels: Mapping[str, str]) -> LabelValues:
        """Which share of what happens at these steps goes wrong: the largest size of all incidents under way."""
        weights = [incident.size * self._weight(incident, at) for incident in self.of(kind, labels)]
        return np.max(weights, axis=0) if weights else np.zeros(at.size)

    def factor(self, kind: Kind, at: Steps, labels: Mapping[str, str]) -> LabelValues:
        """How many times more there is of something at these steps: the product of all incidents under way."""
        factor = np.ones(at.size)
        for incident in self.of(kind, labels):
            factor *= 1 + (incident.size - 1) * self._weight(incident, at)
        return factor

    def during(self, kind: Kind, at: Steps, labels: Mapping[str, str]) -> Flags:
        """Which of these steps lie within an incident of the kind."""
        inside = np.zeros(at.size, dtype=np.bool_)
        for incident in self.of(kind, labels):
            inside |= self._weight(incident, at) > 0
        return inside

    def _weight(self, incident: Incident, at: Steps) -> LabelValues:
        first, last = incident.window(self.clock)
        inside = (first <= at) & (at <= last)
        risen = (at - first + 1) / max(last - first + 1, 1) if incident.rising else 1.0
        return np.where(inside, risen, 0.0)
