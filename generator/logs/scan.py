"""Scans log files in chunks, in parallel on all cores: ranges of plain files, and blocks of other streams."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import reduce
from itertools import chain, islice

from generator.frozen import frozen
from generator.logs.reader import byte_ranges, is_divisible, open_log, read_blocks
from generator.logs.validator import LineValidator
from generator.logs.violations import (
    MAX_LOCATED,
    UNRECOGNIZED,
    LineViolation,
    LocatedViolation,
    ScanResult,
    ViolationKind,
)

CHUNKS_PER_CORE = 2
"""How many chunks for each core may be in flight, and so in memory."""


@frozen
class Chunk:
    """What a process scans at a time: a block of lines, or a range of bytes of a plain file."""

    name: str
    block: bytes | None = None
    start: int = 0
    end: int = 0


def scan_files(
    names: Iterable[str], schema: str, raw: bool = False, cores: int | None = None
) -> Iterator[tuple[str, ScanResult]]:
    """Yield each chunk's file name and result, in the order of the files. Raises `BuildError` for damaged gzip data."""
    chunks = chain.from_iterable(map(_chunks, names))
    first = list(islice(chunks, 2))
    if len(first) < 2 or cores == 1:
        validator = LineValidator(schema, raw)
        yield from ((chunk.name, _scan_chunk(chunk, validator)) for chunk in chain(first, chunks))
        return
    cores = cores or os.cpu_count() or 1
    with ProcessPoolExecutor(cores, initializer=_start_worker, initargs=(schema, raw)) as pool:
        in_flight: deque[tuple[str, Future[ScanResult]]] = deque()
        for chunk in chain(first, chunks):
            if len(in_flight) >= CHUNKS_PER_CORE * cores:
                name, future = in_flight.popleft()
                yield name, future.result()
            in_flight.append((chunk.name, pool.submit(_scan_in_worker, chunk)))
        yield from ((name, future.result()) for name, future in in_flight)


def scan_lines(lines: Iterable[bytes], validator: LineValidator) -> ScanResult:
    """Scan lines. Blank lines are skipped; an unrecognized line is a kind of violation."""
    number = recognized = 0
    located: dict[ViolationKind, list[LocatedViolation]] = {}
    counts: dict[ViolationKind, int] = {}
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        violations = validator.violations(line)
        recognized += not _is_unrecognized(violations)
        for violation in violations:
            counts[violation.kind] = counts.get(violation.kind, 0) + 1
            if counts[violation.kind] <= MAX_LOCATED:
                located.setdefault(violation.kind, []).append(LocatedViolation(number, violation))
    return ScanResult(number, recognized, {kind: tuple(each) for kind, each in located.items()}, counts)


def _is_unrecognized(violations: Iterable[LineViolation]) -> bool:
    return any(violation.rule == UNRECOGNIZED for violation in violations)


def _chunks(name: str) -> Iterator[Chunk]:
    with open_log(name) as stream:
        if is_divisible(name, stream):
            yield from (Chunk(name, start=start, end=end) for start, end in byte_ranges(name))
        else:
            yield from (Chunk(name, block) for block in read_blocks(stream, name))


def _scan_chunk(chunk: Chunk, validator: LineValidator) -> ScanResult:
    if chunk.block is not None:
        return scan_lines(chunk.block.split(b"\n"), validator)
    with open(chunk.name, "rb") as stream:
        stream.seek(chunk.start)
        blocks = read_blocks(stream, chunk.name, chunk.end - chunk.start)
        results = (scan_lines(block.split(b"\n"), validator) for block in blocks)
        return reduce(ScanResult.followed_by, results, ScanResult())


_WORKER_VALIDATORS: list[LineValidator] = []
"""The validator of a pool's process, created once because compiling a schema is expensive."""


def _start_worker(schema: str, raw: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # after Ctrl-C the command's own process ends the pool
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _WORKER_VALIDATORS.append(LineValidator(schema, raw))


def _scan_in_worker(chunk: Chunk) -> ScanResult:
    return _scan_chunk(chunk, _WORKER_VALIDATORS[0])
