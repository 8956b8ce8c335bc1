"""The search finds the lines of a request in files with arbitrary content."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from generator.logs import reader
from generator.logs.trace import search as search_module
from generator.logs.trace.search import SearchCounts, search
from tests.logs.trace.sample_request import REQUEST_ID, answer, arrival, call, line, ndjson

OTHER = "00000000-4c5d-4e6f-8a9b-0c1d2e3f4a5b"
RECORDS = [arrival(0), call(5, 4), answer(9, 9)]


def test_lines_are_found_in_several_files(tmp_path: Path) -> None:
    """Lines in plain and gzip files, among other lines, have their file and line number."""
    (tmp_path / "a").write_bytes(ndjson([line(0, "arrival", request_id=OTHER), RECORDS[0]]))
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"text\n" + ndjson(RECORDS[1:])))
    names = [str(tmp_path / "a"), str(tmp_path / "b.gz")]
    result = search(REQUEST_ID, names)
    assert [request_line.location for request_line in result.lines] == [
        f"{names[0]}:2",
        f"{names[1]}:2",
        f"{names[1]}:3",
    ]
    assert result.counts == SearchCounts(searched=5, without_request_id=1)


@pytest.mark.parametrize("block", [64, 300, 1000, 1 << 20])
def test_the_block_size_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """Wherever the blocks end, the lines and their numbers are the same."""
    monkeypatch.setattr(reader, "BLOCK_BYTES", block)
    file = tmp_path / "a"
    file.write_bytes(b"\n" + ndjson([line(0, "arrival", request_id=OTHER), *RECORDS]) + b"more\n")
    result = search(REQUEST_ID, [str(file)])
    assert [request_line.location for request_line in result.lines] == [f"{file}:3", f"{file}:4", f"{file}:5"]
    assert result.counts == SearchCounts(searched=6, without_request_id=1)


def test_a_line_in_two_files_is_a_duplicate(tmp_path: Path) -> None:
    """The common lines of two files are kept once."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(ndjson(RECORDS[:2]))
    result = search(REQUEST_ID, [str(tmp_path / "a"), str(tmp_path / "b")])
    assert [len(result.lines), result.counts.duplicates] == [2, 2]


def test_equal_lines_in_one_file_are_not_duplicates(tmp_path: Path) -> None:
    """A line that occurs twice in one file is kept twice; its occurrence in a second file is a duplicate."""
    (tmp_path / "a").write_bytes(ndjson([RECORDS[1], RECORDS[1]]))
    (tmp_path / "b").write_bytes(ndjson([RECORDS[1]]))
    result = search(REQUEST_ID, [str(tmp_path / "a"), str(tmp_path / "b")])
    assert [len(result.lines), result.counts.duplicates] == [2, 1]


def test_unreadable_lines_are_counted(tmp_path: Path) -> None:
    """A truncated line, a line that is not an object and a line without a timestamp are counted as unreadable."""
    truncated = ndjson(RECORDS[:1])[:-20]
    undated = ndjson([line(0, "message", timestamp="now")])
    (tmp_path / "a").write_bytes(truncated + b"\n" + f'["{REQUEST_ID}"]\n'.encode() + undated + ndjson(RECORDS[2:]))
    result = search(REQUEST_ID, [str(tmp_path / "a")])
    assert [len(result.lines), result.counts.unreadable] == [1, 3]


def test_the_id_in_another_field_does_not_count(tmp_path: Path) -> None:
    """The id in another request's message is ignored; as its caller_request_id it leads to the assigned id."""
    mentioned = line(0, "message", message=f"see {REQUEST_ID}", request_id=OTHER)
    sent = line(0, "arrival", request_id=OTHER, meta={"caller_request_id": REQUEST_ID})
    (tmp_path / "a").write_bytes(ndjson([mentioned, sent]))
    result = search(REQUEST_ID, [str(tmp_path / "a")])
    assert (result.lines, result.assigned_ids) == ((), (OTHER,))


def test_the_number_of_lines_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines beyond the maximum are counted as omitted."""
    monkeypatch.setattr(search_module, "MAX_LINES", 4)
    (tmp_path / "a").write_bytes(ndjson(line(at, "message") for at in range(10)))
    result = search(REQUEST_ID, [str(tmp_path / "a")])
    assert [len(result.lines), result.counts.omitted] == [4, 6]
