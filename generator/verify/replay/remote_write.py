"""Samples written into a Prometheus by its remote write protocol, with staleness markers, which OpenMetrics lacks.

A request is a protobuf message (prometheus.WriteRequest) in a block of Snappy, here of literals alone:
https://prometheus.io/docs/specs/prw/remote_write_spec/ and https://github.com/google/snappy/blob/main/format_description.txt
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.verify.replay.server import PrometheusServer

STALE = struct.pack("<Q", 0x7FF0000000000002)
"""The value of a staleness marker."""
MAX_REQUEST = 4_000_000
"""Bytes."""
LITERAL = bytes([63 << 2])
"""Snappy: a literal, whose length less one follows in four bytes."""
Samples = Sequence[tuple[int, float | None]]
"""Pairs of a time in ms since 1970 and a value; None ends the series there."""


def write_samples(server: PrometheusServer, series: Iterable[tuple[Mapping[str, str], Samples]]) -> None:
    """Write the samples of series, whose labels include `__name__`. Raises `BuildError` where the server rejects
    them."""
    for request in write_requests(series):
        server.post("/api/v1/write", request, "application/x-protobuf")


def write_requests(series: Iterable[tuple[Mapping[str, str], Samples]]) -> Iterator[bytes]:
    """The bodies of the requests that write the samples of series, whose labels include `__name__`."""
    message = bytearray()
    for labels, samples in series:
        message += _field(1, _time_series(labels, samples))
        if len(message) > MAX_REQUEST:
            yield _block(message)
            message = bytearray()
    if message:
        yield _block(message)


def _block(message: bytearray) -> bytes:
    return _varint(len(message)) + LITERAL + struct.pack("<I", len(message) - 1) + bytes(message)


def _time_series(labels: Mapping[str, str], samples: Samples) -> bytes:
    pairs = (_field(1, name.encode()) + _field(2, value.encode()) for name, value in sorted(labels.items()))
    text = b"".join(_field(1, pair) for pair in pairs)
    return text + b"".join(_field(2, _sample(time, value)) for time, value in samples)


def _sample(time: int, value: float | None) -> bytes:
    return b"\x09" + (STALE if value is None else struct.pack("<d", value)) + b"\x10" + _varint(time)


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
