"""Samples of a window are those of the whole: what came before it is in them, and the resets before it too."""

from __future__ import annotations

import numpy as np
import pytest

from contract.api import LATENCY, REQUESTS
from generator.dsl.metrics import Counter, Histogram
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.counting import Told
from generator.verify.simulation.incident import Incident, Kind, World
from generator.verify.simulation.samples import DashboardWindow, sampled

STEPS = np.array([1, 2, 3, 5, 8, 9], dtype=np.int64)
AMOUNTS = np.array([4, 60, 40_000, 4, 60, 4], dtype=np.int64)
RESETS = tuple(Incident(Kind.COUNTERS_RESET, 15 * step) for step in (2, 4, 7))


@pytest.mark.parametrize("metric", [REQUESTS, LATENCY], ids=lambda metric: metric.name)
@pytest.mark.parametrize("resets", [(), RESETS], ids=["no reset", "three resets"])
def test_a_window_holds_what_the_whole_has_there(metric: Counter | Histogram, resets: tuple[Incident, ...]) -> None:
    """Ten steps at once, and in three windows that begin between, at and after resets."""
    told, world = Told(metric, {}, STEPS, AMOUNTS), World(Clock(length=150), resets)
    whole = sampled(told, world, DashboardWindow(0, 11)).columns
    parts = [sampled(told, world, DashboardWindow(*edges)).columns for edges in ((0, 3), (3, 4), (4, 6), (6, 11))]
    assert np.array_equal(np.concatenate(parts), whole)


def test_each_reset_begins_at_nothing() -> None:
    """Of the amounts 4, 60, 40000, 4, 60, 4 with resets at steps 2, 4 and 7: what came since the last one."""
    told = Told(REQUESTS, {}, STEPS, AMOUNTS)
    columns = sampled(told, World(Clock(length=150), RESETS), DashboardWindow(0, 11)).columns
    assert columns[:, 0].tolist() == [0, 4, 0, 40_000, 0, 4, 4, 0, 60, 64, 64]
