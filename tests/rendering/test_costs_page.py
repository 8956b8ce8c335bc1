"""The page of what is billed."""

from __future__ import annotations

import pytest

from generator.rendering.costs_page import costs_page


@pytest.mark.parametrize(
    ("unit", "price"), [("d1_rows_read", "$0.001"), ("kv_writes", "$5.00"), ("ai_tokens", "by model")]
)
def test_a_price_is_not_rounded_away(unit: str, price: str) -> None:
    """Rows that D1 reads cost $0.001 a million by Cloudflare's list, writes of KV $5, tokens what their model costs."""
    (row,) = [line for line in costs_page("make").splitlines() if f"| `{unit}` |" in line]
    assert f"| {price} |" in row
