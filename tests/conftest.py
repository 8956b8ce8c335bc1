"""What many tests start from: the project's folder, the real promtool and the platform that tests are written for."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config.load import load
from generator.dsl.platform import Platform
from generator.external import find_promtool
from generator.external.build import build_tool
from generator.external.promtool import Promtool
from generator.pipeline import TEST_PLATFORM
from tests.optional_tools import skip_without_go, summarize_skipped


def pytest_configure() -> None:
    """Where there is no Go, tests that need a tool are left out."""
    pytest.MonkeyPatch().setattr("generator.external.find.build_tool", skip_without_go(build_tool))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out."""
    skipped = terminalreporter.stats.get("skipped", [])
    if line := summarize_skipped(str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)):
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """The real promtool: found, or built once."""
    return Promtool(find_promtool())


@pytest.fixture(scope="session")
def platform() -> Platform:
    """Production as it was planned: `platform.yaml` may move on, and tests are written in these names and numbers."""
    return load(TEST_PLATFORM)
