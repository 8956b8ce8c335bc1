"""Where the packages of definitions are imported from, whatever the search path is.

`python -m generator` searches the current folder first, and an adopter's folder has a `dashboards/` of its own. So the
default packages are found beside the generator, and those of the project under the package `own`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from generator.project import DEFINITION_PACKAGES, OWN_PACKAGE, PROJECT, ROOT, own_packages

DEFAULT_PACKAGES = (*DEFINITION_PACKAGES, "backtests")


class DefinitionFinder:
    """Finds the default packages in one folder, and a project's own packages in another one."""

    def __init__(self, defaults: Path, project: Path) -> None:
        self.defaults = defaults
        self.project = project

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module of this name; None for one that is neither a default nor an own package. Raises
        ModuleNotFoundError for a default package that is not beside the generator, and for an own one that the project
        does not have."""
        if name in DEFAULT_PACKAGES:
            return _found(name, name, self.defaults)
        if name == OWN_PACKAGE:
            return self._own_package()
        parent, _, package = name.rpartition(".")
        if parent == OWN_PACKAGE:
            if package not in own_packages(self.project):
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            return _found(name, package, self.project)
        return None

    def _own_package(self) -> ModuleSpec:
        spec = ModuleSpec(OWN_PACKAGE, None, is_package=True)
        spec.submodule_search_locations = [str(self.project)]
        return spec


def _found(name: str, package: str, folder: Path) -> ModuleSpec:
    spec = PathFinder.find_spec(name, [str(folder)])
    if spec is None:
        raise ModuleNotFoundError(f"No module named {package!r} in {folder}", name=name)
    return spec


def install() -> None:
    """Find the packages of definitions first, from now on."""
    if not any(isinstance(finder, DefinitionFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, DefinitionFinder(ROOT, PROJECT))
