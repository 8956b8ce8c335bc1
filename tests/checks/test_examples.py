"""Every check is violated by the bad example of its page, and not by the good one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.check import Check
from generator.checks.promtool import PROMTOOL
from generator.checks.registry import CHECKS
from generator.errors import Problem
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from tests.checks.examples import problems, with_alert, written_problems

OFFLINE = [check for check in CHECKS if check.stage is not PROMTOOL]
BY_PROMTOOL = [check for check in CHECKS if check.stage is PROMTOOL]


@pytest.fixture(scope="module")
def built(built: Compiled) -> Compiled:
    """A build that has the alerts of the examples."""
    return with_alert(with_alert(built, "RouteDown"), "ErrorBudgetBurn")


def id_of(check: Check[Any]) -> str:
    """The name of a test case."""
    return check.id


def message(problem: Problem) -> str:
    """The problem as a person reads it, without its place."""
    return str(problem).removeprefix(f"{problem.where}: ")


@pytest.mark.parametrize("check", OFFLINE, ids=id_of)
def test_the_bad_example_is_reported(check: Check[Any], built: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bad example gets the message of the page, with the id of the check and a place."""
    reported = problems(check, check.bad, built, monkeypatch)
    assert {message(problem) for problem in reported} == {f"{check.message}. [{check.id}]"}
    assert all(problem.where for problem in reported)


@pytest.mark.parametrize("check", OFFLINE, ids=id_of)
def test_the_good_example_is_not_reported(check: Check[Any], built: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    """The good example is not a violation of the check."""
    assert problems(check, check.good, built, monkeypatch) == []


@pytest.mark.parametrize("check", BY_PROMTOOL, ids=id_of)
def test_promtool_reports_the_bad_example(
    check: Check[Any], built: Compiled, promtool: Promtool, tmp_path: Path
) -> None:
    """promtool rejects the bad example with the message of the page, and the problem has the id of the check."""
    reported = written_problems(check, check.bad, built, promtool, tmp_path / "out")
    assert {message(problem) for problem in reported} == {f"{check.message}. [{check.id}]"}


@pytest.mark.parametrize("check", BY_PROMTOOL, ids=id_of)
def test_promtool_accepts_the_good_example(
    check: Check[Any], built: Compiled, promtool: Promtool, tmp_path: Path
) -> None:
    """promtool accepts the good example."""
    assert written_problems(check, check.good, built, promtool, tmp_path / "out") == []
