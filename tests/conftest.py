"""Fixtures of many tests: the project's folder, promtool, and the platform that the tests are written for."""

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
    """Skip the tests that need a Go tool where Go is not installed."""
    pytest.MonkeyPatch().setattr("generator.external.find.build_tool", skip_without_go(build_tool))


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
