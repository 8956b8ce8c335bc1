"""Cumulative samples of counters and histograms at each step, as Prometheus receives them."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from generator.dsl.metrics import Histogram
from generator.frozen import frozen
from generator.verify.simulation.clock import Flags, Steps
from generator.verify.simulation.incident import METRIC, IncidentKind, IncidentTimeline
from generator.verify.simulation.measurements import Measurements

Columns = NDArray[np.int64]
"""Cumulative values: a row per step, a column per series."""


@frozen
class Samples:
    """The values of series at steps. The columns of a histogram are its buckets, +Inf, sum and count."""

    steps: Steps
    columns: Columns


@frozen
class StepRange:
    """The steps from `first` up to, but not including, `stop`."""

    first: int
    stop: int

    @property
    def steps(self) -> Steps:
        """All of them."""
        return np.arange(self.first, self.stop)


def step_ranges(timeline: IncidentTimeline, seconds: int) -> Iterator[StepRange]:
    """Split all steps, including step 0, at multiples of `seconds` since 1970."""
    clock = timeline.clock
    times = clock.times(np.arange(clock.steps + 1))
    cuts = np.flatnonzero(np.diff(times // seconds)) + 1
    edges = [0, *cuts.tolist(), clock.steps + 1]
    yield from (StepRange(first, stop) for first, stop in itertools.pairwise(edges))


def samples(measurements: Measurements, timeline: IncidentTimeline, steps: Steps) -> Samples:
    """Return the samples at these steps, which are in order. A series starts with a 0, at the last of them before its
    first event."""
    first_event = int(measurements.steps[0])
    next_step = 2 * steps[-1] - steps[-2] if steps.size > 1 else steps[-1:] + 1
    if not steps.size or first_event > next_step:
        return Samples(steps[:0], np.zeros((0, 0), dtype=np.int64))
    steps = steps[max(int(np.searchsorted(steps, first_event, side="left")) - 1, 0) :]
    columns = _cumulative(measurements, steps)
    for reset in _resets(timeline, measurements.labels, StepRange(int(steps[0]), int(steps[-1]) + 1)):
        after = steps >= reset
        # Each reset subtracts from the totals without resets, so the last one before a step decides.
        columns[after] = _cumulative(measurements, steps[after]) - _cumulative(measurements, np.array([reset]))
    named = {**measurements.labels, METRIC: measurements.metric.name}
    received = is_received(timeline, steps, named) & ~timeline.is_active(IncidentKind.METRIC_MISSING, steps, named)
    if received.all():
        return Samples(steps, columns)
    return Samples(steps[received], columns[received])


def _resets(timeline: IncidentTimeline, labels: Mapping[str, str], step_range: StepRange) -> Iterator[int]:
    """Yield the steps of counter resets that affect a range: those inside it and the last one before it."""
    incidents = timeline.affecting(IncidentKind.COUNTERS_RESET, labels)
    resets = sorted(incident.start // timeline.clock.step for incident in incidents)
    before = bisect.bisect_right(resets, step_range.first)
    yield from (step for step in resets[max(before - 1, 0) :] if step < step_range.stop)


def is_received(timeline: IncidentTimeline, steps: Steps, labels: Mapping[str, str]) -> Flags:
    """Return for each step whether Prometheus receives a sample."""
    missing = timeline.is_active(IncidentKind.SAMPLES_MISSING, steps, labels)
    return ~(missing | timeline.is_active(IncidentKind.SERVICE_SILENT, steps, labels))


def _cumulative(measurements: Measurements, steps: Steps) -> Columns:
    """Return the value of each column at each step, as if counters were never reset."""
    totals = measurements.cumulative[np.searchsorted(measurements.steps, steps, side="right")]
    if not isinstance(measurements.metric, Histogram):
        return totals[:, None]
    first, stop = np.searchsorted(measurements.steps, steps[[0, -1]], side="right") if steps.size else (0, 0)
    bounds = len(measurements.metric.buckets) + 1
    rows = np.searchsorted(steps, measurements.steps[first:stop], side="left")
    cells = rows * bounds + measurements.bucket_indexes[first:stop]
    by_step = np.bincount(cells, minlength=steps.size * bounds).reshape(steps.size, bounds)
    buckets = np.cumsum(np.cumsum(by_step, axis=0), axis=1) + measurements.cumulative_buckets(first)
    return np.column_stack([buckets, totals, buckets[:, -1]])
