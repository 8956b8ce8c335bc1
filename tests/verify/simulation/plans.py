"""Small plans that tests of the simulation start from."""

from __future__ import annotations

from generator.dsl.platform import Platform
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.incident import Incident
from generator.verify.simulation.simulation import Plan, Simulation, simulate

HOURS = 3_600


def few_hours(
    platform: Platform, *incidents: Incident, hours: float = 6, seed: int = 7, tenants: int = 4
) -> Simulation:
    """Some hours from Monday, 00:00 UTC, on."""
    return simulate(Plan(platform, seed, tenants, Clock(length=round(hours * HOURS)), incidents))


def alone(simulation: Simulation, metric: str, **labels: str) -> dict[tuple[str, ...], tuple[bytes, bytes]]:
    """What was told of a metric, by the values of all its labels, where it has these."""
    return {
        tuple(told.labels.values()): (told.at.tobytes(), told.amount.tobytes())
        for told in simulation.told
        if told.metric.name == metric and labels.items() <= told.labels.items()
    }


def elsewhere(simulation: Simulation, **labels: str) -> dict[tuple[str, ...], tuple[bytes, bytes]]:
    """All that was told of what does not have all of these labels, by metric and values."""
    return {
        (told.metric.name, *told.labels.values()): (told.at.tobytes(), told.amount.tobytes())
        for told in simulation.told
        if not labels.items() <= told.labels.items()
    }
