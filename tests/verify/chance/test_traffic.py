"""Random traffic has the rates, shares and retries that it is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verify.chance.traffic import RETRIES_AFTER, independent, nested, retried

TENANTS, MINUTES = 200, 1_000


@pytest.mark.parametrize("per_minute", [0.5, 4, 400])
def test_numbers_are_those_of_independent_events(per_minute: float) -> None:
    """Numbers of independent events have their mean as their variance, in each minute and in its first quarter."""
    requests, failures = independent(
        np.random.default_rng(1), TENANTS, np.full(MINUTES, 0.2, dtype=np.float32), per_minute
    )
    for numbers, mean in (
        (requests.all, per_minute),
        (requests.first, per_minute / 4),
        (failures.all, per_minute / 5),
        (failures.first, per_minute / 20),
    ):
        assert np.isclose(numbers.mean(dtype=np.float64), mean, rtol=0.02)
        assert np.isclose(numbers.var(dtype=np.float64), mean, rtol=0.02)


def test_failures_are_requests_of_their_minute() -> None:
    """All requests fail in the minutes with a share of 1, none in those with a share of 0."""
    shares = np.repeat(np.array([0, 1, 0], dtype=np.float32), 100)
    requests, failures = independent(np.random.default_rng(1), TENANTS, shares, 6)
    assert (failures.all[:, 100:200] == requests.all[:, 100:200]).all()
    assert (failures.first[:, 100:200] == requests.first[:, 100:200]).all()
    assert not failures.all[:, :100].any()
    assert not failures.all[:, 200:].any()
    assert (requests.first <= requests.all).all()


def test_a_larger_share_has_the_failures_of_a_smaller_one() -> None:
    """Of the same requests, 1 % and 4 % fail: each failure of the 1 % is one of the 4 %."""
    requests, (few, many) = nested(np.random.default_rng(1), TENANTS, MINUTES, (0.01, 0.04), 60)
    assert (few.all <= many.all).all()
    for numbers, mean in ((requests.all, 60), (few.all, 0.6), (many.all, 2.4), (many.first, 0.6)):
        assert np.isclose(numbers.mean(dtype=np.float64), mean, rtol=0.01)
        assert np.isclose(numbers.var(dtype=np.float64), mean, rtol=0.02)


def test_a_failed_operation_fails_six_times_within_two_minutes() -> None:
    """Operations that fail alone, one in 1,000 minutes, have five retries, in their minute or in the next one."""
    requests, failures = retried(np.random.default_rng(1), TENANTS, MINUTES, 1, 0.001)
    begins = (failures.all[:, :-2] == 0) & (failures.all[:, 1:-1] > 0)
    in_two_minutes = (failures.all[:, 1:-1] + failures.all[:, 2:])[begins]
    assert (in_two_minutes == 1 + len(RETRIES_AFTER)).mean() > 0.99
    assert np.isclose(requests.all.mean(dtype=np.float64), 1 + 0.001 * len(RETRIES_AFTER), rtol=0.01)


def test_retries_come_at_any_time_of_a_minute() -> None:
    """Operations at random times have retries at random times: a quarter of all failures is in a minute's first
    quarter."""
    _, failures = retried(np.random.default_rng(1), TENANTS, MINUTES, 1, 0.5)
    assert np.isclose(failures.first.sum() / failures.all.sum(), 0.25, rtol=0.02)
