"""Builds that the mutation tests share: production, and a build of one alert with one alert test."""

from __future__ import annotations

import pytest

from generator.dsl.platform import Platform
from generator.ir.build import Compiled
from generator.pipeline import TEST_PLATFORM, compiled
from tests.verify.mutation.small_build import small_build


@pytest.fixture(scope="session")
def production() -> Compiled:
    """Return the build of production, with all of its alert tests."""
    return compiled(TEST_PLATFORM)


@pytest.fixture(scope="session")
def small(platform: Platform) -> Compiled:
    """Return a build of one alert with one alert test."""
    return small_build(platform)
