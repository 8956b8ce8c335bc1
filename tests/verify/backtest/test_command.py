"""The command writes the whole report, and reports a directory that cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main
from generator.dsl.platform import Platform
from generator.dsl.routing import Routing
from generator.errors import BuildError, Problem
from generator.pipeline import TEST_PLATFORM
from generator.verify.backtest import command
from generator.verify.backtest.case import Case
from generator.verify.backtest.command import write
from generator.verify.backtest.month_report import kept_results
from generator.verify.backtest.result import CaseResult, evaluate
from tests.verify.backtest.examples import run_with


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
    """A month takes hours: the name and the results that are kept are read before."""
    (tmp_path / "backtest-months.json").write_text("{}", encoding="utf-8")
    to = [] if "--case" in arguments else ["--to", str(tmp_path)]
    assert main(["backtest", "--platform", str(TEST_PLATFORM), *arguments, *to]) == 2
    assert problem in capsys.readouterr().err


def test_the_result_of_each_month_is_kept_when_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month that fails with an error leaves the results of those before it, and one that runs alone is added."""
    names: list[str] = []

    def quiet_month(platform: Platform, routing: Routing, case: Case, *rules: object) -> CaseResult:
        names.append(case.name)
        if len(names) == 2:
            raise BuildError([Problem("vmalert", "it fails", "run the month again")])
        return evaluate(run_with(case))

    monkeypatch.setattr(command, "_run_case", quiet_month)
    to = ["--platform", str(TEST_PLATFORM), "--to", str(tmp_path)]
    assert main(["backtest", "--months", *to]) == 2
    assert [result.month for result in kept_results(tmp_path)] == names[:1]
    assert main(["backtest", "--month", names[1], *to]) == 0
    assert [result.month for result in kept_results(tmp_path)] == names[:2]
    assert "seed 3 | not run |" in (tmp_path / "backtest-months.md").read_text(encoding="utf-8")
