"""Runs alert tests on the shipped rules that they need: a test of days costs as much as all rules of its files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from generator.checks.go_template import queries
from generator.checks.promtool import NO_TEST
from generator.errors import BuildError, DefinitionError
from generator.external.promtool import DUMPER, Promtool, RuleTestResult
from generator.promql.dependencies import Dependencies, dependencies
from generator.promql.parser import name_of, parsed, selected_values, selectors

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SERIES_OF_ALERTS = {"ALERTS", "ALERTS_FOR_STATE"}
FEW_EVALUATIONS = 200
"""Of a test that runs on all rules; each costs as much as a hundred rules or more."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}

Document: TypeAlias = Mapping[str, Any]
Groups: TypeAlias = Sequence[Document]


class AlertTestRunner:
    """Runs test files with the results that `promtool test rules FILE` has, each test on the rules that it needs.

    The rules are read from the rule files that a test file names, once. When all tests run, then of the first file that
    names a rule file, the test with the most input series runs on all rules, so that each is evaluated; tests of days
    are not chosen for it where the file has others. If any test of a file fails, the file runs again as it is: the
    results are then promtool's of all rules.
    """

    def __init__(self, promtool: Promtool) -> None:
        self._promtool = promtool
        self._read = cache(_read)
        self._evaluated: set[Path] = set()

    def run(self, file: Path, only: str = "", every_rule: bool = False) -> Sequence[RuleTestResult]:
        """The results of a test file, or of its tests whose name matches the regular expression `only`; with
        `every_rule`, one of these runs on all rules, too. Raises BuildError where promtool cannot be run, or cannot
        read the file."""
        self._promtool.test_rules([file], NO_TEST)
        document = self._read(file)
        tests = [test for test in document.get("tests") or () if re.search(only, str(test.get("name") or ""))]
        if not tests:
            return ()
        if self._all_pass(file, {**document, "tests": tests}, every_rule or not only):
            return [RuleTestResult(str(file), test["name"], ()) for test in tests]
        return self._promtool.test_rules([file], only).results

    def _all_pass(self, file: Path, document: Document, every_rule: bool) -> bool:
        """Whether each test passes for certain: not without a name, nor where the rules that it needs are not known."""
        tests: Sequence[Document] = document["tests"]
        if not all(test.get("name") and isinstance(test["name"], str) for test in tests):
            return False
        rule_files = set(_rule_files(file, document))
        if every_rule and not rule_files <= self._evaluated:
            interval = _seconds(str(document.get("evaluation_interval") or "1m"))
            widest = max(tests, key=lambda test: _width(test, interval))["name"]
            if self._promtool.test_rules([file], f"^{re.escape(widest)}$").failed:
                return False
            self._evaluated |= rule_files
            document = {**document, "tests": [test for test in tests if test["name"] != widest]}
        return self._pass_on_needed_rules(file, document)

    def _pass_on_needed_rules(self, file: Path, document: Document) -> bool:
        with tempfile.TemporaryDirectory() as place:
            try:
                copies = list(self._copies(file, document, Path(place)))
                results = self._promtool.test_rules(copies).results if copies else ()
            except (OSError, ValueError, yaml.YAMLError, BuildError, DefinitionError):
                return False
        return len(results) == len(document["tests"]) and not any(result.failures for result in results)

    def _copies(self, file: Path, document: Document, place: Path) -> Iterator[Path]:
        """A copy of the test file for the tests of each alert, beside copies of its rule files with what they need."""
        rule_files = [self._read(path) for path in _rule_files(file, document)]
        graph = _graph([group for rule_file in rule_files for group in _groups(rule_file)])
        tests: dict[frozenset[str], list[Document]] = {}
        for test in document["tests"]:
            tests.setdefault(tested_names(test, graph.reads), []).append(test)
        for number, (names, tests_of_names) in enumerate(tests.items()):
            folder = place / str(number)
            folder.mkdir()
            needed = graph.closure(names)
            paths = [f"rules-{index}.yaml" for index in range(len(rule_files))]
            for path, rule_file in zip(paths, rule_files, strict=True):
                _write(folder / path, {**rule_file, "groups": _only(_groups(rule_file), needed)})
            _write(folder / "tests.yaml", {**document, "rule_files": paths, "tests": tests_of_names})
            yield folder / "tests.yaml"


