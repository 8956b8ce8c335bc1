"""The index of a block, format 2: symbols, series with their chunks, and postings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.verify.simulation.block.crc32c import checksum, checksums_of
from generator.verify.simulation.block.varint import signed, unsigned

MAGIC = b"\xba\xaa\xd7\x00\x02"
SERIES_ALIGNMENT = 16
"""The reference of a series is its offset divided by this."""
Labels = tuple[tuple[str, str], ...]
"""Names and values, ordered by name."""


class ChunkReference(NamedTuple):
    """The first and the last time of a chunk, in milliseconds since 1970, and where it is in the segment file."""

    start: int
    end: int
    position: int


def index(series: Mapping[Labels, Sequence[ChunkReference]]) -> bytes:
    """Return the file of an index. The chunks of each series are in the order of time."""
    ordered = sorted(series, key=lambda labels: [(name.encode(), value.encode()) for name, value in labels])
    symbols = sorted({text for labels in ordered for pair in labels for text in pair}, key=str.encode)
    numbers = {symbol: unsigned(number) for number, symbol in enumerate(symbols)}
    file = bytearray(MAGIC)
    symbols_at = len(file)
    file += _section(b"".join((_count(len(symbols)), *map(_text, symbols))))
    _align(file, SERIES_ALIGNMENT)
    series_at = len(file)
    references: dict[Labels, int] = {}
    contents = [_series(labels, series[labels], numbers) for labels in ordered]
    for labels, content, crc in zip(ordered, contents, checksums_of(contents), strict=True):
        _align(file, SERIES_ALIGNMENT)
        references[labels] = len(file) // SERIES_ALIGNMENT
        file += unsigned(len(content)) + content + _count(crc)
    _align(file, 4)
    postings_at = len(file)
    table = _postings(file, references)
    label_table_at = len(file)
    file += _section(_count(0))
    postings_table_at = len(file)
    file += _section(_count(len(table)) + b"".join(table))
    # There are no label indexes, which Prometheus has not read since version 2.17.
    places = (symbols_at, series_at, postings_at, label_table_at, postings_at, postings_table_at)
    table_of_contents = b"".join(place.to_bytes(8, "big") for place in places)
    return bytes(file + table_of_contents + _count(checksum(table_of_contents)))


def _series(labels: Labels, chunks: Sequence[ChunkReference], numbers: Mapping[str, bytes]) -> bytes:
    parts = [unsigned(len(labels))]
    parts += (numbers[text] for pair in labels for text in pair)
    parts.append(unsigned(len(chunks)))
    previous = chunks[0]
    parts += (signed(previous.start), unsigned(previous.end - previous.start), unsigned(previous.position))
    for chunk in chunks[1:]:
        parts += (unsigned(chunk.start - previous.end), unsigned(chunk.end - chunk.start))
        parts.append(signed(chunk.position - previous.position))
        previous = chunk
    return b"".join(parts)


def _postings(file: bytearray, references: Mapping[Labels, int]) -> list[bytes]:
    """Append the series of each label and value, and return the entries of the table of their offsets."""
    lists: dict[tuple[str, str], list[int]] = {("", ""): [*references.values()]}
    for labels, reference in references.items():
        for pair in labels:
            lists.setdefault(pair, []).append(reference)
    table = []
    for name, value in sorted(lists, key=lambda pair: (pair[0].encode(), pair[1].encode())):
        _align(file, 4)
        table.append(b"\x02" + _text(name) + _text(value) + unsigned(len(file)))
        members = lists[name, value]
        file += _section(_count(len(members)) + b"".join(map(_count, members)))
    return table


def _section(content: bytes) -> bytes:
    return _count(len(content)) + content + _count(checksum(content))


def _align(file: bytearray, size: int) -> None:
    file += bytes(-len(file) % size)


def _count(number: int) -> bytes:
    return number.to_bytes(4, "big")


def _text(text: str) -> bytes:
    encoded = text.encode()
    return unsigned(len(encoded)) + encoded
