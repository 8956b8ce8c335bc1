"""The modules of a folder of definitions: each file is a module, no module at all, or a problem. None is skipped."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from pathlib import Path

from generator.errors import Problem

IGNORED_NAMES = {"__pycache__", "py.typed"}
NO_MODULE_SUFFIXES = {".md", ".txt", ".yaml", ".yml", ".json", ".toml", ".pyi", ".png", ".svg"}


def modules_in(folder: Path, package: str, where: str, problems: list[Problem], without: str = "") -> list[str]:
    """The names of the modules of a package, with those of its subfolders, in alphabetical order; the package itself
    is the first one where it has a file of its own. Files that can be no module become problems; `where` is the
    folder's name in their places. The subfolder `without` is a package that is loaded by itself."""
    modules = [package] if (folder / "__init__.py").is_file() else []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name in (*IGNORED_NAMES, "__init__.py", without):
            continue
        place = f"{where}/{entry.name}"
        if entry.is_dir():
            if _has_modules(entry) and _is_module_name(entry.name, place, problems):
                modules += modules_in(entry, f"{package}.{entry.name}", place, problems)
        elif entry.suffix == ".py":
            if _is_module_name(entry.stem, place, problems) and _is_readable(entry, place, problems):
                modules.append(f"{package}.{entry.stem}")
        elif entry.suffix not in NO_MODULE_SUFFIXES:
            hint = f"rename it to {entry.name.split('.')[0] or 'name'}.py, or move it to another folder"
            problems.append(Problem(place, "this file is no Python module, so it would not be loaded", hint))
    return modules


def _has_modules(folder: Path) -> bool:
    return any(path.suffix not in NO_MODULE_SUFFIXES for path in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in IGNORED_NAMES and "__pycache__" not in path.parts:
            yield path


def _is_module_name(name: str, place: str, problems: list[Problem]) -> bool:
    if name.isidentifier() and not keyword.iskeyword(name):
        return True
    hint = "use letters, digits and underscores, and neither a digit first nor a word of Python, as my_dashboard"
    problems.append(Problem(place, f'"{name}" cannot be the name of a Python module', hint))
    return False


def _is_readable(file: Path, place: str, problems: list[Problem]) -> bool:
    if file.is_file() and not file.with_suffix("").is_dir():
        return True
    what, hint = "this is no file", "remove it, or replace it by a Python module"
    if file.is_file():
        what, hint = f"Python would load the folder {file.stem}/ instead of this module", "rename one of the two"
    problems.append(Problem(place, what, hint))
    return False
