"""The Node.js processes of the preview: one serves the page on loopback, another takes pictures of it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.project import ROOT

PREVIEW_FOLDER = ROOT / "preview"
EXIT_TIMEOUT = 10
"""Seconds that Node.js has to end before it is killed."""


def _page_problem() -> Problem:
    """The page is no part of the package: Node.js builds it in a clone."""
    if PREVIEW_FOLDER.is_dir():
        return Problem("preview", "the page is not built", "run make preview-app")
    hint = "install the package from a clone with `pip install --editable`, and run make preview-app in the clone"
    return Problem("preview", "the installed package does not have the page", hint)


@frozen
class PreviewPage:
    """The page while it is served; `url` is such as http://127.0.0.1:1234."""

    url: str
    process: subprocess.Popen[str]

    def check_running(self) -> None:
        """Raises `BuildError` if Node.js has ended."""
        if self.process.poll() is not None:
            raise BuildError([_node_problem("preview", self.process.communicate()[1])])


def find_node() -> str:
    """Return the path of Node.js. Raises `BuildError` if it is missing, or if the page is not built."""
    path = shutil.which("node")
    if path is None:
        raise BuildError([Problem("preview", "Node.js is not on the PATH", "install Node.js 20 or newer, with npm")])
    if not (PREVIEW_FOLDER / "node_modules").is_dir() or not (PREVIEW_FOLDER / "built").is_dir():
        raise BuildError([_page_problem()])
    return path


@contextmanager
def serve_page(out: Path, prometheus: str, port: int, problems: Path | None = None) -> Iterator[PreviewPage]:
    """Serve the page, which also shows the content of the `problems` file. Raises `BuildError` with the message of a
    server that does not start."""
    server = str(PREVIEW_FOLDER / "server.mjs")
    command = [find_node(), server, "--out", str(out), "--prometheus", prometheus, "--port", str(port)]
    command += ["--problems", str(problems)] if problems else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise BuildError([_node_problem("preview", process.communicate()[1])])
            yield PreviewPage(url, process)
        finally:
            process.terminate()
            try:
                process.wait(EXIT_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()


def take_pictures(out: Path, prometheus: str, span: tuple[str, str], into: Path) -> str:
    """Take a dark and a light picture of each dashboard over a span (from and to, as in Grafana's URLs).

    Returns the paths of the pictures, one a line. Raises `BuildError`.
    """
    start, end = span
    command = [find_node(), str(PREVIEW_FOLDER / "pictures.mjs"), "--out", str(out), "--prometheus", prometheus]
    command += ["--from", start, "--to", end, "--into", str(into)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if result.returncode:
        raise BuildError([_node_problem("pictures", result.stderr)])
    return result.stdout


def _node_problem(where: str, stderr: str) -> Problem:
    """A problem with the first line that Node.js printed."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    what = lines[0].removeprefix(f"{where}: ") if lines else "Node.js ended without a message"
    return Problem(where, what, "fix the cause, and try again")
