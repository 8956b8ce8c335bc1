"""Samples of tests: what is left out of `make test` runs in `make verify`, and nothing else is left out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = """
import pytest

@pytest.mark.sampled(3)
@pytest.mark.parametrize("number", range(7))
def test_of_many(number):
    pass

@pytest.mark.sampled(2)
@pytest.mark.parametrize("number", range(2))
def test_of_two(number):
    pass

@pytest.mark.long
def test_of_minutes():
    pass

@pytest.mark.parametrize("number", range(3))
def test_of_all(number):
    pass
"""
ALL = [f"test_of_many[{number}]" for number in range(7)]
OTHERS = ["test_of_all[0]", "test_of_all[1]", "test_of_all[2]"]


def collected(root: Path, folder: Path, *arguments: str) -> list[str]:
    """The tests of the module that pytest runs, with these arguments and the project's own conftest."""
    (folder / "test_module.py").write_text(MODULE, encoding="utf-8")
    options = ("-q", "-o", "addopts=", "-p", "no:cacheprovider", "-p", "tests.conftest", f"--rootdir={folder}")
    command = (sys.executable, "-m", "pytest", "--collect-only", *options, *arguments)
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return re.findall(r"::(\S+)$", result.stdout, re.MULTILINE)


def test_every_step_th_case_runs(root: Path, tmp_path: Path) -> None:
    """From the first one on, counted in each test, and no long test; one without a marker keeps all of its cases."""
    sample = ["test_of_many[0]", "test_of_many[3]", "test_of_many[6]", "test_of_two[0]", *OTHERS]
    assert collected(root, tmp_path, str(tmp_path)) == sample


@pytest.mark.parametrize("option", ["--every-case", ""])
def test_every_case_runs_where_it_is_asked_for(option: str, root: Path, tmp_path: Path) -> None:
    """With the option of `make verify`, and where a command names a test."""
    target = str(tmp_path) if option else f"{tmp_path}/test_module.py::test_of_many"
    names = [*ALL, "test_of_two[0]", "test_of_two[1]", "test_of_minutes", *OTHERS] if option else ALL
    assert collected(root, tmp_path, *filter(None, [option]), target) == names


def test_verify_runs_every_case(root: Path) -> None:
    """The target of all cases is a part of `make verify`, which CI runs."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    (needs,) = re.findall(r"^verify: (.*?) ##", makefile, re.MULTILINE)
    assert "test-samples" in needs.split()
    (recipe,) = re.findall(r"^test-samples:.*\n((?:\t.*\n)*)", makefile, re.MULTILINE)
    commands = recipe.splitlines()
    assert all('--every-case -m "sampled or long"' in command for command in commands)
    assert [command.split()[-1].strip(")") for command in commands] == ["tests", "tests/view"]
