"""When a tenant sends its requests: the hours, weekdays and holidays of its users."""

from __future__ import annotations

import numpy as np

from generator.frozen import frozen
from generator.verify.simulation.clock import (
    DAY,
    WEEKEND_LOAD,
    WORKING_DAY_LOAD,
    Clock,
    Values,
    is_weekend,
    seasonality,
)

HOUR = 3_600
OFFICE_HOURS = 5.5
"""Hours before and after the peak hour in which an office works."""
BATCH_HOUR = 2
"""The hour, in UTC, in which a nightly batch runs."""


@frozen
class Rhythm:
    """The load of a tenant over a week, in relation to its mean: a daily wave, less at weekends.

    `office` has requests in the office hours of working days alone, `nightly` in one hour of every night. On
    `holidays`, which are days since 1970, an office is closed and everybody else has the load of a weekend.
    """

    office: bool = False
    nightly: bool = False
    holidays: tuple[int, ...] = ()

    def load(self, clock: Clock, peak_hour: float) -> Values:
        """Return the relative load of each step after the start; the mean over a week without holidays is about 1."""
        times = clock.times(np.arange(1, clock.steps + 1))
        day, hour = times // DAY, times % DAY / HOUR
        if self.nightly:
            return np.where((hour >= BATCH_HOUR) & (hour < BATCH_HOUR + 1), 24.0, 0.0)
        if self.office:
            from_peak = (hour - peak_hour + 12) % 24 - 12
            # Where it works past midnight, the hours after it are of the day on which the work began.
            own_day = day + np.rint((hour - from_peak - peak_hour) / 24).astype(np.int64)
            closed = is_weekend(own_day) | np.isin(own_day, self.holidays)
            return np.where((np.abs(from_peak) <= OFFICE_HOURS) & ~closed, 7 / 5 * 24 / (2 * OFFICE_HOURS), 0.0)
        load = seasonality(clock, peak_hour)
        return np.where(np.isin(day, self.holidays) & ~is_weekend(day), load * WEEKEND_LOAD / WORKING_DAY_LOAD, load)


EVERY_DAY = Rhythm()
