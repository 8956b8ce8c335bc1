"""Definitions that are edited: noticed, and built again."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from generator.external.tool import ROOT

SOURCES = ("alerts", "contract", "dashboards", "generator", "tests/stories", "platform.yaml", "staging.yaml")
Looks = frozenset[tuple[str, int, int]]
"""Of each source its path, its size, and when it was changed, in nanoseconds since 1970."""


def looks(platform: Path) -> Looks:
    """How the sources look now, a platform's file among them; another value whenever one of them was changed."""
    found = set()
    for path in {*_files(), platform.resolve()}:
        # An editor may exchange a file while we look.
        with contextlib.suppress(FileNotFoundError):
            state = path.stat()
            found.add((str(path), state.st_size, state.st_mtime_ns))
    return frozenset(found)


def rebuild(platform: Path, out: Path) -> str:
    """Build in a process of its own, so that the sources are read anew; what it complained of, empty where it did not.

    A build that fails leaves the output as it was.
    """
    command = [sys.executable, "-m", "generator", "build", "--platform", str(platform.resolve())]
    built = subprocess.run(
        [*command, "--out", str(out.resolve())], check=False, cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    return built.stderr if built.returncode else ""


def _files() -> Iterator[Path]:
    for source in (ROOT / source for source in SOURCES):
        if source.is_file():
            yield source
        else:
            yield from (path for path in source.rglob("*") if path.suffix in (".py", ".j2", ".json"))
