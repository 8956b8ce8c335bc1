"""Metrics that no simulated call counts, such as those of a project's own contract: counted on a share of the requests.

All of them follow the same draws, so that errors are among the calls, and a ratio is between 0 and 1."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product

import numpy as np

from contract.api import HEARTBEAT, REQUESTS
from contract.labels import MODEL
from generator.dsl.contract import Contract
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.labels import Label
from generator.dsl.metrics import Counter, Gauge, Histogram, Metric
from generator.dsl.platform import Platform
from generator.dsl.units import (
    ERRORS_UNIT,
    HITS_UNIT,
    OPERATIONS_UNIT,
    TIMESTAMP_SECONDS,
    TOKENS_UNIT,
    Unit,
    ValueFormat,
)
from generator.frozen import frozen
from generator.verify.simulation.clock import Steps, Values
from generator.verify.simulation.distribution import LogNormalMixture
from generator.verify.simulation.measurements import Measurements, additions, increments, observations
from generator.verify.simulation.population import models_in_use

SHARES = {ERRORS_UNIT: 0.001, HITS_UNIT: 0.05, OPERATIONS_UNIT: 0.01}
OTHER_SHARE = 0.1
"""The fraction of requests on which a metric is counted, by its unit."""
AMOUNTS = LogNormalMixture(100, 0.5)
"""What a counter of tokens, seconds or dollars increases by, in its unit."""
SIGMA = 0.6
"""The spread of a histogram's values, whose median is its middle bucket bound."""
OPEN_VALUE = "simulated"
"""The value of an open label without a fallback."""


@frozen
class RequestDraws:
    """Requests of one label set, and what is drawn for each of them; `earlier` is the number of their predecessors, by
    which the draws differ."""

    labels: Mapping[str, str]
    steps: Steps
    seed: int
    earlier: int

    def generator(self, purpose: str) -> np.random.Generator:
        """A random generator of these requests for one purpose."""
        name = "\0".join((*self.labels.values(), str(self.earlier), purpose))
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])


def other_metrics(
    contract: Contract, platform: Platform, simulated: Iterable[Measurements], seed: int
) -> Iterator[Measurements]:
    """Yield the measurements of every counter and histogram of a contract that is not among the simulated ones, on a
    share of the requests."""
    parts = list(simulated)
    known = {part.metric.name for part in parts}
    unknown = [metric for metric in contract.metrics if isinstance(metric, Counter | Histogram)]
    unknown = [metric for metric in unknown if metric.name not in known]
    if not unknown:
        return
    of_requests = [part for part in parts if part.metric.name == REQUESTS.name]
    for index, part in enumerate(of_requests):
        # An incident adds requests of the same labels, after the others.
        earlier = sum(each.labels == part.labels for each in of_requests[:index])
        requests = RequestDraws(part.labels, part.steps, seed, earlier)
        for metric in unknown:
            yield from _counted(metric, requests, platform)


def emitted_gauges(contract: Contract, simulated: Collection[str] = (HEARTBEAT.name,)) -> tuple[Gauge, ...]:
    """The gauges that Workers emit and the simulation does not know."""
    gauges = (metric for metric in contract.metrics if isinstance(metric, Gauge))
    return tuple(gauge for gauge in gauges if gauge.recorded_from is None and gauge.name not in simulated)


def gauge_values(unit: Unit, times: Steps) -> Values:
    """The values of a gauge at these times: a daily wave from 20 to 80; of a ratio, from 0.2 to 0.8; the time itself
    where the unit is one."""
    if unit == TIMESTAMP_SECONDS:
        return times.astype(np.float64)
    wave = 50 + 30 * np.sin(2 * np.pi * times / 86_400)
    return np.round(wave / 100, 4) if unit.format is ValueFormat.RATIO else np.round(wave, 2)


def label_values(labels: Iterable[Label], known: Mapping[str, str], platform: Platform) -> Iterator[dict[str, str]]:
    """Yield a label set for each combination of values of these labels; `known` has those of a request."""
    names, values = [], []
    for label in labels:
        names.append(label.name)
        values.append((known[label.name],) if label.name in known else possible_values(label, platform))
    yield from (dict(zip(names, combination, strict=True)) for combination in product(*values))


def possible_values(label: Label, platform: Platform) -> tuple[str, ...]:
    """The values of a label that no request decides: those that the contract or the platform lists, without the
    fallback; a model in use; one value of any other open label."""
    if is_closed(label):
        listed = tuple(value for value in values_of(label, platform) if value != label.fallback)
        return listed or (label.fallback,)
    return models_in_use(platform)[0][:1] if label == MODEL else (label.fallback or OPEN_VALUE,)


def _counted(metric: Counter | Histogram, requests: RequestDraws, platform: Platform) -> Iterator[Measurements]:
    selected = requests.generator("selection").random(requests.steps.size) < SHARES.get(metric.unit, OTHER_SHARE)
    random = requests.generator(metric.name)
    values = _values(metric, random, requests.steps.size)
    chosen = {label.name: _choices(label, requests, platform) for label in metric.labels}
    for labels in label_values(metric.labels, requests.labels, platform):
        here = selected.copy()
        for name, value in labels.items():
            here &= chosen[name] == value
        if isinstance(metric, Histogram):
            yield observations(metric, labels, requests.steps, here, values)
        elif metric.unit == TOKENS_UNIT or metric.unit.format is not ValueFormat.COUNT:
            yield additions(metric, labels, requests.steps, here, values)
        else:
            yield increments(metric, labels, requests.steps, here)


def _choices(label: Label, requests: RequestDraws, platform: Platform) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """The value of a label on each request: that of the request itself, or drawn from all."""
    if label.name in requests.labels:
        return np.full(requests.steps.size, requests.labels[label.name])
    values = np.array(possible_values(label, platform))
    return values[requests.generator(label.name).integers(0, values.size, requests.steps.size)]


def _values(metric: Metric, random: np.random.Generator, count: int) -> Values:
    if not isinstance(metric, Histogram):
        return AMOUNTS.draw(random, count)
    return LogNormalMixture(float(metric.buckets[len(metric.buckets) // 2]), SIGMA).draw(random, count)
