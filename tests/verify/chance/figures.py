"""What the condition does to incidents and to healthy tenants, in figures with limits."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.verify.chance.condition import ROUNDING, Booleans, Counts, condition, firing, tickets
from tests.verify.chance.kinds import Kind
from tests.verify.chance.traffic import independent, nested, with_retries

RATES = (0.05, 0.2, 1, 5, 15, 30, 60, 400)
"""Requests a minute of healthy tenants."""
SHARES = (
    (0.05, 1.0),
    (0.2, 1.0),
    (1, 1.0),
    (1, 0.3),
    (2, 0.3),
    (5, 0.1),
    (10, 0.3),
)
TIMES_THE_THRESHOLD = ((15, 1.5), (30, 1.3), (60, 1.2), (400, 1.15))


def incidents(kind: Kind) -> tuple[tuple[float, float], ...]:
    """Events a minute, and the share that fails for six hours."""
    return (*SHARES, *((rate, times * kind.threshold) for rate, times in TIMES_THE_THRESHOLD))


WITHIN_TWENTY_FAILURES = {(0.05, 1.0), (0.2, 1.0), (1, 1.0), (2, 0.3)}
SEEDS = (1, 2, 3)
CHUNK = 100
"""Tenants that are simulated at once: so many fit in the cache of a processor."""
WARM_UP, DAY = 360, 1440
BEFORE, LASTS, AFTER = 360, 360, 300
INCIDENT = BEFORE + LASTS + AFTER
"""The simulated minutes of an incident."""


@dataclass(frozen=True)
class IncidentFigures:
    """What an incident of six hours is for tenants of a rate: medians of the minutes and failures until the ticket, how
    many tickets it is, when they end after the last failure, and how many tenants get none."""

    kind: str
    rate: float
    share: float
    seed: int
    delay: float
    failures: float
    tickets: float
    median_tickets: float
    end: float
    late_end: float
    missed: float

    def problems(self) -> Iterator[str]:
        """The limits that are exceeded."""
        name = f"{self.kind}, {self.rate:g} a minute, {self.share:.4g} fail, seed {self.seed}"
        if (self.rate, self.share) in WITHIN_TWENTY_FAILURES and self.failures > 20:
            yield f"{name}: a ticket after {self.failures:g} failures"
        if self.median_tickets != 1 or self.tickets > 1.3:
            yield f"{name}: {self.tickets:.2f} tickets"
        if self.rate >= 2 and self.end > 45:
            yield f"{name}: ends after {self.end:g} minutes"
        if self.rate < 2 and self.late_end > 95:
            yield f"{name}: ends after {self.late_end:g} minutes in 5 % of the incidents"


@dataclass(frozen=True)
class FalseTickets:
    """Tickets per 10,000 days of tenants that are healthy: half of the threshold, 80 % of it, and clusters of
    retries."""

    kind: str
    rate: float
    seed: int
    half: float
    close: float
    retries: float

    def problems(self) -> Iterator[str]:
        """The limits that are exceeded."""
        limits = {"half": 10, "close": 500, "retries": 500}
        for state, limit in limits.items():
            if (number := getattr(self, state)) > limit:
                at = f"{self.kind}, {self.rate:g} a minute, {state}, seed {self.seed}"
                yield f"{at}: {number:g} false tickets per 10,000 days"


def fires(kind: Kind, events: Counts, failures: Counts, rounding: np.float32 = ROUNDING) -> Booleans:
    """Where the alert of each tenant fires. A negative `rounding` decides the other way what is equal."""
    return firing(condition(*kind.increases(events, failures), kind.threshold, rounding))


def _random(kind: Kind, rate: float, seed: int, chunk: int, purpose: int) -> np.random.Generator:
    return np.random.default_rng((seed, zlib.crc32(kind.name.encode()), int(rate * 100), chunk, purpose))


def incident_figures(kind: Kind, rate: float, share: float, seed: int, tenants: int) -> IncidentFigures:
    """The figures of an incident, of so many tenants."""
    parts = [
        _incidents(kind, _random(kind, rate, seed, chunk, 0), rate, share, min(CHUNK, tenants))
        for chunk in range(-(-tenants // CHUNK))
    ]
    ticketed, delay, failures, count, end = (np.concatenate(each) for each in zip(*parts, strict=True))
    return IncidentFigures(
        kind.name,
        rate,
        share,
        seed,
        float(np.median(delay)),
        float(np.median(failures)),
        float(count[ticketed].mean()),
        float(np.median(count[ticketed])),
        float(np.median(end[ticketed])),
        float(np.percentile(end[ticketed], 95)),
        float(1 - ticketed.mean()),
    )


def _incidents(
    kind: Kind, random: np.random.Generator, rate: float, share: float, tenants: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Of each tenant: whether it gets a ticket, after how many minutes and failures, how many, and the minutes until
    the last one ends."""
    shares = np.full(INCIDENT, kind.usual_share, dtype=np.float32)
    shares[BEFORE : BEFORE + LASTS] = share
    requests, failures = independent(random, tenants, shares, rate)
    firing_at = fires(kind, requests, failures)
    firing_at[:, :BEFORE] = False
    ticketed = np.asarray(firing_at.any(axis=1))
    delay = np.where(ticketed, firing_at.argmax(axis=1) - BEFORE + 1, np.inf)
    during = failures.all[:, BEFORE : BEFORE + LASTS]
    so_far = np.cumsum(during, axis=1)
    minute = np.clip(np.where(ticketed, delay, 1), 1, LASTS).astype(int) - 1
    until = np.where(ticketed, so_far[np.arange(tenants), minute], np.inf)
    last_failure = BEFORE + LASTS - 1 - (during[:, ::-1] > 0).argmax(axis=1)
    last_fires = firing_at.shape[1] - 1 - firing_at[:, ::-1].argmax(axis=1)
    return ticketed, delay, until, tickets(firing_at), (last_fires - last_failure + 1).astype(np.float64)


def false_tickets(kind: Kind, rate: float, seed: int, days: int) -> FalseTickets:
    """The false tickets of so many days of tenants. The three states are judged over the same requests."""
    shares = (kind.usual_share, 0.5 * kind.threshold, 0.8 * kind.threshold)
    totals = {"half": 0.0, "close": 0.0, "retries": 0.0}
    chunks = -(-days // CHUNK)
    for chunk in range(chunks):
        random = _random(kind, rate, seed, chunk, 1)
        requests, (failing, half, close) = nested(random, CHUNK, WARM_UP + DAY, shares, rate)
        traffic = {
            "half": (requests, half),
            "close": (requests, close),
            "retries": with_retries(random, requests, failing),
        }
        for state, counts in traffic.items():
            totals[state] += float(tickets(fires(kind, *counts)[:, WARM_UP:]).sum())
    per_day = {state: total / (chunks * CHUNK) * 10_000 for state, total in totals.items()}
    return FalseTickets(kind.name, rate, seed, **per_day)
