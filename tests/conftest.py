"""Fixtures of many tests: the project's folder, promtool, and the platform that the tests are written for."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import garbage
from generator.config.load import load
from generator.dsl.platform import Platform
from generator.external import find_promtool
from generator.external.build import build_tool
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.pipeline import TEST_PLATFORM, compiled
from tests.optional_tools import skip_without_go, summarize_skipped
from tests.sampled_cases import DESCRIPTIONS, OPTION, left_out

SLOW_FILES = (
    *("tests/alerts/test_alert_tests.py", "tests/test_ci_steps.py", "tests/truth/test_panels.py"),
    *("tests/verify/replay/test_history.py", "tests/alerts/test_other_platforms.py", "tests/test_definitions.py"),
    *("tests/lowering/test_metric_labels.py", "tests/test_wheel.py", "tests/test_adopter.py"),
    *("tests/config/test_adopting.py", "tests/test_change_guide.py", "tests/verify/mutation/test_equivalent.py"),
)
"""The files whose tests take longest."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs every case of the tests of which `make test` runs a sample."""
    parser.addoption(OPTION, action="store_true", help="run every case of sampled tests, and the long tests")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers of long tests, look for garbage as rarely as the command does, and skip the tests that need a
    Go tool where Go is not installed."""
    for description in DESCRIPTIONS:
        config.addinivalue_line("markers", description)
    garbage.search_rarely()
    pytest.MonkeyPatch().setattr("generator.external.find.build_tool", skip_without_go(build_tool))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files that take longest: of two processes, none waits long for the other one at the end. Leave out
    what is in no sample, but for a test that the command names."""
    if not config.getoption(OPTION) and not any("::" in argument for argument in config.args):
        without = left_out(items)
        config.hook.pytest_deselected(items=[item for item in items if item in without])
        items[:] = [item for item in items if item not in without]
    rank = {file: number for number, file in enumerate(SLOW_FILES)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(rank)))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Summarize the skipped tests in one line."""
    skipped = terminalreporter.stats.get("skipped", [])
    if line := summarize_skipped(str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)):
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """promtool, found or built once."""
    return Promtool(find_promtool())


@pytest.fixture(scope="session")
def platform() -> Platform:
    """The platform of the alert tests, whose names and numbers the tests expect; `platform.yaml` may change."""
    return load(TEST_PLATFORM)


@pytest.fixture(scope="session")
def production() -> Compiled:
    """The complete build of the tests' platform, made once for all tests of a process."""
    return compiled(TEST_PLATFORM)
