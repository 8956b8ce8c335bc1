"""A day of many tenants' billed units, as Prometheus has stored it: raw counters, and what rules record of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from contract.ai import AI_TOKENS_INPUT
from contract.api import REQUESTS
from contract.labels import DIRECTION, MODEL, TENANT
from contract.storage import DO_REQUESTS, KV_READS, KV_WRITES
from generator.dsl.platform import Platform
from generator.ir.rules import FAST_INTERVAL, GROWTH_INTERVAL
from generator.lowering.growth import CURSOR, GROWTH
from generator.lowering.identity import identity_names
from generator.lowering.recording_rules import level
from generator.lowering.thresholds import PRICE
from generator.verify.simulation.block.write import Segment, write_segment
from generator.verify.simulation.clock import Clock, Steps
from generator.verify.simulation.exported import SeriesGroup
from tests.verify.amount_cost.series import (
    BY_MODEL,
    COUNTERS,
    DAY_AND_A_BIT,
    MODEL_NAME,
    raw_labels,
    recorded,
    tenant_names,
)

UNITS = {REQUESTS: "workers", KV_READS: "kv", KV_WRITES: "kv", DO_REQUESTS: "durable_objects"}
"""Four counters of billed units, with their products. Tokens are the fifth unit."""
ROUTES = 2
"""Raw series of each tenant and unit."""
COUNTED_PER_SAMPLE, DOLLARS_PER_TICK, DOLLARS_PER_TOKEN = 3.0, 0.001, 1e-6


def write_day_of_units(platform: Platform, tenants: int, seconds: int, data: Path) -> int:
    """Write a day of two raw series of each tenant and unit, with a sample every so many seconds, their cursors, and
    the recorded growth of tokens and of costs. Return the time of the last samples, in seconds since 1970."""
    clock = Clock(length=DAY_AND_A_BIT, step=seconds)
    segment = Segment()
    segment.add(_prices(platform, clock), clock)
    for names in tenant_names(tenants):
        for group in (*_raw(platform, clock, names), *_growth(platform, clock, names)):
            segment.add(group, clock)
    write_segment(segment, data)
    return clock.end


def _ticks(clock: Clock) -> Steps:
    return np.arange(0, clock.steps + 1, GROWTH_INTERVAL.seconds // clock.step)


def _raw(platform: Platform, clock: Clock, tenants: list[str]) -> Iterator[SeriesGroup]:
    """The counters, which grow by a random number from sample to sample, and their cursors."""
    steps, ticks = np.arange(clock.steps + 1), _ticks(clock)
    for number, counter in enumerate(UNITS):
        random = np.random.default_rng([number, int(tenants[0].rpartition("-")[2])])
        counted = random.poisson(COUNTED_PER_SAMPLE, (steps.size, ROUTES * len(tenants))).cumsum(axis=0)
        cursor = f"{level(counter.labels)}:{counter.name}:{CURSOR}"
        for name, of_name, values in ((counter.name, steps, counted), (cursor, ticks, counted[ticks])):
            labels = [raw_labels(platform, tenant) for tenant in tenants]
            series = tuple(
                (name, {label: text for label, text in own.items() if label != MODEL.name} | {"route": f"/{route}"})
                for own in labels
                for route in range(ROUTES)
            )
            yield SeriesGroup(counter, series, of_name, values.astype(np.int64))


def _growth(platform: Platform, clock: Clock, tenants: list[str]) -> Iterator[SeriesGroup]:
    """The growth of tokens, and that of costs by tenant and product and by product, unit and day."""
    ticks = _ticks(clock)
    random = np.random.default_rng([len(tenants), int(tenants[0].rpartition("-")[2])])
    for direction, counter in COUNTERS.items():
        series = recorded(platform, tenants, direction, BY_MODEL, GROWTH)
        yield SeriesGroup(counter, series, ticks, random.poisson(600, (ticks.size, len(tenants))).astype(np.int64))
    for product in (*dict.fromkeys(UNITS.values()), "workers_ai"):
        identity = {**identity_names(platform), "product": product}
        of_tenants = tuple(
            (f"tenant_id_product:cost:{GROWTH}", {**identity, TENANT.name: tenant}) for tenant in tenants
        )
        dollars = random.uniform(0, 2 * DOLLARS_PER_TICK, (ticks.size, len(tenants)))
        yield SeriesGroup(AI_TOKENS_INPUT, of_tenants, ticks, dollars)
    for product in ("kv", "telemetry"):
        # The platform has some dozen series, a few for each batch of tenants.
        name = (
            f"product_billed_unit_month_day:cost:{GROWTH}",
            {**identity_names(platform), "product": product} | _batch(tenants),
        )
        of_units = random.uniform(0, DOLLARS_PER_TICK, (ticks.size, 1))
        yield SeriesGroup(AI_TOKENS_INPUT, (name,), ticks, of_units)


def _batch(tenants: list[str]) -> dict[str, str]:
    return {"billed_unit": tenants[0], "month": "1", "day": "1"}


def _prices(platform: Platform, clock: Clock) -> SeriesGroup:
    """The recorded prices of the only model."""
    steps: Steps = np.arange(0, clock.steps + 1, FAST_INTERVAL.seconds // clock.step)
    names = tuple(
        (PRICE, {**identity_names(platform), MODEL.name: MODEL_NAME, DIRECTION.name: direction})
        for direction in COUNTERS
    )
    return SeriesGroup(AI_TOKENS_INPUT, names, steps, np.full((steps.size, len(names)), DOLLARS_PER_TOKEN))
