"""The wheel: installed elsewhere, its console script compiles a project to the same bytes as the sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from generator.cli import main
from generator.pipeline import TEST_PLATFORM
from tests.copied_project import DEFINITIONS, SOURCES, Project, copied
from tests.optional_tools import skip_or_fail

OLDEST_SETUPTOOLS = 77
"""The oldest version that reads `license` in pyproject.toml."""
METADATA = ("pyproject.toml", "README.md", "LICENSE", "requirements")


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


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed wheel, built from a copy of the sources."""
    if setuptools_version() < OLDEST_SETUPTOOLS:
        skip_or_fail(f"there is no setuptools {OLDEST_SETUPTOOLS} to build a wheel")
    folder = tmp_path_factory.mktemp("wheel")
    sources = copied(root, folder / "sources", SOURCES).folder
    for name in METADATA:
        copy = shutil.copytree if (root / name).is_dir() else shutil.copy
        copy(root / name, sources / name)
    pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder / "dist", sources)
    (wheel,) = (folder / "dist").glob("*.whl")
    pip("install", "--no-deps", "--no-index", "--target", folder / "site", wheel)
    return folder / "site"


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """A project without the generator."""
    return copied(root, tmp_path / "project", DEFINITIONS)


def test_an_installed_wheel_builds_the_same_bytes(site: Path, project: Project, tmp_path: Path) -> None:
    """In a project of definitions and a platform file, the console script writes what the sources write."""
    command = [str(site / "bin/workers-ai-observability"), "build"]
    result = project.run(project.folder, {"PYTHONPATH": str(site)}, *command)
    assert result.returncode == 0, result.stderr
    assert main(["build", "--platform", str(TEST_PLATFORM), "--out", str(tmp_path / "out")]) == 0
    installed, of_sources = files(project.folder / "out"), files(tmp_path / "out")
    assert installed.keys() == of_sources.keys()
    assert [path for path, content in installed.items() if content != of_sources[path]] == []


def files(folder: Path) -> dict[str, bytes]:
    """The contents of all files of a folder, by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
