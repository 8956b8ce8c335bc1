"""Numbers of variable length: the examples of the format's documentation."""

from __future__ import annotations

from generator.verify.simulation.block.varint import signed, unsigned


def test_an_unsigned_number_has_seven_bits_a_byte() -> None:
    """150 is 96 01, as in the documentation of protocol buffers; 127 is the largest number of one byte."""
    assert [unsigned(number).hex() for number in (0, 1, 127, 128, 150, 1 << 35)] == [
        "00",
        "01",
        "7f",
        "8001",
        "9601",
        "808080808001",
    ]


def test_a_signed_number_alternates() -> None:
    """0, -1, 1, -2 and 2 are 0, 1, 2, 3 and 4, as in the documentation of protocol buffers."""
    assert [signed(number) for number in (0, -1, 1, -2, 2)] == [bytes([number]) for number in range(5)]
