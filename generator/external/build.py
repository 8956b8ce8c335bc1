"""Build a tool from its pinned sources into `.tools/`, once for each change of the pins."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external.process import run
from generator.external.progress import progress
from generator.external.tool import Tool

FOLDER = ".tools"
BUILD_TIMEOUT = 1800.0
"""Seconds in which a build must end, including the download of its modules."""


def build_tool(tool: Tool, root: Path) -> Path:
    """Return the tool's path in `.tools/`, building it first if it is missing or out of date.

    Concurrent callers build it once. Progress goes to stderr. Raises `BuildError` if a pin or Go is missing, the
    folder cannot be written, or the build fails or times out.
    """
    for pin in ("go.mod", "go.sum"):
        if not (root / tool.module / pin).is_file():
            what = f"file not found, so {tool.name} cannot be built"
            hint = f"work in a full clone of the project, or {_alternative(tool)}"
            raise BuildError([Problem(f"{tool.module}/{pin}", what, hint)])
    target = root / FOLDER / tool.name
    try:
        if not _is_current(tool, root):
            target.parent.mkdir(exist_ok=True)
            with _build_lock(target.with_suffix(".lock"), tool):
                if not _is_current(tool, root):
                    _build(tool, root, target)
    except OSError as error:
        hint = f"make {FOLDER}/ writable and make room on the disk, or {_alternative(tool)}"
        raise BuildError([Problem(f"{FOLDER}/{tool.name}", f"it cannot be written ({error.strerror})", hint)]) from None
    return target


def _is_current(tool: Tool, root: Path) -> bool:
    target = root / FOLDER / tool.name
    stamp = target.with_suffix(".stamp")
    return target.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == tool.fingerprint(root)


@contextmanager
def _build_lock(path: Path, tool: Tool) -> Iterator[None]:
    """Hold a file lock, which the system releases when this process ends, however it ends."""
    with path.open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _log(f"{tool.name}: waiting for another process that builds it ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(tool: Tool, root: Path, target: Path) -> None:
    """Build into a temporary file and rename it, so that an incomplete tool is never visible."""
    unfinished = target.with_suffix(".unfinished")
    try:
        failure = _compile(tool, root / tool.module, unfinished)
        if failure:
            raise BuildError([Problem(f"{tool.module}/go.mod", failure, _hint(tool, root))])
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    target.with_suffix(".stamp").write_text(tool.fingerprint(root), encoding="utf-8")
    _log(f"{tool.name}: built {FOLDER}/{tool.name}")


def _compile(tool: Tool, folder: Path, target: Path) -> str:
    """Run the Go compiler, without cgo and without the user's go.work; return why it failed, or an empty string."""
    if shutil.which("go") is None:
        return f"neither {tool.name} nor Go, which builds it, is installed"
    _log(f"{tool.name}: building {tool.version} from {tool.module}/go.mod; this takes {tool.build_time}, once ...")
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    try:
        with progress(f"{tool.name}: building"):
            result = run(tool.build_command(target), seconds=BUILD_TIMEOUT, folder=folder, environment=environment)
    except subprocess.TimeoutExpired:
        return f"go build did not end within {BUILD_TIMEOUT / 60:g} minutes"
    return f"go build failed: {result.excerpt()}" if result.status else ""


def _hint(tool: Tool, root: Path) -> str:
    pin = (root / tool.module / "go.mod").read_text(encoding="utf-8")
    minimum = re.search(r"^go (\S+)", pin, re.MULTILINE)
    go = f"Go {minimum[1]} or newer" if minimum else "Go"
    return f"install {go} (https://go.dev/dl) and let it download modules, or {_alternative(tool)}"


def _alternative(tool: Tool) -> str:
    version = ".".join(map(str, tool.minimum_version))
    return f"set ${tool.environment_variable} to the path of {tool.name} {version} or newer"


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