def needed_rules(groups: Groups, names: Iterable[str]) -> list[Document]:
    """The groups of a rule file with the alerts and recorded series of these names alone, and what they read. Raises
    DefinitionError where a rule does not say by name which series it reads."""
    return _only(groups, _graph(groups).closure(names))


def _rule_files(file: Path, document: Document) -> list[Path]:
    return [(file.parent / path).resolve() for path in document.get("rule_files") or ()]


def _groups(rule_file: Document) -> Groups:
    return rule_file.get("groups") or ()


def tested_names(test: Document, rules: Collection[str]) -> frozenset[str]:
    """The names of the alerts and of the series that a test has expectations of; `rules` are those of all alerts."""
    alerts = {case["alertname"] for case in test.get("alert_rule_test") or ()}
    texts = (case["expr"] for case in test.get("promql_expr_test") or ())
    return frozenset(alerts.union(*(_series(text, rules) for text in texts)))


def _graph(groups: Groups) -> Dependencies:
    """What each rule reads, in its expression and in the templates of its annotations and labels."""
    rules = [rule for group in groups for rule in group.get("rules") or ()]
    alerts = {rule["alert"] for rule in rules if rule.get("alert")}
    return dependencies((_name(rule), _reads(rule, alerts)) for rule in rules)


def _reads(rule: Document, alerts: Collection[str]) -> set[str]:
    templates = [*(rule.get("annotations") or {}).values(), *(rule.get("labels") or {}).values()]
    texts = [rule["expr"], *(query for template in templates for query in queries(str(template)))]
    return set().union(*(_series(text, alerts) for text in texts))


def _series(expression: object, alerts: Collection[str]) -> set[str]:
    """The names of the series that an expression reads, and those of the alerts whose state it reads."""
    names: set[str] = set()
    for selector in selectors(parsed(str(expression))):
        name = name_of(selector)
        if not name:
            raise DefinitionError(f"no name of a series: {selector}", "select a series by its name")
        names |= {name, *(selected_values(selector, "alertname", alerts) if name in SERIES_OF_ALERTS else ())}
    return names


def _only(groups: Groups, names: Collection[str]) -> list[Document]:
    return [{**group, "rules": [rule for rule in group.get("rules") or () if _name(rule) in names]} for group in groups]


def _name(rule: Document) -> str:
    return str(rule.get("alert") or rule.get("record"))


def _width(test: Document, interval: int) -> tuple[int, int, int]:
    """How many series a test has, if it has few evaluations; of those with as many, the shortest test comes first."""
    evaluations = _last_evaluation(test) // interval
    if evaluations > FEW_EVALUATIONS:
        return 0, -evaluations, 0
    return 1, len(test.get("input_series") or ()), -evaluations


def _last_evaluation(test: Document) -> int:
    """When a test ends, in seconds."""
    cases = [case for kind in ("alert_rule_test", "promql_expr_test") for case in test.get(kind) or ()]
    return max((_seconds(str(case.get("eval_time", ""))) for case in cases), default=0)


def _seconds(duration: str) -> int:
    return sum(int(count) * SECONDS[unit] for count, unit in re.findall(r"(\d+)([smhdwy])", duration))


def _read(file: Path) -> Document:
    document: Document = yaml.load(file.read_bytes(), Loader=LOADER) or {}
    return document


def _write(file: Path, document: Document) -> None:
    file.write_text(yaml.dump(document, Dumper=DUMPER, sort_keys=False, width=10**9), encoding="utf-8")
