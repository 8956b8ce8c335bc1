"""`python -m tests.alerts [COUNT]`: every alert test on every platform of adopters, and on COUNT random ones (4)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external import find_promtool
from generator.external.promtool import Promtool
from generator.option_parser import ProblemParser, run_module
from generator.pipeline import build
from tests.alerts.needed_rules import run_alert_tests
from tests.alerts.other_platforms import PLATFORMS, platform_file, random_changes


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
    promtool, failed = Promtool(find_promtool()), 0
    for name, changes in platforms.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            report = build(platform_file(folder, name, changes), folder / "out")
            results = run_alert_tests(report.compiled.lowered, folder / "out", promtool)
        failures = [result for result in results if result.failures]
        failed += len(failures)
        passed, left_out = len(results) - len(failures), len(report.left_out_tests)
        print(f"{name}: {passed} pass, {len(failures)} fail, {left_out} are not possible", flush=True)
        for failure in failures:
            print(f"  {Path(failure.file).stem} {failure.name}\n" + "\n".join(failure.failures))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run_module(main))
