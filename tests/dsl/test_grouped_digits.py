"""The patterns of numbers in groups."""

from __future__ import annotations

import re

from generator.dsl.grouped_digits import grouped_digits


def test_digits_may_have_a_space_or_a_dash_before_each() -> None:
    """Exactly so many digits, whatever their groups; two separators, or another one, end the number."""
    pattern = re.compile(grouped_digits(4))
    assert all(pattern.fullmatch(text) for text in ("1234", " 12 34", "-1-2-3-4"))
    assert not any(pattern.fullmatch(text) for text in ("123", "12345", "12  34", "12.34"))


def test_a_number_of_several_lengths() -> None:
    """From the first length to the second."""
    pattern = re.compile(grouped_digits(2, 3))
    assert [bool(pattern.fullmatch("1" * length)) for length in (1, 2, 3, 4)] == [False, True, True, False]
