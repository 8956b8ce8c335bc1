"""Log files are read as bounded blocks of whole lines, from files, gzip files and standard input."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.logs import reader
from generator.logs.reader import byte_ranges, is_divisible, open_log, read_blocks, require_readable

TEN = [f"line {number}".encode() for number in range(10)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of eight bytes and lines of at most ten bytes."""
    monkeypatch.setattr(reader, "BLOCK_BYTES", 8)
    monkeypatch.setattr(reader, "MAX_LINE_BYTES", 10)


def lines(data: bytes) -> list[bytes]:
    """The lines of a stream with this data."""
    return [line for block in read_blocks(io.BytesIO(data), "memory") for line in block.split(b"\n")]


def lines_of(name: str) -> list[bytes]:
    """The lines of a file."""
    with open_log(name) as stream:
        return [line for block in read_blocks(stream, name) for line in block.split(b"\n")]


@pytest.mark.parametrize("ending", [b"", b"\n"])
@pytest.mark.usefixtures("small")
def test_lines_across_blocks_are_complete(ending: bytes) -> None:
    """Lines of six bytes in blocks of eight are complete, with or without a final newline; blank lines are kept."""
    assert lines(b"\n".join(TEN) + ending) == TEN
    assert lines(b"a\n\nb\n") == [b"a", b"", b"b"]
    assert lines(b"") == []


@pytest.mark.usefixtures("small")
def test_a_very_long_line_is_truncated() -> None:
    """A line of a thousand bytes is truncated to at most two blocks beyond the maximum; the lines around it are
    complete."""
    first, long, last = lines(b"first\n" + b"x" * 1000 + b"\nlast\n")
    assert (first, last) == (b"first", b"last")
    assert 10 < len(long) <= 10 + 2 * 8
    assert set(long) == set(b"x")


@pytest.mark.parametrize("name", ["a.gz", "a.ndjson"])
def test_gzip_is_detected_by_its_first_bytes(tmp_path: Path, name: str) -> None:
    """A gzip file with several members is decompressed whatever its name; a plain file is not."""
    (tmp_path / name).write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    (tmp_path / f"plain-{name}").write_bytes(b"one\ntwo\n")
    assert lines_of(str(tmp_path / name)) == [b"one", b"two"]
    assert lines_of(str(tmp_path / f"plain-{name}")) == [b"one", b"two"]


@pytest.mark.parametrize("compressed", [False, True])
def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, compressed: bool) -> None:
    """`-` reads standard input, compressed or not, and processes do not divide it."""
    data = gzip.compress(b"one\ntwo") if compressed else b"one\ntwo"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
    assert not is_divisible("-", sys.stdin.buffer)
    assert lines_of("-") == [b"one", b"two"]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-12], lambda data: data + b"more", lambda data: data[:12] + data]
)
def test_damaged_gzip_data_is_a_problem(tmp_path: Path, damage: object) -> None:
    """A truncated or overwritten gzip file is a problem that names the file."""
    assert callable(damage)
    (tmp_path / "cut.gz").write_bytes(damage(gzip.compress(b"one\n" * 1000)))
    with pytest.raises(BuildError) as raised:
        lines_of(str(tmp_path / "cut.gz"))
    assert [problem.where for problem in raised.value.problems] == [str(tmp_path / "cut.gz")]


@pytest.mark.parametrize("size", range(1, 40))
@pytest.mark.usefixtures("small")
def test_byte_ranges_divide_a_file_between_lines(tmp_path: Path, size: int) -> None:
    """Ranges of any size are contiguous, start at a line, and together have the file's lines."""
    file = tmp_path / "ten"
    file.write_bytes(b"\n".join(TEN))
    ranges = list(byte_ranges(str(file), size))
    assert [start for start, _ in ranges] == [0, *(end for _, end in ranges[:-1])]
    assert ranges[-1][1] == file.stat().st_size
    assert all(start % 7 == 0 for start, _ in ranges)
    read = []
    for start, end in ranges:
        with file.open("rb") as stream:
            stream.seek(start)
            read += [line for block in read_blocks(stream, "ten", end - start) for line in block.split(b"\n")]
    assert read == TEN


def test_all_unreadable_files_are_reported_together(tmp_path: Path) -> None:
    """A folder and a missing file are two problems; a file and standard input are not problems."""
    (tmp_path / "file").touch()
    require_readable([str(tmp_path / "file"), "-"])
    with pytest.raises(BuildError) as raised:
        require_readable([str(tmp_path), str(tmp_path / "missing"), str(tmp_path / "file")])
    assert [problem.what for problem in raised.value.problems] == ["this is a folder", "file not found"]
