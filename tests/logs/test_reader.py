"""Logs are read as bounded blocks of whole lines, and plain files are divided before lines that can begin a value."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from generator.logs import reader
from generator.logs.log_file import DamagedData, open_log
from generator.logs.reader import byte_ranges, first_line, last_value_start, read_blocks

TEN = [f"line {number}".encode() for number in range(10)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of eight bytes and lines of at most ten bytes."""
    monkeypatch.setattr(reader, "BLOCK_BYTES", 8)
    monkeypatch.setattr(reader, "MAX_LINE_BYTES", 10)


def lines(data: bytes) -> list[bytes]:
    """The lines of a stream with this data."""
    return [line for block in read_blocks(io.BytesIO(data), "memory") for line in block.split(b"\n")]


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


def test_the_lines_before_damage_are_read(tmp_path: Path) -> None:
    """Of a gzip file whose end is missing, the lines that are there come before the error."""
    file = tmp_path / "cut.gz"
    file.write_bytes(
        gzip.compress(b"\n".join(b"%d %d" % (number, hash(str(number))) for number in range(9999)))[:-2000]
    )
    read: list[bytes] = []
    with open_log(str(file)) as stream, pytest.raises(DamagedData, match="gzip"):  # noqa: PT012
        for block in read_blocks(stream, str(file)):
            read += block.split(b"\n")
    assert len(read) > 1000
    assert [int(line.split()[0]) for line in read[:-1]] == list(range(len(read) - 1))


@pytest.mark.parametrize(
    ("data", "end"),
    [(b"a\nb\nc", 3), (b"a\nb\n", 1), (b"{\n  1\n}\n{\n  2", 7), (b"[\n  1,\n  2", 6), (b"no newline", -1)],
)
def test_a_block_ends_before_a_line_that_can_begin_a_value(data: bytes, end: int) -> None:
    """Indented lines and closing brackets begin no value; without another line, the last newline is the end."""
    assert last_value_start(data) == end


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


def test_a_range_has_whole_values(tmp_path: Path) -> None:
    """Objects of four lines are divided between objects, and an array of indented objects is one range."""
    file = tmp_path / "objects"
    file.write_bytes(b'{\n  "a": [\n  ]\n}\n' * 10)
    assert {start % 17 for start, _ in byte_ranges(str(file), 40)} == {0}
    assert len(list(byte_ranges(str(file), 40))) > 2
    file.write_bytes(b"[\n" + b"  {\n  },\n" * 10 + b"]\n")
    assert list(byte_ranges(str(file), 40)) == [(0, file.stat().st_size)]


def test_the_first_line_is_the_first_with_text(tmp_path: Path) -> None:
    """Blank lines are skipped, and an empty file has none."""
    (tmp_path / "blank").write_bytes(b"\n \n[\n1]")
    (tmp_path / "empty").touch()
    assert [first_line(str(tmp_path / name)) for name in ("blank", "empty")] == [b"[\n", b""]
