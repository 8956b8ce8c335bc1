"""Detects changed sources, and builds them again."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from generator.errors import Problem
from generator.frozen import frozen
from generator.project import PROJECT, ROOT
from generator.reporting import Outcome, problem_from, problems_text

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


@frozen
class Rebuilt:
    """What a build printed if it failed, empty if it did not, and its problems."""

    errors: str = ""
    problems: tuple[Problem, ...] = ()


def rebuild(platform: Path, out: Path) -> Rebuilt:
    """Build in a new process, which imports the changed sources.

    A build that fails leaves the output unchanged.
    """
    command = [sys.executable, "-m", "generator", "build", "--json", "--platform", str(platform.resolve())]
    command += ["--out", str(out.resolve())]
    result = subprocess.run(command, check=False, cwd=PROJECT, capture_output=True, encoding="utf-8", errors="replace")
    if result.returncode == 0:
        print(result.stderr, end="", flush=True)
        return Rebuilt()
    try:
        problems = [problem_from(data) for data in json.loads(result.stdout)["problems"]]
    except ValueError:
        problems = []
    if not problems:
        return Rebuilt(result.stderr)
    text = problems_text(Outcome(2, problems=problems, ending="; nothing was written"))
    return Rebuilt(result.stderr + text, tuple(problems))


def _files() -> Iterator[Path]:
    for source in (folder / source for folder in dict.fromkeys((ROOT, PROJECT)) for source in SOURCES):
        if source.is_file():
            yield source
        else:
            yield from (path for path in source.rglob("*") if path.suffix in (".py", ".j2", ".json"))
