"""The search finds the lines of a request in files with arbitrary content."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from generator.logs import reader
from generator.logs.trace import search as search_module
from generator.logs.trace.search import SearchCounts, search
from tests.logs.exports import EXPORTS
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


def test_a_doubled_line_is_kept_once(tmp_path: Path) -> None:
    """A line that occurs twice in a file, in another order of fields in a second one, and in an export is kept once."""
    (tmp_path / "a").write_bytes(ndjson([RECORDS[1], RECORDS[1]]))
    (tmp_path / "b").write_bytes(ndjson([dict(reversed(RECORDS[1].items()))]))
    (tmp_path / "c").write_bytes(EXPORTS["logpush"]([json.dumps(RECORDS[1]).encode()]))
    result = search(REQUEST_ID, [str(tmp_path / name) for name in "abc"])
    assert [len(result.lines), result.counts.duplicates] == [1, 3]


@pytest.mark.parametrize("export", EXPORTS)
@pytest.mark.parametrize("block", [300, 1 << 20])
def test_lines_are_found_in_any_form_of_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, export: str, block: int
) -> None:
    """In every form of a log the lines of the request are found, among those of another one."""
    monkeypatch.setattr(reader, "BLOCK_BYTES", block)
    records = [line(at, "message", request_id=OTHER) for at in range(5)] + RECORDS
    (tmp_path / "a").write_bytes(EXPORTS[export]([json.dumps(record).encode() for record in records]))
    result = search(REQUEST_ID, [str(tmp_path / "a")])
    assert [request_line.step for request_line in result.lines] == ["arrival", "call", "answer"]
    assert (result.counts.unreadable, result.counts.duplicates) == (0, 0)


def test_a_line_is_found_by_its_trace_id(tmp_path: Path) -> None:
    """The trace id is the request id without dashes; a line with another request id and this trace id belongs, too."""
    other = line(5, "call", request_id=OTHER, meta={"trace_id": REQUEST_ID.replace("-", "")})
    (tmp_path / "a").write_bytes(ndjson([RECORDS[0], other, line(6, "call", request_id=OTHER)]))
    assert [request_line.step for request_line in search(REQUEST_ID, [str(tmp_path / "a")]).lines] == [
        "arrival",
        "call",
    ]


def test_what_precedes_damage_is_searched(tmp_path: Path) -> None:
    """Of a truncated gzip file, the lines that are there are kept, and the file is counted."""
    (tmp_path / "a.gz").write_bytes(gzip.compress(ndjson(RECORDS) + random.Random(1).randbytes(9999))[:-5000])
    result = search(REQUEST_ID, [str(tmp_path / "a.gz")])
    assert [len(result.lines), result.counts.damaged] == [3, 1]


def test_unreadable_lines_are_counted(tmp_path: Path) -> None:
    """A truncated line and a line without a timestamp are counted as unreadable; a list with the id is another line."""
    truncated = ndjson(RECORDS[:1])[:-20]
    undated = ndjson([line(0, "message", timestamp="now")])
    (tmp_path / "a").write_bytes(truncated + b"\n" + f'["{REQUEST_ID}"]\n'.encode() + undated + ndjson(RECORDS[2:]))
    result = search(REQUEST_ID, [str(tmp_path / "a")])
    assert [len(result.lines), result.counts.unreadable] == [1, 2]


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
