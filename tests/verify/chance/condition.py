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
ROUNDING = np.float32(1e-5)
"""Sums that differ by less, as a fraction, are equal: 57 events are an increase of 60 in an hour, whatever is lost in
rounding. The rules round in another order, so of such a tenant they may decide the other way."""


@dataclass(frozen=True)
class Counts:
    """What each tenant (row) counts in each minute (column): in its first 15 seconds, and in all of it."""

    first: Floats
    all: Floats

    def __add__(self, others: Counts) -> Counts:
        """What is counted of both."""
        return Counts(self.first + others.first, self.all + others.all)

    def __sub__(self, others: Counts) -> Counts:
        """What is counted of these and not of others."""
        return Counts(self.first - others.first, self.all - others.all)

    def of(self, tenants: Booleans) -> Counts:
        """What some of the tenants count."""
        return Counts(self.first[tenants], self.all[tenants])

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


def sums(values: Floats, window: Duration) -> Floats:
    """The sums of values at steps of 5 minutes over a window."""
    total = np.cumsum(values, axis=1, dtype=np.float32)
    count = minutes(window) // STEP
    total[:, count:] -= total[:, :-count].copy()
    return total


def at_steps(values: Floats) -> Floats:
    """The values at the multiples of 5 minutes. Minute 1 is the first column."""
    return values[:, STEP - 1 :: STEP]


def until_next_step(states: Booleans, count: int) -> Booleans:
    """The states of each of so many minutes: those at the last multiple of 5 minutes."""
    result = np.zeros((states.shape[0], count), dtype=np.bool_)
    result[:, STEP - 1 :] = np.repeat(states, STEP, axis=1)[:, : count - STEP + 1]
    return result


def in_any(states: Booleans, count: int) -> Booleans:
    """Whether a state is true in any of the last so many minutes."""
    result, covered = states.copy(), 1
    while covered < count:
        shift = min(covered, count - covered)
        result[:, shift:] |= result[:, :-shift].copy()
        covered += shift
    return result


def in_each(states: Booleans, duration: Duration) -> Booleans:
    """Whether a state is true in all minutes of a duration; before the first one it is not."""
    count = minutes(duration)
    result = ~in_any(~states, count)
    result[:, : count - 1] = False
    return result


def condition(
    requests: Floats, failures: Floats, threshold: float, rounding: np.float32 = ROUNDING
) -> NDArray[np.int8]:
    """Which window decides for each tenant at each minute: 1, 2 or 3 for 5 minutes, an hour or six; 0 for none.
    `requests` and `failures` are increases over 5 minutes. What is equal is decided the other way with a negative
    `rounding`, as the rules may do after their own rounding."""
    above = _above(failures, threshold * requests, rounding)
    exceeded = above & _no_chance(failures, requests, threshold)
    at_once = in_each(above, chance.FAILING_FOR) & in_each(exceeded, chance.EXCEEDED_FOR)

    requests, failures, steps_above = at_steps(requests), at_steps(failures), at_steps(above.astype(np.float32))
    hourly_failures, hourly_requests = sums(failures, chance.HOUR), sums(requests, chance.HOUR)
    hour_above = _above(hourly_failures, threshold * hourly_requests, rounding)
    still = sums(steps_above, chance.STILL_FAILING) >= chance.STILL_FAILING_STEPS
    steps = sums(steps_above, chance.HOUR)
    sparse = steps >= chance.STILL_FAILING_STEPS
    sparse |= _at_least(hourly_failures, float(chance.MOST) * hourly_requests, rounding)
    still |= sparse & ~_at_least(hourly_requests, np.float32(chance.ENOUGH_PER_HOUR), rounding)
    still &= hour_above
    hour = hour_above & _no_chance(hourly_failures, hourly_requests, threshold)
    hour &= steps >= chance.FAILING_STEPS[chance.HOUR]

    long_failures, long_requests = sums(failures, chance.LONGEST), sums(requests, chance.LONGEST)
    longest = _above(long_failures, threshold * long_requests, rounding)
    longest &= _no_chance(long_failures, long_requests, threshold)
    longest &= sums(steps_above, chance.LONGEST) >= chance.FAILING_STEPS[chance.LONGEST]
    count = above.shape[1]
    remembered = in_any(until_next_step(hour, count), minutes(chance.REMEMBERED))
    conditions = [at_once, until_next_step(still, count) & remembered, until_next_step(still & longest, count)]
    return np.select(conditions, [np.int8(1), np.int8(2), np.int8(3)], np.int8(0))


def firing(decided: NDArray[np.int8]) -> Booleans:
    """Where the alert fires: while a window decides, and for `keep_firing_for` after."""
    return in_any(decided > 0, minutes(chance.KEEP_FIRING) + 1)


def tickets(fires: Booleans) -> NDArray[np.int64]:
    """How often the alert of each tenant begins to fire."""
    begins: NDArray[np.int64] = ((fires[:, 1:] & ~fires[:, :-1]).sum(axis=1) + fires[:, 0]).astype(np.int64)
    return begins


def _above(values: Floats, limits: Floats, rounding: np.float32) -> Booleans:
    above: Booleans = values > limits * (1 + rounding)
    return above


def _at_least(values: Floats, limits: Floats | np.float32, rounding: np.float32) -> Booleans:
    reached: Booleans = values >= limits * (1 - rounding)
    return reached


def _no_chance(failures: Floats, events: Floats, threshold: float) -> Booleans:
    allowed = np.float32(float(chance.ALLOWED) * threshold)
    exceeded: Booleans = np.sqrt(failures) > np.float32(float(chance.MARGIN)) + np.sqrt(allowed * events)
    return exceeded
