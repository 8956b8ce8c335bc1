"""promtool, by subprocess: it checks rules, expressions and configurations, and runs the tests of rules."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree

import yaml

from generator.errors import BuildError, Problem
from generator.external.process import Answer, run

NOISE = ("Checking ", "FAILED:", "SUCCESS", "Processing test file:")
RULE = re.compile(r"group \"all\", rule (?P<number>\d+), \"expression:\d+\": (?P<what>.*)")
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True)
class Verdict:
    """What promtool says of one named group of a test file: each failure is its text, and none means passed."""

    file: str
    name: str
    failures: tuple[str, ...]


@dataclass(frozen=True)
class TestReport:
    """All verdicts, in the order of the files and of the groups in them."""

    __test__: ClassVar[bool] = False
    verdicts: tuple[Verdict, ...]

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """Those that tell a failure."""
        return tuple(verdict for verdict in self.verdicts if verdict.failures)


@dataclass(frozen=True)
class Promtool:
    """promtool at a place. `seconds` is how long one command may take, before it is killed with all its children.

    What is wrong with its input is returned; what is wrong with promtool itself (it hangs, crashes or cannot be
    understood) is raised as `Faults`.
    """

    path: Path
    seconds: float = 600.0

    def check_rules(self, paths: Sequence[Path]) -> list[Problem]:
        """What promtool finds wrong with rule files, duplicate rules included."""
        if not paths:
            return []
        answer = self._ask("check", "rules", "--lint=duplicate-rules", "--lint-fatal", *map(str, paths))
        if not answer.status:
            self._expect(answer.output.count("SUCCESS:") == len(paths), answer, "check rules")
            return []
        complaints = _complaints(answer, paths) or [(_all(paths), answer.gist(NOISE))]
        return [Problem(where, what, "mend the definition of this rule") for where, what in complaints]

    def check_expressions(self, expressions: Iterable[tuple[str, str]]) -> list[Problem]:
        """What promtool finds wrong with expressions, given as (where, text) pairs; thousands take one process."""
        places: dict[str, list[str]] = {}
        for where, text in expressions:
            places.setdefault(text, []).append(where)
        rules = [{"record": f"expression:{number}", "expr": text} for number, text in enumerate(places, 1)]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "expressions.yaml")
            file.write_text(yaml.dump({"groups": [{"name": "all", "rules": rules}]}, Dumper=DUMPER), encoding="utf-8")
            answer = self._ask("check", "rules", "--lint=none", str(file))
        told = [RULE.search(what) for _, what in _complaints(answer, [file])]
        found = [rule for rule in told if rule]
        sound = found if answer.status else f"SUCCESS: {len(rules)} rules found" in answer.output
        self._expect(bool(sound), answer, "check rules")
        wheres = list(places.values())
        return [
            Problem(where, rule["what"], "write an expression that Prometheus reads")
            for rule in found
            for where in wheres[int(rule["number"]) - 1]
        ]

    def check_config(self, path: Path) -> list[Problem]:
        """What promtool finds wrong with a configuration of Prometheus, the rule files it names included."""
        answer = self._ask("check", "config", str(path))
        if answer.status:
            return [Problem(str(path), answer.gist(NOISE), "mend the definition of the configuration")]
        self._expect("SUCCESS:" in answer.output, answer, "check config")
        return []

    def test_rules(self, paths: Sequence[Path], only: str = "") -> TestReport:
        """Runs test files; of their groups, those whose names match the regular expression `only`. Raises `Faults` too
        for a file that cannot be read, or whose rule file is not there."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report.xml")
            answer = self._ask("test", "rules", f"--junit={report}", f"--run={only}", *map(str, paths))
            try:
                suites = list(ElementTree.parse(report).iter("testsuite"))
            except (OSError, ElementTree.ParseError):
                suites = []
        _refuse_broken(suites, answer)
        verdicts = tuple(_verdict(suite.get("name", ""), case) for suite in suites for case in suite.iter("testcase"))
        red = any(verdict.failures for verdict in verdicts)
        self._expect(len(suites) == len(paths) and red == bool(answer.status), answer, "test rules")
        return TestReport(verdicts)

    def _ask(self, *arguments: str) -> Answer:
        try:
            answer = run([str(self.path), *arguments], seconds=self.seconds)
        except subprocess.TimeoutExpired:
            what = f"{' '.join(arguments[:2])} did not end in {self.seconds:g} seconds and was killed"
            hint = "test fewer hours or at a longer interval, or set $PROMTOOL to another promtool"
            raise BuildError([Problem(str(self.path), what, hint)]) from None
        except OSError as error:
            hint = "set $PROMTOOL to the path of promtool 3.0 or newer, or unset it"
            raise BuildError([Problem(str(self.path), f"it cannot be started ({error.strerror})", hint)]) from None
        self._expect(answer.status >= 0, answer, " ".join(arguments[:2]))
        return answer

    def _expect(self, sound: bool, answer: Answer, command: str) -> None:
        if not sound:
            what = f"{command} left with status {answer.status} and an answer that makes no sense: {answer.gist(NOISE)}"
            raise BuildError(
                [Problem(str(self.path), what, "set $PROMTOOL to the path of promtool 3.0 or newer, or unset it")]
            )


def _complaints(answer: Answer, paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Where and what: one for each line that begins with a file's name, with the lines after it up to the next file."""
    start = re.compile(
        rf"(?P<path>{'|'.join(re.escape(str(path)) for path in paths)}): (?:(?P<spot>\d+:\d+): )?(?P<what>.*)"
    )
    found: list[tuple[str, str]] = []
    for block in re.split(r"^ *FAILED:$", answer.errors, flags=re.MULTILINE):
        before = len(found)
        for line in filter(None, map(str.strip, block.splitlines())):
            told = start.match(line)
            if told:
                spot = "" if told["spot"] in (None, "0:0") else f":{told['spot']}"
                found.append((told["path"] + spot, told["what"]))
            elif len(found) > before:
                found[-1] = (found[-1][0], f"{found[-1][1]} {line}")
            else:
                found.append((_all(paths), line))
    return found


def _all(paths: Sequence[Path]) -> str:
    return ", ".join(map(str, paths))


def _verdict(file: str, case: ElementTree.Element) -> Verdict:
    failures = tuple((failure.text or "").strip() for failure in case.iter("failure"))
    return Verdict(file, case.get("name", ""), failures)


def _refuse_broken(suites: list[ElementTree.Element], answer: Answer) -> None:
    """Raises `Faults` for test files that were not run, or ran on no rules, which promtool calls a success."""
    problems = [
        Problem(suite.get("name", ""), " ".join((error.text or "").split()), "write a test file that promtool reads")
        for suite in suites
        for error in suite.iter("error")
    ]
    for missing in re.findall(r"no file match pattern (.*)", answer.errors):
        problems.append(
            Problem(missing.strip(), "a test names this rule file, which is not there", "build it, or name another")
        )
    if problems:
        raise BuildError(problems)
