"""A dashboard with a time range and selected template variables: its queries, and the simulated series it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from contract.ai import AI_REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.metrics import CombinedCounter, Counter, Histogram
from generator.dsl.query import DashboardWindow, Window
from generator.dsl.units import Duration, minutes
from generator.promql.grafana_variables import filled
from generator.verify.simulation.ground_truth import GroundTruth
from generator.verify.simulation.simulation import Simulation

FIVE_MINUTES = minutes(5)
LabelSet: TypeAlias = tuple[tuple[str, str], ...]
"""Labels and their values, sorted: the identity of a series in a query result."""


@dataclass(frozen=True)
class DashboardView:
    """What a user sees of a dashboard.

    `time` is the end of the time range, in seconds since 1970. `range_seconds` is the value of both `$__range` and
    `$__rate_interval`, so that each point of a graph covers the whole range; None: only fixed windows are queried.
    `selected` has the selected values by label; a label that is not in it is set to All. With `from_counters`, windows
    that depend on the range are read from counters, not from series that are recorded every 5 minutes.
    """

    simulation: Simulation
    time: int
    range_seconds: int | None
    selected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    from_counters: bool = False

    @property
    def truth(self) -> GroundTruth:
        """The expected values of the simulation."""
        return GroundTruth(self.simulation)

    def seconds(self, window: Window) -> int:
        """Return the length of a window."""
        if isinstance(window, Duration):
            return window.seconds
        assert self.range_seconds is not None
        return self.range_seconds

    def limits(self, window: Window) -> tuple[int, int]:
        """Return start and end of the events that a window includes, in seconds since 1970.

        In a window of at most 5 minutes Prometheus measures the increase between the first and the last sample; the
        events of the first step are before its first sample.
        """
        excluded = self.simulation.plan.clock.step if is_of_counters(window) else 0
        return self.time - self.seconds(window) + excluded, self.time

    def extrapolation(self, window: Window) -> float:
        """Return the factor by which Prometheus extrapolates an increase to the whole window."""
        start, end = self.limits(window)
        return self.seconds(window) / (end - start)

    def is_sum_of_windows(self, window: Window) -> bool:
        """Return whether a query adds up 5-minute windows, each of which excludes one step in twenty."""
        return not is_of_counters(window) and not (self.from_counters and isinstance(window, DashboardWindow))

    def labels(
        self, metric: Counter | Histogram | CombinedCounter, filtered_by: tuple[str, ...] | None
    ) -> Iterator[dict[str, str]]:
        """Yield the labels of each selected series of a metric. Only selections of the labels `filtered_by` apply
        (None: of all labels).

        The members of a combined counter also have its distinguishing labels.
        """
        for labels in _series(self.simulation, metric):
            selected = {
                name: values for name, values in self.selected.items() if filtered_by is None or name in filtered_by
            }
            has_value = all(labels[name] in values for name, values in selected.items() if name in labels)
            if has_value and (MODEL.name not in selected or self._calls_a_model(labels)):
                yield labels

    def _calls_a_model(self, labels: Mapping[str, str]) -> bool:
        """Whether the route of a series without a model has called one of the selected models; of selected tenants, its
        tenant."""
        if MODEL.name in labels:
            return True
        same = (ROUTE.name, SERVICE.name, *((TENANT.name,) if TENANT.name in self.selected else ()))
        return any(
            calls[MODEL.name] in self.selected[MODEL.name] and all(calls[name] == labels[name] for name in same)
            for calls in _series(self.simulation, AI_REQUESTS)
        )


def is_of_counters(window: Window) -> bool:
    """Whether an increase over a window is read from counters; over longer ones, 5-minute windows are added up."""
    return isinstance(window, Duration) and window <= FIVE_MINUTES


def interpolate(expression: str, view: DashboardView, variables: Mapping[str, str]) -> str:
    """Return an expression as Grafana sends it. `variables` maps template variables to labels; All is `.*`, and `()` of
    tenants, which are not escaped."""
    for name, label in variables.items():
        if label not in view.selected:
            expression = expression.replace(f"${{{name}:regex}}", "()" if label == TENANT.name else ".*")
    for placeholder in ("$__rate_interval", "$__range"):
        expression = expression.replace(placeholder, f"{view.range_seconds or FIVE_MINUTES.seconds}s")
    selected = {name: view.selected[label] for name, label in variables.items() if label in view.selected}
    return filled(expression, selected)


def _series(simulation: Simulation, metric: Counter | Histogram | CombinedCounter) -> Iterator[dict[str, str]]:
    if isinstance(metric, CombinedCounter):
        for member in metric.members:
            distinguishing = {label.name: value for label, value in member.distinguishing_labels.items()}
            for labels in _series(simulation, member.counter):
                yield {**labels, **distinguishing}
    else:
        for measurements in simulation.measurements:
            if measurements.metric == metric:
                yield dict(measurements.labels)
