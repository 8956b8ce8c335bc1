"""Log-normal mixtures, the usual distribution of latencies and sizes."""

from __future__ import annotations

import numpy as np

from generator.frozen import frozen
from generator.verify.simulation.clock import Values


@frozen
class LogNormalMixture:
    """A log-normal body and a tail that has `tail_fraction` of all values.

    Medians are in the unit of the values; sigmas are standard deviations of the logarithm.
    """

    median: float
    sigma: float
    tail_fraction: float = 0
    tail_median: float = 1
    tail_sigma: float = 0.3

    def draw(self, random: np.random.Generator, count: int) -> Values:
        """Draw `count` values."""
        in_tail = random.random(count) < self.tail_fraction
        median = np.where(in_tail, self.tail_median, self.median)
        sigma = np.where(in_tail, self.tail_sigma, self.sigma)
        return median * np.exp(sigma * random.standard_normal(count))
