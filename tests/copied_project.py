"""A copy of the project's sources, for tests that change one of them and build."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TEST_PLATFORM = "alerts/tests/platform.yaml"
DEFINITIONS = ("alerts", "contract", "dashboards")
SOURCES = (*DEFINITIONS, "generator")


@dataclass(frozen=True)
class Project:
    """A copy of the project that can be changed and built."""

    folder: Path

    def change(self, path: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text in a file. Fails where the file does not have it."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} does not contain {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def generator(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the copy's own command, in another process."""
        return self.run(self.folder, environment, "-m", "generator", *arguments)

    def run(self, cwd: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with the copy's modules, in any working directory."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(self.folder), **environment},
            capture_output=True,
            text=True,
            check=False,
        )


def copied(root: Path, target: Path, sources: tuple[str, ...] = SOURCES) -> Project:
    """A copy of the sources that a build reads; its platform.yaml is the platform of the alert tests.

    It has their bytecode too, which stays valid for every file that a test does not change: compiling all modules and
    templates takes as long as a build.
    """
    for folder in sources:
        shutil.copytree(root / folder, target / folder, ignore=_unfinished)
    shutil.copy(root / TEST_PLATFORM, target / "platform.yaml")
    return Project(target)


def _unfinished(folder: str, names: list[str]) -> list[str]:
    """The bytecode of a folder that another process is writing, which has another name until it is complete."""
    return [name for name in names if not name.endswith(".pyc")] if Path(folder).name == "__pycache__" else []


def adopter(root: Path, target: Path) -> Project:
    """A copy of the adopter's project, without the generator."""
    shutil.copytree(root / "tests/adopter", target, ignore=shutil.ignore_patterns("__pycache__", "__init__.py"))
    shutil.copy(root / TEST_PLATFORM, target / "platform.yaml")
    return Project(target)
