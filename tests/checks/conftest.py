"""The build that tests of checks change: that of the test platform, without alert tests, before any check runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.definitions import load_definitions
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.ir.build import Compiled
from tests.checks.builds import build


@pytest.fixture(scope="session")
def definitions() -> Definitions:
    """All definitions of the project."""
    return load_definitions()


@pytest.fixture(scope="session")
def built(platform: Platform, definitions: Definitions) -> Compiled:
    """A build without violations. Alert tests have checks and tests of their own."""
    return build(platform, replace(definitions, alert_tests=(), not_applicable=()))
