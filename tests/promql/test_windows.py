"""The longest window of an expression."""

from __future__ import annotations

import pytest

from generator.promql.parser import parsed
from generator.promql.windows import longest_window


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("errors", 0),
        ("sum(increase(errors[5m])) / sum(increase(requests[1h]))", 3_600),
        ("sum_over_time(errors:increase5m[1d:5m])", 86_400),
        ("max_over_time(rate(errors[2h])[30m:1m])", 7_200),
        ("sum(increase(errors[5m])) and last_over_time(heartbeat[1d])", 300),
    ],
)
def test_the_longest_window_is_found(expression: str, seconds: float) -> None:
    """Range selectors and subqueries count, at any depth; the range of `last_over_time` does not."""
    assert longest_window(parsed(expression)) == seconds
