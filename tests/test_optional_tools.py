"""Tests without their tools are skipped with a reason; with CI set they fail."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from generator.errors import BuildError, Problem
from generator.external.tool import PROMETHEUS, Tool
from generator.project import ROOT
from tests.optional_tools import skip_or_fail, skip_without_go, summarize_skipped

OUTCOMES = (pytest.skip.Exception, pytest.fail.Exception, BuildError)
"""All are caught, because an unexpected skip would skip the test instead of failing it."""


def failing_builder(tool: Tool, root: Path) -> Path:
    """A builder that always fails."""
    raise BuildError([Problem(tool.name, "it cannot be built", "fix it")])


def test_without_go_a_test_that_needs_a_tool_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The skip passes handlers of build errors, and its reason names the tool."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="there is no Go to build prometheus"):
        skip_without_go(failing_builder)(PROMETHEUS, ROOT)


def test_with_ci_a_missing_tool_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable CI set, the test fails with the reason."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(OUTCOMES, match="no Node, and CI=true allows no skipped tests") as error:
        skip_or_fail("no Node")
    assert error.type is pytest.fail.Exception


def test_a_failing_build_is_no_reason_to_skip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With Go, or in a folder that is not the project's, the build error is raised."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(OUTCOMES, match="it cannot be built"):
        skip_without_go(failing_builder)(PROMETHEUS, tmp_path)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/go")
    with pytest.raises(OUTCOMES, match="it cannot be built"):
        skip_without_go(failing_builder)(PROMETHEUS, ROOT)


def test_tests_of_nodejs_run_after_its_packages_are_installed() -> None:
    """Only the folders whose make targets install npm packages run Node.js: a fresh clone has none."""
    folders = [ROOT / "tests" / name for name in ("e2e", "view", "deploy", "gateway", "backends")]
    assert all(any(runs_node(path) for path in folder.rglob("*.py")) for folder in folders)
    others = [path for path in (ROOT / "tests").rglob("*.py") if not any(folder in path.parents for folder in folders)]
    assert [str(path.relative_to(ROOT)) for path in others if runs_node(path)] == []


def runs_node(path: Path) -> bool:
    """Whether a module starts Node.js or npm, or looks for them."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    words = [part for call in calls for argument in call.args for part in getattr(argument, "elts", [argument])]
    return any(isinstance(word, ast.Constant) and word.value in ("node", "npm", "npx") for word in words)


def test_the_summary_is_one_line() -> None:
    """The summary counts the tests for each reason; skips for other reasons are not in it."""
    reasons = [
        "Skipped: missing tool: no Go",
        "Skipped: nothing is built yet",
        "missing tool: no Node",
        "missing tool: no Go",
    ]
    assert summarize_skipped(reasons) == "Skipped: 2 tests (no Go), 1 test (no Node)."
    assert summarize_skipped(reasons[1:2]) == ""
