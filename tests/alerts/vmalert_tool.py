"""Alert tests of `out/tests` by vmalert-tool, which runs rules in VictoriaMetrics.

It reads promtool's files but for what is adapted here, in copies:

- Its tests begin in 2000, promtool's in 1970: times in expected links and in series of times are later by as much.
- Expectations of series have another key in its files, and are a test of their own: once the tool has compared alerts,
  `ALERTS` has another label of the group.
- `now` in a template is the time of the run; a query of `time()` has that of the evaluation.
- A rule reads what rules of earlier groups recorded in the same evaluation, but not those of its own group: a rule
  that reads another one is in a later group.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from generator.external.promtool import DUMPER, RuleTestResult
from generator.verify.needed_rules import LOADER, needed_rules, tested_names

BEGIN = 946_684_800
"""When its tests begin, in seconds since 1970."""
MILLISECONDS = re.compile(r"(?<=[?&]time=|[?&]from=)-?\d+")
OF_TIMES = "_timestamp_seconds{"
"""How the name of a series ends whose values are times."""
NOW, EVALUATION_TIME = "{{ now |", '{{ query "time()" | first | value |'
TIMEOUT = 600.0
"""Seconds that a test may take."""
Document: TypeAlias = Mapping[str, Any]
Change: TypeAlias = Callable[[str], str]
"""What is changed in the expressions of rules."""


@dataclass(frozen=True)
class AdaptedTest:
    """A test of a file with the rules that it needs, as vmalert-tool reads them."""

    file: Path
    name: str
    rules: Document
    tests: Document

    @property
    def id(self) -> str:
        """The name of an alert test without the step of its file: errors.one_route_fails."""
        return alert_test_id(self.file, self.name)


def alert_test_id(file: Path, name: str) -> str:
    """The name of an alert test by its file in `out/tests`, such as errors-every-1m.yaml."""
    return f"{file.stem.partition('-every-')[0]}.{name}"


def adapted_tests(file: Path, change: Change = str) -> Iterator[AdaptedTest]:
    """Each test of a file of `out/tests`."""
    document = _read(file)
    groups = [group for path in document["rule_files"] for group in _read(file.parent / path)["groups"]]
    alerts = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}
    for test in document["tests"]:
        rules = regrouped(needed_rules(groups, tested_names(test, alerts)), change)
        names = {"rule_files": ["rules.yaml"], "group_eval_order": [group["name"] for group in rules]}
        tests = {**document, **names, "tests": adapted(test)}
        yield AdaptedTest(file, test["name"], {"groups": rules}, tests)


def regrouped(groups: Sequence[Document], change: Change = str) -> list[Document]:
    """Groups of the rules by how many evaluated before them they read, through one another: a rule reads what its own
    group recorded only at the next evaluation. Templates have the time of the evaluation."""
    rules = [_at_evaluation({**rule, "expr": change(str(rule["expr"]))}) for group in groups for rule in group["rules"]]
    depths: list[int] = []
    for rule in rules:
        before = list(zip(rules, depths, strict=False))
        after = [depth + 1 for other, depth in before if _reads(rule, other)]
        not_before = [depth for other, depth in before if _reads(other, rule)]
        depths.append(max([0, *after, *not_before]))
    layers: dict[int, list[Document]] = {}
    for depth, rule in sorted(zip(depths, rules, strict=True), key=lambda pair: pair[0]):
        layers.setdefault(depth, []).append(rule)
    return [{"name": str(number), "rules": layer} for number, layer in layers.items()]


def _reads(rule: Document, other: Document) -> bool:
    """Whether the other's name is in a rule's expression or texts, alone or in a longer name, which does no harm."""
    name = str(other.get("alert") or other.get("record"))
    return name in f"{rule['expr']} {rule.get('annotations', '')}"


def _at_evaluation(rule: Document) -> Document:
    if "annotations" not in rule:
        return rule
    texts = {name: text.replace(NOW, EVALUATION_TIME) for name, text in rule["annotations"].items()}
    return {**rule, "annotations": texts}


def adapted(test: Document) -> list[Document]:
    """The tests of alerts and of series, by the keys of vmalert-tool, with expected links of its time."""
    cases = [
        {**case, "exp_alerts": [_later(alert) for alert in case["exp_alerts"]]}
        for case in test.get("alert_rule_test", ())
    ]
    series = test.get("promql_expr_test", ())
    others = {name: value for name, value in test.items() if name not in ("alert_rule_test", "promql_expr_test")}
    others["input_series"] = [_at_its_time(each) for each in test["input_series"] or ()]
    parts = (("alert_rule_test", cases), ("metricsql_expr_test", series))
    return [{**others, key: expected} for key, expected in parts if expected]


def _at_its_time(series: Document) -> Document:
    """A series of times with later values: each part of it begins with a number, or is a gap."""
    if OF_TIMES not in series["series"]:
        return series
    values = re.sub(r"(?<!\S)\d+", lambda match: str(int(match[0]) + BEGIN), series["values"])
    return {**series, "values": values}


def _later(alert: Document) -> Document:
    texts = {name: MILLISECONDS.sub(_later_time, text) for name, text in alert.get("exp_annotations", {}).items()}
    return {**alert, "exp_annotations": texts}


def _later_time(match: re.Match[str]) -> str:
    return str(int(match[0]) + 1000 * BEGIN)


def vmalert_tool_results(
    tool: Path, out: Path, folder: Path, only: Collection[str] = (), change: Change = str
) -> list[RuleTestResult]:
    """The results of all tests, or of those of some ids, each in a process of its own that reads files in a folder."""
    files = sorted((out / "tests").glob("*.yaml"))
    tests = [test for file in files for test in adapted_tests(file, change) if not only or test.id in only]
    return [_result(tool, test, folder) for test in tests]


def _result(tool: Path, test: AdaptedTest, folder: Path) -> RuleTestResult:
    place = folder / test.file.stem / test.name
    place.mkdir(parents=True)
    _write(place / "rules.yaml", test.rules)
    _write(place / "tests.yaml", test.tests)
    command = [str(tool), "unittest", "--disableAlertgroupLabel", f"--files={place / 'tests.yaml'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    return RuleTestResult(str(test.file), test.name, failures(test.name, done.returncode, done.stdout, done.stderr))


def failures(test: str, status: int, output: str, errors: str) -> tuple[str, ...]:
    """The text of each expectation of a test that is not met, by what the tool printed of it. Raises AssertionError
    where it did not run the test."""
    start = rf"\n(?:testGroupName: {re.escape(test)},\n)?(?=    (?:groupname|expr): |failed to exec )"
    _, *texts = re.split(start, output)
    assert (status, bool(texts)) in {(0, False), (1, True)}, f"{test}: exit status {status}: {output}{errors}"
    assert ("SUCCESS" if status == 0 else "FAILED") in output.splitlines(), f"{test}: {output}{errors}"
    return tuple(text.strip() for text in texts)


def _read(file: Path) -> Document:
    document: Document = yaml.load(file.read_bytes(), Loader=LOADER)
    return document


def _write(file: Path, document: Document) -> None:
    file.write_text(yaml.dump(document, Dumper=DUMPER, sort_keys=False, width=10**9), encoding="utf-8")
