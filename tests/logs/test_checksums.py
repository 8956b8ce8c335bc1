"""Checksums of pattern matches, on numbers whose check digits were computed by hand."""

from __future__ import annotations

import pytest

from generator.dsl.log import Checksum, RedactionKind, RedactionRule
from generator.logs.byte_text import ByteCode
from generator.logs.searched_rule import SearchedRule, passes_luhn, passes_mod97

DIGITS = r"[0-9]{4}(?:[ -]?[0-9]){4,12}"
LONG = r"[0-9]{4}(?:[ -]?[0-9]){12,16}"
ACCOUNT = r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{1,4}){1,7}\b"


def matches(pattern: str, checksum: Checksum, text: str) -> list[str]:
    """The texts of the matches that pass the checksum."""
    kind = RedactionKind.PERSONAL
    rule = RedactionRule(name="number", kind=kind, pattern=pattern, help="A number.", checksum=checksum)
    return [text[start:end] for start, end in SearchedRule(rule, ByteCode([pattern])).find(text.encode())]


@pytest.mark.parametrize(("text", "passes"), [("18", True), ("1-8", True), ("0000", True), ("26", True), ("62", False)])
def test_luhn(text: str, passes: bool) -> None:
    """18: 1 doubled is 2, plus 8 is 10. 26: 4 plus 6 is 10. 62: 6 doubled is 12, so 1 + 2, plus 2 is 5."""
    assert passes_luhn(text.encode()) is passes


@pytest.mark.parametrize(("text", "passes"), [("AA48 1", True), ("AA481", True), ("AA47 1", False), ("AA84 1", False)])
def test_mod97(text: str, passes: bool) -> None:
    """1, AA read as 10 and 10, and 00: 1,101,000 is 97 times 11,350 plus 50; the check digits are 98 - 50 = 48."""
    assert passes_mod97(text.encode()) is passes


def test_every_match_is_found_without_a_checksum() -> None:
    """Two runs of digits are two matches."""
    assert matches(DIGITS, Checksum.NONE, "00000001 and 00000002") == ["00000001", "00000002"]


def test_a_number_is_found_before_another_group() -> None:
    """With its last group the sum is 3 + 4 + 1 + 7 + 1 = 16; without it, 8 + 2 = 10."""
    assert matches(DIGITS, Checksum.LUHN, "0000 0000 0018 123") == ["0000 0000 0018"]


def test_a_number_is_found_after_another_group() -> None:
    """The first group fails with everything that follows; the search continues at the second."""
    assert matches(DIGITS, Checksum.LUHN, "1234 0000 0000 0018") == ["0000 0000 0018"]


def test_a_number_that_fails_the_checksum_is_not_found() -> None:
    """With one digit changed, neither the match nor a prefix of it passes."""
    assert matches(DIGITS, Checksum.LUHN, "12345678") == []


def test_a_prefix_must_match_the_pattern() -> None:
    """0000 0000 0018 passes Luhn but is too short for the pattern; with the next group, 3 + 4 + 1 + 7 + 1 = 16 does not
    pass."""
    assert matches(LONG, Checksum.LUHN, "0000 0000 0018 0000123") == []


def test_two_accounts_in_one_text_are_two_matches() -> None:
    """The first match ends where its checksum passes, although a word follows. Zeros before the 1 add nothing."""
    account = "AA48 0000 0000 1"
    expected = [account, account]
    assert matches(ACCOUNT, Checksum.IBAN, f"{account} OR {account}") == expected
