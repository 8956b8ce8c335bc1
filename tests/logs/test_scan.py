"""Scans have the same results with one process and two, for every form of a log."""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from generator.logs import reader, scan
from generator.logs.scan import CHUNKS_PER_CORE, Chunk, Policy, scan_files, scan_lines
from generator.logs.violations import (
    MAX_LOCATED,
    UNREADABLE,
    UNRECOGNIZED,
    ScanReport,
    ScanResult,
    ViolationKind,
    scan_report,
)
from tests.logs.exports import EXPORTS
from tests.logs.sample_lines import SCHEMA, line

VALID, LEAK, INVALID, TEXT = line(), line(message="to jane.doe@example.com"), line(level="debug"), b"text"
POLICY = Policy(SCHEMA)
VALIDATOR = POLICY.validator()


def scanned(names: list[str], cores: int) -> ScanReport:
    """The report on these files."""
    return scan_report(names, scan_files(names, POLICY, cores))


def line_numbers(result: ScanResult) -> dict[ViolationKind, list[int]]:
    """The line numbers of each kind's first violations."""
    return {kind: [located.line for located in violations] for kind, violations in result.located.items()}


def test_lines_are_counted_and_violations_located() -> None:
    """Of seven lines, two of them blank, three are checked, one is searched and one is unreadable; each violation has
    its line number."""
    result = scan_lines([VALID, b"", LEAK, TEXT, b"  ", INVALID, VALID[:50]], VALIDATOR)
    assert (result.lines, result.checked, result.searched, result.unreadable) == (7, 3, 1, 1)
    unrecognized = next(kind for kind in result.counts if kind[0] == UNRECOGNIZED)
    unreadable = next(kind for kind in result.counts if kind[0] == UNREADABLE)
    assert line_numbers(result) == {
        ("email", "message"): [3],
        unrecognized: [4],
        ("enum", "level"): [6],
        unreadable: [7],
    }


def test_results_of_consecutive_lines_add_up() -> None:
    """Wherever lines are divided, the results of both parts together equal the result of the whole."""
    lines = [LEAK, VALID, INVALID, TEXT] * (MAX_LOCATED + 2)
    for index in range(len(lines) + 1):
        before, after = scan_lines(lines[:index], VALIDATOR), scan_lines(lines[index:], VALIDATOR)
        assert before.followed_by(after) == scan_lines(lines, VALIDATOR)


def test_located_violations_are_bounded() -> None:
    """Of twenty leaks, the first few are located and all are counted."""
    result = scan_lines([LEAK] * 20, VALIDATOR)
    assert line_numbers(result) == {("email", "message"): [1, 2, 3, 4, 5]}
    assert (MAX_LOCATED, result.counts) == (5, {("email", "message"): 20})


@pytest.mark.parametrize("compressed", [False, True])
def test_two_processes_have_the_result_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compressed: bool
) -> None:
    """One process and two find the same violations in files of many chunks, in the order of the files' lines."""
    monkeypatch.setattr(reader, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(scan, "byte_ranges", lambda name: reader.byte_ranges(name, 500))
    lines = b"\n".join([VALID, LEAK, VALID, INVALID] * 5)
    names = [str(tmp_path / name) for name in ("a", "b")]
    for name in names:
        Path(name).write_bytes(gzip.compress(lines) if compressed else lines)
    report = scanned(names, 1)
    assert scanned(names, 2) == report
    assert [line_numbers(report.files[name]) for name in names] == [
        {("email", "message"): [2, 6, 10, 14, 18], ("enum", "level"): [4, 8, 12, 16, 20]}
    ] * 2
    assert report.total.lines == report.total.checked == 40


@pytest.mark.parametrize("export", EXPORTS)
@pytest.mark.parametrize("block", [1000, 1 << 20])
@pytest.mark.parametrize("compressed", [False, True])
def test_any_form_of_a_log_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, export: str, block: int, compressed: bool
) -> None:
    """In every form all lines are checked and their violations found, however the file is divided."""
    monkeypatch.setattr(reader, "BLOCK_BYTES", block)
    monkeypatch.setattr(scan, "byte_ranges", lambda name: reader.byte_ranges(name, block))
    data = EXPORTS[export]([line(message=f"{number}") for number in range(17)] + [LEAK, INVALID])
    file = tmp_path / "log"
    file.write_bytes(gzip.compress(data) if compressed else data)
    report = scanned([str(file)], 1)
    assert report.counts(strict=False) == {("email", "message"): 1, ("enum", "level"): 1}
    assert (report.total.checked, report.total.unreadable) == (19, 0)


def test_what_precedes_damage_is_scanned(tmp_path: Path) -> None:
    """Of a truncated gzip file, the lines that are there are checked, and the damage is a violation."""
    file = tmp_path / "cut.gz"
    file.write_bytes(gzip.compress((LEAK + b"\n") * 9 + random.Random(1).randbytes(9999))[:-5000])
    report = scanned([str(file)], 1)
    assert report.counts(strict=False)[("email", "message")] == 9
    assert (UNREADABLE, "the gzip data is damaged or truncated") in report.counts(strict=False)


class CountingPool:
    """A pool in which a chunk is in flight from `submit` until its result is taken."""

    def __init__(self) -> None:
        self.in_flight = self.peak = 0

    def __enter__(self) -> CountingPool:
        return self

    def __exit__(self, *error: object) -> None:
        """Do nothing: there are no processes."""

    def submit(self, scan_chunk: object, chunk: Chunk) -> CountedFuture:
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        assert chunk.block is not None
        return CountedFuture(self, chunk.block.count(b"\n") + 1)


@dataclass
class CountedFuture:
    """The number of lines of a chunk as its result."""

    pool: CountingPool
    lines: int

    def result(self) -> ScanResult:
        self.pool.in_flight -= 1
        return ScanResult(self.lines, self.lines)


def test_chunks_in_flight_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With twenty chunks and three cores, exactly two chunks for each core are in flight, and every result is used."""
    monkeypatch.setattr(reader, "BLOCK_BYTES", len(VALID) + 1)
    pool = CountingPool()
    monkeypatch.setattr(scan, "ProcessPoolExecutor", lambda cores, **options: pool)
    file = tmp_path / "twenty.gz"
    file.write_bytes(gzip.compress((VALID + b"\n") * 20))
    report = scanned([str(file)], 3)
    assert (pool.peak, pool.in_flight, report.total.lines) == (3 * CHUNKS_PER_CORE, 0, 20)
    assert CHUNKS_PER_CORE == 2


def test_a_chunk_of_one_blank_line_counts_as_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Blank lines at the border of a block do not change the numbers of other lines."""
    monkeypatch.setattr(reader, "BLOCK_BYTES", 1)
    file = tmp_path / "blank.gz"
    file.write_bytes(gzip.compress(b"\n\n" + LEAK + b"\n"))
    report = scanned([str(file)], 1)
    assert line_numbers(report.files[str(file)]) == {("email", "message"): [3]}


def test_a_large_file_is_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain file is divided into contiguous byte ranges, which the scanning process reads itself."""
    monkeypatch.setattr(scan, "byte_ranges", lambda name: reader.byte_ranges(name, 500))
    file = tmp_path / "a"
    file.write_bytes(b"\n".join([VALID] * 10))
    chunks: list[Chunk] = list(scan._chunks(str(file)))
    assert len(chunks) > 3
    assert all(before.end == after.start and after.block is None for before, after in pairwise(chunks))
