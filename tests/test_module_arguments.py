"""`python -m` of each module that the Makefile or the docs name: wrong arguments are problems, as of a command."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.copied_project import Project, copied

TOO_MANY = "this argument is too many; remove it, or put quotes around a value that has spaces."
WITH_PROGRESS = "generator.external.with_progress"
REQUIRED = "the following arguments are required: TOOL; python -m generator.external --help lists the arguments."
RUN = "generator.run"
NEED_THE_CONTRACT = (
    *("generator.checks.pages", "generator.verify.doctor.pages", "generator.adopt.record"),
    *("tests.worker_fixture", "tests.alerts"),
)
WRONG: list[tuple[tuple[str, ...], str]] = [
    (("generator.external",), f": {REQUIRED}"),
    (("generator.external", "promtol"), ': there is no tool "promtol"; did you mean "promtool"? If not, give'),
    (("generator.external", "promtool", "--force"), " --force: there is no such option; "),
    (
        (WITH_PROGRESS, "Waiting"),
        ": the text or the command is missing; write python -m generator.ext",
    ),
    (
        (WITH_PROGRESS, "Waiting", "/nowhere"),
        ": /nowhere cannot be run: No such file or directory; ",
    ),
    ((RUN,), ": the name of a module is missing; write python -m generator.run MODULE [ARGUMENT ...]."),
    ((RUN, "nowhere.nothing"), ": there is no module nowhere.nothing; write python -m generator.run MODULE"),
    ((RUN, "generator.nothing"), ": there is no module generator.nothing; write python -m generator.run MODULE"),
    (("generator.checks.pages", "x"), f" x: {TOO_MANY}"),
    (("generator.verify.doctor.pages", "x"), f" x: {TOO_MANY}"),
    (("generator.adopt.record", "--force"), " --force: there is no such option; "),
    (("tests.worker_fixture", "x"), f" x: {TOO_MANY}"),
    (("tests.alerts", "many"), " COUNT: 'many' is not a whole number; give a whole number."),
    (("tests.alerts", "-3"), " COUNT: -3 is not a number of platforms; give a whole number of at least 0."),
    (("tests.verify.chance", "--days", "many"), " --days: 'many' is not a whole number; give a whole number."),
    (("tests.verify.rehearse", "x"), " TENANTS: 'x' is not a whole number; give a whole number."),
    (("tests.outage", "x"), " TENANTS: 'x' is not a whole number; give a whole number."),
    (("tests.changes", "a new sore"), ': there is no change "a new sore"; did you mean "a new store"? If not, give an'),
]


@pytest.mark.parametrize(("arguments", "problem"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_a_wrong_argument_is_a_problem(root: Path, arguments: tuple[str, ...], problem: str) -> None:
    """Place, what and hint on one line, status 2, and neither a traceback nor a usage text."""
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stdout) == (2, "")
    (line,) = answer.stderr.splitlines()
    assert line.startswith(f"python -m {arguments[0]}{problem}")


def test_every_module_of_the_makefile_is_tried(root: Path) -> None:
    """A new one needs a wrong argument above; those of others' packages have their own messages."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    command = rf"(?:\$\(RUN\)|python -m) (?:{re.escape(RUN)} )?((?:generator|tests)[\w.]*)"
    modules = set(re.findall(command, makefile)) - {"generator"}
    assert modules <= {arguments[0] for arguments, _ in WRONG}
    assert len(modules) > 4


@pytest.fixture(scope="module")
def broken_contract(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Project:
    """A copy of the project whose contract has a syntax error in its first line."""
    project = copied(root, tmp_path_factory.mktemp("project"))
    (project.folder / "contract/api.py").write_text("from contract import (\n", encoding="utf-8")
    return project


@pytest.mark.parametrize("module", NEED_THE_CONTRACT)
def test_a_broken_contract_is_a_problem(broken_contract: Project, module: str) -> None:
    """One line names the file, the line and what is wrong there, as a build's does."""
    answer = broken_contract.run(broken_contract.folder, {}, "-m", RUN, module)
    assert (answer.returncode, answer.stdout) == (2, "")
    (line,) = answer.stderr.splitlines()
    assert line.startswith("contract/api.py:1: ")


def test_the_targets_run_such_modules_behind_the_check(root: Path) -> None:
    """No target of the Makefile runs a module that imports the contract directly."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    directly = set(re.findall(r"\$\(RUN\) ((?:generator|tests)\.[\w.]*)", makefile))
    assert directly == {RUN, "generator.external", WITH_PROGRESS} & directly
