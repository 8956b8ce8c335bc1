"""The samples of a range of steps equal the same steps of the whole, including earlier events and resets."""

from __future__ import annotations

import numpy as np
import pytest

from contract.api import ERRORS, LATENCY, REQUESTS
from generator.dsl.metrics import Counter, Histogram
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.incident import METRIC, Incident, IncidentKind, IncidentTimeline
from generator.verify.simulation.measurements import Measurements
from generator.verify.simulation.samples import StepRange, samples

STEPS = np.array([1, 2, 3, 5, 8, 9], dtype=np.int64)
AMOUNTS = np.array([4, 60, 40_000, 4, 60, 4], dtype=np.int64)
RESETS = tuple(Incident(IncidentKind.COUNTERS_RESET, 15 * step) for step in (2, 4, 7))
RANGES = (StepRange(0, 3), StepRange(3, 4), StepRange(4, 6), StepRange(6, 11))


@pytest.mark.parametrize("metric", [REQUESTS, LATENCY], ids=lambda metric: metric.name)
@pytest.mark.parametrize("resets", [(), RESETS], ids=["no reset", "three resets"])
def test_a_range_has_the_samples_of_the_whole(metric: Counter | Histogram, resets: tuple[Incident, ...]) -> None:
    """Ten steps at once equal the same steps in ranges that start between, at and after resets."""
    measurements, timeline = Measurements(metric, {}, STEPS, AMOUNTS), IncidentTimeline(Clock(length=150), resets)
    whole = samples(measurements, timeline, StepRange(0, 11).steps).columns
    parts = [samples(measurements, timeline, step_range.steps).columns for step_range in RANGES]
    assert np.array_equal(np.concatenate(parts), whole)


def test_each_reset_starts_at_zero() -> None:
    """Of the amounts 4, 60, 40000, 4, 60, 4 with resets at steps 2, 4 and 7, only those after the last reset count."""
    measurements = Measurements(REQUESTS, {}, STEPS, AMOUNTS)
    columns = samples(measurements, IncidentTimeline(Clock(length=150), RESETS), StepRange(0, 11).steps).columns
    assert columns[:, 0].tolist() == [0, 4, 0, 40_000, 0, 4, 4, 0, 60, 64, 64]


def test_the_series_of_a_missing_metric_have_no_samples() -> None:
    """While a metric is missing its counter goes on unseen, and another one arrives: of ten steps, those after the
    second and up to the fifth."""
    incident = Incident(IncidentKind.METRIC_MISSING, 30, 45, matchers={METRIC: REQUESTS.name})
    timeline = IncidentTimeline(Clock(length=150), (incident,))
    seen, other = (
        samples(Measurements(metric, {}, STEPS, AMOUNTS), timeline, StepRange(0, 11).steps)
        for metric in (REQUESTS, ERRORS)
    )
    assert seen.steps.tolist() == [0, 1, 2, 6, 7, 8, 9, 10]
    assert other.steps.tolist() == list(range(11))
    assert seen.columns[:, 0].tolist() == [other.columns[step, 0] for step in seen.steps]
