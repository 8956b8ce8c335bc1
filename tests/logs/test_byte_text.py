"""Texts with one byte for each character: positions and classes of patterns stay what they are."""

from __future__ import annotations

import re

import pytest

from generator.logs.byte_text import ByteCode

CLASS = r"[a\xe9\u2010-\u2015]"
TEXTS = ("a", "é", "\u2010", "\u2013", "\u2015", "è", "\u200f", "\u2016", "語", "😀", "\ud800", "\x80", "\U0010ffff")


@pytest.mark.parametrize("text", TEXTS)
def test_a_class_has_the_same_members(text: str) -> None:
    """A character is in the encoded class where it is in the class: at its ends, inside, beside it, and far away."""
    code = ByteCode([CLASS])
    encoded = re.search(code.encode_pattern(CLASS), code.encode(text))
    assert (encoded is None) == (re.search(CLASS, text) is None)


def test_a_character_is_one_byte() -> None:
    """Characters of one to four bytes of UTF-8, and half a surrogate pair, are a byte each."""
    assert len(ByteCode([CLASS]).encode("aé語😀\ud800")) == 5


def test_ascii_stays() -> None:
    """What is ASCII is encoded as itself, also beside other characters."""
    assert ByteCode([CLASS]).encode("key=é")[:4] == b"key="


def test_an_escaped_backslash_is_no_escape_of_a_character() -> None:
    r"""`\\u00e9` is a backslash and five characters."""
    pattern = r"\\u00e9"
    assert ByteCode([pattern]).encode_pattern(pattern) == rb"\\u00e9"


def test_too_many_characters_are_refused() -> None:
    """Each second one of 130 characters needs a byte of its own, and so does each between two of them."""
    pattern = "".join(map(chr, range(0x400, 0x400 + 130, 2)))
    with pytest.raises(ValueError, match="131 ranges"):
        ByteCode([pattern])
