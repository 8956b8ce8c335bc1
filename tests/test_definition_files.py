"""The modules of a folder of definitions: every file is loaded, plainly no module, or a problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.definition_files import modules_in
from generator.errors import Problem


def modules_and_problems(folder: Path, *files: str, without: str = "") -> tuple[list[str], list[Problem]]:
    """The modules and the problems of a folder with these files."""
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    problems: list[Problem] = []
    return modules_in(folder, "own.dashboards", "dashboards", problems, without), problems


def test_every_python_file_is_a_module(tmp_path: Path) -> None:
    """Also one called like a test, a private one, and those of subfolders with and without `__init__.py`."""
    files = ("zoo.py", "test_a.py", "_parts.py", "b/__init__.py", "b/c.py", "d/e.py")
    modules = ["_parts", "b", "b.c", "d.e", "test_a", "zoo"]
    assert modules_and_problems(tmp_path, *files) == ([f"own.dashboards.{module}" for module in modules], [])


def test_the_package_itself_is_a_module_where_it_has_a_file(tmp_path: Path) -> None:
    """A definition in `__init__.py` is loaded too."""
    assert modules_and_problems(tmp_path, "__init__.py", "a.py") == (["own.dashboards", "own.dashboards.a"], [])


def test_files_that_are_plainly_no_modules_are_left_alone(tmp_path: Path) -> None:
    """Documents, data, hidden files, caches, and a folder that has nothing else."""
    files = ("README.md", "platform.yaml", ".swp", "__pycache__/a.cpython-311.pyc", "py.typed", "images-old/a.png")
    assert modules_and_problems(tmp_path, *files) == ([], [])


@pytest.mark.parametrize(
    "name",
    ["my-dash.py", "2nd.py", "class.py", "overview", "overview.py.txt~", "overview.pyw", "overview.PY", "my-dir/a.py"],
)
def test_a_file_that_cannot_be_a_module_is_a_problem(tmp_path: Path, name: str) -> None:
    """It would be skipped silently otherwise. The problem names the file or the folder, and what to do."""
    modules, problems = modules_and_problems(tmp_path, name)
    assert modules == []
    (problem,) = problems
    assert problem.where == f"dashboards/{name.split('/')[0]}"
    assert problem.hint


def test_a_module_beside_a_folder_of_its_name_is_a_problem(tmp_path: Path) -> None:
    """Python would load the folder, and never the module."""
    modules, problems = modules_and_problems(tmp_path, "a.py", "a/b.py")
    assert modules == ["own.dashboards.a.b"]
    assert [problem.where for problem in problems] == ["dashboards/a.py"]


def test_a_broken_link_is_a_problem(tmp_path: Path) -> None:
    """It has the name of a module, and no content."""
    (tmp_path / "a.py").symlink_to(tmp_path / "nowhere.py")
    assert [problem.where for problem in modules_and_problems(tmp_path)[1]] == ["dashboards/a.py"]


def test_a_subfolder_that_is_loaded_by_itself_is_left_out(tmp_path: Path) -> None:
    """The alert tests are a package of their own."""
    assert modules_and_problems(tmp_path, "a.py", "tests/b.py", without="tests") == (["own.dashboards.a"], [])
