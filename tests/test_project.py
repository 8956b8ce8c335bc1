"""The project that a command compiles: that of the current folder, with the default definitions of the generator."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path

import pytest

from generator.project import alert_test_platform, build_command, definition_path, own_packages, project_folder
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


def test_the_project_is_the_current_folder(root: Path, tmp_path: Path) -> None:
    """Within the checkout it is the checkout, but for a folder with a platform file of its own."""
    assert project_folder(tmp_path) == tmp_path
    assert project_folder(root) == project_folder(root / "alerts") == project_folder(root / "tests") == root
    assert project_folder(root / "tests/e2e") == root / "tests/e2e"


def test_hints_name_the_command_that_a_project_has(root: Path, tmp_path: Path) -> None:
    """An adopter's repository has no Makefile."""
    assert build_command(root) == "make build"
    assert build_command(tmp_path) == "workers-ai-observability build"


def test_a_project_has_the_packages_that_it_has_folders_for(root: Path, tmp_path: Path) -> None:
    """The generator's own checkout has the default definitions, and none of its own."""
    assert own_packages(root) == ()
    assert own_packages(tmp_path) == ()
    (tmp_path / "alerts").mkdir()
    (tmp_path / "contract").touch()
    assert own_packages(tmp_path) == ("alerts",)


def test_a_definition_is_named_by_its_path_in_the_project(root: Path, tmp_path: Path) -> None:
    """In another project, a default definition is marked as such; code elsewhere is no definition."""
    own, default = tmp_path / "dashboards/overview.py", root / "dashboards/overview.py"
    assert definition_path(str(default), root) == "dashboards/overview.py"
    assert definition_path(str(default), tmp_path) == "default dashboards/overview.py"
    assert definition_path(str(own), tmp_path) == "dashboards/overview.py"
    assert definition_path(str(own), root) == ""
    for other in (root / "generator/cli.py", tmp_path / "setup.py", tmp_path / "venv/dashboards/overview.py"):
        assert definition_path(str(other), tmp_path) == definition_path(str(other), root) == ""


def test_alert_tests_use_the_projects_own_platform_where_it_has_one(root: Path, tmp_path: Path) -> None:
    """Without one they use the default platform, whatever the project's own platform.yaml says."""
    default = root / "alerts/tests/platform.yaml"
    assert alert_test_platform(root) == alert_test_platform(tmp_path) == default
    own = tmp_path / "alerts/tests/platform.yaml"
    own.parent.mkdir(parents=True)
    own.touch()
    assert alert_test_platform(tmp_path) == own


def test_the_console_script_is_the_entry_point(root: Path) -> None:
    """pyproject.toml names a function that exists."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"workers-ai-observability": ENTRY_POINT}
    module, _, function = ENTRY_POINT.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_console_script_compiles_the_definitions_of_its_folder(root: Path, tmp_path: Path, script: Path) -> None:
    """In a project with copies of all default definitions, those are used that the project changed."""
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
    """In a folder without definitions it compiles the default ones for the platform file that is given."""
    project = copied(root, tmp_path / "project")
    platform = project.folder / "platform.yaml"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    result = project.run(elsewhere, {}, str(script), "build", "--platform", str(platform), "--out", "dist")
    assert result.returncode == 0, result.stderr
    assert (elsewhere / "dist/grafana/dashboards/storage.json").is_file()
