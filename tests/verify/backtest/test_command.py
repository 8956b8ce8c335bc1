"""The report is written whole, and a folder that will not take it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.verify.backtest.command import write


def test_a_case_that_is_no_more_leaves_no_plot(tmp_path: Path) -> None:
    """What the report has is there, the old plot is gone, and what is no plot is let alone."""
    (tmp_path / "backtest").mkdir()
    for name in ("old.svg", "notes.txt"):
        (tmp_path / "backtest" / name).write_text("old", encoding="utf-8")
    write({"backtest.md": "page", "backtest/new.svg": "plot"}, tmp_path)
    assert sorted(path.name for path in (tmp_path / "backtest").iterdir()) == ["new.svg", "notes.txt"]
    assert (tmp_path / "backtest.md").read_text(encoding="utf-8") == "page"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "docs").write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match=r"it cannot be written .*; name another folder"):
        write({"backtest.md": "page"}, tmp_path / "docs")
