"""A model of RequestsStopped, written from its description and not from its rule: minute by minute, on counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
HOUR, DAY = 60, 1440
WEEK = 7 * DAY


@dataclass(frozen=True)
class StopRule:
    """The numbers of a rule: requests of 5 minutes on average, of two hours and of six, and minutes of `for` and
    `keep_firing_for`."""

    at_least: float
    rare_at_least: float | None
    pending: int
    keep_firing: int


def true_minutes(counts: Values, rule: StopRule) -> Flags:
    """Whether a condition of the rule is true at the end of each minute, of the requests of each minute."""
    of_step = _step_sums(counts)
    silent = (of_step == 0) & (_ago(of_step, 5) == 0)
    recent = _average(of_step, 2 * HOUR, 10) >= rule.at_least
    around = (-10, -5, 0, 5)
    a_week_ago = np.all([_ago(of_step, WEEK + each) > 0 for each in around], axis=0)
    empty_before = np.any([_ago(of_step, 2 * WEEK + each) == 0 for each in around], axis=0)
    result = recent & silent & a_week_ago & ~empty_before
    steady = np.all([_ago(of_step, each) >= rule.at_least for each in (40, 60, 80, 100)], axis=0)
    yesterday = np.all([_ago(of_step, DAY + each) > 0 for each in around], axis=0)
    result |= recent & silent & steady & yesterday & np.isnan(_ago(of_step, WEEK))
    if rule.rare_at_least is not None:
        of_hour = 12 * _average(of_step, HOUR, 0)
        rare = (of_hour == 0) & (_average(of_step, 6 * HOUR, HOUR) >= rule.rare_at_least)
        rare &= np.all([_ago(of_hour, WEEK + each) >= 10 for each in (-30, 0, 30)], axis=0)
        rare &= ~np.any([_ago(of_hour, 2 * WEEK + each) == 0 for each in (-30, 0, 30)], axis=0)
        result |= rare
    return np.asarray(result, dtype=np.bool_)


def firing_minutes(counts: Values, rule: StopRule) -> Flags:
    """Whether the alert fires at the end of each minute."""
    true = true_minutes(counts, rule)
    firing, since, last = np.zeros(true.size, dtype=np.bool_), -1, -rule.keep_firing - 1
    active = False
    for minute, now in enumerate(true.tolist()):
        since = (minute if since < 0 else since) if now else -1
        last = minute if now else last
        active = (now and minute - since >= rule.pending) or (active and minute - last <= rule.keep_firing)
        firing[minute] = active
    return firing


def _step_sums(counts: Values) -> Values:
    total = np.concatenate([np.zeros(1), np.cumsum(counts)])
    sums = np.full(counts.size, np.nan)
    sums[4:] = total[5:] - total[:-5]
    return sums


def _ago(values: Values, minutes: int) -> Values:
    shifted = np.full(values.size, np.nan)
    if minutes < values.size:
        shifted[minutes:] = values[: values.size - minutes]
    return shifted


def _average(of_step: Values, window: int, ended: int) -> Values:
    """The average of the steps at multiples of 5 minutes in a window that ended a while ago; of those that exist."""
    steps = np.arange(of_step.size)
    # The end of minute m is the time m + 1.
    last = (steps + 1 - ended) // 5 * 5 - 1
    result = np.full(of_step.size, np.nan)
    sums, numbers = np.zeros(of_step.size), np.zeros(of_step.size)
    for each in range(window // 5):
        index = last - 5 * each
        exists = index >= 0
        value = np.where(exists, of_step[np.maximum(index, 0)], np.nan)
        has = exists & ~np.isnan(value)
        sums[has] += value[has]
        numbers[has] += 1
    seen = numbers > 0
    result[seen] = sums[seen] / numbers[seen]
    return result


def poisson(rate: Callable[[Values], Values], days: int, seed: int) -> Values:
    """Requests of each minute, of a rate a minute by the minutes since Monday, 00:00."""
    minutes = np.arange(days * DAY, dtype=np.float64)
    return np.random.default_rng(seed).poisson(np.maximum(rate(minutes), 0)).astype(np.float64)
