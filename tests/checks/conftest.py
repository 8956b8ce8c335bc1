"""What the laws' tests start from: production, without its stories, as it is built before any law looks at it."""

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
    """All that the sources define."""
    return load_definitions()


@pytest.fixture(scope="session")
def built(platform: Platform, definitions: Definitions) -> Compiled:
    """Production, lawful; stories have laws and tests of their own."""
    return build(platform, replace(definitions, alert_tests=(), not_applicable=()))
