"""A look at a dashboard: when, over how long, at what is picked; and what the simulation's record says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from generator.dsl.metrics import CombinedCounter, Counter, Histogram
from generator.dsl.query import DashboardWindow, Window
from generator.dsl.units import Duration, minutes
from generator.promql.grafana_variables import filled
from generator.verify.simulation.simulation import Simulation
from generator.verify.simulation.truth import Truth

NOW = minutes(5)
Key: TypeAlias = tuple[tuple[str, str], ...]
"""Labels and their values, sorted: what tells one line, bar or row from another."""


@dataclass(frozen=True)
class Look:
    """What a reader looks at.

    `time` is the end of what is shown, in seconds since 1970. `span`, in seconds, fills both `$__range` and
    `$__rate_interval`: each point of a graph stands for all that is shown. None: the panel's own windows alone are
    asked. `picks` are values by label; a label that is not there is All. `raw`: what follows the span is read from
    the counters themselves, not from what was recorded every 5 minutes.
    """

    simulation: Simulation
    time: int
    span: int | None
    picks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    raw: bool = False

    @property
    def truth(self) -> Truth:
        """What happened."""
        return Truth(self.simulation)

    def seconds(self, over: Window) -> int:
        """The length of a window."""
        if isinstance(over, Duration):
            return over.seconds
        assert self.span is not None
        return self.span

    def window(self, over: Window) -> tuple[int, int]:
        """Start and end of a window, in seconds since 1970.

        Of 5 minutes, Prometheus sees what lies between the first and the last sample in them, and makes 5 minutes of
        it: the first step's happenings are before its first sample.
        """
        unseen = self.simulation.plan.clock.step if over == NOW else 0
        return self.time - self.seconds(over) + unseen, self.time

    def stretch(self, over: Window) -> float:
        """By how much an increase is more than what was seen of its window."""
        start, end = self.window(over)
        return self.seconds(over) / (end - start)

    def sampled(self, over: Window) -> bool:
        """Whether a window is added up from windows of 5 minutes, between which one step in twenty falls."""
        return over != NOW and not (self.raw and isinstance(over, DashboardWindow))

    def labels(
        self, metric: Counter | Histogram | CombinedCounter, narrowed: tuple[str, ...] | None
    ) -> Iterator[dict[str, str]]:
        """The labels of each series of a metric that is picked; only picks of the `narrowed` labels count (None: all).

        Those of a union bear the labels that tell its parts apart too.
        """
        for labels in _series(self.simulation, metric):
            picks = {name: x for name, x in self.picks.items() if narrowed is None or name in narrowed}
            if all(labels[name] in values for name, values in picks.items() if name in labels):
                yield labels


def query(expression: str, look: Look, variables: Mapping[str, str]) -> str:
    """A query as Grafana sends it. `variables` maps their names to their labels; All is `.*`, which is not escaped."""
    for name, label in variables.items():
        if label not in look.picks:
            expression = expression.replace(f"${{{name}:regex}}", ".*")
    for hole in ("$__rate_interval", "$__range"):
        expression = expression.replace(hole, f"{look.span or NOW.seconds}s")
    return filled(expression, {name: look.picks[label] for name, label in variables.items() if label in look.picks})


def _series(simulation: Simulation, metric: Counter | Histogram | CombinedCounter) -> Iterator[dict[str, str]]:
    if isinstance(metric, CombinedCounter):
        for part in metric.parts:
            apart = {label.name: value for label, value in part.distinguishing_labels.items()}
            yield from ({**labels, **apart} for labels in _series(simulation, part.counter))
    else:
        yield from (dict(told.labels) for told in simulation.told if told.metric == metric)
