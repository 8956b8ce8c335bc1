"""`python -m generator.external.with_progress TEXT COMMAND ...` runs a command that prints nothing, with lines of its
progress, and ends with its status."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from generator.errors import BuildError, Problem
from generator.external.progress import progress
from generator.option_parser import run_module

PROGRAM = "python -m generator.external.with_progress"


def main(arguments: list[str]) -> int:
    """Run a command whose text is the first argument, and return its exit status, or 2 where it cannot be run."""
    return run_module(partial(_run, arguments))


def _run(arguments: list[str]) -> int:
    if len(arguments) < 2:
        raise BuildError([Problem(PROGRAM, "the text or the command is missing", f"write {PROGRAM} TEXT COMMAND ...")])
    text, *command = arguments
    try:
        with progress(text):
            return subprocess.run(command, check=False).returncode
    except OSError as error:
        what, hint = f"{command[0]} cannot be run: {error.strerror}", "give a program of the PATH, or its path"
        raise BuildError([Problem(PROGRAM, what, hint)]) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
