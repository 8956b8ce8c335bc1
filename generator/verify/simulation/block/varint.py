"""Numbers of variable length, as Go's encoding/binary writes them."""

from __future__ import annotations


def unsigned(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    parts = bytearray()
    while number >= 0x80:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def signed(number: int) -> bytes:
    """The sign is the lowest bit."""
    return unsigned(2 * number if number >= 0 else -2 * number - 1)
