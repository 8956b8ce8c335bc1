"""Files judged whole: the same by one process or two, from plain files, gzip and standard input."""

from __future__ import annotations

import gzip
from itertools import pairwise
from pathlib import Path

import pytest

from generator.logs import reader as read
from generator.logs import scan as sweep
from generator.logs.report import checked
from generator.logs.scan import Part, tallies, tally
from generator.logs.validator import FOREIGN, Judge
from generator.logs.violations import SHOWN, Tally
from tests.logs.lines import SCHEMA, line

GOOD, LEAK, WRONG, TEXT = line(), line(message="to jane.doe@example.com"), line(level="debug"), b"text"
JUDGE = Judge(SCHEMA)


def places(tally: Tally) -> dict[tuple[str, str], list[int]]:
    """The lines of each kind's first breaches."""
    return {kind: [one.line for one in several] for kind, several in tally.first.items()}


def test_lines_are_counted_and_placed() -> None:
    """Of six lines, one blank, three are ours, and each breach stands where a reader counts it."""
    found = tally([GOOD, b"", LEAK, TEXT, b"  ", WRONG], JUDGE)
    assert (found.lines, found.ours) == (6, 3)
    foreign = next(kind for kind in found.counts if kind[0] == FOREIGN)
    assert places(found) == {("email", "message"): [3], foreign: [4], ("enum", "level"): [6]}


def test_two_runs_are_one() -> None:
    """Whatever the place where a run of lines is parted, both halves together say what the whole says."""
    lines = [LEAK, GOOD, WRONG, TEXT] * (SHOWN + 2)
    for cut in range(len(lines) + 1):
        assert tally(lines[:cut], JUDGE).then(tally(lines[cut:], JUDGE)) == tally(lines, JUDGE)


def test_breaches_of_a_kind_are_bounded() -> None:
    """Of twenty leaks, the first few are kept, and all counted."""
    found = tally([LEAK] * 20, JUDGE)
    assert places(found) == {("email", "message"): [1, 2, 3, 4, 5]}
    assert (SHOWN, found.counts) == (5, {("email", "message"): 20})


@pytest.mark.parametrize("packed", [False, True])
def test_two_processes_say_what_one_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    """Files in many parts are judged alike by one process and by two, breaches in the order of the files' lines."""
    monkeypatch.setattr(read, "BLOCK", 1000)
    monkeypatch.setattr(sweep, "parts", lambda name: read.parts(name, 500))
    lines = b"\n".join([GOOD, LEAK, GOOD, WRONG] * 5)
    names = [str(tmp_path / name) for name in ("a", "b")]
    for name in names:
        Path(name).write_bytes(gzip.compress(lines) if packed else lines)
    one = checked(tallies(names, SCHEMA, cores=1))
    assert checked(tallies(names, SCHEMA, cores=2)) == one
    assert [places(one.files[name]) for name in names] == [
        {("email", "message"): [2, 6, 10, 14, 18], ("enum", "level"): [4, 8, 12, 16, 20]}
    ] * 2
    assert one.lines == one.ours == 40


def test_a_part_that_is_one_blank_line_is_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Blank lines at a block's border move no other line's number."""
    monkeypatch.setattr(read, "BLOCK", 1)
    file = tmp_path / "blank.gz"
    file.write_bytes(gzip.compress(b"\n\n" + LEAK + b"\n"))
    assert places(checked(tallies([str(file)], SCHEMA, cores=1)).files[str(file)]) == {("email", "message"): [3]}


def test_a_large_file_is_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain file comes as several parts that follow one another; its bytes are read where they are judged."""
    monkeypatch.setattr(sweep, "parts", lambda name: read.parts(name, 500))
    file = tmp_path / "a"
    file.write_bytes(b"\n".join([GOOD] * 10))
    cut: list[Part] = list(sweep._parts(str(file)))
    assert len(cut) > 3
    assert all(before.end == after.start and after.block is None for before, after in pairwise(cut))
