"""OpenMetrics of a simulation, in files that promtool makes blocks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np

from contract import METRICS
from contract.api import HEARTBEAT
from contract.labels import SERVICE
from generator.dsl.labels import BUCKET_BOUND
from generator.dsl.metrics import Counter, Gauge, Histogram, Metric
from generator.verify.simulation.clock import Clock, Steps
from generator.verify.simulation.counting import Told
from generator.verify.simulation.samples import DashboardWindow, heard_of, sampled, windows
from generator.verify.simulation.simulation import Simulation

BLOCK = 7_200
"""Seconds of a block of Prometheus: a file that spans two is read twice."""


def files(simulation: Simulation) -> tuple[DashboardWindow, ...]:
    """The windows that files hold, one for each block."""
    return tuple(windows(simulation.plan.world, BLOCK))


def openmetrics(simulation: Simulation, window: DashboardWindow) -> Iterator[str]:
    """The text of a file, in pieces: every sample in a window. One before the first happening says 0."""
    told = list(simulation.told)
    for metric in METRICS:
        yield f"# TYPE {metric.name.removesuffix('_total')} {_type(metric)}\n"
        if metric is HEARTBEAT:
            yield from _heartbeats(simulation, window)
        for one in (x for x in told if x.metric is metric):
            yield from _series(one, simulation, window)
    yield "# EOF\n"


def _type(metric: Metric) -> str:
    if isinstance(metric, Histogram):
        return "histogram"
    if isinstance(metric, Gauge):
        return "gauge"
    # A counter without _total at its end is none to OpenMetrics.
    return "counter" if metric.name.endswith("_total") else "unknown"


def _series(told: Told, simulation: Simulation, window: DashboardWindow) -> Iterator[str]:
    samples = sampled(told, simulation.plan.world, window)
    if samples.steps.size:
        for name, column in zip(_names(told.metric, told.labels), samples.columns.T, strict=True):
            yield _lines(name, simulation.plan.clock, samples.steps, column)


def _heartbeats(simulation: Simulation, window: DashboardWindow) -> Iterator[str]:
    clock, world = simulation.plan.clock, simulation.plan.world
    for service in simulation.plan.platform.services:
        labels = {SERVICE.name: service}
        steps = np.arange(window.first, window.beyond)
        steps = steps[heard_of(world, steps, labels)]
        yield _lines(_selector(HEARTBEAT.name, labels), clock, steps, clock.times(steps))


def _names(metric: Counter | Histogram, labels: Mapping[str, str]) -> Iterator[str]:
    """The series of a metric, in the order of its columns."""
    if isinstance(metric, Counter):
        yield _selector(metric.name, labels)
        return
    bucket, total, count = metric.names()
    # OpenMetrics writes a bound as a float, always; a client that does not would make other series.
    for bound in (*(str(float(x)) for x in metric.buckets), "+Inf"):
        yield _selector(bucket, {**labels, BUCKET_BOUND.name: bound})
    yield _selector(total, labels)
    yield _selector(count, labels)


def _selector(name: str, labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items())
    return f"{name}{{{pairs}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _lines(series: str, clock: Clock, steps: Steps, values: Steps) -> str:
    """One line for each step. The lines are laid out once for all series with the same steps: that is what is fast."""
    layout = _layout(clock, steps.tobytes())
    return layout.replace("\0", series.replace("%", "%%")) % tuple(values.tolist())


@lru_cache(maxsize=64)
def _layout(clock: Clock, steps: bytes) -> str:
    return "".join(f"\0 %d {time}\n" for time in clock.times(np.frombuffer(steps, dtype=np.int64)).tolist())
