"""The registry has every check once, and each is complete."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import iter_modules

import pytest

from generator import checks, config
from generator.check import Check, Stage
from generator.checks.promtool import CHECKS as PROMTOOL_CHECKS
from generator.checks.promtool import PROMTOOL
from generator.checks.registry import CHECKS, build_problems, coverage_problems, definition_problems
from generator.errors import Problem
from generator.ir.build import Compiled
from tests.checks.builds import panel_query, texts, with_dashboard

ID = re.compile(r"(alert|alertmanager|config|contract|dashboard|promql|promtool|rule|test)/[a-z]+(-[a-z]+)*")


def test_every_check_is_registered() -> None:
    """Every check that a module of the packages defines is in the registry."""
    modules = [
        import_module(f"{package.__name__}.{info.name}")
        for package in (checks, config)
        for info in iter_modules(package.__path__)
    ]
    defined = {
        value.id
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Check) and value.function.__module__ == module.__name__
    }
    assert defined == {check.id for check in CHECKS}


def test_ids_are_unique() -> None:
    """No two checks have the same id."""
    assert len({check.id for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_is_complete(check: Check[object]) -> None:
    """A check has a stable id, states what must hold and why, and has two different examples and a message."""
    assert ID.fullmatch(check.id)
    assert check.condition.endswith(".")
    assert check.reason.endswith(".")
    assert check.bad != check.good
    assert all(text.strip() for text in (check.bad, check.good, check.message))


def test_the_checks_of_promtool_are_registered() -> None:
    """What `promtool_problems` runs are the checks of its stage."""
    assert [check for check in CHECKS if check.stage is PROMTOOL] == list(PROMTOOL_CHECKS)


def test_a_problem_has_the_id_of_its_check() -> None:
    """The registry sets the id, whatever the function returns."""
    stage: Stage[str] = Stage("example", "never")
    check = Check("test/example", stage, lambda subject: [Problem(subject, "wrong", "do better")], "", "", "", "")
    assert texts(check.problems("a.py:1")) == ["a.py:1: wrong; do better. [test/example]"]


def test_the_shipped_definitions_pass_all_checks(built: Compiled) -> None:
    """The definitions of the project have no violations on the test platform."""
    assert definition_problems(built.lowered) == []
    assert build_problems(built) == []


def test_all_violations_are_reported_together(built: Compiled) -> None:
    """One query that violates two checks, and a dashboard that violates a third, are three problems."""
    changed = with_dashboard(
        built, "storage", panel_query('sum(kv_reads_total{platform="production",route="/nowhere"}) or vector(1 / 0)')
    )
    changed = with_dashboard(changed, "ai", lambda board: board.update(title="Workers AI / Storage"))
    problems = build_problems(changed)
    assert sorted(problem.check for problem in problems) == [
        "dashboard/duplicate-uid-or-title",
        "promql/counter-without-rate",
        "promql/impossible-value",
    ]


def test_missing_tests_do_not_fail_a_build(built: Compiled) -> None:
    """A build without alert tests passes the checks of a build; only the stage of coverage reports them."""
    assert definition_problems(built.lowered) == []
    assert {problem.check for problem in coverage_problems(built.lowered)} == {"test/missing-coverage"}
