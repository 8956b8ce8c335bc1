"""`python -m tests.alerts [COUNT]`: every alert test on every platform of adopters, and on COUNT random ones (4)."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import BuildError, Problem
from generator.external import find_promtool
from generator.external.promtool import Promtool
from generator.option_parser import ProblemParser, run_module
from generator.pipeline import build
from tests.alerts.alert_test_results import alert_test_results
from tests.alerts.other_platforms import PLATFORMS, platform_file, random_changes

PROCESSES = 2
"""A build is one process of Python, and the tests of a platform are one of promtool."""


@dataclass(frozen=True)
class PlatformReport:
    """The number of alert tests that pass on a platform, the text of each that fails, and the number of those that are
    not possible."""

    passed: int
    failures: tuple[str, ...]
    left_out: int


def main() -> int:
    """Build each platform and run its alert tests; exit status 1 where one fails. Raises BuildError for a wrong
    argument."""
    parser = ProblemParser(prog="python -m tests.alerts", description="Run every alert test on other platforms.")
    parser.add_argument("count", nargs="?", type=int, default=4, metavar="COUNT", help="random platforms (default: 4)")
    count = parser.parse_args().count
    if count < 0:
        what, hint = f"{count} is not a number of platforms", "give a whole number of at least 0"
        raise BuildError([Problem("python -m tests.alerts COUNT", what, hint)])
    platforms = {**PLATFORMS, **{f"random-{seed}": random_changes(seed) for seed in range(count)}}
    find_promtool()  # built once, before two processes need it
    failed = 0
    with ProcessPoolExecutor(PROCESSES) as pool:
        for name, report in zip(platforms, pool.map(_report, platforms.items()), strict=True):
            failed += len(report.failures)
            print(
                f"{name}: {report.passed} pass, {len(report.failures)} fail, {report.left_out} are not possible",
                flush=True,
            )
            print("".join(f"{failure}\n" for failure in report.failures), end="")
    return 1 if failed else 0


def _report(platform: tuple[str, Mapping[str, Any]]) -> PlatformReport:
    name, changes = platform
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        report = build(platform_file(folder, name, changes), folder / "out")
        results = alert_test_results(folder / "out", Promtool(find_promtool()))
    failures = tuple(
        "\n".join((f"  {Path(result.file).stem} {result.name}", *result.failures))
        for result in results
        if result.failures
    )
    return PlatformReport(len(results) - len(failures), failures, len(report.left_out_tests))


if __name__ == "__main__":
    sys.exit(run_module(main))
