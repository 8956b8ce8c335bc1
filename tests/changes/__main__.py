"""`make test-changes`: apply each typical change to a copy of the project, and compare the failing tests with its list.

The Python tests run without browser, Workers and end-to-end tests. `python -m tests.changes NAME…` runs some changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from generator.errors import BuildError, Problem, nearest_name
from generator.option_parser import ProblemParser, run_module
from tests.changes.changes import CHANGES, MAX_FAILURES, TypicalChange

ROOT = Path(__file__).resolve().parents[2]
SHARED = (".venv", ".tools")
"""Folders that a copy shares with the project."""
LEFT_OUT = ("tests/e2e", "tests/view/preview/test_browser.py", "tests/vocabulary", "tests/test_makefile.py")
"""Tests that need a browser or the Workers, and tests of the sources' form."""


def main() -> int:
    """Run the changes of these names, or all; exit status 1 where the tests that fail are not those of the list. Raises
    BuildError for a name that no change has."""
    parser = ProblemParser(prog="python -m tests.changes", description="Apply typical changes, and run the tests.")
    parser.add_argument("names", nargs="*", metavar="CHANGE", help=", ".join(change.name for change in CHANGES))
    chosen, known = set(parser.parse_args().names), [change.name for change in CHANGES]
    if unknown := sorted(chosen - set(known)):
        problems = (
            Problem("python -m tests.changes", f'there is no change "{name}"', nearest_name(name, known))
            for name in unknown
        )
        raise BuildError(problems)
    changes = [change for change in CHANGES if not chosen or change.name in chosen]
    passed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for report in pool.map(apply_and_test, changes):
            print(report.text, flush=True)
            passed += report.passed
    print(f"{passed} passed, {len(changes) - passed} failed")
    return 0 if passed == len(changes) else 1


@dataclass(frozen=True)
class ChangeReport:
    """Whether exactly the listed tests fail after a change, and what differs."""

    passed: bool
    text: str


def apply_and_test(change: TypicalChange) -> ChangeReport:
    """Apply a change to a copy of the project, build it, and run its tests."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="change-") as place:
        folder = Path(place)
        copy_project(folder)
        for edit in change.edits:
            edit.apply(folder)
        build = run(folder, "generator", "build")
        if build.returncode:
            return ChangeReport(False, f"{change.name}: the build fails\n{build.stderr}")
        failed = failing_tests(folder)
    unexpected, missing = failed - change.failures.keys(), change.failures.keys() - failed
    lines = [f"{change.name}: {len(failed)} tests fail, in {time.monotonic() - start:.0f} s"]
    lines += [f"  unexpected: {test}" for test in sorted(unexpected)]
    lines += [f"  listed, but passes: {test}" for test in sorted(missing)]
    if len(change.failures) > MAX_FAILURES:
        lines.append(f"  {len(change.failures)} failures are listed; at most {MAX_FAILURES} may be")
    return ChangeReport(len(lines) == 1, "\n".join(lines))


def copy_project(folder: Path) -> None:
    """Copy every file that git knows, as a repository of its own: some tests read the project's history."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    paths = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for path in filter(None, paths):
        if (ROOT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path)
    for name in SHARED:
        (folder / name).symlink_to(ROOT / name)
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    for command in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "Copy the project")):
        subprocess.run(["git", *identity, *command], cwd=folder, check=True, capture_output=True)


def failing_tests(folder: Path) -> set[str]:
    """The ids of the tests that fail in a copy: file::name."""
    report = folder / "report.xml"
    ignored = [f"--ignore={path}" for path in LEFT_OUT]
    run(
        folder,
        "pytest",
        "--quiet",
        "-p",
        "no:cacheprovider",
        f"--junitxml={report}",
        "-o",
        "junit_family=xunit1",
        *ignored,
    )
    if not report.exists():
        return {"pytest: it did not finish"}
    cases = ElementTree.parse(report).iter("testcase")
    return {
        f"{case.get('file')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    }


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in a copy. Without `CI`, tests that need what the copy lacks are skipped."""
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(run_module(main))
