"""A copy of the project's sources, for tests that change one of them and build."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PLAN = "alerts/tests/platform.yaml"
SOURCES = ("alerts", "contract", "dashboards", "generator")


@dataclass(frozen=True)
class Project:
    """A copy that can be changed and built."""

    folder: Path

    def change(self, path: str, old: str, new: str) -> None:
        """Replace a text that occurs in a file, once."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} does not hold {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def generator(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the project's own command, in a process of its own."""
        return self.run(self.folder, environment, "-m", "generator", *arguments)

    def run(self, cwd: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python on the copy, from any folder."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(self.folder), **environment},
            capture_output=True,
            text=True,
            check=False,
        )


def copied(root: Path, target: Path) -> Project:
    """A copy of the sources that a build reads, with the platform that tests are written for."""
    for path in SOURCES:
        shutil.copytree(root / path, target / path, ignore=shutil.ignore_patterns("test_*"))
    shutil.copy(root / PLAN, target / "platform.yaml")
    return Project(target)
