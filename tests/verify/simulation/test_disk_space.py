"""What does not fit on the disk is a problem before it is written."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from generator.errors import BuildError
from generator.verify.simulation.disk_space import require_space


def test_a_disk_that_is_too_small_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two folders on one disk need twice the space, also those that do not exist yet; what fits is none."""
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=10_000_000))
    folders = (tmp_path / "new" / "a", tmp_path)
    require_space(folders[:1], 10_000_000, "")
    require_space(folders, 5_000_000, "")
    with pytest.raises(BuildError, match=r"it needs about 11 MB, and the disk has 10 MB free; free some"):
        require_space(folders, 5_100_000, "free some")
    assert not (tmp_path / "new").exists()
