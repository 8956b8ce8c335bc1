"""Which folder the packages of definitions are imported from."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from generator.packages import DefinitionFinder, install


@pytest.fixture
def finder(root: Path, tmp_path: Path) -> DefinitionFinder:
    """A finder for a project with two of the three folders, one of them without `__init__.py`."""
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts/__init__.py").touch()
    (tmp_path / "setup.py").touch()
    return DefinitionFinder(root, tmp_path)


def test_default_packages_are_found_beside_the_generator(
    finder: DefinitionFinder, root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever folder is searched first, `dashboards` is the default's."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("contract", "dashboards", "alerts", "backtests"):
        spec = finder.find_spec(name)
        assert spec is not None
        assert spec.origin == str(root / name / "__init__.py")


def test_own_packages_are_found_in_the_project(
    finder: DefinitionFinder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They need no `__init__.py`."""
    parent = ModuleType("own")
    parent.__path__ = [str(tmp_path)]
    monkeypatch.setitem(sys.modules, "own", parent)
    for name in ("dashboards", "alerts"):
        spec = finder.find_spec(f"own.{name}", [str(tmp_path)])
        assert spec is not None
        assert list(spec.submodule_search_locations or ()) == [str(tmp_path / name)]


@pytest.mark.parametrize("name", ["own.contract", "own.setup"])
def test_nothing_else_is_an_own_package(finder: DefinitionFinder, name: str) -> None:
    """Neither a folder that the project does not have, nor another module of it."""
    with pytest.raises(ModuleNotFoundError) as caught:
        finder.find_spec(name, [])
    assert caught.value.name == name


def test_other_modules_are_left_to_other_finders(finder: DefinitionFinder) -> None:
    """Only top-level packages, and those below `own`, are found here."""
    assert [finder.find_spec(name, []) for name in ("json", "generator", "dashboards.overview")] == [None] * 3


def test_the_finder_is_installed_once_and_first(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    """A second installation changes nothing."""
    monkeypatch.setattr(sys, "meta_path", [each for each in sys.meta_path if not isinstance(each, DefinitionFinder)])
    install()
    install()
    finders = [finder for finder in sys.meta_path if isinstance(finder, DefinitionFinder)]
    assert finders == [sys.meta_path[0]]
    assert finders[0].defaults == root
