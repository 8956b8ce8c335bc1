"""The mutation runner: promtool runs the alert tests of the alerts that read a mutant's rule, until one fails."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from generator.dsl.alert_test import AlertTest
from generator.external.promtool import Promtool
from generator.frozen import frozen
from generator.ir.build import Compiled
from generator.output import rule_file_path
from generator.pipeline import tested_rules
from generator.promql.dependencies import rule_dependencies
from generator.rendering.alert_tests import alert_test_files
from generator.rendering.rule_files import rule_files, rules
from generator.verify.mutation.kill_chance import KillChances
from generator.verify.mutation.mutants import Mutant


@frozen
class MutantResult:
    """A mutant, and the id of the first alert test that killed it, or "" if it survived."""

    mutant: Mutant
    killed_by: str

    @property
    def survived(self) -> bool:
        """Whether no alert test killed the mutant."""
        return not self.killed_by


@frozen
class AlertTestCase:
    """One alert test as test files of its own, and its cost: the number of rule evaluations."""

    alert_test: AlertTest
    texts: Mapping[str, str]
    evaluations: int


class MutationRunner:
    """Runs alert tests on mutants of a build. The test files are rendered once, from the original rules."""

    def __init__(self, original: Compiled, promtool: Promtool) -> None:
        self.original = original
        self.promtool = promtool
        self._chances = KillChances()
        lowered = original.lowered
        tested = tested_rules(lowered, original.files)
        self.test_cases = [
            AlertTestCase(
                alert_test,
                alert_test_files(lowered.platform, (alert_test,), tested, original.files),
                scenario.evaluations,
            )
            for alert_test in lowered.definitions.alert_tests
            if (scenario := alert_test.scenario(lowered.platform))
        ]

    def run(self, mutants: Iterable[Mutant], workers: int = 2) -> Iterator[MutantResult]:
        """Yield the results in the order of the mutants. Raises `BuildError`: promtool cannot be run."""
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(self._run_mutant, mutants)

    def _run_mutant(self, mutant: Mutant) -> MutantResult:
        with tempfile.TemporaryDirectory() as directory:
            for test_case in self._in_order(mutant):
                folder = Path(directory, test_case.alert_test.alert)
                if not folder.exists():
                    _write(folder, self._rule_files(mutant, test_case.alert_test.alert))
                killed = self._kills(folder, test_case)
                self._chances.learn(mutant, test_case.alert_test, killed)
                if killed:
                    return MutantResult(mutant, test_case.alert_test.id)
        return MutantResult(mutant, "")

    def _rule_files(self, mutant: Mutant, alert: str) -> dict[str, str]:
        """Return only the rules that an alert reads: the cost of a long alert test grows with each rule."""
        lowered = mutant.lowered
        alerts = tuple(rule for rule in lowered.alerts if rule.alert.name == alert)
        graph = rule_dependencies(lowered.recording_rules)
        required = graph.recorded(name for rule in alerts for name in rule.reads)
        recording_rules = tuple(rule for rule in lowered.recording_rules if rule.name in required)
        texts = rules(rule_files(replace(lowered, alerts=alerts, recording_rules=recording_rules)))
        # promtool fails if a file that a test names is missing, so files without a required rule are empty.
        empty = {rule_file_path(file.file_name): "groups: []\n" for file in self.original.files}
        return {**empty, **texts}

    def _in_order(self, mutant: Mutant) -> list[AlertTestCase]:
        """Return the test cases of the mutant's alerts, the cheapest for their chance to kill it first."""

        def expected_cost(test_case: AlertTestCase) -> float:
            return test_case.evaluations / self._chances.of(mutant, test_case.alert_test)

        applicable = [test_case for test_case in self.test_cases if test_case.alert_test.alert in mutant.alerts]
        return sorted(applicable, key=expected_cost)

    def _kills(self, directory: Path, test_case: AlertTestCase) -> bool:
        _write(directory, test_case.texts)
        return bool(self.promtool.test_rules([directory / path for path in test_case.texts]).failed)


def _write(directory: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
