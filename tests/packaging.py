"""The package built from a copy of the sources, and environments that install it without an index."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from tests.copied_project import SOURCES, copied
from tests.optional_tools import skip_or_fail

OLDEST_SETUPTOOLS = 77
"""The oldest version that reads `license` in pyproject.toml."""
METADATA = ("pyproject.toml", "README.md", "LICENSE", "requirements", "backtests")


def pip(*arguments: str | Path) -> None:
    """Run pip without an index."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def setuptools_version() -> int:
    """The major version of setuptools, or 0 without it."""
    try:
        return int(metadata.version("setuptools").partition(".")[0])
    except metadata.PackageNotFoundError:
        return 0


def copied_sources(root: Path, target: Path) -> Path:
    """A copy of everything that a build of the package reads. Skips the test where no build is possible."""
    if setuptools_version() < OLDEST_SETUPTOOLS:
        skip_or_fail(f"there is no setuptools {OLDEST_SETUPTOOLS} to build a wheel")
    folder = copied(root, target, SOURCES).folder
    for name in METADATA:
        copy = shutil.copytree if (root / name).is_dir() else shutil.copy
        copy(root / name, folder / name)
    return folder


def built_wheel(sources: Path, folder: Path) -> Path:
    """The wheel, in a folder."""
    pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder, sources)
    (wheel,) = folder.glob("*.whl")
    return wheel


def share_dependencies(site_packages: Path) -> None:
    """Let an environment import the packages of the tests' own, after its own: nothing is downloaded."""
    dependencies = [path for path in sys.path if path.endswith("site-packages")]
    (site_packages / "dependencies.pth").write_text("\n".join(dependencies), encoding="utf-8")
