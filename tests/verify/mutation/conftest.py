"""A build of one alert with one alert test, which the mutation tests share."""

from __future__ import annotations

import pytest

from generator.dsl.platform import Platform
from generator.ir.build import Compiled
from tests.verify.mutation.small_build import small_build


@pytest.fixture(scope="session")
def small(platform: Platform) -> Compiled:
    """Return a build of one alert with one alert test."""
    return small_build(platform)
