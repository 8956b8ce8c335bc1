"""How often a history has samples and results of rules: coarser before its last hours, where that saves much."""

from __future__ import annotations

import numpy as np

from generator.dsl.metrics import Histogram
from generator.frozen import frozen
from generator.verify.simulation.clock import Clock, Steps
from generator.verify.simulation.simulation import Simulation

COARSE_SAMPLE_SECONDS, COARSE_RULE_SECONDS = 30, 60
"""The shortest window of a graph of a day is 75 s: it holds two samples of a counter, and a result of every rule."""

MANY_POINTS, FEW_POINTS = 10_000, 900
"""Prometheus would return 11,000. Few are as many as seven hours have, and need as much less memory."""


@frozen
class Resolution:
    """Before `detailed_from`, in seconds since 1970, there are fewer samples and results of rules; from then on, there
    are all. None: everywhere all. `points_per_query` is how many results of a series Prometheus computes at once: with
    hundreds of tenants, 10,000 of each bucket are more samples than its limit."""

    detailed_from: int | None = None
    points_per_query: int = MANY_POINTS

    def steps(self, clock: Clock) -> Steps:
        """The steps that have samples, in order."""
        steps: Steps = np.arange(clock.steps + 1)
        if self.detailed_from is None:
            return steps
        every = max(COARSE_SAMPLE_SECONDS // clock.step, 1)
        kept: Steps = steps[(steps % every == 0) | (clock.times(steps) >= self.detailed_from)]
        return kept

    def spans(self, clock: Clock) -> tuple[EvaluatedSpan, ...]:
        """When rules are evaluated, and how often at most."""
        if self.detailed_from is None or self.detailed_from <= clock.start:
            return (EvaluatedSpan(clock.start, clock.end, points_per_query=self.points_per_query),)
        # No time is evaluated twice: Prometheus rejects a second value.
        end = self.detailed_from - COARSE_RULE_SECONDS
        past = EvaluatedSpan(clock.start, end, COARSE_RULE_SECONDS, FEW_POINTS)
        return past, EvaluatedSpan(self.detailed_from, clock.end, points_per_query=FEW_POINTS)


@frozen
class EvaluatedSpan:
    """From `start` to `end`, in seconds since 1970, rules are evaluated at their intervals, or every `interval` seconds
    if that is longer. A query has at most `points_per_query` points of each series."""

    start: int
    end: int
    interval: float = 0
    points_per_query: int = MANY_POINTS


def series_count(simulation: Simulation) -> int:
    """The number of series of counters and histograms."""
    return sum(
        len(each.metric.buckets) + 3 if isinstance(each.metric, Histogram) else 1 for each in simulation.measurements
    )
