"""The series that Prometheus receives of a simulation: names, labels, and a value at each step."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from contract.api import HEARTBEAT, REQUESTS
from contract.labels import SERVICE
from generator.dsl.labels import BUCKET_BOUND
from generator.dsl.metrics import Counter, Histogram, Metric
from generator.dsl.platform import Platform
from generator.dsl.server_counters import ServerCounter
from generator.frozen import frozen
from generator.lowering.identity import identity_names
from generator.verify.simulation.clock import Steps
from generator.verify.simulation.other_metrics import emitted_gauges, gauge_values, label_values
from generator.verify.simulation.samples import is_received, samples
from generator.verify.simulation.servers import failing_counters, failure_counts
from generator.verify.simulation.shards import shard_labels
from generator.verify.simulation.simulation import Simulation, SimulationPlan


@frozen(eq=False)
class SeriesGroup:
    """Series of a metric with samples at the same steps: the name and the labels of each, and a column of values."""

    metric: Metric | ServerCounter
    series: tuple[tuple[str, Mapping[str, str]], ...]
    steps: Steps
    columns: NDArray[np.int64] | NDArray[np.float64]


def emitted_metrics(plan: SimulationPlan) -> tuple[Metric | ServerCounter, ...]:
    """The metrics of the platform's stores, in the contract's order, and the counters of servers that fail."""
    return (*plan.contract.of_stores(plan.platform.stores).metrics, *failing_counters(plan))


def exported_name(metric: Metric | ServerCounter, platform: Platform) -> str:
    """The name of a metric in the platform's backend."""
    if isinstance(metric, ServerCounter):
        return metric.name
    return platform.stored_name(metric.name, isinstance(metric, Counter))


def exported_series(simulation: Simulation, steps: Steps) -> Iterator[SeriesGroup]:
    """Yield all series with a sample at some of these steps, which are in order, with the labels of the platform;
    metrics as `emitted_metrics` has them."""
    identity = identity_names(simulation.plan.platform)
    for group in _groups(simulation, steps):
        series = tuple((name, {**identity, **labels}) for name, labels in group.series)
        yield SeriesGroup(group.metric, series, group.steps, group.columns)


def _groups(simulation: Simulation, steps: Steps) -> Iterator[SeriesGroup]:
    plan = simulation.plan
    gauges = emitted_gauges(plan.contract.of_stores(plan.platform.stores))
    for metric in emitted_metrics(plan):
        if isinstance(metric, ServerCounter):
            yield from _failures(metric, plan, steps)
            continue
        if metric.name == HEARTBEAT.name:
            yield from _heartbeats(metric, simulation, steps)
        if metric in gauges:
            yield from _gauge(metric, simulation, steps)
        for measurements in simulation.measurements:
            if measurements.metric is metric:
                cumulative = samples(measurements, plan.timeline, steps)
                if cumulative.steps.size:
                    series = tuple(_series(measurements.metric, measurements.labels, plan.platform))
                    yield SeriesGroup(metric, series, cumulative.steps, cumulative.columns)


def _heartbeats(heartbeat: Metric, simulation: Simulation, steps: Steps) -> Iterator[SeriesGroup]:
    clock, timeline = simulation.plan.clock, simulation.plan.timeline
    name = exported_name(heartbeat, simulation.plan.platform)
    for service, shard in itertools.product(simulation.plan.platform.services, shard_labels(simulation.plan.shards)):
        labels = {SERVICE.name: service, **shard}
        received = steps[is_received(timeline, steps, labels)]
        yield SeriesGroup(heartbeat, ((name, labels),), received, clock.times(received)[:, None])


def _failures(counter: ServerCounter, plan: SimulationPlan, steps: Steps) -> Iterator[SeriesGroup]:
    for labels, counts in failure_counts(counter, plan, steps):
        received = is_received(plan.timeline, steps, labels)
        yield SeriesGroup(counter, ((counter.name, labels),), steps[received], counts[received][:, None])


def _gauge(gauge: Metric, simulation: Simulation, steps: Steps) -> Iterator[SeriesGroup]:
    """The samples of a gauge that no call sets: a wave under every label set of the requests."""
    plan = simulation.plan
    of_requests = [each.labels for each in simulation.measurements if each.metric.name == REQUESTS.name]
    label_sets = dict.fromkeys(
        tuple(labels.items())
        for request in of_requests
        for labels in label_values(gauge.labels, request, plan.platform)
    )
    for pairs in label_sets:
        labels = dict(pairs)
        received = steps[is_received(plan.timeline, steps, labels)]
        values = gauge_values(gauge.unit, plan.clock.times(received))
        name = exported_name(gauge, plan.platform)
        yield SeriesGroup(gauge, ((name, labels),), received, values[:, None])


def _series(
    metric: Counter | Histogram, labels: Mapping[str, str], platform: Platform
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the series of a metric in the order of the columns of its samples."""
    if isinstance(metric, Counter):
        yield exported_name(metric, platform), labels
        return
    bucket, total, count = (platform.stored_name(name, is_counter=False) for name in metric.names())
    # OpenMetrics requires floats as bucket bounds; another spelling would be another series.
    for bound in (*(str(float(bound)) for bound in metric.buckets), "+Inf"):
        yield bucket, {**labels, BUCKET_BOUND.name: bound}
    yield total, labels
    yield count, labels
