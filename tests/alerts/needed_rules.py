"""Runs alert tests on the rules that they need alone: a test of days costs as much as all rules of its files."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from generator.dsl.alert_test import AlertTest
from generator.external.promtool import DUMPER, Promtool, RuleTestResult
from generator.ir.build import Lowered
from generator.promql.dependencies import rule_dependencies

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def run_alert_tests(lowered: Lowered, out: Path, promtool: Promtool, only: str = "") -> Sequence[RuleTestResult]:
    """The results of all test files in `out/tests`, or of the tests whose name `only` matches. The `file` of a result
    has the name of its file in `out/tests`. Raises BuildError where promtool cannot be run."""
    with tempfile.TemporaryDirectory() as place:
        shipped = sorted((out / "tests").glob("*.yaml"))
        files = [copy for file in shipped for copy in _copies(lowered, file, Path(place))]
        return promtool.test_rules(files, only=only).results


def _copies(lowered: Lowered, file: Path, place: Path) -> Iterator[Path]:
    """For each alert that a test file tests, a copy with the alert's tests, beside the rules that it needs."""
    module = file.stem.rpartition("-every-")[0]
    alerts = {test.id: test.alert for test in lowered.definitions.alert_tests if _module(test) == module}
    document = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)
    rule_files = {path: yaml.load((file.parent / path).read_bytes(), Loader=LOADER) for path in document["rule_files"]}
    graph = rule_dependencies(lowered.recording_rules)
    for alert in sorted({alerts[test["name"]] for test in document["tests"]}):
        read = (name for rule in lowered.alerts if rule.alert.name == alert for name in rule.reads)
        needed = {alert} | graph.recorded(read)
        folder = place / alert / file.stem
        copy = folder / "tests" / file.name
        tests = [test for test in document["tests"] if alerts[test["name"]] == alert]
        _write(copy, {**document, "tests": tests})
        for path, rule_file in rule_files.items():
            _write(copy.parent / path, {"groups": [_only(needed, group) for group in rule_file["groups"]]})
        yield copy


def _module(test: AlertTest) -> str:
    return test.module.rpartition(".")[2]


def _only(needed: Collection[str], group: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**group, "rules": [rule for rule in group["rules"] if rule.get("alert", rule.get("record")) in needed]}


def _write(file: Path, document: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.dump(document, Dumper=DUMPER, sort_keys=False, width=10**9), encoding="utf-8")
