"""The normalized copy of a text: characters that look like others are replaced, and escapes decoded once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, chain

from generator.dsl.log import ESCAPES, Normalization
from generator.logs.byte_text import SPARE_BYTE, ByteCode

WIDE_DISTANCE = 0xFEE0
"""How far the full-width form of a character is behind it."""
BASIC_PLANE = 0x10000
HEXADECIMAL = "0123456789abcdefABCDEF"
DECODED = {f"{high}{low}".encode(): bytes([int(high + low, 16)]) for high in HEXADECIMAL for low in HEXADECIMAL}
"""The character of two hexadecimal digits."""


class NormalizedCode(dict[int, int]):
    """The byte of each code point in a normalized copy; the spare byte stands for a character that is left out."""

    def __init__(self, code: ByteCode, normalization: Normalization) -> None:
        super().__init__(dict.fromkeys(_codes(normalization.ignored), SPARE_BYTE))
        self.update({wide: wide - WIDE_DISTANCE for wide in _codes(normalization.wide)})
        self.update(dict.fromkeys(_codes(normalization.dashes), ord("-")))
        self.update(dict.fromkeys(_codes(normalization.spaces), ord(" ")))
        self._code = code
        self._shortened = re.compile(b"(" + ESCAPES.encode() + rb"|\x%02x+)" % SPARE_BYTE)

    def __missing__(self, code: int) -> int:
        self[code] = byte = self._code[code]
        return byte

    def normalize(self, text: str) -> NormalizedText:
        """Return the normalized copy of a text."""
        encoded = text.encode() if text.isascii() else text.translate(self).encode("latin-1")
        return NormalizedText(self._shortened.split(encoded))


class NormalizedText:
    """A normalized copy, by its parts: a text that stays, what was shortened and its two digits, if any, in turn."""

    def __init__(self, parts: list[bytes]) -> None:
        self._texts, self._shortened = parts[::3], parts[1::3]
        self._kept = [DECODED[digits] if digits else b"" for digits in parts[2::3]]
        self.encoded = b"".join(chain(*zip(self._texts, [*self._kept, b""], strict=True)))

    def in_original(self, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Yield spans of the copy as spans of the original."""
        if not spans:
            return
        kept = list(map(len, self._kept))
        ends = list(accumulate(map(int.__add__, map(len, self._texts), kept)))
        removed = [0, *accumulate(map(int.__sub__, map(len, self._shortened), kept))]
        for start, stop in spans:
            yield start + removed[bisect_right(ends, start)], stop + removed[bisect_right(ends, stop)]


def _codes(content: str) -> list[int]:
    """Return the code points of a class of a regular expression."""
    pattern = re.compile(f"[{content}]")
    return [code for code in range(BASIC_PLANE) if pattern.match(chr(code))]
