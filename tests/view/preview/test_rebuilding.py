"""Definitions that are edited are noticed, and built again; what a build complains of is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.view.preview import rebuilding
from generator.view.preview.rebuilding import looks, rebuild


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one definition and a platform of another folder."""
    (tmp_path / "project/dashboards").mkdir(parents=True)
    (tmp_path / "project/dashboards/overview.py").write_text("ONE = 1\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("platform: mine\n", encoding="utf-8")
    monkeypatch.setattr(rebuilding, "ROOT", tmp_path / "project")
    return tmp_path


def test_what_is_left_alone_looks_the_same(folder: Path) -> None:
    """Nothing is built where nothing changed, even where what is no source appears."""
    before = looks(folder / "mine.yaml")
    (folder / "project/dashboards/overview.pyc").write_bytes(b"")
    assert looks(folder / "mine.yaml") == before


@pytest.mark.parametrize("path", ["project/dashboards/overview.py", "mine.yaml"])
def test_an_older_text_that_is_put_back_is_noticed(folder: Path, path: str) -> None:
    """Its time is older than before: what counts is that it differs. The platform's own file counts too."""
    before = looks(folder / "mine.yaml")
    os.utime(folder / path, (0, 0))
    assert looks(folder / "mine.yaml") != before


def test_a_source_that_comes_or_goes_is_noticed(folder: Path) -> None:
    """An editor that exchanges a file makes no trouble while there is none."""
    before = looks(folder / "mine.yaml")
    (folder / "project/dashboards/overview.py").unlink()
    (folder / "mine.yaml").unlink()
    assert looks(folder / "mine.yaml") == frozenset() != before


def test_what_a_build_complains_of_is_kept(tmp_path: Path) -> None:
    """The real build of a platform that is none: its words, and no output."""
    (tmp_path / "bad.yaml").write_text("platform: [\n", encoding="utf-8")
    complaint = rebuild(tmp_path / "bad.yaml", tmp_path / "out")
    assert "bad.yaml" in complaint
    assert complaint.endswith("1 fault; nothing was written.\n")
    assert not (tmp_path / "out").exists()
