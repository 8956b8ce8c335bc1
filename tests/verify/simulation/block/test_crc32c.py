"""Checksums of the standards' own examples, and of many texts at once."""

from __future__ import annotations

import pytest

from generator.verify.simulation.block.crc32c import checksum, checksums_of

EXAMPLES = {
    b"123456789": 0xE3069283,
    bytes(32): 0x8A9136AA,
    b"\xff" * 32: 0x62A8AB43,
    bytes(range(32)): 0x46DD794E,
}
"""The check value of CRC-32C, and the examples of RFC 3720, appendix B.4."""


def test_the_checksums_are_those_of_the_standard() -> None:
    """One by one, and of texts of different lengths at once; an empty text has 0."""
    assert [checksum(text) for text in EXAMPLES] == [*EXAMPLES.values()]
    assert checksums_of([*EXAMPLES, b""]) == [*EXAMPLES.values(), 0]


@pytest.mark.parametrize("size", [63, 64, 65, 100, 10_007])
def test_a_long_text_has_the_checksum_of_a_short_one(size: int) -> None:
    """Read in parts side by side, or byte by byte: the same."""
    text = bytes(number * number % 251 for number in range(size))
    assert checksum(text) == checksums_of([text])[0]
