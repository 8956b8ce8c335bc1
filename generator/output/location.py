"""Which folder may be the output: a new one or one of the user's, but never a folder that holds the sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.project import ROOT

SOURCE_FOLDERS = (
    *("contract", "dashboards", "alerts", "backtests", "generator", "tests"),
    *("worker", "preview", "docs", "tools", "requirements", ".git", ".github", ".venv"),
)
"""Folders of a project that people or other tools write."""
HINT = "give a folder of its own, as --out out"


def require_output_folder(out: Path, project: Path = ROOT) -> None:
    """Raise BuildError where `out` is no folder, contains the sources or lies in one of their folders.

    A symbolic link to a folder is followed. Folders are compared by their identity on the disk, so that other spellings
    of a path are recognized.
    """
    if out.exists() and not out.is_dir():
        raise BuildError([Problem(str(out), "this is not a folder", "give the path of a folder")])
    if out.is_symlink() and not out.exists():
        raise BuildError([Problem(str(out), "this is a symbolic link to nothing", "remove it, or make its target")])
    for place, what in _sources(project):
        if any(_same(out, folder) for folder in (place, *place.parents)):
            relation = "is" if _same(out, place) else "contains"
            raise BuildError([Problem(str(out), f"the output folder {relation} {what}", HINT)])
    resolved = out.resolve()
    for name in SOURCE_FOLDERS:
        if any(_same(folder, project / name) for folder in (resolved, *resolved.parents)):
            raise BuildError([Problem(str(out), f"the output folder lies in {project / name}, a source folder", HINT)])


def _sources(project: Path) -> Iterator[tuple[Path, str]]:
    """The folders that the output must neither be nor contain, and what they are."""
    yield project.resolve(), f"the project's folder {project}"
    yield Path(__file__).resolve().parent.parent, "the generator"


def _same(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    except OSError:
        return False
