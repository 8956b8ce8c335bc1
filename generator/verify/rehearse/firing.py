"""When an alert fires, from the times at which its expression has a result: `for` and `keep_firing_for` as Prometheus
evaluates them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generator.frozen import frozen
from generator.verify.rehearse.history_api import Labels, RangeSeries

ALERTNAME = "alertname"


@frozen
class Firing:
    """The evaluations at which an alert of these labels fires, from the first to the last, in ms since 1970."""

    labels: Labels
    first: int
    last: int


@dataclass
class _Active:
    """An alert that is pending, or firing since `fired`. `last` is when its expression last had a result."""

    since: int
    last: int
    fired: int | None = None


class FiringState:
    """The state of all alerts of a rule. Times are given in their order; memory grows with what is active at once, and
    with the firings. All durations are in ms."""

    def __init__(self, rule: Mapping[str, str], interval: int, hold: int, keep_firing: int) -> None:
        self.rule = rule
        self.interval = interval
        self.hold = hold
        # An alert resolves at the first evaluation at which it was absent for so long.
        self.kept = -(-keep_firing // interval) * interval
        self.active: dict[Labels, _Active] = {}
        self.firings: list[Firing] = []

    def add(self, series: Iterable[RangeSeries]) -> None:
        """Evaluate the rule at the times of a chunk, whose results these are."""
        for each in series:
            labels = self._labels(each.labels)
            for time in each.times:
                self._present(labels, time)

    def ended(self, end: int) -> tuple[Firing, ...]:
        """All firings until the last evaluation, in their order; those that go on end there."""
        for labels, active in self.active.items():
            self._close(labels, active, end)
        self.active.clear()
        return tuple(sorted(self.firings, key=lambda firing: (firing.first, firing.last, firing.labels)))

    def _labels(self, result: Mapping[str, str]) -> Labels:
        return tuple(sorted((name, value) for name, value in {**result, **self.rule}.items() if value))

    def _present(self, labels: Labels, time: int) -> None:
        active = self.active.get(labels)
        if active is not None and time > self._resolved(active):
            self._close(labels, active, time)
            active = None
        if active is None:
            active = self.active[labels] = _Active(time, time)
        active.last = time
        if active.fired is None and time - active.since >= self.hold:
            active.fired = time

    def _resolved(self, active: _Active) -> int:
        """The evaluation at which an alert is resolved, or at which one that is pending is forgotten."""
        return active.last + self.interval + (self.kept if active.fired is not None else 0)

    def _close(self, labels: Labels, active: _Active, end: int) -> None:
        if active.fired is not None:
            self.firings.append(Firing(labels, active.fired, min(self._resolved(active) - self.interval, end)))
