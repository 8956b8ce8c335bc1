"""The pictures with which the dashboards are compared: those of the tests' own platform, over a fake Prometheus.

`python -m tests.view.preview.stored_pictures` takes them again after a change of the dashboards or of the preview.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external.process import CommandResult, run
from generator.option_parser import run_module, take_no_arguments
from generator.pipeline import TEST_PLATFORM, build
from generator.view.preview.page import PREVIEW_FOLDER, find_node

COMMAND = ".venv/bin/python -m tests.view.preview.stored_pictures"
PROGRAM = PREVIEW_FOLDER / "tests/stored-pictures.mjs"
NO_BROWSER = 3
"""Exit status of the program without the pinned Chromium."""
TIMEOUT = 600
"""Seconds: many times what it takes."""


def run_program(out: Path, options: Sequence[str]) -> CommandResult:
    """Run the program over the dashboards of an output folder. Raises BuildError if Node.js or the page is missing."""
    command = [find_node(), str(PROGRAM), "--out", str(out), *options]
    return run(command, seconds=TIMEOUT, folder=PREVIEW_FOLDER)


def main() -> int:
    """Take the pictures. Raises BuildError for an argument, and for what the program needs."""
    take_no_arguments("tests.view.preview.stored_pictures", "Take the pictures that the tests compare.")
    with tempfile.TemporaryDirectory() as folder:
        build(TEST_PLATFORM, Path(folder))
        result = run_program(Path(folder), ["--take"])
    if result.status != 0:
        raise BuildError([Problem("preview/tests/pictures", result.output.strip(), "install what is missing")])
    return 0


if __name__ == "__main__":
    sys.exit(run_module(main))
