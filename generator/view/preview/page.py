"""The page: Node serves it on loopback, and is ended with the command that started it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external.tool import ROOT

FOLDER = ROOT / "preview"
PATIENCE = 10
"""Seconds that Node has to end."""


@dataclass(frozen=True)
class Page:
    """The page while it is served, as at http://127.0.0.1:1234."""

    url: str
    process: subprocess.Popen[str]

    def demand_served(self) -> None:
        """Raises `Faults` where Node has left."""
        if self.process.poll() is not None:
            raise BuildError([_refused("preview", self.process.communicate()[1])])


def node() -> str:
    """Where Node is. Raises `Faults` where it is not, or where the page was not built."""
    found = shutil.which("node")
    if found is None:
        raise BuildError([Problem("preview", "Node.js is not on the PATH", "install Node.js 20 or newer, with npm")])
    if not (FOLDER / "node_modules").is_dir() or not (FOLDER / "built").is_dir():
        raise BuildError([Problem("preview", "the page is not built", "run make preview-app")])
    return found


@contextmanager
def served(out: Path, prometheus: str, port: int, problems: Path | None = None) -> Iterator[Page]:
    """The page while it is served; it shows what the file of faults holds. Raises `Faults`: what the server says
    before it serves."""
    command = [node(), str(FOLDER / "server.mjs"), "--out", str(out), "--prometheus", prometheus, "--port", str(port)]
    command += ["--faults", str(problems)] if problems else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise BuildError([_refused("preview", process.communicate()[1])])
            yield Page(url, process)
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def pictures(out: Path, prometheus: str, span: tuple[str, str], into: Path, more: Sequence[str] = ()) -> str:
    """Take a picture of each dashboard over a span, as Grafana's URLs give it; the paths, a line each. Raises
    `Faults`."""
    start, end = span
    command = [node(), str(FOLDER / "pictures.mjs"), "--out", str(out), "--prometheus", prometheus]
    command += ["--from", start, "--to", end, "--into", str(into), *more]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise BuildError([_refused("pictures", answer.stderr)])
    return answer.stdout


def _refused(what: str, said: str) -> Problem:
    lines = [line for line in said.splitlines() if line.strip()]
    return Problem(
        what, lines[0].removeprefix(f"{what}: ") if lines else "Node left without a word", "mend that, and try again"
    )
