"""Proofs of what patterns found, on numbers whose check digits were worked out by hand."""

from __future__ import annotations

import re

import pytest

from generator.dsl.log import Checksum
from generator.logs.checksums import found, luhn, mod97

DIGITS = re.compile(r"[0-9]{4}(?:[ -]?[0-9]){4,12}")
ACCOUNT = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{1,4}){1,7}\b")


@pytest.mark.parametrize(("text", "right"), [("18", True), ("1-8", True), ("0000", True), ("26", True), ("62", False)])
def test_luhn(text: str, right: bool) -> None:
    """18: the 1 doubled is 2, and 8, make 10. 26: 4 and 6 make 10. 62: 12, so 1 + 2, and 2, make 5."""
    assert luhn(text) is right


@pytest.mark.parametrize(("text", "right"), [("AA48 1", True), ("AA481", True), ("AA47 1", False), ("AA84 1", False)])
def test_mod97(text: str, right: bool) -> None:
    """1, AA read as 10 and 10, and 00: 1,101,000 is 97 times 11,350 and 50 more; 98 less 50 is 48."""
    assert mod97(text) is right


def test_without_a_proof_all_that_the_pattern_finds_is_found() -> None:
    """Two runs of digits are two finds."""
    assert list(found(DIGITS, Checksum.NONE, "00000001 and 00000002")) == ["00000001", "00000002"]


def test_what_follows_a_number_does_not_hide_it() -> None:
    """With its last group, the digits make 3 + 4 + 1 + 7 + 1 = 16; without it, 8 + 2 = 10."""
    assert list(found(DIGITS, Checksum.LUHN, "0000 0018 123")) == ["0000 0018"]


def test_what_goes_before_a_number_does_not_hide_it() -> None:
    """The first group fails with all that follows; the search goes on at the second, and finds 0000 0018."""
    assert list(found(DIGITS, Checksum.LUHN, "1234 0000 0000 0018")) == ["0000 0000 0018"]


def test_a_number_that_proves_nothing_is_not_found() -> None:
    """One digit off, and neither the whole nor a part of it passes."""
    assert list(found(DIGITS, Checksum.LUHN, "12345678")) == []


def test_a_part_must_be_what_the_pattern_looks_for() -> None:
    """0018 passes Luhn, and is too short to be found; with what follows it, 3 + 4 + 1 + 8 + 2 = 18 does not pass."""
    assert list(found(DIGITS, Checksum.LUHN, "0018 0000000123")) == []


def test_two_accounts_in_one_text_are_two() -> None:
    """The first ends where its check ends, though a word in capitals follows it."""
    assert list(found(ACCOUNT, Checksum.IBAN, "AA48 1 OR AA48 1")) == ["AA48 1", "AA48 1"]
