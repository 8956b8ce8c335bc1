"""`make test-changes`: apply typical changes to a copy of the project, and compare the failing tests with their lists.

All changes are applied to one copy, whose Python tests run once, without browser, Workers and end-to-end tests.
`python -m tests.changes NAME…` applies each of some changes to a copy of its own, which says whose failure it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from generator.errors import BuildError, Problem, nearest_name
from generator.option_parser import ProblemParser, run_module
from tests.changes.changes import CHANGES, MAX_FAILURES, TypicalChange

ROOT = Path(__file__).resolve().parents[2]
SHARED = (".venv", ".tools")
"""Folders that a copy shares with the project."""
LEFT_OUT = (
    *("tests/e2e", "tests/view/preview/test_browser.py", "tests/view/preview/test_pictures.py"),
    *("tests/deploy", "tests/gateway", "tests/backends"),
    *("tests/vocabulary", "tests/test_makefile.py", "tests/verify/mutation/test_equivalent.py"),
    *("tests/verify/rehearse/test_running_server.py", "tests/rendering/test_amounts_after_kill.py"),
    *("tests/rendering/test_growth_mutants.py", "tests/verify/test_needed_rules.py", "tests/verify/chance"),
    *("tests/verify/conformance", "tests/verify/drift", "tests/verify/replay", "tests/test_ci_steps.py"),
    *("tests/alerts/test_other_platforms.py", "tests/test_wheel.py", "tests/test_adopter.py", "tests/adopt"),
    *("tests/rendering/test_overrides_scraped.py", "tests/redaction", "tests/output", "tests/external"),
)
"""Tests that need a browser, the Workers or tools that `make test` does not build; tests of the sources' form; that of
a sample of mutants: which ones it has differs with every rule (`make mutate` runs them all, and names what a change of
the rules makes killable); and long tests that are about servers, tools and packages, and not about a definition."""


def main() -> int:
    """Run all changes together, or each of these names alone; exit status 1 where the tests that fail are not those of
    the lists. Raises BuildError for a name that no change has."""
    parser = ProblemParser(prog="python -m tests.changes", description="Apply typical changes, and run the tests.")
    parser.add_argument("names", nargs="*", metavar="CHANGE", help=", ".join(change.name for change in CHANGES))
    chosen, known = set(parser.parse_args().names), [change.name for change in CHANGES]
    if unknown := sorted(chosen - set(known)):
        problems = (
            Problem("python -m tests.changes", f'there is no change "{name}"', nearest_name(name, known))
            for name in unknown
        )
        raise BuildError(problems)
    groups: list[tuple[TypicalChange, ...]] = [(change,) for change in CHANGES if change.name in chosen] or [CHANGES]
    passed = 0
    for group in groups:
        report = apply_and_test(group)
        print(report.text, flush=True)
        passed += report.passed
    print(f"{passed} passed, {len(groups) - passed} failed")
    return 0 if passed == len(groups) else 1


@dataclass(frozen=True)
class ChangeReport:
    """Whether exactly the listed tests fail after some changes, and what differs."""

    passed: bool
    text: str


def apply_and_test(changes: Sequence[TypicalChange]) -> ChangeReport:
    """Apply changes to a copy of the project, build it, and run its tests."""
    start = time.monotonic()
    name = ", ".join(change.name for change in changes)
    with tempfile.TemporaryDirectory(prefix="change-") as place:
        folder = Path(place)
        copy_project(folder)
        for edit in (edit for change in changes for edit in change.edits):
            edit.apply(folder)
        build = run(folder, "generator", "build")
        if build.returncode:
            return ChangeReport(False, f"{name}: the build fails\n{build.stderr}")
        failed = failing_tests(folder)
    listed = {test for change in changes for test in change.failures}
    lines = [f"{name}: {len(failed)} tests fail, in {time.monotonic() - start:.0f} s"]
    lines += [f"  unexpected: {test}" for test in sorted(failed - listed)]
    lines += [f"  listed, but passes: {test}" for test in sorted(listed - failed)]
    lines += [
        f"  {len(change.failures)} failures of {change.name} are listed; at most {MAX_FAILURES} may be"
        for change in changes
        if len(change.failures) > MAX_FAILURES
    ]
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
    options = ("--quiet", "-p", "no:cacheprovider", f"--junitxml={report}", "-o", "junit_family=xunit1")
    run(folder, "pytest", *options, "--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder", *ignored)
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
