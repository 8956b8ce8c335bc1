"""The shipped definitions, built for the test platform."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.ir.build import Compiled
from tests.checks.builds import build


@pytest.fixture(scope="session")
def built(platform: Platform) -> Compiled:
    """A build without alert tests."""
    return build(platform, replace(load_definitions(), alert_tests=(), not_applicable=()))
