"""Tools built from their pinned sources into `.tools/`: once, and again when a pin changes."""

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
from generator.external.tool import Tool

FOLDER = ".tools"
PATIENCE = 1800.0
"""Seconds that a build may take, modules' download included."""


def built(tool: Tool, root: Path) -> Path:
    """The tool in `.tools/`, built first if it is not there or stale; two callers at once build it once.

    Says on stderr what it does. Raises `Faults`: no pin, no Go, no room, a failing or an endless build.
    """
    for pin in ("go.mod", "go.sum"):
        if not (root / tool.module / pin).is_file():
            hint = f"work in a full clone of the project, or {_another(tool)}"
            raise BuildError(
                [Problem(f"{tool.module}/{pin}", f"there is no such file to build {tool.name} from", hint)]
            )
    target = root / FOLDER / tool.name
    try:
        if not _fresh(tool, root):
            target.parent.mkdir(exist_ok=True)
            with _alone(target.with_suffix(".lock"), tool):
                if not _fresh(tool, root):
                    _build(tool, root, target)
    except OSError as error:
        hint = f"make {FOLDER}/ writable and make room on the disk, or {_another(tool)}"
        raise BuildError([Problem(f"{FOLDER}/{tool.name}", f"it cannot be written ({error.strerror})", hint)]) from None
    return target


def _fresh(tool: Tool, root: Path) -> bool:
    target = root / FOLDER / tool.name
    stamp = target.with_suffix(".stamp")
    return target.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == tool.fingerprint(root)


@contextmanager
def _alone(lock: Path, tool: Tool) -> Iterator[None]:
    """Holds a lock that the system lets go when this process ends, however it ends."""
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"{tool.name}: another process is building it; waiting ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(tool: Tool, root: Path, target: Path) -> None:
    """Builds beside the target and moves into place, so that there is never half a tool."""
    unfinished = target.with_suffix(".unfinished")
    try:
        trouble = _compile(tool, root / tool.module, unfinished)
        if trouble:
            raise BuildError([Problem(f"{tool.module}/go.mod", trouble, _cure(tool, root))])
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    target.with_suffix(".stamp").write_text(tool.fingerprint(root), encoding="utf-8")
    _say(f"{tool.name}: built, in {FOLDER}/{tool.name}")


def _compile(tool: Tool, folder: Path, target: Path) -> str:
    """Runs the compiler; gives what went wrong, or nothing. No C compiler and no workspace of the user's take part."""
    if shutil.which("go") is None:
        return f"{tool.name} is not on this machine, nor is Go to build it"
    _say(f"{tool.name}: building {tool.version} from {tool.module}/go.mod, once; this takes {tool.patience} ...")
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    try:
        answer = run(tool.build_command(target), seconds=PATIENCE, folder=folder, environment=environment)
    except subprocess.TimeoutExpired:
        return f"go build did not end in {PATIENCE / 60:g} minutes"
    return f"go build failed: {answer.gist()}" if answer.status else ""


def _cure(tool: Tool, root: Path) -> str:
    pin = (root / tool.module / "go.mod").read_text(encoding="utf-8")
    floor = re.search(r"^go (\S+)", pin, re.MULTILINE)
    go = f"Go {floor[1]} or newer" if floor else "Go"
    return f"install {go} (https://go.dev/dl) and let it fetch modules, or {_another(tool)}"


def _another(tool: Tool) -> str:
    return f"set ${tool.variable} to the path of {tool.name} {'.'.join(map(str, tool.floor))} or newer"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
