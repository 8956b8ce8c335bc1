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


def test_images_and_embedded_texts_are_counted_without_a_price() -> None:
    """As the contract's own units of models: a reason is in the table, beside those of queries of stores."""
    table = costs_page("make").partition("## Counted without a price")[2].partition("\n## ")[0]
    names = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}
    assert {"ai_embedded_texts_total", "ai_images_total"} < names


def test_what_is_not_billed_is_not_among_what_is_billed_and_not_counted() -> None:
    """Deletes of R2 are free, and of embedded texts the tokens are billed; tiles of images are billed."""
    table = costs_page("make").partition("## Billed and not counted")[2]
    units = {line.split(" | ")[1] for line in table.splitlines() if line.startswith("| ") and " | " in line}
    assert "tiles and steps of images" in units
    assert not units & {"deletes", "texts that become vectors"}
