"""Texts with one byte for each character, and patterns for them: positions are the same, and searching is fast.

The policy's patterns name few characters beyond ASCII. The code points between two of these are alike to all patterns,
so each range of them is one byte, in their order: a class from one character to another has the same members.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

ASCII_SIZE, SPARE_BYTE = 0x80, 0xFF
"""How many bytes are characters of ASCII; and a byte that no text has."""
LAST_CHARACTER = 0x10FFFF
CHARACTER = re.compile(r"\\x([89a-fA-F][0-9a-fA-F])|\\u([0-9a-fA-F]{4})|([^\x00-\x7f])|\\.", re.DOTALL)
"""A character beyond ASCII in a pattern, by its code or as it is; or any other escape."""


class ByteCode(dict[int, int]):
    """The byte of each code point, computed when a text first has it; also the table for `str.translate`.

    Raises `ValueError` if the patterns name more characters than there are bytes beyond ASCII.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        super().__init__()
        named = {code for pattern in patterns for code in _named(pattern)}
        starts = {ASCII_SIZE} | named | {code + 1 for code in named}
        self._starts = sorted(start for start in starts if ASCII_SIZE <= start <= LAST_CHARACTER)
        if len(self._starts) > SPARE_BYTE - ASCII_SIZE:
            raise ValueError(f"the patterns distinguish {len(self._starts)} ranges of characters beyond ASCII")

    def __missing__(self, code: int) -> int:
        byte = code if code < ASCII_SIZE else ASCII_SIZE - 1 + bisect_right(self._starts, code)
        self[code] = byte
        return byte

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text, which may have lone surrogates."""
        return text.encode() if text.isascii() else text.translate(self).encode("latin-1")

    def encode_pattern(self, pattern: str) -> bytes:
        """Return a pattern, whose characters have all been named before, for encoded texts."""
        return CHARACTER.sub(self._encoded_character, pattern).encode()

    def _encoded_character(self, match: re.Match[str]) -> str:
        code = _code_of(match)
        return match[0] if code is None else rf"\x{self[code]:02x}"


def _named(pattern: str) -> Iterator[int]:
    for match in CHARACTER.finditer(pattern):
        if (code := _code_of(match)) is not None:
            yield code


def _code_of(match: re.Match[str]) -> int | None:
    by_byte, by_unit, character = match.groups()
    if character:
        return ord(character)
    return int(by_byte or by_unit, 16) if by_byte or by_unit else None
