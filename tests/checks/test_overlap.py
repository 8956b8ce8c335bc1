"""Which positions on the dashboard grid overlap."""

from __future__ import annotations

import pytest

from generator.checks.dashboards import overlap


@pytest.mark.parametrize(
    ("x", "y", "overlaps"),
    [
        (8, 4, True),
        (13, 4, True),
        (14, 4, False),
        (3, 4, True),
        (2, 4, False),
        (8, 7, True),
        (8, 8, False),
        (8, 1, True),
        (8, 0, False),
        (14, 8, False),
    ],
    ids=[
        "same position",
        "one column at the right edge",
        "touches the right edge",
        "one column at the left edge",
        "touches the left edge",
        "one row at the bottom edge",
        "touches the bottom edge",
        "one row at the top edge",
        "touches the top edge",
        "touches a corner",
    ],
)
def test_panels_overlap_if_they_share_a_cell(x: int, y: int, overlaps: bool) -> None:
    """Two panels of 6 columns and 4 rows overlap by one column or one row, but not if their edges only touch."""
    panel, other = {"x": 8, "y": 4, "w": 6, "h": 4}, {"x": x, "y": y, "w": 6, "h": 4}
    assert overlap(panel, other) == overlaps
    assert overlap(other, panel) == overlaps
