"""What many tests start from: the project's folder, the real promtool and the platform of production."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.lang.platform import Platform
from generator.platform.load import load
from generator.promtool import Promtool
from generator.tools import promtool as find_promtool


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """The real promtool: found, or built once."""
    return Promtool(find_promtool())


@pytest.fixture(scope="session")
def platform(root: Path) -> Platform:
    """Production, as `platform.yaml` states it."""
    return load(root / "platform.yaml")
