"""Checks by promtool: rules, expressions and test files that it rejects."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.checks.promtool import promtool_problems
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.output.write import write_files
from tests.checks.builds import panel_query, texts, violations, with_dashboard


@pytest.fixture
def out(built: Compiled, tmp_path: Path) -> Path:
    """A folder that contains the build."""
    write_files(tmp_path / "out", built.texts)
    return tmp_path / "out"


def test_promtool_accepts_the_build(built: Compiled, out: Path, promtool: Promtool) -> None:
    """promtool accepts every rule, the configuration, and every expression of dashboards and annotations."""
    assert promtool_problems(built, out, promtool) == []


def test_an_expression_that_only_promtool_rejects_is_reported(built: Compiled, out: Path, promtool: Promtool) -> None:
    """The parser of the other checks accepts limitk, which is experimental; promtool does not, and the place is the
    panel's."""
    query = panel_query("limitk(3, kv_reads_total{route=~`${route:regex}`})")
    changed = with_dashboard(built, "storage", query)
    assert violations(changed, "promql/syntax") == []
    (problem,) = texts(promtool_problems(changed, out, promtool))
    assert problem.startswith("dashboards/storage.py:")
    assert "limitk" in problem
    assert problem.endswith("[promtool/expressions]")


def test_a_rule_that_promtool_rejects_is_reported(built: Compiled, out: Path, promtool: Promtool) -> None:
    """The files in the folder are checked, not the build in memory."""
    rules = out / "prometheus/rules/storage.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace('for: "5m"', "for: 5 minutes", 1), encoding="utf-8")
    problems = [problem for problem in texts(promtool_problems(built, out, promtool)) if "5 minutes" in problem]
    assert any(str(rules) in problem and problem.endswith("[promtool/rules]") for problem in problems), problems


def test_a_test_file_that_promtool_cannot_read_is_reported(built: Compiled, out: Path, promtool: Promtool) -> None:
    """Test files are read, although their tests are not run."""
    tests = out / "tests/example.yaml"
    tests.parent.mkdir(exist_ok=True)
    tests.write_text("rule_files: [../prometheus/rules/storage.yaml]\ntests: [{evil_time: 5m}]\n", encoding="utf-8")
    (problem,) = texts(promtool_problems(built, out, promtool))
    assert problem.startswith(f"{tests}: ")
    assert "evil_time" in problem
    assert problem.endswith("[promtool/test-files]")
