"""CRC-32C (Castagnoli), the checksum of a block's sections and chunks: of one text, or of many at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

POLYNOMIAL = 0x82F63B78
"""The reversed polynomial of Castagnoli."""
ONES = 0xFFFFFFFF
FEW = 64
"""A text of fewer bytes is not worth dividing."""


def _table() -> NDArray[np.uint32]:
    entries = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        entries = np.where(entries & 1, entries >> 1 ^ np.uint32(POLYNOMIAL), entries >> 1)
    return entries


TABLE = _table()


def checksums(data: Bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the checksum of each part of the data, by its first byte and its length."""
    order = np.argsort(-lengths, kind="stable")
    first = starts[order]
    # How many parts are longer than a position: a prefix of the order.
    longer = np.searchsorted(-lengths[order], -np.arange(int(lengths.max(initial=0))), side="left")
    state = np.full(lengths.size, ONES, dtype=np.uint32)
    for position, count in enumerate(longer.tolist()):
        current = state[:count]
        byte = data[first[:count] + position]
        state[:count] = TABLE[(current ^ byte) & 0xFF] ^ current >> 8
    result = np.empty_like(state)
    result[order] = state ^ np.uint32(ONES)
    return result


def checksums_of(texts: Sequence[bytes]) -> list[int]:
    """Return the checksum of each of many short texts."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    data = np.frombuffer(b"".join(texts), dtype=np.uint8)
    return [*map(int, checksums(data, np.cumsum(lengths) - lengths, lengths))]


def checksum(data: bytes) -> int:
    """Return the checksum of one text. A long one is read as parts side by side."""
    if len(data) < FEW:
        return checksums_of([data])[0]
    length = math.isqrt(len(data))
    count = len(data) // length
    parts = checksums(np.frombuffer(data, dtype=np.uint8), np.arange(count) * length, np.full(count, length))
    shift = _shift(length)
    total = 0
    for part in parts.tolist():
        total = _apply(shift, total) ^ part
    for byte in data[count * length :]:
        total = _append(total, byte)
    return total


def _append(state: int, byte: int) -> int:
    """The checksum of a text with one more byte."""
    inner = state ^ ONES
    return (int(TABLE[(inner ^ byte) & 0xFF]) ^ inner >> 8) ^ ONES


def _shift(count: int) -> tuple[int, ...]:
    """The matrix that combines checksums: what `count` zero bytes make of each bit of a state."""
    matrix: tuple[int, ...] = tuple(1 << bit for bit in range(32))
    power = tuple(int(TABLE[1 << bit & 0xFF]) ^ (1 << bit) >> 8 for bit in range(32))
    while count:
        if count & 1:
            matrix = tuple(_apply(power, column) for column in matrix)
        power = tuple(_apply(power, column) for column in power)
        count >>= 1
    return matrix


def _apply(matrix: tuple[int, ...], state: int) -> int:
    result, bit = 0, 0
    while state:
        if state & 1:
            result ^= matrix[bit]
        state >>= 1
        bit += 1
    return result
