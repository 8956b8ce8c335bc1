"""The command writes the whole report, and reports a directory that cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.verify.backtest.command import write


def test_the_chart_of_a_removed_case_is_deleted(tmp_path: Path) -> None:
    """Writing creates the report's files, deletes charts that it does not have, and keeps other files."""
    (tmp_path / "backtest").mkdir()
    for name in ("old.svg", "notes.txt"):
        (tmp_path / "backtest" / name).write_text("old", encoding="utf-8")
    write({"backtest.md": "page", "backtest/new.svg": "chart"}, tmp_path)
    assert sorted(path.name for path in (tmp_path / "backtest").iterdir()) == ["new.svg", "notes.txt"]
    assert (tmp_path / "backtest.md").read_text(encoding="utf-8") == "page"


def test_a_directory_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    """A file in the place of the directory gives an error with a hint."""
    (tmp_path / "docs").write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match=r"it cannot be written .*; name another directory"):
        write({"backtest.md": "page"}, tmp_path / "docs")
