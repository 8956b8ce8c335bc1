"""What tests of the platform's room stand in."""

from pathlib import Path

import pytest

from tests.config.small import Room


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    """An empty directory, in which the process stands."""
    monkeypatch.chdir(tmp_path)
    return Room(tmp_path)
