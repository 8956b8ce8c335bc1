"""`python -m tests.alerts [COUNT]`: alert tests on every platform of adopters, and on COUNT random ones (4).

Tests of few evaluations run on each platform, and each long one on every fourth, which `--every-test` runs on all.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.dsl.alert_test import AlertTest
from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.external import find_promtool
from generator.external.promtool import Promtool
from generator.option_parser import ProblemParser, run_module
from generator.pipeline import build
from tests.alerts.alert_test_results import alert_test_results
from tests.alerts.other_platforms import PLATFORMS, platform_file, random_changes

PROCESSES = 2
"""A build is one process of Python, and the tests of a platform are one of promtool."""
LONG = 50
"""More evaluations than this make a test long: those tests take five sixths of the time."""
STEP = 4
"""Each long test runs on one in so many platforms, and the next platform has others."""


@dataclass(frozen=True)
class PlatformReport:
    """The number of alert tests that pass on a platform, the text of each that fails, and the numbers of those that run
    on other platforms, and of those that are not possible."""

    passed: int
    failures: tuple[str, ...]
    others: int
    left_out: int


def main() -> int:
    """Build each platform and run its alert tests; exit status 1 where one fails. Raises BuildError for a wrong
    argument."""
    parser = ProblemParser(prog="python -m tests.alerts", description="Run alert tests on other platforms.")
    parser.add_argument("count", nargs="?", type=int, default=4, metavar="COUNT", help="random platforms (default: 4)")
    parser.add_argument("--every-test", action="store_true", help="run the long tests on each platform")
    options = parser.parse_args()
    count, step = options.count, 1 if options.every_test else STEP
    if count < 0:
        what, hint = f"{count} is not a number of platforms", "give a whole number of at least 0"
        raise BuildError([Problem("python -m tests.alerts COUNT", what, hint)])
    platforms = {**PLATFORMS, **{f"random-{seed}": random_changes(seed) for seed in range(count)}}
    find_promtool()  # built once, before two processes need it
    numbered = ((name, changes, number, step) for number, (name, changes) in enumerate(platforms.items()))
    failed = 0
    with ProcessPoolExecutor(PROCESSES) as pool:
        for name, report in zip(platforms, pool.map(_report, numbered), strict=True):
            failed += len(report.failures)
            print(
                f"{name}: {report.passed} pass, {len(report.failures)} fail, "
                f"{report.others} run on other platforms, {report.left_out} are not possible",
                flush=True,
            )
            print("".join(f"{failure}\n" for failure in report.failures), end="")
    return 1 if failed else 0


def chosen_tests(evaluations: Mapping[str, int], number: int, step: int) -> list[str]:
    """Of tests with these numbers of evaluations, those that run on the platform of this number: all that are not long,
    and every `step`-th of the others, from the `number`-th one on."""
    long = sorted((name for name, count in evaluations.items() if count > LONG))
    left_out = {name for position, name in enumerate(long) if (position - number) % step}
    return [name for name in evaluations if name not in left_out]


def _report(platform: tuple[str, Mapping[str, Any], int, int]) -> PlatformReport:
    name, changes, number, step = platform
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        report = build(platform_file(folder, name, changes), folder / "out")
        lowered = report.compiled.lowered
        evaluations = _evaluations(lowered.definitions.alert_tests, lowered.platform)
        chosen = chosen_tests(dict(evaluations), number, step)
        pattern = f"^({'|'.join(map(re.escape, chosen))})$"
        results = alert_test_results(folder / "out", Promtool(find_promtool()), pattern, every_rule=True)
    failures = tuple(
        "\n".join((f"  {Path(result.file).stem} {result.name}", *result.failures))
        for result in results
        if result.failures
    )
    others = len(evaluations) - len(results)
    return PlatformReport(len(results) - len(failures), failures, others, len(report.left_out_tests))


def _evaluations(tests: Iterable[AlertTest], platform: Platform) -> list[tuple[str, int]]:
    """The id of each test that is possible on a platform, and how often the rules are evaluated in it, the longest
    last: tests of two files may have the same id."""
    scenarios = ((test.id, test.scenario(platform)) for test in tests)
    return sorted(((name, scenario.evaluations) for name, scenario in scenarios if scenario), key=lambda each: each[1])


if __name__ == "__main__":
    sys.exit(run_module(main))
