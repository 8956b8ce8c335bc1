"""A day of many tenants' tokens, as Prometheus has stored it: raw counters, and what rules record of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import DIRECTION, MODEL, TENANT
from generator.dsl.labels import Label
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.ir.rules import FAST_INTERVAL, GROWTH_INTERVAL
from generator.lowering.growth import CURSOR, GROWTH
from generator.lowering.identity import identity_names
from generator.lowering.recording_rules import level
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
BY_TENANT, BY_MODEL = (TENANT, DIRECTION), (TENANT, MODEL, DIRECTION)


def write_day(platform: Platform, tenants: int, seconds: int, data: Path) -> int:
    """Write a day of two raw series a tenant, with a sample every so many seconds, their cursors, and their recorded
    growth and increases. Return the time of the last samples, in seconds since 1970."""
    clock = Clock(length=DAY_AND_A_BIT, step=seconds)
    segment = Segment()
    for names in tenant_names(tenants):
        for group in (*_raw(platform, clock, names), *_increases(platform, clock, names)):
            segment.add(group, clock)
    write_segment(segment, data)
    return clock.end


def tenant_names(tenants: int) -> Iterator[list[str]]:
    """The names of so many tenants, as many at once as are written at once."""
    for first in range(0, tenants, AT_ONCE):
        yield [f"tenant-{number:05}" for number in range(first, min(first + AT_ONCE, tenants))]


def _raw(platform: Platform, clock: Clock, tenants: list[str]) -> Iterator[SeriesGroup]:
    """The counters, which grow by a random number of tokens from sample to sample, their cursors and their growth."""
    steps: Steps = np.arange(clock.steps + 1)
    ticks = steps[:: GROWTH_INTERVAL.seconds // clock.step]
    for direction, counter in COUNTERS.items():
        random = np.random.default_rng([len(direction), int(tenants[0].rpartition("-")[2])])
        counted = random.poisson(TOKENS_PER_SAMPLE, (steps.size, len(tenants))).cumsum(axis=0).astype(np.int64)
        cursor = f"{level(counter.labels)}:{counter.name}:{CURSOR}"
        for name, of_name, values in ((counter.name, steps, counted), (cursor, ticks, counted[ticks])):
            series = tuple((name, raw_labels(platform, tenant)) for tenant in tenants)
            yield SeriesGroup(counter, series, of_name, values)
        growth = np.diff(counted[ticks], axis=0, prepend=0)
        yield SeriesGroup(counter, recorded(platform, tenants, direction, BY_MODEL, GROWTH), ticks, growth)


def _increases(platform: Platform, clock: Clock, tenants: list[str]) -> Iterator[SeriesGroup]:
    """The increases over 5 minutes that longer windows were sums of, at two levels."""
    steps: Steps = np.arange(0, clock.steps + 1, FAST_INTERVAL.seconds // clock.step)
    for direction, counter in COUNTERS.items():
        random = np.random.default_rng([len(direction), int(tenants[0].rpartition("-")[2]), 5])
        values = random.poisson(TOKENS_PER_SAMPLE * 20, (steps.size, len(tenants))).astype(np.float64)
        for of_level in (BY_TENANT, BY_MODEL):
            series = recorded(platform, tenants, direction, of_level, "increase5m")
            yield SeriesGroup(counter, series, steps, values)


def recorded(
    platform: Platform, tenants: list[str], direction: str, labels: tuple[Label, ...], operation: str
) -> tuple[tuple[str, dict[str, str]], ...]:
    """A recorded series of each tenant, at the level of some labels."""
    name = f"{level(labels)}:ai_tokens:{operation}"
    return tuple((name, _recorded_labels(platform, tenant, direction, labels)) for tenant in tenants)


def raw_labels(platform: Platform, tenant: str) -> dict[str, str]:
    """The labels of a raw series of tokens."""
    service, routes = next(iter(platform.services.items()))
    own = {TENANT.name: tenant, "route": routes[0], "service": service, MODEL.name: MODEL_NAME}
    return {**identity_names(platform), **own}


def _recorded_labels(platform: Platform, tenant: str, direction: str, labels: tuple[Label, ...]) -> dict[str, str]:
    values = {TENANT: tenant, MODEL: MODEL_NAME, DIRECTION: direction}
    return {**identity_names(platform), **{label.name: values[label] for label in labels}}
