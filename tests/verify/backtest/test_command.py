"""The command writes the whole report, and reports a directory that cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main
from generator.errors import BuildError
from generator.pipeline import TEST_PLATFORM
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


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--month", "30 days of 200 tenants, seed 4"], 'there is no such month; did you mean "30 days of 200 tenants'),
        (["--case", "total outage", "--month", "x"], "it has no meaning together with"),
        (["--month", "30 days of 200 tenants, seed 2"], "backtest-months.json: it has no results of months"),
    ],
    ids=["unknown", "with a case", "with a broken file"],
)
def test_what_is_wrong_is_known_before_a_month_runs(
    tmp_path: Path, arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A month takes an hour: the name and the results that are kept are read before."""
    (tmp_path / "backtest-months.json").write_text("{}", encoding="utf-8")
    to = [] if "--case" in arguments else ["--to", str(tmp_path)]
    assert main(["backtest", "--platform", str(TEST_PLATFORM), *arguments, *to]) == 2
    assert problem in capsys.readouterr().err
