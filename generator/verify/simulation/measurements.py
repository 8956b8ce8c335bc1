"""Measurements of the simulated Workers: the source of the exported samples and of the expected values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from contract import CONTRACT
from generator.dsl.contract import Contract
from generator.dsl.metrics import Counter, Histogram
from generator.frozen import frozen
from generator.verify.simulation.clock import Flags, Steps, Values

Amounts = NDArray[np.int64]


@frozen
class Measurements:
    """The events of one metric under one label set, ordered by step.

    `amounts` are the increments of a counter or the observed values of a histogram: whole numbers in the metric's
    unit, as a Worker records them.
    """

    metric: Counter | Histogram
    labels: Mapping[str, str]
    steps: Steps
    amounts: Amounts

    @cached_property
    def cumulative(self) -> Amounts:
        """The sum of the first n amounts, for n from 0 to the number of events."""
        return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.amounts)])

    @cached_property
    def bucket_indexes(self) -> NDArray[np.uint8]:
        """For each observed value the index of its bucket; the last index is the +Inf bucket."""
        assert isinstance(self.metric, Histogram)
        return np.searchsorted([*self.metric.buckets, np.inf], self.amounts, side="left").astype(np.uint8)

    def cumulative_buckets(self, events: int) -> Amounts:
        """For each bucket bound, count which of the first `events` values are at most that bound."""
        assert isinstance(self.metric, Histogram)
        return np.cumsum(np.bincount(self.bucket_indexes[:events], minlength=len(self.metric.buckets) + 1))


def increments(metric: Counter, labels: Mapping[str, str], steps: Steps, selected: Flags) -> Measurements:
    """Add 1 to a counter for each selected event."""
    return Measurements(metric, labels, steps[selected], np.ones(int(selected.sum()), dtype=np.int64))


def additions(
    metric: Counter, labels: Mapping[str, str], steps: Steps, selected: Flags, values: Values
) -> Measurements:
    """Add a value, rounded to a whole number, to a counter for each selected event."""
    return Measurements(metric, labels, steps[selected], np.rint(values[selected]).astype(np.int64))


def observations(
    metric: Histogram, labels: Mapping[str, str], steps: Steps, selected: Flags, values: Values
) -> Measurements:
    """Observe a value for each selected event, rounded to a whole number: the resolution of a Worker's clock."""
    return Measurements(metric, labels, steps[selected], np.rint(values[selected]).astype(np.int64))


def merge(measurements: Iterable[Measurements], contract: Contract = CONTRACT) -> tuple[Measurements, ...]:
    """Join all measurements of the same metric and labels, ordered by the contract and then by labels.

    Measurements without events are dropped, and those of metrics that the contract leaves out.
    """
    order = {metric.name: index for index, metric in enumerate(contract.metrics)}
    by_series: dict[tuple[str, tuple[tuple[str, str], ...]], list[Measurements]] = defaultdict(list)
    for part in measurements:
        if part.steps.size and part.metric.name in order:
            current = _current(part, contract)
            by_series[current.metric.name, tuple(sorted(current.labels.items()))].append(current)
    return tuple(_join(by_series[key]) for key in sorted(by_series, key=lambda key: (order[key[0]], key[1])))


def _current(part: Measurements, contract: Contract) -> Measurements:
    """Measurements of the metric that a project has in place of a default one: with the fallbacks of labels that it
    adds, as the Workers' library counts, and without those that it leaves out."""
    metric = contract.current(part.metric)
    if metric is part.metric:
        return part
    labels = {label.name: part.labels.get(label.name, label.fallback) for label in metric.labels}
    return replace(part, metric=metric, labels=labels)


def _join(parts: list[Measurements]) -> Measurements:
    steps = np.concatenate([part.steps for part in parts])
    amounts = np.concatenate([part.amounts for part in parts])
    by_time = np.argsort(steps, kind="stable")
    return Measurements(parts[0].metric, parts[0].labels, steps[by_time], amounts[by_time])
