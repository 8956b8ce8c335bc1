"""How long a simulated day takes: for a few tenants, and for a thousand."""

from __future__ import annotations

import time

from generator.dsl.metrics import Histogram
from generator.dsl.platform import Platform
from generator.verify.simulation.counting import Told
from generator.verify.simulation.openmetrics import openmetrics
from generator.verify.simulation.samples import DashboardWindow
from generator.verify.simulation.simulation import Plan, simulate

SPAN = 1_800
"""Seconds of samples that are written down: a day of a thousand tenants would be 100 GB."""


def bench(platform: Platform) -> None:
    """Print what a day takes to simulate and half an hour of it to write, in seconds of one run on one machine."""
    for tenants in (8, 1_000):
        start = time.perf_counter()
        simulation = simulate(Plan(platform, tenants=tenants))
        simulated = time.perf_counter() - start
        clock = simulation.plan.clock
        middle = clock.steps // 2
        lines = sum(
            x.count("\n") for x in openmetrics(simulation, DashboardWindow(middle, middle + SPAN // clock.step))
        )
        wrote = time.perf_counter() - start - simulated
        series = sum(_series(told) for told in simulation.told)
        happenings = sum(told.at.size for told in simulation.told)
        speed = lines / wrote / 1e6
        print(f"{tenants:,} tenants: a day of {happenings:,} happenings simulated in {simulated:.2f} s;")
        print(f"  half an hour of its {series:,} series written in {wrote:.2f} s, {speed:.2f} million lines a second")


def _series(told: Told) -> int:
    return len(told.metric.buckets) + 3 if isinstance(told.metric, Histogram) else 1
