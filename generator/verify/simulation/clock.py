"""When things happen: steps of a fixed length since a start, and the rhythm of days and weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
"""Ordinals of steps. A sample of step n holds all that happened until then; step 0 is the start, before anything."""
LabelValues = NDArray[np.float64]
Flags = NDArray[np.bool_]

MONDAY = 1_788_739_200
"""2026-09-07T00:00:00Z, in seconds since 1970: when a simulation starts that is not told otherwise."""
DAY = 86_400


@dataclass(frozen=True)
class Clock:
    """A simulation's time: from `start` (seconds since 1970) on for `length` seconds, sampled every `step` seconds."""

    start: int = MONDAY
    length: int = DAY
    step: int = 15

    @property
    def steps(self) -> int:
        """How many steps there are after the start."""
        return self.length // self.step

    @property
    def end(self) -> int:
        """The time of the last sample, in seconds since 1970."""
        return self.start + self.steps * self.step

    def times(self, steps: Steps) -> Steps:
        """Seconds since 1970 of these steps."""
        return self.start + steps * self.step

    def until(self, time: float) -> int:
        """The last step at or before a time in seconds since 1970."""
        return int((time - self.start) // self.step)


def rhythm(clock: Clock, peak_hour: float) -> LabelValues:
    """How busy each step after the start is, about 1 over a week: a daily wave with its peak at an hour UTC (0 to 24),
    and weekends at six tenths."""
    times = clock.times(np.arange(1, clock.steps + 1))
    wave = 1 + 0.6 * np.cos(2 * np.pi * (times / DAY - peak_hour / 24))
    # 1970 began on a Thursday: day 2 and day 3 after it were the weekend.
    weekend = (times // DAY) % 7 // 2 == 1
    return np.where(weekend, 0.6, 1.16) * wave
