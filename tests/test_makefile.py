"""What `make build` says of what was built before it, in a folder that holds nothing but files of that name."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

STAMPS = {"worker": "worker/built/.stamp", "preview-app": "preview/node_modules/.stamp"}
SOURCES = {"worker": "worker/src/index.ts", "preview-app": "preview/src/main.tsx"}
SAID = {
    "worker": "build: worker/built is older than its sources; make worker builds it anew",
    "preview-app": "build: preview/built is older than its sources; make preview-app builds it anew",
}
CONTRACT = "out/contract/contract.gen.ts"
EARLIER, THEN, LATER = 1_000_000_000, 1_000_000_100, 1_000_000_200


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """Sources, and a .venv that is whole and whose Python does nothing."""
    shutil.copy(root / "Makefile", tmp_path)
    for path in ("requirements/build.lock", CONTRACT, *SOURCES.values()):
        written(tmp_path / path, EARLIER)
    written(tmp_path / ".venv/bin/python", THEN, "#!/bin/sh\n").chmod(0o755)
    written(tmp_path / ".venv/build.stamp", THEN)
    return tmp_path


def written(path: Path, time: int, text: str = "") -> Path:
    """A file that was last written so many seconds after 1970."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time, time))
    return path


def older(folder: Path) -> list[str]:
    """What is said besides what is left out for want of Node.js."""
    answer = subprocess.run(["make", "build"], cwd=folder, capture_output=True, text=True, check=True)
    return [line for line in answer.stderr.splitlines() if not line.startswith("build: left out: ")]


@pytest.mark.parametrize("target", STAMPS)
def test_what_is_older_than_a_source_is_said(target: str, folder: Path) -> None:
    """Quiet while it is the newest; in one line, with its cure, once a source was written later."""
    written(folder / STAMPS[target], THEN)
    assert older(folder) == []
    written(folder / SOURCES[target], LATER)
    assert older(folder) == [SAID[target]]


def test_the_contract_is_a_source_of_the_workers_library(folder: Path) -> None:
    """A build that changes the contract says that the library has the old one."""
    written(folder / STAMPS["worker"], THEN)
    written(folder / CONTRACT, LATER)
    assert older(folder) == [SAID["worker"]]


def test_what_was_never_built_is_not_missed(folder: Path) -> None:
    """Whoever builds dashboards alone hears nothing of the rest."""
    for source in SOURCES.values():
        written(folder / source, LATER)
    assert older(folder) == []
