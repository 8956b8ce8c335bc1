"""Run other programs with a timeout."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.frozen import frozen


@frozen
class CommandResult:
    """A program's exit status (negative: the number of the signal that ended it), stdout and stderr."""

    status: int
    output: str
    errors: str

    def excerpt(self, ignored_prefixes: tuple[str, ...] = (), lines: int = 12) -> str:
        """Return the last `lines` lines that are neither blank nor start with one of `ignored_prefixes`."""
        stripped = [line.strip() for line in f"{self.errors}\n{self.output}".splitlines()]
        relevant = [line for line in stripped if line and not line.startswith(ignored_prefixes)]
        return " / ".join(relevant[-lines:]) or f"no output, exit status {self.status}"


def run(
    command: Sequence[str], *, seconds: float, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> CommandResult:
    """Run a command to its end.

    Raises `TimeoutExpired` after `seconds`, once the command and its children are killed, and `OSError` if it cannot
    be started.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    with process:
        try:
            output, errors = process.communicate(timeout=seconds)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return CommandResult(process.returncode, output, errors)
