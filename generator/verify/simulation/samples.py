"""From happenings to samples: what a counter or a bucket had come to at each step, as Prometheus would have it."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.dsl.metrics import Histogram
from generator.verify.simulation.clock import Flags, Steps
from generator.verify.simulation.counting import Told
from generator.verify.simulation.incident import Kind, World

Columns = NDArray[np.int64]
"""Cumulative values: a row for each step, a column for each series."""


@dataclass(frozen=True)
class Samples:
    """Steps, and what each series had come to at them. A histogram's columns are its buckets, +Inf, sum and count."""

    steps: Steps
    columns: Columns


@dataclass(frozen=True)
class DashboardWindow:
    """The steps from `first` up to, but without, `beyond`."""

    first: int
    beyond: int


def windows(world: World, seconds: int) -> Iterator[DashboardWindow]:
    """All steps, the one at the start too, cut at multiples of so many seconds since 1970."""
    clock = world.clock
    times = clock.times(np.arange(clock.steps + 1))
    cuts = np.flatnonzero(np.diff(times // seconds)) + 1
    edges = [0, *cuts.tolist(), clock.steps + 1]
    yield from (DashboardWindow(first, beyond) for first, beyond in itertools.pairwise(edges))


def sampled(told: Told, world: World, window: DashboardWindow) -> Samples:
    """The samples in a window. A series begins with 0, a step before it first counts: its birth is told as such."""
    steps = np.arange(max(window.first, int(told.at[0]) - 1), window.beyond)
    if not steps.size:
        return Samples(steps, np.zeros((0, 0), dtype=np.int64))
    columns = _cumulative(told, steps)
    for anew in _resets(world, told.labels, window):
        after = steps >= anew
        # The last reset is what counts, so each one starts from what was counted, not from the one before.
        columns[after] = _cumulative(told, steps[after]) - _cumulative(told, np.array([anew]))
    there = heard_of(world, steps, told.labels)
    return Samples(steps[there], columns[there])


def _resets(world: World, labels: Mapping[str, str], window: DashboardWindow) -> Iterator[int]:
    """The steps at which counters start anew that matter to a window: those within, and the last one before."""
    found = sorted(incident.start // world.clock.step for incident in world.of(Kind.COUNTERS_RESET, labels))
    last = bisect.bisect_right(found, window.first)
    yield from (step for step in found[max(last - 1, 0) :] if step < window.beyond)


def heard_of(world: World, steps: Steps, labels: Mapping[str, str]) -> Flags:
    """Which steps Prometheus hears of."""
    return ~(world.during(Kind.SAMPLES_MISSING, steps, labels) | world.during(Kind.SERVICE_SILENT, steps, labels))


def _cumulative(told: Told, steps: Steps) -> Columns:
    """What each column has come to at each step: what it was before the first, and what came since."""
    totals = told.totals[np.searchsorted(told.at, steps, side="right")]
    if not isinstance(told.metric, Histogram):
        return totals[:, None]
    first, beyond = np.searchsorted(told.at, [steps[0], steps[-1]], side="right") if steps.size else (0, 0)
    before, at, bucket = told.in_buckets(first), told.at[first:beyond], told.bucket[first:beyond]
    columns = [
        count + np.searchsorted(at[bucket <= number], steps, side="right") for number, count in enumerate(before)
    ]
    return np.stack([*columns, totals, columns[-1]], axis=1)
