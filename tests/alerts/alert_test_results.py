"""The results of the alert tests of an output folder, as `generator test` has them."""

from __future__ import annotations

from pathlib import Path

from generator.external.promtool import Promtool, RuleTestResult
from generator.verify.needed_rules import AlertTestRunner


def alert_test_results(
    out: Path, promtool: Promtool, only: str = "", files: str = "*.yaml", every_rule: bool = False
) -> list[RuleTestResult]:
    """Those of the test files that match the pattern `files`, or of their tests whose name matches the regular
    expression `only`, with `every_rule` once on all rules."""
    runner = AlertTestRunner(promtool)
    return [result for file in sorted((out / "tests").glob(files)) for result in runner.run(file, only, every_rule)]
