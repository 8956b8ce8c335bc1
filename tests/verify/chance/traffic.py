"""Random traffic of many tenants: independent requests, of which some fail, alone or with all of their retries."""

from __future__ import annotations

import numpy as np

from tests.verify.chance.condition import SAMPLE_SECONDS, Counts, Floats

RETRIES_AFTER = (1, 3, 7, 15, 31)
"""The seconds after a failed operation at which its five retries fail."""
FIRST = SAMPLE_SECONDS / 60


def independent(random: np.random.Generator, tenants: int, shares: Floats, per_minute: float) -> tuple[Counts, Counts]:
    """Requests and failures of tenants; each request of a minute fails with the minute's share."""
    requests, failures = [], []
    for part in (FIRST, 1 - FIRST):
        sent = random.poisson(per_minute * part, (tenants, len(shares)))
        requests.append(sent.astype(np.float32))
        failures.append(random.binomial(sent, shares).astype(np.float32))
    return _counts(requests), _counts(failures)


def retried(
    random: np.random.Generator, tenants: int, minutes: int, per_minute: float, failing: float
) -> tuple[Counts, Counts]:
    """Operations of tenants, of which a share fails with all of their five retries, within half a minute."""
    requests, failures = [], []
    for part in (FIRST, 1 - FIRST):
        sent = random.poisson(per_minute * part, (tenants, minutes))
        requests.append(sent.astype(np.float32))
        failures.append(random.binomial(sent, failing).astype(np.float32))
    first, rest = failures[0].astype(np.int64), failures[1].astype(np.int64)
    for after in RETRIES_AFTER:
        # An operation of the first quarter of a minute is retried in it, or in the rest; one of the rest in it, or in
        # the next minute's first quarter.
        stay = random.binomial(first, max(0.0, 1 - after / SAMPLE_SECONDS))
        leave = random.binomial(rest, min(1.0, after / (60 - SAMPLE_SECONDS)))
        in_first, in_rest = stay.astype(np.float32), (first - stay + rest - leave).astype(np.float32)
        in_first[:, 1:] += leave[:, :-1]
        for counted in (requests, failures):
            counted[0] = counted[0] + in_first
            counted[1] = counted[1] + in_rest
    return _counts(requests), _counts(failures)


def _counts(parts: list[Floats]) -> Counts:
    return Counts(parts[0], parts[0] + parts[1])
