"""Shell scripts that stand in for promtool, amtool and Go."""

from __future__ import annotations

from pathlib import Path


def program(path: Path, script: str) -> Path:
    """An executable shell script at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def versioned_program(path: Path, version: str) -> Path:
    """A program at `path` that prints a version line in the format of the tool that it is named after."""
    return program(path, f'echo "{path.name}, version {version} (branch: main, revision: abc)"')
