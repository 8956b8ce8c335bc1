"""What was told of a metric under one set of labels: when, and how much. It is exported, and it is the truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from contract import METRICS
from generator.dsl.metrics import Counter, Histogram
from generator.verify.simulation.clock import Flags, LabelValues, Steps

Amounts = NDArray[np.int64]


@dataclass(frozen=True)
class Told:
    """Happenings at steps, in their order: of a counter by how much it grew, of a histogram the value observed.

    All are whole numbers in the metric's unit, as a Worker counts them.
    """

    metric: Counter | Histogram
    labels: Mapping[str, str]
    at: Steps
    amount: Amounts

    @cached_property
    def totals(self) -> Amounts:
        """What the amounts come to after so many happenings, from none on."""
        return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.amount)])

    @cached_property
    def bucket(self) -> NDArray[np.uint8]:
        """Which of its histogram's buckets each value falls into, the one beyond the highest bound included."""
        assert isinstance(self.metric, Histogram)
        return np.searchsorted([*self.metric.buckets, np.inf], self.amount, side="left").astype(np.uint8)

    def in_buckets(self, happenings: int) -> Amounts:
        """How many of the first happenings lie at or below each bound."""
        assert isinstance(self.metric, Histogram)
        return np.cumsum(np.bincount(self.bucket[:happenings], minlength=len(self.metric.buckets) + 1))


def counted(metric: Counter, labels: Mapping[str, str], at: Steps, which: Flags) -> Told:
    """One for each happening that is flagged."""
    return Told(metric, labels, at[which], np.ones(int(which.sum()), dtype=np.int64))


def summed(metric: Counter, labels: Mapping[str, str], at: Steps, which: Flags, amount: LabelValues) -> Told:
    """So much for each happening that is flagged, rounded to whole units."""
    return Told(metric, labels, at[which], np.rint(amount[which]).astype(np.int64))


def observed(metric: Histogram, labels: Mapping[str, str], at: Steps, which: Flags, value: LabelValues) -> Told:
    """A value for each happening that is flagged, rounded to whole units: a Worker's clock has no finer ones."""
    return Told(metric, labels, at[which], np.rint(value[which]).astype(np.int64))


def merged(told: Iterable[Told]) -> tuple[Told, ...]:
    """One for each metric and labels, in the contract's order, then the labels'; what says nothing is left out."""
    apart: dict[tuple[str, tuple[tuple[str, str], ...]], list[Told]] = defaultdict(list)
    for one in told:
        if one.at.size:
            apart[one.metric.name, tuple(sorted(one.labels.items()))].append(one)
    order = {metric.name: number for number, metric in enumerate(METRICS)}
    return tuple(_joined(apart[key]) for key in sorted(apart, key=lambda key: (order[key[0]], key[1])))


def _joined(parts: list[Told]) -> Told:
    at = np.concatenate([part.at for part in parts])
    amount = np.concatenate([part.amount for part in parts])
    by_time = np.argsort(at, kind="stable")
    return Told(parts[0].metric, parts[0].labels, at[by_time], amount[by_time])
