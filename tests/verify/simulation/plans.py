"""Short simulations for tests."""

from __future__ import annotations

from generator.dsl.platform import Platform
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.incident import Incident
from generator.verify.simulation.simulation import Simulation, SimulationPlan, simulate

HOUR = 3_600
Events = dict[tuple[str, ...], tuple[bytes, bytes]]
"""The bytes of steps and amounts, by labels' values."""


def simulate_hours(
    platform: Platform, *incidents: Incident, hours: float = 6, seed: int = 7, tenants: int = 4
) -> Simulation:
    """Simulate a few hours from Monday, 00:00 UTC."""
    return simulate(SimulationPlan(platform, seed, tenants, Clock(length=round(hours * HOUR)), incidents))


def matching_events(simulation: Simulation, metric: str, **labels: str) -> Events:
    """Return the events of a metric that have these labels, by the values of all their labels."""
    return {
        tuple(measurements.labels.values()): (measurements.steps.tobytes(), measurements.amounts.tobytes())
        for measurements in simulation.measurements
        if measurements.metric.name == metric and labels.items() <= measurements.labels.items()
    }


def other_events(simulation: Simulation, **labels: str) -> Events:
    """Return the events of all metrics that do not have all of these labels, by metric and values."""
    return {
        (measurements.metric.name, *measurements.labels.values()): (
            measurements.steps.tobytes(),
            measurements.amounts.tobytes(),
        )
        for measurements in simulation.measurements
        if not labels.items() <= measurements.labels.items()
    }
