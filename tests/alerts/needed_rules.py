"""Runs alert tests on the rules that they need alone: a test of days costs as much as all rules of its files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generator.dsl.alert_test import AlertTest
from generator.external.promtool import DUMPER, Promtool, RuleTestResult
from generator.ir.build import Lowered
from generator.promql.dependencies import rule_dependencies

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def run_alert_tests(
    lowered: Lowered, out: Path, promtool: Promtool, only: str = "", files: str = "*.yaml"
) -> Sequence[RuleTestResult]:
    """The results of the test files in `out/tests` that match the pattern `files`, or of their tests whose name matches
    the regular expression `only`. The `file` of a result has the name of its file in `out/tests`. Raises BuildError
    where promtool cannot be run."""
    with tempfile.TemporaryDirectory() as place:
        copies = list(_copies(lowered, sorted((out / "tests").glob(files)), Path(place), re.compile(only)))
        return promtool.test_rules(copies).results if copies else ()


def needed_rules(lowered: Lowered, names: Collection[str], groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The groups of a rule file with the alerts and recorded series of these names alone, and what they read."""
    read = {name for rule in lowered.alerts if rule.alert.name in names for name in rule.reads}
    needed = {*names, *rule_dependencies(lowered.recording_rules).recorded({*names, *read})}
    return [
        {**group, "rules": [rule for rule in group["rules"] if rule.get("alert", rule.get("record")) in needed]}
        for group in groups
    ]


def _copies(lowered: Lowered, files: Sequence[Path], place: Path, only: re.Pattern[str]) -> Iterator[Path]:
    """For each alert that a test file tests, a copy with the alert's tests, beside the rules that it needs."""

    @cache
    def groups_of(rule_file: Path) -> Sequence[Mapping[str, Any]]:
        groups: Sequence[Mapping[str, Any]] = yaml.load(rule_file.read_bytes(), Loader=LOADER)["groups"]
        return groups

    for file in files:
        module = file.stem.rpartition("-every-")[0]
        alerts = {test.id: test.alert for test in lowered.definitions.alert_tests if _module(test) == module}
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)
        selected = [test for test in document["tests"] if only.search(test["name"])]
        for alert in sorted({alerts[test["name"]] for test in selected}):
            copy = place / alert / file.stem / "tests" / file.name
            _write(copy, {**document, "tests": [test for test in selected if alerts[test["name"]] == alert]})
            for path in document["rule_files"]:
                groups = groups_of((file.parent / path).resolve())
                _write(copy.parent / path, {"groups": needed_rules(lowered, {alert}, groups)})
            yield copy


def _module(test: AlertTest) -> str:
    return test.module.rpartition(".")[2]


def _write(file: Path, document: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.dump(document, Dumper=DUMPER, sort_keys=False, width=10**9), encoding="utf-8")
