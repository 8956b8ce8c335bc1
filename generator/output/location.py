"""Which folder may be the output: a new one or one of the user's, but never a folder that holds the sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.project import DEFINITION_PACKAGES, PROJECT, ROOT

SOURCE_FOLDERS = (
    *("contract", "dashboards", "alerts", "backtests", "generator", "tests"),
    *("worker", "preview", "docs", "tools", "requirements", ".git", ".github", ".venv"),
)
"""Folders of a project that people or other tools write."""
HINT = "give a folder of its own, as --out out"


def require_output_folder(out: Path, project: Path = PROJECT) -> None:
    """Raise BuildError where `out` is no folder, contains the sources or lies in one of their folders.

    A symbolic link to a folder is followed. Folders are compared by their identity on the disk, so that other spellings
    of a path are recognized.
    """
    if out.exists() and not out.is_dir():
        raise BuildError([Problem(str(out), "this is not a folder", "give the path of a folder")])
    if out.is_symlink() and not out.exists():
        raise BuildError([Problem(str(out), "this is a symbolic link to nothing", "remove it, or make its target")])
    projects = [folder for folder in dict.fromkeys((project, ROOT)) if _is_project(folder)]
    for place, what in _sources(projects):
        if any(_same(out, folder) for folder in (place, *place.parents)):
            relation = "is" if _same(out, place) else "contains"
            raise BuildError([Problem(str(out), f"the output folder {relation} {what}", HINT)])
    resolved = out.resolve()
    for folder in (each / name for each in projects for name in SOURCE_FOLDERS):
        if any(_same(parent, folder) for parent in (resolved, *resolved.parents)):
            raise BuildError([Problem(str(out), f"the output folder lies in {folder}, a source folder", HINT)])


def _is_project(folder: Path) -> bool:
    """Whether a folder holds sources: a command may also be run in one that does not, such as that of a deployment."""
    return any((folder / name).exists() for name in ("platform.yaml", *DEFINITION_PACKAGES))


def _sources(projects: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """The folders that the output must neither be nor contain, and what they are."""
    for project in projects:
        yield project.resolve(), f"the project's folder {project}"
    yield Path(__file__).resolve().parent.parent, "the generator"


def _same(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    except OSError:
        return False
