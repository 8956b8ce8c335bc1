"""XOR chunks of many series at once, as Gorilla and Prometheus encode them. The times of a chunk are equally spaced."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from generator.frozen import frozen
from generator.verify.simulation.block.crc32c import Bytes, checksums
from generator.verify.simulation.block.varint import signed, unsigned

XOR_ENCODING = 1
MAX_LEADING_ZEROS = 31
"""Five bits have the number of leading zeros."""
Words = NDArray[np.uint64]
Positions = NDArray[np.int64]


@frozen(eq=False)
class EncodedChunks:
    """Chunks as a segment file has them, one after the other: their bytes, and where each begins. `sealed` writes their
    checksums: it is fast for many chunks at once."""

    data: Bytes
    starts: Positions
    encodings: Positions
    lengths: Positions


def sealed(all_chunks: Sequence[EncodedChunks]) -> Bytes:
    """Return the bytes of chunks that follow each other, with a checksum at the end of each."""
    data = np.concatenate([chunks.data for chunks in all_chunks])
    sizes = [chunks.data.size for chunks in all_chunks]
    before = np.cumsum(sizes) - sizes
    encodings = np.concatenate([chunks.encodings + at for chunks, at in zip(all_chunks, before.tolist(), strict=True)])
    lengths = np.concatenate([chunks.lengths for chunks in all_chunks])
    sums = checksums(data, encodings, lengths + 1)
    at = encodings + 1 + lengths
    data[at[:, None] + np.arange(4)] = sums.astype(">u4").view(np.uint8).reshape(-1, 4)
    return data


def encode(values: NDArray[np.float64], firsts: Positions, step: int) -> EncodedChunks:
    """Encode a chunk for each row of values. `firsts` has the time of each row's first column, `step` is the time
    between two columns, in milliseconds."""
    words = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64)
    rows, count = words.shape
    time = _signed_numbers(firsts)
    second = np.frombuffer(unsigned(step) if count > 1 else b"", dtype=np.uint8)
    number = np.frombuffer(count.to_bytes(2, "big"), dtype=np.uint8)
    value = words[:, 0].astype(">u8").view(np.uint8).reshape(rows, 8)
    header = np.hstack([np.tile(number, (rows, 1)), time, value, np.tile(second, (rows, 1))])
    changes = words[:, 1:] ^ words[:, :-1]
    bits, starts = _place(changes, _windows(np.bitwise_or.reduce(changes, axis=1)), 8 * header.shape[1])
    encoded, begins = np.packbits(bits), starts // 8
    encoded[begins[:, None] + np.arange(header.shape[1])] = header
    return _framed(encoded, begins, np.append(begins[1:], encoded.size) - begins)


def _signed_numbers(numbers: Positions) -> Bytes:
    """A row of bytes for each number. All have as many: times of one block do."""
    texts = [signed(number) for number in numbers.tolist()]
    return np.frombuffer(b"".join(texts), dtype=np.uint8).reshape(len(texts), -1)


@frozen
class Windows:
    """The bits of a chunk that any of its changes has: their number after the leading zeros, and the zeros behind."""

    leading: Positions
    width: Positions
    trailing: Positions


def _windows(union: Words) -> Windows:
    """One window a chunk, which its first change declares and the others reuse."""
    high = _bit_length(union)
    leading = np.minimum(64 - high, MAX_LEADING_ZEROS)
    trailing = np.where(union > 0, _bit_length(union & (~union + np.uint64(1))) - 1, 0)
    return Windows(leading, 64 - leading - trailing, trailing)


def _bit_length(words: Words) -> Positions:
    length = np.zeros(words.shape, dtype=np.int64)
    rest = words.copy()
    for shift in (32, 16, 8, 4, 2, 1):
        large = rest >= np.uint64(1) << np.uint64(shift)
        length += np.where(large, shift, 0)
        rest = np.where(large, rest >> np.uint64(shift), rest)
    return length + (rest > 0)


def _place(changes: Words, windows: Windows, header: int) -> tuple[Bytes, Positions]:
    """Return the bits of all chunks, with room for their headers, and the bit at which each chunk begins.

    The bits of a value follow a zero for its time, which is as expected, except those of a chunk's second value.
    """
    rows, count = changes.shape
    changed = changes != 0
    row, column = np.nonzero(changed)
    declares = np.ones(row.size, dtype=bool)
    declares[1:] = row[1:] != row[:-1]
    width = windows.width[row]
    size = 1 + width + np.where(declares, 11, 0)
    # Up to a value there is a bit for each time and each value before it, and the windows of the values before it.
    extra_before = np.cumsum(size) - size
    first_of_row = np.searchsorted(row, np.arange(rows + 1))
    sums = np.append(extra_before, size.sum())[first_of_row]
    plain = header + max(2 * count - 1, 0)
    starts = np.zeros(rows + 1, dtype=np.int64)
    np.cumsum((plain + np.diff(sums) + 7) // 8 * 8, out=starts[1:])
    bits = np.zeros(int(starts[-1]), dtype=np.uint8)
    position = starts[row] + header + 2 * column + extra_before - sums[row]
    bits[position] = 1
    bits[position[declares] + 1] = 1
    at = position[declares] + 2
    _scatter(bits, at, windows.leading[row[declares]], np.full(at.size, 5))
    _scatter(bits, at + 5, width[declares] % 64, np.full(at.size, 6))
    value = changes[row, column] >> windows.trailing[row].astype(np.uint64)
    _scatter(bits, position + np.where(declares, 13, 2), value, width)
    return bits, starts[:-1]


def _scatter(bits: Bytes, at: Positions, values: NDArray[np.int64] | Words, widths: Positions) -> None:
    """Write the low bits of each value, the highest first."""
    order = np.argsort(-widths, kind="stable")
    at, widths, words = at[order], widths[order], values[order].astype(np.uint64)
    for bit in range(int(widths.max(initial=0))):
        count = int(np.searchsorted(-widths, -bit, side="left"))
        shift = (widths[:count] - 1 - bit).astype(np.uint64)
        bits[at[:count] + bit] = words[:count] >> shift & np.uint64(1)


def _framed(encoded: Bytes, begins: Positions, lengths: Positions) -> EncodedChunks:
    """The chunks with what a segment has before each, its length and encoding, and room for the checksum after it."""
    prefixes = 1 + np.sum([lengths >= 1 << 7 * place for place in range(1, 5)], axis=0)
    starts = np.zeros(lengths.size + 1, dtype=np.int64)
    np.cumsum(prefixes + 1 + lengths + 4, out=starts[1:])
    data = np.zeros(int(starts[-1]), dtype=np.uint8)
    for place in range(int(prefixes.max(initial=0))):
        here = prefixes > place
        byte = lengths[here] >> 7 * place & 0x7F | np.where(prefixes[here] > place + 1, 0x80, 0)
        data[starts[:-1][here] + place] = byte
    encoding = starts[:-1] + prefixes
    data[encoding] = XOR_ENCODING
    source = np.arange(encoded.size)
    data[source + np.repeat(encoding + 1 - begins, lengths)] = encoded
    return EncodedChunks(data, starts[:-1], encoding, lengths)
