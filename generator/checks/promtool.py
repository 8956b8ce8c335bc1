"""What promtool says of a build: the last word on every rule, every query and every test file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.checks.expressions import asked
from generator.errors import DefinitionError, Problem
from generator.external.promtool import Promtool
from generator.ir.build import Compiled

NO_STORY = "^$"


def promtool_problems(compiled: Compiled, out: Path, promtool: Promtool) -> list[Problem]:
    """What promtool finds wrong with the rules and the configuration in `out`, with every query of annotations and
    dashboards, their variables filled in, and with test files, which are read here and not run."""
    rules = sorted((out / "prometheus/rules").glob("*.yaml"))
    problems = promtool.check_rules(rules) + promtool.check_config(out / "prometheus/prometheus.yaml")
    problems += promtool.check_expressions(texts(compiled))
    if tests := sorted((out / "tests").glob("*.yaml")):
        promtool.test_rules(tests, only=NO_STORY)
    return problems


def texts(compiled: Compiled) -> Iterator[tuple[str, str]]:
    """Every expression as Prometheus gets it, with its place. Those that nothing fills are told by another law."""
    for one in asked(compiled):
        try:
            yield one.where, one.text
        except DefinitionError:
            continue
