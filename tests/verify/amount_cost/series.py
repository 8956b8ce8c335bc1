"""A day of many tenants' tokens, as Prometheus has stored it: raw counters, and what rules record of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import DIRECTION, MODEL, TENANT
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.ir.rules import FAST_INTERVAL
from generator.lowering.identity import identity_names
from generator.verify.simulation.block.write import Segment, write_segment
from generator.verify.simulation.clock import Clock, Steps
from generator.verify.simulation.exported import SeriesGroup

DAY_AND_A_BIT = 25 * 3600
"""Seconds of samples: the longest window is a day."""
AT_ONCE = 250
"""Tenants whose samples are in memory at the same time."""
COUNTERS: Mapping[str, Counter] = {"input": AI_TOKENS_INPUT, "output": AI_TOKENS_OUTPUT}
MODEL_NAME = "@cf/meta/model"
TOKENS_PER_SAMPLE = 30.0


def write_day(platform: Platform, tenants: int, seconds: int, data: Path) -> int:
    """Write a day of two raw series a tenant, with a sample every so many seconds, and their recorded increases. Return
    the time of the last samples, in seconds since 1970."""
    clock = Clock(length=DAY_AND_A_BIT, step=seconds)
    recorded_every = FAST_INTERVAL.seconds // clock.step
    segment = Segment()
    for first in range(0, tenants, AT_ONCE):
        names = [f"tenant-{number:05}" for number in range(first, min(first + AT_ONCE, tenants))]
        for group in (*_raw(platform, clock, names), *_recorded(platform, clock, names, recorded_every)):
            segment.add(group, clock)
    write_segment(segment, data)
    return clock.end


def _raw(platform: Platform, clock: Clock, tenants: list[str]) -> Iterator[SeriesGroup]:
    """The counters, which grow by a random number of tokens from sample to sample."""
    steps: Steps = np.arange(clock.steps + 1)
    for direction, counter in COUNTERS.items():
        random = np.random.default_rng([len(direction), int(tenants[0].rpartition("-")[2])])
        counted = random.poisson(TOKENS_PER_SAMPLE, (steps.size, len(tenants))).cumsum(axis=0)
        series = tuple((counter.name, _labels(platform, tenant)) for tenant in tenants)
        yield SeriesGroup(counter, series, steps, counted.astype(np.int64))


def _recorded(platform: Platform, clock: Clock, tenants: list[str], every: int) -> Iterator[SeriesGroup]:
    """The increases over 5 minutes that longer windows were sums of, at two levels."""
    steps: Steps = np.arange(0, clock.steps + 1, every)
    for direction, counter in COUNTERS.items():
        random = np.random.default_rng([len(direction), int(tenants[0].rpartition("-")[2]), 5])
        values = random.poisson(TOKENS_PER_SAMPLE * 20, (steps.size, len(tenants))).astype(np.float64)
        for level, without in (("tenant_id_direction", (MODEL.name,)), ("tenant_id_model_direction", ())):
            series = tuple(
                (f"{level}:ai_tokens:increase5m", _recorded_labels(platform, tenant, direction, without))
                for tenant in tenants
            )
            yield SeriesGroup(counter, series, steps, values)


def _labels(platform: Platform, tenant: str) -> dict[str, str]:
    service, routes = next(iter(platform.services.items()))
    own = {TENANT.name: tenant, "route": routes[0], "service": service, MODEL.name: MODEL_NAME}
    return {**identity_names(platform), **own}


def _recorded_labels(platform: Platform, tenant: str, direction: str, without: tuple[str, ...]) -> dict[str, str]:
    labels = {TENANT.name: tenant, MODEL.name: MODEL_NAME, DIRECTION.name: direction}
    return {**identity_names(platform), **{name: value for name, value in labels.items() if name not in without}}
