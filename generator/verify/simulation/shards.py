"""Shards: each counts its part of the events, and sends series of its own."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from generator.verify.simulation.measurements import Measurements

SHARD = "instance"
"""The label that Prometheus makes of `service.instance.id`, by which the Workers name a shard."""


def shard_labels(shards: int) -> tuple[Mapping[str, str], ...]:
    """What the labels of each shard have in addition: nothing, where there is one."""
    return tuple({SHARD: f"shard-{number}"} for number in range(shards)) if shards > 1 else ({},)


def over_shards(measurements: Iterable[Measurements], shards: int, seed: int) -> Iterator[Measurements]:
    """Divide measurements among shards, each event to one of them at random; in the same order."""
    for item in measurements:
        yield from _divided(item, shards, seed) if shards > 1 else (item,)


def _divided(item: Measurements, shards: int, seed: int) -> Iterator[Measurements]:
    series = repr((item.metric.name, sorted(item.labels.items())))
    of_event = np.random.default_rng((seed, zlib.crc32(series.encode()))).integers(shards, size=item.steps.size)
    for number, labels in enumerate(shard_labels(shards)):
        own = of_event == number
        if own.any():
            yield replace(item, labels={**item.labels, **labels}, steps=item.steps[own], amounts=item.amounts[own])
