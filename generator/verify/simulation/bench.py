"""Measure how long a simulated day takes, for a few tenants and for a thousand."""

from __future__ import annotations

import time

from generator.dsl.platform import Platform
from generator.verify.simulation.openmetrics import openmetrics
from generator.verify.simulation.resolution import series_count
from generator.verify.simulation.samples import StepRange
from generator.verify.simulation.simulation import SimulationPlan, simulate

EXPORTED_SECONDS = 1_800
"""The export is measured on half an hour: a day of a thousand tenants would have 100 GB."""


def bench(platform: Platform) -> list[dict[str, object]]:
    """Print how many seconds it takes to simulate a day and to export half an hour of it, in one run; return them."""
    measured: list[dict[str, object]] = []
    for tenants in (8, 1_000):
        start = time.perf_counter()
        simulation = simulate(SimulationPlan(platform, tenants=tenants))
        simulation_seconds = time.perf_counter() - start
        clock = simulation.plan.clock
        middle = clock.steps // 2
        step_range = StepRange(middle, middle + EXPORTED_SECONDS // clock.step)
        lines = sum(text.count("\n") for text in openmetrics(simulation, step_range))
        export_seconds = time.perf_counter() - start - simulation_seconds
        series = series_count(simulation)
        events = sum(measurements.steps.size for measurements in simulation.measurements)
        speed = lines / export_seconds / 1e6
        print(f"{tenants:,} tenants: a day with {events:,} events simulated in {simulation_seconds:.2f} s;")
        print(
            f"  half an hour of its {series:,} series exported in {export_seconds:.2f} s, "
            f"{speed:.2f} million lines per second"
        )
        measured.append(
            {"tenants": tenants, "simulation_seconds": simulation_seconds, "export_seconds": export_seconds}
        )
    return measured
