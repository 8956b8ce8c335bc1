"""How values are spread: mixtures of log-normal distributions, as latencies and sizes are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.verify.simulation.clock import LabelValues


@dataclass(frozen=True)
class Mixture:
    """A log-normal body and, for a `tail_share` of all, a tail: medians in the unit, widths of the logarithm."""

    median: float
    width: float
    tail_share: float = 0
    tail_median: float = 1
    tail_width: float = 0.3

    def draw(self, random: np.random.Generator, count: int) -> LabelValues:
        """So many values."""
        tail = random.random(count) < self.tail_share
        median = np.where(tail, self.tail_median, self.median)
        width = np.where(tail, self.tail_width, self.width)
        return median * np.exp(width * random.standard_normal(count))
