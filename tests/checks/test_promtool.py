"""promtool's last word: rules, queries and test files that it refuses are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.checks.expressions import every_expression_parses
from generator.checks.promtool import promtool_problems
from generator.errors import BuildError
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.output import replace_folder
from tests.checks.builds import panel_asking, said, with_board


@pytest.fixture
def out(built: Compiled, tmp_path: Path) -> Path:
    """A folder that holds the build."""
    replace_folder(tmp_path / "out", built.texts)
    return tmp_path / "out"


def test_production_is_confirmed(built: Compiled, out: Path, promtool: Promtool) -> None:
    """promtool takes every rule, the configuration, and every query of dashboards and annotations."""
    assert promtool_problems(built, out, promtool) == []


def test_a_query_that_only_promtool_refuses_is_told(built: Compiled, out: Path, promtool: Promtool) -> None:
    """Our parser is laxer (limitk is experimental): promtool's word counts, and the panel's place is told."""
    lax = with_board(built, "storage", panel_asking("limitk(3, kv_reads_total{route=~`${route:regex}`})"))
    assert every_expression_parses(lax) == []
    (problem,) = said(promtool_problems(lax, out, promtool))
    assert problem.startswith("dashboards/storage.py:")
    assert "limitk" in problem


def test_a_rule_that_promtool_refuses_is_told(built: Compiled, out: Path, promtool: Promtool) -> None:
    """What lies in the folder is what is judged."""
    rules = out / "prometheus/rules/storage.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace('for: "5m"', "for: 5 minutes", 1), encoding="utf-8")
    problems = said(promtool_problems(built, out, promtool))
    assert any(str(rules) in problem and "5 minutes" in problem for problem in problems), problems


def test_a_test_file_that_promtool_cannot_read_is_told(built: Compiled, out: Path, promtool: Promtool) -> None:
    """A test file is read when it is checked, although its stories are not run."""
    tests = out / "tests/spoilt.yaml"
    tests.parent.mkdir(exist_ok=True)
    tests.write_text("rule_files: [../prometheus/rules/storage.yaml]\ntests: [{evil_time: 5m}]\n", encoding="utf-8")
    with pytest.raises(BuildError, match=r"spoilt\.yaml: .*evil_time"):
        promtool_problems(built, out, promtool)
