"""Detects changed sources, and builds them again."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from generator.project import ROOT

SOURCES = ("alerts", "contract", "dashboards", "generator", "platform.yaml", "staging.yaml")
SourceState: TypeAlias = frozenset[tuple[str, int, int]]
"""The path of each source, its size, and the time of its last change, in nanoseconds since 1970."""


def source_state(platform: Path) -> SourceState:
    """Return the state of all sources and of the platform file: a different value after any change."""
    state = set()
    for path in {*_files(), platform.resolve()}:
        # An editor may replace a file between the listing and this call.
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            state.add((str(path), status.st_size, status.st_mtime_ns))
    return frozenset(state)


def rebuild(platform: Path, out: Path) -> str:
    """Build in a new process, which imports the changed sources; return its errors, empty if there are none.

    A build that fails leaves the output unchanged.
    """
    command = [sys.executable, "-m", "generator", "build", "--platform", str(platform.resolve())]
    result = subprocess.run(
        [*command, "--out", str(out.resolve())], check=False, cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    return result.stderr if result.returncode else ""


def _files() -> Iterator[Path]:
    for source in (ROOT / source for source in SOURCES):
        if source.is_file():
            yield source
        else:
            yield from (path for path in source.rglob("*") if path.suffix in (".py", ".j2", ".json"))
