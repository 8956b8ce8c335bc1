"""The project that a command compiles: that of the current folder, else that of the package."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path

import pytest

from generator.project import project_root
from tests.copied_project import DEFINITIONS, copied

ENTRY_POINT = "generator.__main__:main"
TITLE = 'title="Storage"'


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """What an installer writes for the console script, in a folder of its own."""
    module, _, function = ENTRY_POINT.partition(":")
    path = tmp_path / "bin" / "workers-ai-observability"
    path.parent.mkdir()
    path.write_text(f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n", encoding="utf-8")
    return path


def test_the_current_folder_is_the_project_if_it_has_definitions(tmp_path: Path) -> None:
    """A project has `contract/`, a package, and `alerts/`."""
    (tmp_path / "alerts").mkdir()
    (tmp_path / "contract").mkdir()
    assert project_root(tmp_path) != tmp_path
    (tmp_path / "contract/__init__.py").touch()
    assert project_root(tmp_path) == tmp_path
    (tmp_path / "alerts").rmdir()
    assert project_root(tmp_path) != tmp_path


def test_elsewhere_the_project_is_that_of_the_package(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default the current folder is looked at; a folder inside a project is not a project."""
    assert project_root(tmp_path) == project_root(root / "alerts") == root
    monkeypatch.chdir(tmp_path)
    assert project_root() == root


def test_the_console_script_is_the_entry_point(root: Path) -> None:
    """pyproject.toml names a function that exists."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"workers-ai-observability": ENTRY_POINT}
    module, _, function = ENTRY_POINT.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_console_script_compiles_the_definitions_of_its_folder(root: Path, tmp_path: Path, script: Path) -> None:
    """In a project without the generator, the installed generator compiles the project's own definitions."""
    project = copied(root, tmp_path / "project", sources=DEFINITIONS)
    project.change("dashboards/storage.py", TITLE, 'title="Stores of this project"')
    result = project.run(project.folder, {"PYTHONPATH": str(root)}, str(script), "build")
    assert result.returncode == 0, result.stderr
    dashboard = project.folder / "out/grafana/dashboards/storage.json"
    assert "Stores of this project" in dashboard.read_text(encoding="utf-8")


def test_the_console_script_names_the_lines_of_the_project(root: Path, tmp_path: Path, script: Path) -> None:
    """A problem in the project's definitions has its place in the project, and status 2."""
    project = copied(root, tmp_path / "project", sources=DEFINITIONS)
    project.change("dashboards/storage.py", TITLE, f"{TITLE}, titel=''")
    result = project.run(project.folder, {"PYTHONPATH": str(root)}, str(script), "build")
    assert result.returncode == 2
    problem, count = result.stderr.splitlines()
    assert problem.startswith("dashboards/storage.py:")
    assert "unexpected keyword argument 'titel'" in problem
    assert count == "1 problem; nothing was written."


def test_the_console_script_works_in_any_folder(root: Path, tmp_path: Path, script: Path) -> None:
    """Outside of a project it compiles the package's definitions for the platform file that is given."""
    project = copied(root, tmp_path / "project")
    platform = project.folder / "platform.yaml"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    result = project.run(elsewhere, {}, str(script), "build", "--platform", str(platform), "--out", "dist")
    assert result.returncode == 0, result.stderr
    assert (elsewhere / "dist/grafana/dashboards/storage.json").is_file()
