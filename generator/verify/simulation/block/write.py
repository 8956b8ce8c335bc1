"""The samples of a simulation as blocks of Prometheus' database."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generator.verify.simulation.block.chunks import encode, sealed
from generator.verify.simulation.block.index import ChunkReference, Labels, index
from generator.verify.simulation.clock import Clock, Steps
from generator.verify.simulation.exported import SeriesGroup, exported_series
from generator.verify.simulation.progress import Progress, no_progress
from generator.verify.simulation.simulation import Simulation

SEGMENT_HEADER = b"\x85\xbd\x40\xdd\x01\x00\x00\x00"
STEPS_PER_BLOCK = 10_000
"""More than a day has: Prometheus reads one block as fast as many. It bounds the memory."""
CHUNK_SECONDS = 7_200
"""Chunks end at multiples of this time, in seconds since 1970."""
METRIC_NAME = "__name__"
VALUES_AT_ONCE = 1_000_000
"""How many values are collected before they are encoded, which bounds the memory."""
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, in which the name of a block is written."""


def write_blocks(
    simulation: Simulation, data: Path, progress: Progress = no_progress, steps: Steps | None = None
) -> None:
    """Write the samples of a simulation at some steps, or at all of them, to a data folder. Raises `OSError`."""
    data.mkdir(parents=True, exist_ok=True)
    steps = np.arange(simulation.plan.clock.steps + 1) if steps is None else steps
    parts = np.split(steps, range(STEPS_PER_BLOCK, steps.size, STEPS_PER_BLOCK))
    count = len(simulation.measurements) * len(parts)

    def reported(part: int, done: int) -> None:
        progress("writing blocks", part * len(simulation.measurements) + done, count)

    reported(0, 0)
    for number, part in enumerate(parts):
        write_block(simulation, part, data, partial(reported, number))
    progress("writing blocks", count, count)


def write_block(
    simulation: Simulation, steps: Steps, data: Path, reported: Callable[[int], None] = lambda done: None
) -> None:
    """Write a block with the samples at these steps, which are in order, to a data folder; none if there are no
    samples. `reported` gets the number of metrics and label sets that are written. Raises `OSError`.

    The same simulation and steps give the same block, byte for byte.
    """
    segment = Segment()
    for done, group in enumerate(exported_series(simulation, steps)):
        segment.add(group, simulation.plan.clock)
        reported(min(done, len(simulation.measurements) - 1))
    write_segment(segment, data)


def write_segment(segment: Segment, data: Path) -> None:
    """Write a block with what a segment has collected to a data folder; none if that is nothing. Raises `OSError`."""
    segment.flush()
    chunks = {labels: sorted(references) for labels, references in segment.chunks.items()}
    if not chunks:
        return
    content = index(chunks)
    start, end = min(each[0].start for each in chunks.values()), max(each[-1].end for each in chunks.values())
    folder = data / _name(start, content)
    (folder / "chunks").mkdir(parents=True)
    with (folder / "chunks" / "000001").open("wb") as file:
        file.writelines(segment.parts)
    (folder / "index").write_bytes(content)
    counts = {"numSamples": segment.samples, "numSeries": len(chunks), "numChunks": sum(map(len, chunks.values()))}
    description = {
        "ulid": folder.name,
        "minTime": start,
        "maxTime": end + 1,
        "stats": counts,
        "compaction": {"level": 1, "sources": [folder.name]},
        "version": 1,
    }
    (folder / "meta.json").write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


class Segment:
    """The parts of the file of a block's chunks, and where the chunks of each series are."""

    def __init__(self) -> None:
        self.chunks: dict[Labels, list[ChunkReference]] = defaultdict(list)
        self.samples = 0
        self.parts = [SEGMENT_HEADER]
        self._position = len(SEGMENT_HEADER)
        self._collected: dict[tuple[int, int], list[tuple[Labels, int, NDArray[np.float64]]]] = defaultdict(list)
        self._values = 0

    def add(self, group: SeriesGroup, clock: Clock) -> None:
        """Collect the chunks of some series, and encode what is collected if it is much."""
        columns = group.columns.T.astype(np.float64)
        all_labels = [_labels(name, labels) for name, labels in group.series]
        for first, stop in _chunks(group.steps, clock):
            spacing = 1_000 * clock.step * int(group.steps[first + 1] - group.steps[first] if stop - first > 1 else 1)
            start = 1_000 * int(clock.times(group.steps[first : first + 1])[0])
            chunks = self._collected[stop - first, spacing]
            chunks += ((labels, start, row[first:stop]) for labels, row in zip(all_labels, columns, strict=True))
        self._values += columns.size
        if self._values > VALUES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Encode what is collected."""
        if not self._collected:
            return
        all_encoded, position = [], self._position
        for (count, spacing), collected in self._collected.items():
            values = np.stack([row for _, _, row in collected])
            encoded = encode(values, np.array([start for _, start, _ in collected]), spacing)
            for (labels, start, _), at in zip(collected, encoded.starts.tolist(), strict=True):
                self.chunks[labels].append(ChunkReference(start, start + (count - 1) * spacing, position + at))
            all_encoded.append(encoded)
            position += encoded.data.size
        self.parts.append(sealed(all_encoded).tobytes())
        self._position = position
        self.samples += self._values
        self._values = 0
        self._collected.clear()


def _labels(name: str, labels: Mapping[str, str]) -> Labels:
    """An empty label is none."""
    return tuple(sorted({METRIC_NAME: name, **{label: value for label, value in labels.items() if value}}.items()))


def _chunks(steps: Steps, clock: Clock) -> Iterator[tuple[int, int]]:
    """Yield the first position of each chunk and that after its last: chunks end at fixed times, and where the
    distance between two steps changes."""
    distances = np.diff(steps)
    differs = np.append(False, distances[1:] != distances[:-1])[: distances.size]
    if not steps.size:
        return
    begins = np.flatnonzero((np.diff(clock.times(steps) // CHUNK_SECONDS) > 0) | differs) + 1
    yield from pairwise((0, *begins.tolist(), steps.size))


def _name(start: int, content: bytes) -> str:
    """The ULID of a block: its time, and in place of a random number a hash of what it has."""
    number = start << 80 | int.from_bytes(hashlib.sha256(content).digest()[:10], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(26)))
