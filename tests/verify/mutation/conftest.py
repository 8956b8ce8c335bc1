"""What the tests of mutants start from: production, and a build of one small alert with one story."""

from __future__ import annotations

import pytest

from generator.dsl.platform import Platform
from generator.ir.build import Compiled
from generator.pipeline import TEST_PLATFORM, compiled
from tests.verify.mutation.one_alert import built_of_one_alert


@pytest.fixture(scope="session")
def production() -> Compiled:
    """Production, with all of its stories."""
    return compiled(TEST_PLATFORM)


@pytest.fixture(scope="session")
def small(platform: Platform) -> Compiled:
    """A build of one small alert, and one story of it."""
    return built_of_one_alert(platform)
