"""The months of the back-tests: many tenants with hours, weekends and holidays, no incident, and no alert expected."""

from __future__ import annotations

from generator.dsl.platform import Platform
from generator.verify.backtest import chart_queries as queries
from generator.verify.backtest.case import HOUR, Case
from generator.verify.simulation.clock import DAY, MONDAY
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.mixed_tenants import BATCHES, FAILURE_RATIOS, OFFICES, SIZES, mixed_tenants

SEEDS = (1, 2, 3)
DAYS, TENANTS = 30, 200
HISTORY = DAY
"""Seconds before the month. On their first day, forecasts have no day to compare with, and batches are unusual."""
HOLIDAYS = (9, 21)
"""Days after the month's start, which is a Monday: a Wednesday and another Monday."""


def months(platform: Platform, days: int = DAYS, tenants: int = TENANTS) -> tuple[Case, ...]:
    """Return a month for each seed. At most two notifications of tickets are tolerated in each, and no page."""
    return tuple(_month(platform, seed, days, tenants) for seed in SEEDS)


def _month(platform: Platform, seed: int, days: int, tenants: int) -> Case:
    holidays = tuple(MONDAY // DAY + day for day in HOLIDAYS)
    afternoons = (day * DAY + 14 * HOUR for day in range(days) if day % 7 < 5)
    return Case(
        f"{days} days of {tenants} tenants, seed {seed}",
        f"There is no incident. Of the {tenants} tenants {_sizes()} "
        f"Each fails {_percent(FAILURE_RATIOS[0])} to {_percent(FAILURE_RATIOS[1])} of its requests. "
        f"{_percent(OFFICES)} work in office hours, {_percent(BATCHES)} run a batch at night, and {len(HOLIDAYS)} days "
        "are holidays. A deploy resets the counters on each working day. The rules have run for a day when it begins.",
        tuple(Incident(IncidentKind.COUNTERS_RESET, HISTORY + afternoon) for afternoon in afternoons),
        {},
        queries.error_percent({}),
        incident_start=MONDAY,
        warm_up=HISTORY,
        cool_down=0,
        step=60,
        traffic_factor=1,
        ordinary_days=days,
        seed=seed,
        population=mixed_tenants(platform, seed, tenants, holidays),
        tolerated_tickets=2,
    )


def _sizes() -> str:
    parts = (f"{_percent(size.share)} send {size.least:g} to {size.most:g} requests a minute" for size in SIZES)
    return "; ".join(parts) + "."


def _percent(ratio: float) -> str:
    return f"{ratio * 100:g} %"
