"""Runs alert tests on the rules that they need alone: a test of days costs as much as all rules of its files."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

import yaml

from generator.external.promtool import Promtool, RuleTestResult
from generator.ir.build import Lowered
from generator.promql.dependencies import rule_dependencies


def run_alert_tests(lowered: Lowered, out: Path, promtool: Promtool, only: str = "") -> Sequence[RuleTestResult]:
    """The results of all test files in `out/tests`, or of the tests whose name `only` matches. Raises BuildError where
    promtool cannot be run."""
    with tempfile.TemporaryDirectory() as place:
        files = [_copied(lowered, file, Path(place)) for file in sorted((out / "tests").glob("*.yaml"))]
        return promtool.test_rules(files, only=only).results


def _copied(lowered: Lowered, file: Path, place: Path) -> Path:
    """A copy of a test file, beside copies of its rule files that have the needed rules alone."""
    module = file.stem.rpartition("-every-")[0]
    tested = {test.alert for test in lowered.definitions.alert_tests if test.module.rpartition(".")[2] == module}
    assert tested, f"{file.name} has no module of alert tests"
    read = (name for rule in lowered.alerts if rule.alert.name in tested for name in rule.reads)
    needed = tested | rule_dependencies(lowered.recording_rules).recorded(read)
    copy = place / file.stem / "tests" / file.name
    copy.parent.mkdir(parents=True)
    text = file.read_text(encoding="utf-8")
    copy.write_text(text, encoding="utf-8")
    for rule_file in yaml.safe_load(text)["rule_files"]:
        target = copy.parent / rule_file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_only(needed, (file.parent / rule_file).read_text(encoding="utf-8")), encoding="utf-8")
    return copy


def _only(needed: Collection[str], rule_file: str) -> str:
    groups = yaml.safe_load(rule_file)["groups"]
    kept = [
        {**group, "rules": [rule for rule in group["rules"] if rule.get("alert", rule.get("record")) in needed]}
        for group in groups
    ]
    return yaml.safe_dump({"groups": [group for group in kept if group["rules"]]}, width=10**9)
