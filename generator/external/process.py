"""Other programs, run to their end or to the end of our patience."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Answer:
    """What a program left: its exit status (negative: the signal that ended it), and its two outputs."""

    status: int
    output: str
    errors: str

    def gist(self, noise: tuple[str, ...] = (), lines: int = 12) -> str:
        """The last `lines` lines that say something, without those that begin with a word of `noise`."""
        said = [line.strip() for line in f"{self.errors}\n{self.output}".splitlines()]
        told = [line for line in said if line and not line.startswith(noise)]
        return " / ".join(told[-lines:]) or f"it said nothing and left with status {self.status}"


def run(
    command: Sequence[str], *, seconds: float, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Answer:
    """Runs a command. Raises `TimeoutExpired` once it and its children are killed, `OSError` if it cannot start."""
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
    return Answer(process.returncode, output, errors)
