"""A case: something that happens, what must be told of it, by when, and what may be told besides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.verify.simulation.clock import DAY, MONDAY, Clock
from generator.verify.simulation.incident import Incident

MINUTE, HOUR = 60, 3_600
NOON = MONDAY + DAY + 12 * HOUR
"""Tuesday, 12:00 UTC, in seconds since 1970."""
RUSH = 10
"""So many times the requests of the platform's budgets make what the alerts are judged on: some two a second on
/chat at noon, four on /search. Few requests are cases of their own."""
NIGHT = MONDAY + DAY + 3 * HOUR


@dataclass(frozen=True)
class Alarm:
    """An alert of a severity about a subject: a label not named may have any value, one that is "" is absent."""

    name: str
    severity: str
    subject: Mapping[str, str] = field(default_factory=dict)

    def is_told_by(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert that fires with these labels says this."""
        wanted = {"alertname": self.name, "severity": self.severity, **self.subject}
        return all(labels.get(label, "") == value for label, value in wanted.items())

    def __str__(self) -> str:
        said = " ".join(value for value in self.subject.values() if value)
        return f"{self.name} ({self.severity}){' ' if said else ''}{said}"


@dataclass(frozen=True)
class Due:
    """What must be told, and within how many seconds after the incident's start."""

    alarm: Alarm
    within: int


@dataclass(frozen=True)
class Curve:
    """What a plot draws beneath the traffic: its title, with the unit, and its PromQL, where `$w` is the window."""

    title: str
    expression: str


@dataclass(frozen=True)
class Case:
    """Something that happens `warm_up` seconds after a run's start, at `at` (seconds since 1970), and its claim.

    The run goes on for `after` seconds when it is over, sampled every `step`. What is neither due nor may be told must
    not be told. Alerts that look further back than the warm-up are not tried. There are `rush` times more requests than
    the tenants' budgets make. Ordinary `days` hold nothing that is to be told, and are their own warm-up.
    """

    name: str
    claim: str
    incidents: tuple[Incident, ...]
    traffic: Mapping[str, str]
    curve: Curve
    due: tuple[Due, ...] = ()
    may: tuple[Alarm, ...] = ()
    at: int = NOON
    warm_up: int = 6 * HOUR
    after: int = HOUR
    step: int = 15
    rush: float = RUSH
    days: int = 0
    remark: str = ""
    """What the report says where a target is not met: the reason. It excuses nothing: a miss fails the command."""

    @property
    def slug(self) -> str:
        """Its name as that of a file."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def lasting(self) -> int:
        """Seconds from the incident's start to its end, or of all ordinary days."""
        ends = (one.start + one.duration for one in self.incidents)
        return self.days * DAY or max(ends, default=self.warm_up) - self.warm_up

    @property
    def clock(self) -> Clock:
        """The run's time."""
        return Clock(self.at - self.warm_up, self.warm_up + self.lasting + self.after, self.step)

    def allows(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert that fires with these labels belongs to the incident."""
        return any(alarm.is_told_by(labels) for alarm in (*(due.alarm for due in self.due), *self.may))
