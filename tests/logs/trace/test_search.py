"""The lines of a request, found in files that hold anything."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from generator.logs import reader as read
from generator.logs.trace import search
from generator.logs.trace.search import Counts, searched
from tests.logs.trace.made import REQUEST, answer, arrival, call, line, ndjson

OTHER = "00000000-4c5d-4e6f-8a9b-0c1d2e3f4a5b"
OURS = [arrival(0), call(5, 4), answer(9, 9)]


def test_lines_are_found_in_several_files(tmp_path: Path) -> None:
    """Plain and gzip, between lines of other requests; each knows its file and its line."""
    (tmp_path / "a").write_bytes(ndjson([line(0, "arrival", request_id=OTHER), OURS[0]]))
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"text\n" + ndjson(OURS[1:])))
    names = [str(tmp_path / "a"), str(tmp_path / "b.gz")]
    found = searched(REQUEST, names)
    assert [one.place for one in found.lines] == [f"{names[0]}:2", f"{names[1]}:2", f"{names[1]}:3"]
    assert found.counts == Counts(lines=5, foreign=1)


@pytest.mark.parametrize("block", [64, 300, 1000, 1 << 20])
def test_blocks_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """Wherever the blocks end, the lines and their numbers are the same."""
    monkeypatch.setattr(read, "BLOCK", block)
    file = tmp_path / "a"
    file.write_bytes(b"\n" + ndjson([line(0, "arrival", request_id=OTHER), *OURS]) + b"more\n")
    found = searched(REQUEST, [str(file)])
    assert [one.place for one in found.lines] == [f"{file}:3", f"{file}:4", f"{file}:5"]
    assert found.counts == Counts(lines=6, foreign=1)


def test_a_line_that_comes_again_is_taken_once(tmp_path: Path) -> None:
    """Two files that overlap tell a step once."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(ndjson(OURS[:2]))
    found = searched(REQUEST, [str(tmp_path / "a"), str(tmp_path / "b")])
    assert [len(found.lines), found.counts.repeated] == [2, 2]


def test_two_calls_of_one_millisecond_are_two(tmp_path: Path) -> None:
    """A line that stands twice in one file was written twice; a second file that holds it once adds nothing."""
    (tmp_path / "a").write_bytes(ndjson([OURS[1], OURS[1]]))
    (tmp_path / "b").write_bytes(ndjson([OURS[1]]))
    found = searched(REQUEST, [str(tmp_path / "a"), str(tmp_path / "b")])
    assert [len(found.lines), found.counts.repeated] == [2, 1]


def test_what_is_cut_or_does_not_say_when_is_counted(tmp_path: Path) -> None:
    """Half a line that names the request, one that is no object, and one without a time are three."""
    half = ndjson(OURS[:1])[:-20]
    dateless = ndjson([line(0, "message", timestamp="now")])
    (tmp_path / "a").write_bytes(half + b"\n" + f'["{REQUEST}"]\n'.encode() + dateless + ndjson(OURS[2:]))
    found = searched(REQUEST, [str(tmp_path / "a")])
    assert [len(found.lines), found.counts.unreadable] == [1, 3]


def test_lines_that_only_speak_of_a_request_are_not_of_it(tmp_path: Path) -> None:
    """An id in a message is none of the request's lines; a caller's own id leads to the ids of ours."""
    spoken = line(0, "message", message=f"see {REQUEST}", request_id=OTHER)
    called = line(0, "arrival", request_id=OTHER, meta={"caller_request_id": REQUEST})
    (tmp_path / "a").write_bytes(ndjson([spoken, called]))
    found = searched(REQUEST, [str(tmp_path / "a")])
    assert (found.lines, found.callers) == ((), (OTHER,))


def test_a_request_without_end_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the most that are kept, lines are counted."""
    monkeypatch.setattr(search, "MOST", 4)
    (tmp_path / "a").write_bytes(ndjson(line(at, "message") for at in range(10)))
    found = searched(REQUEST, [str(tmp_path / "a")])
    assert [len(found.lines), found.counts.left_out] == [4, 6]
