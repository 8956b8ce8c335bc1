"""Progress of work that prints nothing: a line now and then, on terminals and on pipes.

`python -m generator.external.progress TEXT COMMAND ...` runs a command so, and ends with its status.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread

from generator.errors import BuildError, Problem
from generator.option_parser import run_module

PROGRAM = "python -m generator.external.progress"
SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress(text: str, seconds: float = SECONDS_BETWEEN_LINES) -> Iterator[None]:
    """While the block runs, print the text and the time since its start to stderr, each time that `seconds` pass."""
    ended = Event()
    start = time.monotonic()

    def report() -> None:
        while not ended.wait(seconds):
            print(f"{text}: {time.monotonic() - start:.0f} s so far ...", file=sys.stderr, flush=True)

    thread = Thread(target=report, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


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
