"""The condition over the random traffic of many tenants at once, each minute: its definition again, over arrays.

Counters have a sample every 15 seconds, as Workers push them, and rules are evaluated each minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from generator.dsl import chance
from generator.dsl.units import Duration

Floats: TypeAlias = NDArray[np.float32]
Booleans: TypeAlias = NDArray[np.bool_]
STEP = chance.SHORTEST.seconds // 60
SAMPLE_SECONDS = 15


@dataclass(frozen=True)
class Counts:
    """What each tenant (row) counts in each minute (column): in its first 15 seconds, and in all of it."""

    first: Floats
    all: Floats

    def __sub__(self, others: Counts) -> Counts:
        """What is counted of these and not of others."""
        return Counts(self.first - others.first, self.all - others.all)

    def increase(self) -> Floats:
        """The increase over 5 minutes that Prometheus shows at the end of each minute: from the first sample in the
        window, extrapolated to the window's start or to where the counter was 0."""
        total = np.cumsum(self.all, axis=1, dtype=np.float32)
        before = np.zeros_like(total)
        before[:, STEP:] = total[:, :-STEP]
        at_first = before.copy()
        at_first[:, STEP - 1 :] += self.first[:, : self.first.shape[1] - STEP + 1]
        counted = total - at_first
        measured = np.float32(chance.SHORTEST.seconds - SAMPLE_SECONDS)
        with np.errstate(divide="ignore", invalid="ignore"):
            to_zero = measured * at_first / counted
        extrapolated = np.minimum(np.float32(SAMPLE_SECONDS), to_zero)
        return np.where(counted > 0, counted * (measured + extrapolated) / measured, np.float32(0))


def minutes(duration: Duration) -> int:
    """A duration in minutes."""
    return duration.seconds // 60


def over(values: Floats, count: int) -> Floats:
    """The sum of the last values of each row."""
    total = np.cumsum(values, axis=1, dtype=np.float32)
    total[:, count:] -= total[:, :-count].copy()
    return total


def over_steps(values: Floats, window: Duration) -> Floats:
    """The sum of the values at the multiples of 5 minutes in a window. Minute 1 is the first column."""
    at_steps = over(values[:, STEP - 1 :: STEP], minutes(window) // STEP)
    repeated = np.repeat(at_steps, STEP, axis=1)
    result = np.zeros_like(values)
    result[:, STEP - 1 :] = repeated[:, : values.shape[1] - STEP + 1]
    return result


def condition(requests: Floats, failures: Floats, threshold: float) -> NDArray[np.int8]:
    """Which window decides for each tenant at each minute: 1, 2 or 3 for 5 minutes, an hour or six; 0 for none.
    `requests` and `failures` are increases over 5 minutes."""
    above = _as_float(failures > threshold * requests)
    exceeded = _as_float((above > 0) & _no_chance(failures, requests, threshold))
    at_once = _each_minute(above, chance.FAILING_FOR) & _each_minute(exceeded, chance.EXCEEDED_FOR)

    hourly_failures, hourly_requests = over_steps(failures, chance.HOUR), over_steps(requests, chance.HOUR)
    hour_above = hourly_failures > threshold * hourly_requests
    still = over_steps(above, chance.STILL_FAILING) >= chance.STILL_FAILING_STEPS
    steps = over_steps(above, chance.HOUR)
    sparse = steps >= chance.STILL_FAILING_STEPS
    sparse |= hourly_failures >= float(chance.MOST) * hourly_requests
    still |= sparse & (hourly_requests < float(chance.ENOUGH_PER_HOUR))
    still &= hour_above
    hour = hour_above & _no_chance(hourly_failures, hourly_requests, threshold)
    hour &= steps >= chance.FAILING_STEPS[chance.HOUR]
    remembered = over(_as_float(hour), minutes(chance.REMEMBERED)) > 0
    del hourly_failures, hourly_requests, steps, hour

    long_failures, long_requests = over_steps(failures, chance.LONGEST), over_steps(requests, chance.LONGEST)
    longest = (long_failures > threshold * long_requests) & _no_chance(long_failures, long_requests, threshold)
    longest &= over_steps(above, chance.LONGEST) >= chance.FAILING_STEPS[chance.LONGEST]
    conditions = [at_once, still & remembered, still & longest]
    return np.select(conditions, [np.int8(1), np.int8(2), np.int8(3)], np.int8(0))


def firing(decided: NDArray[np.int8]) -> Booleans:
    """Where the alert fires: while a window decides, and for `keep_firing_for` after."""
    return over(_as_float(decided > 0), minutes(chance.KEEP_FIRING) + 1) > 0


def tickets(fires: Booleans) -> NDArray[np.int64]:
    """How often the alert of each tenant begins to fire."""
    begins: NDArray[np.int64] = ((fires[:, 1:] & ~fires[:, :-1]).sum(axis=1) + fires[:, 0]).astype(np.int64)
    return begins


def _no_chance(failures: Floats, events: Floats, threshold: float) -> Booleans:
    allowed = np.float32(float(chance.ALLOWED) * threshold)
    exceeded: Booleans = np.sqrt(failures) > np.float32(float(chance.MARGIN)) + np.sqrt(allowed * events)
    return exceeded


def _each_minute(states: Floats, duration: Duration) -> Booleans:
    count = minutes(duration)
    each: Booleans = over(states, count) >= count
    return each


def _as_float(states: Booleans) -> Floats:
    return states.astype(np.float32)
