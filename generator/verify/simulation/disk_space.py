"""Whether the disk has room for what a simulation writes, before anything is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from generator.errors import BuildError, Problem

MEGABYTE = 1_000_000


def require_space(folders: Sequence[Path], needed: int, hint: str) -> None:
    """Raises `BuildError` if a disk has fewer than `needed` bytes free for each of these folders that is on it. A
    folder need not exist."""
    needed_by_disk: dict[int, int] = {}
    for folder in folders:
        existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
        disk = os.stat(existing).st_dev
        needed_by_disk[disk] = needed_by_disk.get(disk, 0) + needed
        free = shutil.disk_usage(existing).free
        if free < needed_by_disk[disk]:
            what = f"it needs about {megabytes(needed_by_disk[disk])}, and the disk has {megabytes(free)} free"
            raise BuildError([Problem(str(folder), what, hint)])


def megabytes(size: int) -> str:
    """A number of bytes for people, rounded up."""
    return f"{-(-size // MEGABYTE):,} MB"
