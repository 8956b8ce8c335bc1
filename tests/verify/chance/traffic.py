"""Random traffic of many tenants: independent requests, of which some fail, alone or with all of their retries."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from tests.verify.chance.condition import SAMPLE_SECONDS, Counts, Floats

RETRIES_AFTER = (1, 3, 7, 15, 31)
"""The seconds after a failed operation at which its five retries fail."""
FIRST = SAMPLE_SECONDS / 60
FEW = 10
"""Up to so many events in each minute of each tenant, it is faster to draw their places than their numbers."""


def independent(random: np.random.Generator, tenants: int, shares: Floats, per_minute: float) -> tuple[Counts, Counts]:
    """Requests and failures of tenants; each request of a minute fails with the minute's share. Requests that come at
    random and fail at random are two independent streams of events: those that fail, and the others."""
    rates = per_minute * shares.astype(np.float64)
    failures, others = (_events(random, tenants, each) for each in (rates, per_minute - rates))
    return failures + others, failures


def nested(
    random: np.random.Generator, tenants: int, minutes: int, shares: Sequence[float], per_minute: float
) -> tuple[Counts, tuple[Counts, ...]]:
    """Requests of tenants, and those of them that fail for each of some growing shares: a larger share has the failures
    of a smaller one and others, so that the requests are drawn once."""
    parts = np.diff((0, *shares, 1))
    *failures, others = (_events(random, tenants, np.full(minutes, per_minute * part)) for part in parts)
    of_shares = tuple(accumulate(failures))
    return of_shares[-1] + others, of_shares


def retried(
    random: np.random.Generator, tenants: int, minutes: int, per_minute: float, failing: float
) -> tuple[Counts, Counts]:
    """Operations of tenants, of which a share fails with all of their five retries, within half a minute."""
    requests, failures = independent(random, tenants, np.full(minutes, failing, dtype=np.float32), per_minute)
    return with_retries(random, requests, failures)


def with_retries(random: np.random.Generator, operations: Counts, failing: Counts) -> tuple[Counts, Counts]:
    """Requests and failures of operations, of which some fail with all of their five retries."""
    retries = _retries(random, failing)
    return operations + retries, failing + retries


def _retries(random: np.random.Generator, failures: Counts) -> Counts:
    """The retries of failed operations, which come at any time of their part of a minute. Those after the last minute
    are left out."""
    tenants, minutes = failures.all.shape
    parts = ((failures.first, 0, SAMPLE_SECONDS), (failures.all - failures.first, SAMPLE_SECONDS, 60))
    first, total = np.zeros(tenants * minutes, np.int64), np.zeros(tenants * minutes, np.int64)
    for numbers, earliest, latest in parts:
        places = np.repeat(np.arange(numbers.size), numbers.ravel().astype(np.int64))
        seconds = random.uniform(earliest, latest, places.size)
        for after in RETRIES_AFTER:
            later, second = np.divmod(seconds + after, 60)
            minute = places % minutes + later.astype(np.int64)
            inside = minute < minutes
            moved = (places + later.astype(np.int64))[inside]
            total += np.bincount(moved, minlength=total.size)
            first += np.bincount(moved[second[inside] < SAMPLE_SECONDS], minlength=first.size)
    return Counts(*(each.reshape(tenants, minutes).astype(np.float32) for each in (first, total)))


def _events(random: np.random.Generator, tenants: int, rates: NDArray[np.float64]) -> Counts:
    """Independent events of tenants, at a rate for each minute."""
    first, rest = (_numbers(random, tenants, rates * part) for part in (FIRST, 1 - FIRST))
    return Counts(first, first + rest)


def _numbers(random: np.random.Generator, tenants: int, means: NDArray[np.float64]) -> Floats:
    """Poisson-distributed numbers of each tenant, with a mean for each minute."""
    numbers = np.empty((tenants, means.size), dtype=np.float32)
    changes = np.flatnonzero(np.diff(means)) + 1
    for start, stop in pairwise((0, *changes.tolist(), means.size)):
        mean, shape = float(means[start]), (tenants, stop - start)
        if mean > FEW:
            numbers[:, start:stop] = random.poisson(mean, shape)
        else:
            cells = tenants * (stop - start)
            places = random.integers(0, cells, random.poisson(mean * cells))
            numbers[:, start:stop] = np.bincount(places, minlength=cells).reshape(shape)
    return numbers
