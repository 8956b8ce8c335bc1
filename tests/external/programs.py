"""Small programs that stand in for promtool, amtool and Go."""

from __future__ import annotations

from pathlib import Path


def program(place: Path, script: str) -> Path:
    """An executable shell script at a place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    place.chmod(0o755)
    return place


def telling(place: Path, version: str) -> Path:
    """A program that tells the version of the tool it is named after, as the real ones do."""
    return program(place, f'echo "{place.name}, version {version} (branch: main, revision: abc)"')
