"""A back-test case: its incidents, and the alerts that must and may fire."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import field, replace

from generator.frozen import frozen
from generator.verify.backtest.chart_queries import ChartQuery, Labels
from generator.verify.simulation.clock import DAY, MONDAY, Clock
from generator.verify.simulation.incident import Incident
from generator.verify.simulation.population import Tenant

MINUTE, HOUR = 60, 3_600
NOON = MONDAY + DAY + 12 * HOUR
"""Tuesday, 12:00 UTC, as a Unix timestamp in seconds."""
NIGHT = MONDAY + DAY + 3 * HOUR
SEED = 1
TRAFFIC_FACTOR = 10
"""Multiplier of the request rate that the tenants' budgets yield: about 2 requests a second on /chat at noon and 4 on
/search. The cases at low traffic use 1."""


@frozen
class AlertSelector:
    """Selects alerts by name, severity and labels. A label with the value "" must be absent; other labels may have any
    value."""

    name: str
    severity: str
    labels: Labels = field(default_factory=dict)

    def matches(self, labels: Labels) -> bool:
        """Return whether an alert with these labels is selected."""
        required = {"alertname": self.name, "severity": self.severity, **self.labels}
        return all(labels.get(label, "") == value for label, value in required.items())

    def __str__(self) -> str:
        return " ".join((f"{self.name} ({self.severity})", *(value for value in self.labels.values() if value)))


@frozen
class ExpectedAlert:
    """An alert that must fire no later than `deadline` seconds after the incident's start."""

    alert: AlertSelector
    deadline: int


@frozen
class Case:
    """Incidents that start `warm_up` seconds after the run's start, at the Unix time `incident_start`.

    The run continues for `cool_down` seconds after their end. Samples are `step` seconds apart. Alerts that are neither
    expected nor allowed must not fire. Rules whose longest window exceeds the warm-up are not evaluated. A case of
    `ordinary_days`, which begin after the warm-up, expects no alert: its rules may look back over all of these days.
    """

    name: str
    claim: str
    incidents: tuple[Incident, ...]
    traffic_labels: Labels
    symptom: ChartQuery
    expected: tuple[ExpectedAlert, ...] = ()
    allowed: tuple[AlertSelector, ...] = ()
    incident_start: int = NOON
    warm_up: int = 6 * HOUR
    cool_down: int = HOUR
    step: int = 15
    traffic_factor: float = TRAFFIC_FACTOR
    ordinary_days: int = 0
    seed: int = SEED
    population: tuple[Tenant, ...] = ()
    """The tenants, in place of those that follow from the platform."""
    clusters: tuple[str, ...] = ()
    """Clusters of the platform behind one querier; the incidents are in the first one."""
    tolerated_tickets: int = 0
    """The number of notifications of tickets that are neither expected nor allowed, and do not fail the case."""
    remark: str = ""
    """The reason that the report gives for a missed target. A failed case fails the command in spite of it."""

    @property
    def slug(self) -> str:
        """The name in the form of a file name."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def duration(self) -> int:
        """Seconds from the start of the incidents to their end, or the length of all ordinary days."""
        ends = (incident.start + incident.duration for incident in self.incidents)
        return self.ordinary_days * DAY or max(ends, default=self.warm_up) - self.warm_up

    @property
    def look_back(self) -> int:
        """Seconds that the window of a rule may have at most."""
        return max(self.warm_up, self.ordinary_days * DAY)

    @property
    def clock(self) -> Clock:
        """The time range and the step of the run."""
        length = self.warm_up + self.duration + self.cool_down
        return Clock(self.incident_start - self.warm_up, length, self.step)

    def with_alerts(self, alerts: Collection[tuple[str, str]]) -> Case:
        """The case without the expected alerts that a platform does not have, by name and severity."""
        expected = tuple(each for each in self.expected if (each.alert.name, each.alert.severity) in alerts)
        return replace(self, expected=expected)

    def permits(self, labels: Labels) -> bool:
        """Return whether an alert with these labels is expected or allowed."""
        selectors = (*(expected.alert for expected in self.expected), *self.allowed)
        return any(selector.matches(labels) for selector in selectors)
