"""Scans log files in chunks, in parallel on all cores: ranges of plain files, and blocks of other streams."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice

from generator.frozen import frozen
from generator.logs.framing import Framer, entry_blocks, is_framed
from generator.logs.log_file import DamagedData, is_plain, open_log
from generator.logs.reader import byte_ranges, first_line, read_blocks
from generator.logs.validator import LineValidator
from generator.logs.violations import (
    MAX_LOCATED,
    UNREADABLE,
    LineViolation,
    LocatedViolation,
    ScanResult,
    ViolationKind,
)

CHUNKS_PER_CORE = 2
"""How many chunks for each core may be in flight, and so in memory."""


@frozen
class Policy:
    """What lines are checked by: the schema as JSON text, whether prompts and responses are allowed, and the routes of
    each service, if a line's route must be one of them."""

    schema: str
    raw: bool = False
    routes: Mapping[str, Collection[str]] | None = None

    def validator(self) -> LineValidator:
        """Compile the schema, which is expensive."""
        return LineValidator(self.schema, self.raw, self.routes)


@frozen
class Chunk:
    """What a process scans at a time: a block of lines, a range of bytes of a plain file, or what is said of a stream
    that is damaged."""

    name: str
    block: bytes | None = None
    start: int = 0
    end: int = 0
    damage: str = ""


def scan_files(names: Iterable[str], policy: Policy, cores: int | None = None) -> Iterator[tuple[str, ScanResult]]:
    """Yield each chunk's file name and result, in the order of the files. Raises `BuildError` for a file that cannot be
    read."""
    chunks = chain.from_iterable(map(_chunks, names))
    first = list(islice(chunks, 2))
    if len(first) < 2 or cores == 1:
        validator = policy.validator()
        yield from ((chunk.name, _scan_chunk(chunk, validator)) for chunk in chain(first, chunks))
        return
    cores = cores or os.cpu_count() or 1
    with ProcessPoolExecutor(cores, initializer=_start_worker, initargs=(policy,)) as pool:
        in_flight: deque[tuple[str, Future[ScanResult]]] = deque()
        for chunk in chain(first, chunks):
            if len(in_flight) >= CHUNKS_PER_CORE * cores:
                name, future = in_flight.popleft()
                yield name, future.result()
            in_flight.append((chunk.name, pool.submit(_scan_in_worker, chunk)))
        yield from ((name, future.result()) for name, future in in_flight)


def scan_lines(lines: Iterable[bytes], validator: LineValidator) -> ScanResult:
    """Scan lines. Blank lines are skipped."""
    scan = Scan(validator)
    framer = Framer()
    for line in lines:
        for entry in framer.add(line):
            scan.add(entry.line, entry.data, entry.cut)
    for entry in framer.end():
        scan.add(entry.line, entry.data, entry.cut)
    return scan.result(framer.number)


class Scan:
    """Counts what entries contain."""

    def __init__(self, validator: LineValidator) -> None:
        self._validator = validator
        self._checked = self._searched = self._unreadable = 0
        self._located: dict[ViolationKind, list[LocatedViolation]] = {}
        self._counts: dict[ViolationKind, int] = {}

    def add(self, line: int, data: bytes, cut: str) -> None:
        """Check an entry."""
        entry = self._validator.check(data, cut)
        self._checked += entry.lines
        if not entry.is_readable:
            self._unreadable += 1
        elif not entry.lines:
            self._searched += 1
        for violation in entry.violations:
            self.count_violation(line, violation)

    def count_violation(self, line: int, violation: LineViolation) -> None:
        """Count a violation, and keep it if it is one of the first of its kind."""
        count = self._counts[violation.kind] = self._counts.get(violation.kind, 0) + 1
        if count <= MAX_LOCATED:
            self._located.setdefault(violation.kind, []).append(LocatedViolation(line, violation))

    def result(self, lines: int) -> ScanResult:
        """Return the result of so many lines."""
        located = {kind: tuple(each) for kind, each in self._located.items()}
        return ScanResult(lines, self._checked, self._searched, self._unreadable, located, self._counts)


def _chunks(name: str) -> Iterator[Chunk]:
    if is_plain(name) and not is_framed(first_line(name)):
        yield from (Chunk(name, start=start, end=end) for start, end in byte_ranges(name))
        return
    try:
        with open_log(name) as stream:
            yield from (Chunk(name, block) for block in entry_blocks(read_blocks(stream, name)))
    except DamagedData as damage:
        yield Chunk(name, damage=str(damage))


def _scan_chunk(chunk: Chunk, validator: LineValidator) -> ScanResult:
    if chunk.damage:
        scan = Scan(validator)
        what = f"{chunk.damage}; only the lines before the damage were read"
        scan.count_violation(0, LineViolation(UNREADABLE, "", chunk.damage, what, "get the file again"))
        return scan.result(0)
    if chunk.block is not None:
        return scan_lines(chunk.block.split(b"\n"), validator)
    with open_log(chunk.name, chunk.start) as stream:
        blocks = read_blocks(stream, chunk.name, chunk.end - chunk.start)
        return scan_lines((line for block in blocks for line in block.split(b"\n")), validator)


_WORKER_VALIDATORS: list[LineValidator] = []
"""The validator of a pool's process, created once because compiling a schema is expensive."""


def _start_worker(policy: Policy) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # after Ctrl-C the command's own process ends the pool
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _WORKER_VALIDATORS.append(policy.validator())


def _scan_in_worker(chunk: Chunk) -> ScanResult:
    return _scan_chunk(chunk, _WORKER_VALIDATORS[0])
