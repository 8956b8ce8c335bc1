"""How far back an expression reads: windows, offsets and subqueries add up, and an instant looks back five minutes."""

from __future__ import annotations

import pytest

from generator.promql.parser import parsed
from generator.promql.windows import look_backs


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("a", {"a": 300}),
        ("a offset 1h", {"a": 3_900}),
        ("rate(a[10m])", {"a": 900}),
        ("sum_over_time(a[1h] offset 1d) > b", {"a": 86_400 + 3_600 + 300, "b": 300}),
        ("max_over_time(rate(a[5m])[1h:1m] offset 1h)", {"a": 3_600 + 3_600 + 300 + 300}),
        ("a or rate(a[1h])", {"a": 3_900}),
    ],
)
def test_what_an_expression_reads(text: str, seconds: dict[str, float]) -> None:
    """The longest look-back of each name."""
    assert look_backs(parsed(text)) == seconds
