"""The fixture of the tests of the configuration."""

from pathlib import Path

import pytest

from tests.config.small_platform import Workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return Workspace(tmp_path)
