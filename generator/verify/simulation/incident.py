"""Incidents as data (what goes wrong, when, for which labels, how severely), and their effect at each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

import numpy as np

from generator.frozen import frozen
from generator.verify.simulation.clock import Clock, Flags, Steps, Values

METRIC = "metric"
"""What a matcher calls the name of a metric."""


class IncidentKind(Enum):
    """What goes wrong.

    Each kind defines the meaning of an incident's `size`, and in brackets the labels that its matchers may name.
    """

    REQUESTS_FAIL = "requests fail"
    """The fraction of requests that fail (tenant_id, route, service)."""
    REQUESTS_SLOW = "requests are slow"
    """The factor by which the duration of a request grows (tenant_id, route, service)."""
    MODEL_FAILS = "a model fails"
    """The fraction of calls to a model that fail immediately; their requests fail too (the same labels and model)."""
    MODEL_SLOW = "a model is slow"
    """The factor by which the duration of a model call grows (the same labels and model)."""
    STREAMS_BREAK = "streams break"
    """The fraction of streams that break halfway, after status 200 (the same labels and model)."""
    STORE_FAILS = "a store fails"
    """The fraction of calls that throw; for KV only writes, which no request waits for (the same labels and store)."""
    STORE_TIMES_OUT = "a store times out"
    """The fraction of Vectorize queries that end after five seconds without an answer (tenant_id, route, service)."""
    TRAFFIC_LOOPS = "a loop sends requests"
    """Additional requests per second, day and night (tenant_id and route are required)."""
    LONE_REQUESTS = "few requests, the first fails"
    """The total number of requests, one per minute; the first fails (tenant_id and route are required; the tenant may
    be new)."""
    COUNTERS_RESET = "counters reset"
    """No size and no duration: at the start all counters are reset to 0 (any labels)."""
    SAMPLES_MISSING = "samples are missing"
    """No size: Workers count events, but Prometheus receives no samples (any labels)."""
    METRIC_MISSING = "a metric is missing"
    """No size: Workers count it, but its series do not arrive (metric, the metric's name, is required; any labels)."""
    USAGE_MISSING = "answers have no token usage"
    """No size: no answer of a model that generates text says how many tokens it used (the same labels and model)."""
    TELEMETRY_LOST = "telemetry is lost"
    """The observations a second that a service drops because no shard accepts them; nothing else changes (service)."""
    REQUESTS_STOP = "no requests arrive"
    """No size: nobody reaches the Workers, which go on to report (tenant_id, route, service)."""
    SERVICE_SILENT = "a service is silent"
    """No size: there are no events, no samples and no heartbeat (service)."""
    SERVER_FAILS = "Prometheus or Alertmanager fails"
    """The failures a minute that a counter of theirs counts (metric, the counter's name, and all labels of the series
    but the server's are required); nothing else changes."""
    RULES_RECORD_NOTHING = "rules record nothing"
    """No size: rules of a group have no results (rule_group is required). A simulation has no rules; a back-test leaves
    their results out."""


@frozen
class Incident:
    """One incident.

    `start` is in seconds after the start of the simulation, `duration` in seconds; the kind defines what `size` means.
    The incident affects everything that has all labels of `matchers`; without matchers it affects everything. A
    `rising` incident starts at no effect and grows linearly to its size at the end.
    """

    kind: IncidentKind
    start: int
    duration: int = 0
    size: float = 1
    matchers: Mapping[str, str] = field(default_factory=dict)
    rising: bool = False

    def affects(self, labels: Mapping[str, str]) -> bool:
        """Return whether the matchers match these labels."""
        return all(labels.get(name) == value for name, value in self.matchers.items())

    def steps(self, clock: Clock) -> tuple[int, int]:
        """Return the first and the last affected step."""
        return self.start // clock.step + 1, (self.start + self.duration) // clock.step


@frozen
class IncidentTimeline:
    """The clock of a simulation and all its incidents."""

    clock: Clock
    incidents: tuple[Incident, ...] = ()

    def affecting(self, kind: IncidentKind, labels: Mapping[str, str]) -> tuple[Incident, ...]:
        """Return the incidents of a kind that affect these labels."""
        return tuple(incident for incident in self.incidents if incident.kind is kind and incident.affects(labels))

    def failure_ratio(self, kind: IncidentKind, steps: Steps, labels: Mapping[str, str]) -> Values:
        """Return the fraction of events that fail at each step: the largest size of all active incidents."""
        ratios = [incident.size * self._intensity(incident, steps) for incident in self.affecting(kind, labels)]
        return np.max(ratios, axis=0) if ratios else np.zeros(steps.size)

    def factor(self, kind: IncidentKind, steps: Steps, labels: Mapping[str, str]) -> Values:
        """Return the factor of a kind at each step: the product over all active incidents, 1 without any."""
        factor = np.ones(steps.size)
        for incident in self.affecting(kind, labels):
            factor *= 1 + (incident.size - 1) * self._intensity(incident, steps)
        return factor

    def is_active(self, kind: IncidentKind, steps: Steps, labels: Mapping[str, str]) -> Flags:
        """Return for each step whether an incident of the kind is active."""
        active = np.zeros(steps.size, dtype=np.bool_)
        for incident in self.affecting(kind, labels):
            active |= self._intensity(incident, steps) > 0
        return active

    def _intensity(self, incident: Incident, steps: Steps) -> Values:
        first, last = incident.steps(self.clock)
        inside = (first <= steps) & (steps <= last)
        progress = (steps - first + 1) / max(last - first + 1, 1) if incident.rising else 1.0
        return np.where(inside, progress, 0.0)
