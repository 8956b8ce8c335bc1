"""Chunks have the values and times that were encoded: read by a decoder of Prometheus' documented format."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from generator.verify.simulation.block.chunks import encode, sealed

START, STEP = 1_788_739_200_000, 15_000


class Bits:
    """The bits of a chunk, from the first to the last."""

    def __init__(self, data: bytes) -> None:
        self.bits = "".join(f"{byte:08b}" for byte in data)
        self.at = 0

    def take(self, count: int) -> int:
        """The next bits as a number."""
        self.at += count
        return int(self.bits[self.at - count : self.at], 2) if count else 0

    def varint(self) -> int:
        """The next number of seven bits a byte."""
        number, shift = 0, 0
        while True:
            byte = self.take(8)
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number


def decoded(data: bytes, position: int) -> tuple[list[int], list[float]]:
    """The times and values of the chunk at a position of a segment file."""
    frame = Bits(data[position : position + 5])
    length = frame.varint()
    begin = position + frame.at // 8
    assert data[begin] == 1
    bits = Bits(data[begin + 1 : begin + 1 + length])
    count, time = bits.take(16), bits.varint()
    assert time % 2 == 0
    times, words, delta, leading, trailing = [time // 2], [bits.take(64)], 0, 0, 0
    for number in range(1, count):
        if number == 1:
            delta = bits.varint()
        else:
            assert bits.take(1) == 0
        times.append(times[-1] + delta)
        word = words[-1]
        if bits.take(1):
            if bits.take(1):
                leading = bits.take(5)
                trailing = 64 - leading - (bits.take(6) or 64)
            word ^= bits.take(64 - leading - trailing) << trailing
        words.append(word)
    assert length * 8 - bits.at < 8
    return times, [struct.unpack(">d", word.to_bytes(8, "big"))[0] for word in words]


@pytest.mark.parametrize("count", [1, 2, 3, 480])
def test_chunks_have_the_encoded_times_and_values(count: int) -> None:
    """Counters, constants, negative and small numbers, all bits at once, and infinity, beside each other."""
    random = np.random.default_rng(1)
    rows = np.stack(
        [
            np.cumsum(random.poisson(0.1, count)).astype(np.float64),
            np.cumsum(random.poisson(1e6, count)).astype(np.float64),
            np.full(count, 42.0),
            np.zeros(count),
            random.normal(0, 1e-9, count),
            random.integers(0, 1 << 63, count).view(np.float64),
            np.where(np.arange(count) % 2, -np.inf, 1.5),
        ]
    )
    firsts = START + STEP * np.arange(rows.shape[0])
    chunks = encode(rows, firsts, STEP)
    data = sealed([chunks]).tobytes()
    for row, first, position in zip(rows, firsts.tolist(), chunks.starts.tolist(), strict=True):
        times, values = decoded(data, position)
        assert times == [first + STEP * number for number in range(count)]
        assert struct.pack(f">{count}d", *values) == struct.pack(f">{count}d", *row.tolist())
