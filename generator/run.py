"""`python -m generator.run MODULE [ARGUMENT ...]`: run a module of this project that needs a valid contract.

Such a module imports the contract before its own first line runs, so that a mistake in there would be a traceback.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib.util import find_spec
from runpy import run_module as run_module_as_program

from generator.definitions import attempt, load_contract
from generator.errors import BuildError, Problem
from generator.option_parser import run_module

COMMAND = "python -m generator.run"
USAGE = f"write {COMMAND} MODULE [ARGUMENT ...]"


def main(arguments: list[str]) -> int:
    """Run a module as `python -m` does, with the arguments that follow its name. Raises BuildError without a name, or
    for problems of the contract."""
    if not arguments:
        raise BuildError([Problem(COMMAND, "the name of a module is missing", USAGE)])
    problems: list[Problem] = []
    attempt(load_contract, problems)
    if problems:
        raise BuildError(sorted(problems))
    name, *sys.argv[1:] = arguments
    if not _exists(name):
        raise BuildError([Problem(COMMAND, f"there is no module {name}", USAGE)])
    run_module_as_program(name, run_name="__main__", alter_sys=True)
    return 0


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ModuleNotFoundError, ValueError):
        return False  # nor is there a package that would have it


if __name__ == "__main__":
    sys.exit(run_module(partial(main, sys.argv[1:])))
