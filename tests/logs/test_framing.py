"""Entries: lines, JSON values of several lines, and lines that container runtimes divided."""

from __future__ import annotations

import pytest

from generator.logs import framing
from generator.logs.framing import Framer, LogEntry, entry_blocks


def entries(*lines: bytes) -> list[LogEntry]:
    """The entries of these lines."""
    framer = Framer()
    framed = [entry for line in lines for entry in framer.add(line)]
    return [*framed, *framer.end()]


def test_lines_are_entries() -> None:
    """Lines of JSON and of text are entries with their numbers; blank lines and the punctuation of arrays are none."""
    assert entries(b'{"a":1}', b"", b"text", b"[", b" ],", b"\t\r", b"{}") == [
        LogEntry(1, b'{"a":1}'),
        LogEntry(3, b"text"),
        LogEntry(7, b"{}"),
    ]


@pytest.mark.parametrize("indent", [b"", b"  ", b"\t"])
@pytest.mark.parametrize("end", [b"}", b"},", b"}]", b"}\r"])
def test_an_indented_object_is_one_entry(indent: bytes, end: bytes) -> None:
    """An object ends with the brace at its own indentation, whatever its inner lines are."""
    inner = [indent + b'  "a": {', indent + b'    "b": 1', indent + b"  }"]
    first, last = entries(indent + b"{", *inner, indent + end, b"text")
    assert (first.line, first.data.split(b"\n"), first.cut) == (1, [b"{", *inner, b"}"], "")
    assert last == LogEntry(6, b"text")


def test_an_object_can_begin_where_one_ends() -> None:
    """`}, {` closes an object and opens the next one."""
    assert [entry.line for entry in entries(b"[{", b"  1", b"}, {", b"  2", b"}]")] == [1, 3]


@pytest.mark.parametrize("after", [b'{"b": 2}', b"text", b"{"])
def test_an_object_is_cut_off_by_a_line_that_is_not_indented(after: bytes) -> None:
    """An object without its closing brace is cut, and what follows is read as if it were not there."""
    cut, *others = entries(b"{", b'  "a": 1,', after)
    assert (cut.line, cut.cut) == (1, "JSON that is cut off")
    assert [entry.line for entry in others] == [3]


def test_a_very_large_object_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """An object that exceeds the maximum is not collected further."""
    monkeypatch.setattr(framing, "MAX_LINE_BYTES", 10)
    cut, *others = entries(b"{", b"  1234567890", b"  2", b"}")
    assert cut.cut.startswith("a JSON value above")
    assert [entry.line for entry in others] == [3, 4]


def test_the_pieces_of_a_container_s_line_are_joined() -> None:
    """A line that CRI divided into three is one entry at its first line, beside the lines of another stream."""
    time = b"2026-11-24T18:25:26.123456789Z"
    rows = (b" stdout P one ", b" stderr F warning", b" stdout P two ", b" stdout F three", b" stdout F ")
    assert entries(*(time + row for row in rows)) == [LogEntry(2, b"warning"), LogEntry(1, b"one two three")]


def test_the_pieces_of_docker_s_line_are_joined() -> None:
    """In Docker's json-file a line goes on until one that ends in a newline; an object with other keys is a line."""
    frame = b'{"log":"%s","stream":"stdout","time":"2026-11-24T18:25:26.123456789Z"}'
    begun, ended = frame % b"one ", frame % b"two\\n"
    other, cut = b'{"log":"x","level":1}', b'{"log":"x","stre'
    assert entries(begun, other, ended, cut) == [LogEntry(2, other), LogEntry(1, b"one two"), LogEntry(4, cut)]
    changed = ended.replace(b"2026", b"jane.doe@example.com")
    assert entries(changed) == [LogEntry(1, changed)]


def test_a_line_without_its_last_piece_is_cut() -> None:
    """At the end of a log, a divided line that has not ended is cut."""
    (cut,) = entries(b"2026-11-24T18:25:26.123456789Z stdout P one")
    assert (cut.data, bool(cut.cut)) == (b"one", True)


@pytest.mark.parametrize("size", range(1, 8))
def test_blocks_have_whole_entries(size: int) -> None:
    """However lines are divided into blocks, divided again they have the same entries."""
    lines = [b"{", b"  1", b"}", b"text", b"[", b"  {", b"    2", b"  }", b"]", b'{"a":1}', b"{", b"  3"]
    blocks = [b"\n".join(lines[at : at + size]) for at in range(0, len(lines), size)]
    divided = list(entry_blocks(blocks))
    assert [line for block in divided for line in block.split(b"\n")] == lines
    framed = [entry.data for block in divided for entry in entries(*block.split(b"\n"))]
    assert framed == [entry.data for entry in entries(*lines)]


def test_blocks_without_frames_are_not_divided_again() -> None:
    """Blocks of lines stay as they are."""
    assert list(entry_blocks([b'{"a":1}\n{"a":2}', b"text"])) == [b'{"a":1}\n{"a":2}', b"text"]
