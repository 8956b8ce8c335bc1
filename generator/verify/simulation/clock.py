"""Simulated time: sampling steps of a fixed length, and the daily and weekly seasonality of traffic."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.frozen import frozen

Steps = NDArray[np.int64]
"""Indexes of steps. The sample at step n contains every event up to and including n; step 0 is the start."""
Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

MONDAY = 1_788_739_200
"""2026-09-07T00:00:00Z, in seconds since 1970: the default start of a simulation."""
DAY = 86_400
WORKING_DAY_LOAD, WEEKEND_LOAD = 1.16, 0.6
"""The mean load of a day, in relation to that of the week."""


@frozen
class Clock:
    """Simulated time: from `start` (seconds since 1970) for `length` seconds, with a sample every `step` seconds."""

    start: int = MONDAY
    length: int = DAY
    step: int = 15

    @property
    def steps(self) -> int:
        """The number of steps after the start."""
        return self.length // self.step

    @property
    def end(self) -> int:
        """The time of the last sample, in seconds since 1970."""
        return self.start + self.steps * self.step

    def times(self, steps: Steps) -> Steps:
        """Return the times of these steps, in seconds since 1970."""
        return self.start + steps * self.step

    def last_step(self, time: float) -> int:
        """Return the last step at or before a time in seconds since 1970."""
        return int((time - self.start) // self.step)


def seasonality(clock: Clock, peak_hour: float) -> Values:
    """Return the relative load of each step after the start; the mean over a week is about 1.

    The load follows a daily wave with its peak at `peak_hour` (UTC, 0 to 24); weekends have 60 % of it.
    """
    times = clock.times(np.arange(1, clock.steps + 1))
    wave = 1 + 0.6 * np.cos(2 * np.pi * (times / DAY - peak_hour / 24))
    return np.where(is_weekend(times // DAY), WEEKEND_LOAD, WORKING_DAY_LOAD) * wave


def is_weekend(days: Steps) -> Flags:
    """Whether each day, in days since 1970, is a Saturday or a Sunday."""
    # 1 January 1970 was a Thursday, so days 2 and 3 after it were a weekend.
    weekend: Flags = days % 7 // 2 == 1
    return weekend
