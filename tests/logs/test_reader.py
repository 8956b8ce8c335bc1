"""Log files read as blocks of lines: whole, bounded, from whatever they come in."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.logs import reader as read
from generator.logs.reader import blocks, divisible, opened, parts, readable

TEN = [f"line {number}".encode() for number in range(10)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of eight bytes, and lines of at most ten."""
    monkeypatch.setattr(read, "BLOCK", 8)
    monkeypatch.setattr(read, "LONGEST", 10)


def lines(data: bytes) -> list[bytes]:
    """The lines of a stream of these bytes."""
    return [line for block in blocks(io.BytesIO(data), "made") for line in block.split(b"\n")]


def lines_of(name: str) -> list[bytes]:
    """The lines of a file."""
    with opened(name) as stream:
        return [line for block in blocks(stream, name) for line in block.split(b"\n")]


@pytest.mark.parametrize("ending", [b"", b"\n"])
@pytest.mark.usefixtures("small")
def test_a_line_across_blocks_is_whole(ending: bytes) -> None:
    """Lines of six bytes in blocks of eight come whole, with or without a last new line; blank ones count."""
    assert lines(b"\n".join(TEN) + ending) == TEN
    assert lines(b"a\n\nb\n") == [b"a", b"", b"b"]
    assert lines(b"") == []


@pytest.mark.usefixtures("small")
def test_a_line_without_end_is_bounded() -> None:
    """Of a line of a thousand bytes comes a beginning that is too long and no longer than two blocks more; the lines
    around it are whole."""
    first, long, last = lines(b"first\n" + b"x" * 1000 + b"\nlast\n")
    assert (first, last) == (b"first", b"last")
    assert 10 < len(long) <= 10 + 2 * 8
    assert set(long) == set(b"x")


@pytest.mark.parametrize("name", ["a.gz", "a.ndjson"])
def test_gzip_is_known_by_its_first_bytes(tmp_path: Path, name: str) -> None:
    """A file that holds gzip, one member or two, is unpacked whatever its name; a plain one is not."""
    (tmp_path / name).write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    (tmp_path / f"plain-{name}").write_bytes(b"one\ntwo\n")
    assert lines_of(str(tmp_path / name)) == [b"one", b"two"]
    assert lines_of(str(tmp_path / f"plain-{name}")) == [b"one", b"two"]


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    """`-` reads standard input, gzip or not, and no two processes divide it."""
    data = gzip.compress(b"one\ntwo") if packed else b"one\ntwo"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
    assert not divisible("-", sys.stdin.buffer)
    assert lines_of("-") == [b"one", b"two"]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-12], lambda data: data + b"more", lambda data: data[:12] + data]
)
def test_damaged_gzip_is_a_fault(tmp_path: Path, damage: object) -> None:
    """A file that was cut, or that something else was written into, is told by its name."""
    assert callable(damage)
    (tmp_path / "cut.gz").write_bytes(damage(gzip.compress(b"one\n" * 1000)))
    with pytest.raises(BuildError) as raised:
        lines_of(str(tmp_path / "cut.gz"))
    assert [problem.where for problem in raised.value.problems] == [str(tmp_path / "cut.gz")]


@pytest.mark.parametrize("size", range(1, 40))
@pytest.mark.usefixtures("small")
def test_parts_begin_with_lines_and_make_up_the_file(tmp_path: Path, size: int) -> None:
    """However a file is divided, its parts follow one another, each begins a line, and their lines are the file's."""
    file = tmp_path / "ten"
    file.write_bytes(b"\n".join(TEN))
    cut = list(parts(str(file), size))
    assert [start for start, _ in cut] == [0, *(end for _, end in cut[:-1])]
    assert cut[-1][1] == file.stat().st_size
    assert all(start % 7 == 0 for start, _ in cut)
    found = []
    for start, end in cut:
        with file.open("rb") as stream:
            stream.seek(start)
            found += [line for block in blocks(stream, "ten", end - start) for line in block.split(b"\n")]
    assert found == TEN


def test_all_names_that_are_no_files_are_told_at_once(tmp_path: Path) -> None:
    """A folder and a file that is not there are two faults; a file and standard input are none."""
    (tmp_path / "there").touch()
    readable([str(tmp_path / "there"), "-"])
    with pytest.raises(BuildError) as raised:
        readable([str(tmp_path), str(tmp_path / "gone"), str(tmp_path / "there")])
    assert [problem.what for problem in raised.value.problems] == ["it is a folder", "there is no such file"]
