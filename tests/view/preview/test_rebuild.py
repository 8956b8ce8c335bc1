"""Changed sources are detected and built again; the errors of a build are returned."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.errors import Location
from generator.view.preview import rebuild
from generator.view.preview.rebuild import source_state


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project and a package with one definition each, and a platform file in another folder."""
    (tmp_path / "project/dashboards").mkdir(parents=True)
    (tmp_path / "project/dashboards/overview.py").write_text("ONE = 1\n", encoding="utf-8")
    (tmp_path / "package/alerts").mkdir(parents=True)
    (tmp_path / "package/alerts/errors.py").write_text("TWO = 2\n", encoding="utf-8")
    (tmp_path / "other.yaml").write_text("platform: other\n", encoding="utf-8")
    monkeypatch.setattr(rebuild, "ROOT", tmp_path / "package")
    monkeypatch.setattr(rebuild, "PROJECT", tmp_path / "project")
    return tmp_path


def test_unchanged_sources_have_the_same_state(folder: Path) -> None:
    """Also after a file that is not a source is added."""
    before = source_state(folder / "other.yaml")
    (folder / "project/dashboards/overview.pyc").write_bytes(b"")
    assert source_state(folder / "other.yaml") == before


@pytest.mark.parametrize("path", ["project/dashboards/overview.py", "package/alerts/errors.py", "other.yaml"])
def test_a_restored_older_file_changes_the_state(folder: Path, path: str) -> None:
    """Its time is older than before, but it differs. Default definitions and the platform file count too."""
    before = source_state(folder / "other.yaml")
    os.utime(folder / path, (0, 0))
    assert source_state(folder / "other.yaml") != before


def test_a_removed_source_changes_the_state(folder: Path) -> None:
    """While an editor replaces a file, it may be missing: that is not an error."""
    before = source_state(folder / "other.yaml")
    (folder / "project/dashboards/overview.py").unlink()
    (folder / "package/alerts/errors.py").unlink()
    (folder / "other.yaml").unlink()
    assert source_state(folder / "other.yaml") == frozenset() != before


def test_the_errors_of_a_build_are_returned(tmp_path: Path) -> None:
    """The real build of an invalid platform: its messages, and no output."""
    (tmp_path / "bad.yaml").write_text("platform: [\n", encoding="utf-8")
    rebuilt = rebuild.rebuild(tmp_path / "bad.yaml", tmp_path / "out")
    (problem,) = rebuilt.problems
    assert problem.location == Location(str(tmp_path / "bad.yaml"), 2, 1)
    assert rebuilt.errors == f"{problem}\n1 problem; nothing was written.\n"
    assert not (tmp_path / "out").exists()
