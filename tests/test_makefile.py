"""The warnings of `make build` about earlier builds that are out of date, in a folder of empty files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

STAMPS = {"worker": "worker/built/.stamp", "preview-app": "preview/node_modules/.stamp"}
SOURCES = {"worker": "worker/src/index.ts", "preview-app": "preview/src/main.tsx"}
WARNINGS = {
    "worker": "build: worker/built is older than its sources; run make worker",
    "preview-app": "build: preview/built is older than its sources; run make preview-app",
}
CONTRACT = "out/contract/contract.gen.ts"
SOURCES_WRITTEN, BUILT, CHANGED_LATER = 1_000_000_000, 1_000_000_100, 1_000_000_200
"""Seconds since 1970."""


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """The Makefile, sources, and a .venv that is complete and whose Python does nothing."""
    shutil.copy(root / "Makefile", tmp_path)
    for path in ("requirements/build.lock", CONTRACT, *SOURCES.values()):
        write(tmp_path / path, SOURCES_WRITTEN)
    write(tmp_path / ".venv/bin/python", BUILT, "#!/bin/sh\n").chmod(0o755)
    write(tmp_path / ".venv/build.stamp", BUILT)
    return tmp_path


def write(path: Path, modified: int, text: str = "") -> Path:
    """Write a file with this modification time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (modified, modified))
    return path


def warnings(folder: Path) -> list[str]:
    """The lines of `make build` on standard error, without that on a missing Node.js."""
    result = subprocess.run(["make", "build"], cwd=folder, capture_output=True, text=True, check=True)
    return [line for line in result.stderr.splitlines() if not line.startswith("build: left out: ")]


@pytest.mark.parametrize("target", STAMPS)
def test_a_build_older_than_a_source_is_a_warning(target: str, folder: Path) -> None:
    """No warning while the build is newer; one line with the target to run once a source is newer."""
    write(folder / STAMPS[target], BUILT)
    assert warnings(folder) == []
    write(folder / SOURCES[target], CHANGED_LATER)
    assert warnings(folder) == [WARNINGS[target]]


def test_the_contract_is_a_source_of_the_workers_library(folder: Path) -> None:
    """A build that changes the contract warns that the library was built with the old one."""
    write(folder / STAMPS["worker"], BUILT)
    write(folder / CONTRACT, CHANGED_LATER)
    assert warnings(folder) == [WARNINGS["worker"]]


def test_what_was_never_built_is_no_warning(folder: Path) -> None:
    """Without an earlier build of the library or the preview there is no warning about them."""
    for source in SOURCES.values():
        write(folder / source, CHANGED_LATER)
    assert warnings(folder) == []
