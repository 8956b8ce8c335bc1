"""OpenMetrics text of a simulation, in files that promtool converts to blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np

from contract.api import HEARTBEAT, REQUESTS
from contract.labels import SERVICE
from generator.dsl.labels import BUCKET_BOUND
from generator.dsl.metrics import Counter, Gauge, Histogram, Metric
from generator.verify.simulation.clock import Clock, Steps
from generator.verify.simulation.measurements import Measurements
from generator.verify.simulation.other_metrics import emitted_gauges, gauge_values, label_values
from generator.verify.simulation.samples import StepRange, is_received, samples, step_ranges
from generator.verify.simulation.simulation import Simulation

BLOCK_SECONDS = 7_200
"""The length of a Prometheus block: promtool reads a file once per block that it overlaps."""


def file_ranges(simulation: Simulation) -> tuple[StepRange, ...]:
    """Return the steps of each file: one file per Prometheus block."""
    return tuple(step_ranges(simulation.plan.timeline, BLOCK_SECONDS))


def openmetrics(simulation: Simulation, step_range: StepRange) -> Iterator[str]:
    """Yield the text of a file in pieces: every sample of a range of steps."""
    prefix = simulation.plan.platform.metric_prefix
    contract = simulation.plan.contract.of_stores(simulation.plan.platform.stores)
    gauges = emitted_gauges(contract)
    for metric in contract.metrics:
        yield f"# TYPE {prefix}{metric.name.removesuffix('_total')} {_type(metric)}\n"
        if metric.name == HEARTBEAT.name:
            yield from _heartbeats(simulation, step_range)
        if metric in gauges:
            yield from _gauge(metric, simulation, step_range)
        for measurements in simulation.measurements:
            if measurements.metric is metric:
                yield from _series(measurements, simulation, step_range)
    yield "# EOF\n"


def _type(metric: Metric) -> str:
    if isinstance(metric, Histogram):
        return "histogram"
    if isinstance(metric, Gauge):
        return "gauge"
    # OpenMetrics accepts only names that end with _total as counters.
    return "counter" if metric.name.endswith("_total") else "unknown"


def _series(measurements: Measurements, simulation: Simulation, step_range: StepRange) -> Iterator[str]:
    cumulative = samples(measurements, simulation.plan.timeline, step_range)
    if cumulative.steps.size:
        prefix = simulation.plan.platform.metric_prefix
        selectors = _selectors(measurements.metric, measurements.labels, prefix)
        for selector, column in zip(selectors, cumulative.columns.T, strict=True):
            yield _lines(selector, simulation.plan.clock, cumulative.steps, column)


def _heartbeats(simulation: Simulation, step_range: StepRange) -> Iterator[str]:
    clock, timeline = simulation.plan.clock, simulation.plan.timeline
    prefix = simulation.plan.platform.metric_prefix
    for service in simulation.plan.platform.services:
        labels = {SERVICE.name: service}
        steps = np.arange(step_range.first, step_range.stop)
        steps = steps[is_received(timeline, steps, labels)]
        yield _lines(_selector(f"{prefix}{HEARTBEAT.name}", labels), clock, steps, clock.times(steps))


def _gauge(gauge: Metric, simulation: Simulation, step_range: StepRange) -> Iterator[str]:
    """The samples of a gauge that no call sets: a wave under every label set of the requests."""
    plan = simulation.plan
    of_requests = [each.labels for each in simulation.measurements if each.metric.name == REQUESTS.name]
    label_sets = dict.fromkeys(
        tuple(labels.items())
        for request in of_requests
        for labels in label_values(gauge.labels, request, plan.platform)
    )
    for pairs in label_sets:
        steps = np.arange(step_range.first, step_range.stop)
        steps = steps[is_received(plan.timeline, steps, dict(pairs))]
        series = _selector(f"{plan.platform.metric_prefix}{gauge.name}", dict(pairs))
        times = plan.clock.times(steps)
        values = gauge_values(gauge.unit, times)
        yield "".join(
            f"{series} {value!r} {time}\n" for value, time in zip(values.tolist(), times.tolist(), strict=True)
        )


def _selectors(metric: Counter | Histogram, labels: Mapping[str, str], prefix: str) -> Iterator[str]:
    """Yield the series of a metric in the order of the columns of its samples."""
    if isinstance(metric, Counter):
        yield _selector(f"{prefix}{metric.name}", labels)
        return
    bucket, total, count = (f"{prefix}{name}" for name in metric.names())
    # OpenMetrics requires floats as bucket bounds; another spelling would be another series.
    for bound in (*(str(float(bound)) for bound in metric.buckets), "+Inf"):
        yield _selector(bucket, {**labels, BUCKET_BOUND.name: bound})
    yield _selector(total, labels)
    yield _selector(count, labels)


def _selector(name: str, labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items())
    return f"{name}{{{pairs}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _lines(series: str, clock: Clock, steps: Steps, values: Steps) -> str:
    """Render one line per step. For speed, all series with the same steps share one template."""
    template = _template(clock, steps.tobytes())
    return template.replace("\0", series.replace("%", "%%")) % tuple(values.tolist())


@lru_cache(maxsize=64)
def _template(clock: Clock, steps: bytes) -> str:
    return "".join(f"\0 %d {time}\n" for time in clock.times(np.frombuffer(steps, dtype=np.int64)).tolist())
