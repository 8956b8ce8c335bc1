"""promtool as a subprocess: checks rules, expressions and configurations, and runs rule unit tests."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import yaml

from generator.errors import BuildError, Problem
from generator.external.process import CommandResult, run
from generator.frozen import frozen

PROGRESS_PREFIXES = ("Checking ", "FAILED:", "SUCCESS", "Processing test file:")
RULE_MESSAGE = re.compile(r"group \"all\", rule (?P<number>\d+), \"expression:\d+\": (?P<what>.*)")
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
GARBAGE = {"GOGC": "400"}
"""promtool keeps little of what it allocates: looking for garbage a quarter as often costs an eighth less CPU time."""
ANOTHER_PROMTOOL = "set $PROMTOOL to the path of promtool 3.6 or newer, or unset it"


@frozen
class RuleTestResult:
    """The result of one named test group of a test file: promtool's text for each failure, none if it passed."""

    file: str
    name: str
    failures: tuple[str, ...]


@frozen
class RuleTestReport:
    """The results of all test groups, in the order of the files and of the groups within them."""

    results: tuple[RuleTestResult, ...]

    @property
    def failed(self) -> tuple[RuleTestResult, ...]:
        """The results with a failure."""
        return tuple(result for result in self.results if result.failures)


@frozen
class Promtool:
    """The promtool at `path`. A command that runs longer than `seconds` is killed with all its children.

    Problems of the input are returned. Problems of promtool itself (it hangs, crashes or prints something unexpected)
    are raised as `BuildError`.
    """

    path: Path
    seconds: float = 600.0

    def check_rules(self, paths: Sequence[Path]) -> list[Problem]:
        """Return promtool's problems with rule files, including duplicate rules."""
        if not paths:
            return []
        result = self._run("check", "rules", "--lint=duplicate-rules", "--lint-fatal", *map(str, paths))
        if not result.status:
            self._require(result.output.count("SUCCESS:") == len(paths), result, "check rules")
            return []
        messages = _messages(result, paths) or [(_joined(paths), result.excerpt(PROGRESS_PREFIXES))]
        return [Problem(where, what, "fix the definition of this rule") for where, what in messages]

    def check_expressions(self, expressions: Iterable[tuple[str, str]]) -> list[Problem]:
        """Return promtool's problems with (where, PromQL) pairs. One process checks all of them."""
        places: dict[str, list[str]] = {}
        for where, text in expressions:
            places.setdefault(text, []).append(where)
        rules = [{"record": f"expression:{number}", "expr": text} for number, text in enumerate(places, 1)]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "expressions.yaml")
            file.write_text(yaml.dump({"groups": [{"name": "all", "rules": rules}]}, Dumper=DUMPER), encoding="utf-8")
            result = self._run("check", "rules", "--lint=none", str(file))
        matches = [RULE_MESSAGE.search(what) for _, what in _messages(result, [file])]
        rejected = [match for match in matches if match]
        understood = rejected if result.status else f"SUCCESS: {len(rules)} rules found" in result.output
        self._require(bool(understood), result, "check rules")
        places_by_number = list(places.values())
        return [
            Problem(where, match["what"], "write a valid PromQL expression")
            for match in rejected
            for where in places_by_number[int(match["number"]) - 1]
        ]

    def check_config(self, path: Path) -> list[Problem]:
        """Return promtool's problems with a Prometheus configuration and the rule files that it names."""
        result = self._run("check", "config", str(path))
        if result.status:
            return [Problem(str(path), result.excerpt(PROGRESS_PREFIXES), "fix the definition of the configuration")]
        self._require("SUCCESS:" in result.output, result, "check config")
        return []

    def test_rules(self, paths: Sequence[Path], only: str = "") -> RuleTestReport:
        """Run test files, or those of their test groups whose names match the regular expression `only`.

        Raises `BuildError` also for a test file that cannot be read and for a rule file that is missing.
        """
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report.xml")
            result = self._run("test", "rules", f"--junit={report}", f"--run={only}", *map(str, paths))
            try:
                suites = list(ElementTree.parse(report).iter("testsuite"))
            except (OSError, ElementTree.ParseError):
                suites = []
        _raise_unusable_files(suites, result)
        results = tuple(
            _test_result(suite.get("name", ""), case) for suite in suites for case in suite.iter("testcase")
        )
        any_failed = any(test.failures for test in results)
        self._require(len(suites) == len(paths) and any_failed == bool(result.status), result, "test rules")
        return RuleTestReport(results)

    def _run(self, *arguments: str) -> CommandResult:
        command = " ".join(arguments[:2])
        try:
            environment = {**GARBAGE, **os.environ}
            result = run([str(self.path), *arguments], seconds=self.seconds, environment=environment)
        except subprocess.TimeoutExpired:
            what = f"{command} did not end within {self.seconds:g} seconds and was killed"
            hint = "test fewer hours or a longer evaluation interval, or set $PROMTOOL to another promtool"
            raise BuildError([Problem(str(self.path), what, hint)]) from None
        except OSError as error:
            what = f"it cannot be started ({error.strerror})"
            raise BuildError([Problem(str(self.path), what, ANOTHER_PROMTOOL)]) from None
        self._require(result.status >= 0, result, command)
        return result

    def _require(self, understood: bool, result: CommandResult, command: str) -> None:
        """Raise `BuildError` unless the result was understood."""
        if not understood:
            excerpt = result.excerpt(PROGRESS_PREFIXES)
            what = f"{command} ended with exit status {result.status} and unexpected output: {excerpt}"
            raise BuildError([Problem(str(self.path), what, ANOTHER_PROMTOOL)])


def _messages(result: CommandResult, paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Return (where, what) pairs: one for each line that starts with a file's path, joined with the lines after it."""
    start = re.compile(
        rf"(?P<path>{'|'.join(re.escape(str(path)) for path in paths)}): (?:(?P<position>\d+:\d+): )?(?P<what>.*)"
    )
    messages: list[tuple[str, str]] = []
    for block in re.split(r"^ *FAILED:$", result.errors, flags=re.MULTILINE):
        before = len(messages)
        for line in filter(None, map(str.strip, block.splitlines())):
            match = start.match(line)
            if match:
                position = "" if match["position"] in (None, "0:0") else f":{match['position']}"
                messages.append((match["path"] + position, match["what"]))
            elif len(messages) > before:
                messages[-1] = (messages[-1][0], f"{messages[-1][1]} {line}")
            else:
                messages.append((_joined(paths), line))
    return messages


def _joined(paths: Sequence[Path]) -> str:
    return ", ".join(map(str, paths))


def _test_result(file: str, case: ElementTree.Element) -> RuleTestResult:
    failures = tuple((failure.text or "").strip() for failure in case.iter("failure"))
    return RuleTestResult(file, case.get("name", ""), failures)


def _raise_unusable_files(suites: list[ElementTree.Element], result: CommandResult) -> None:
    """Raise `BuildError` for test files that did not run or ran without rules, which promtool reports as a success."""
    problems = [
        Problem(suite.get("name", ""), " ".join((error.text or "").split()), "fix the alert test")
        for suite in suites
        for error in suite.iter("error")
    ]
    for missing in re.findall(r"no file match pattern (.*)", result.errors):
        what = "this rule file, which a test file names, does not exist"
        problems.append(Problem(missing.strip(), what, "build it, or name another rule file"))
    if problems:
        raise BuildError(problems)
