"""Two small builds, the second of changed sources, and the contents of a folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from generator.output import METRICS_JSON

CONTRACT = json.dumps({"version": 1, "labels": [], "metrics": [{"name": "orders_total", "type": "counter"}]})
FIRST = {
    METRICS_JSON: CONTRACT,
    "rules/errors.yaml": "first\n",
    "rules/unchanged.yaml": "the same\n",
    "runbooks/old/stale.md": "first\n",
    "stale.md": "first\n",
}
SECOND = {
    METRICS_JSON: CONTRACT,
    "rules/errors.yaml": "second\n",
    "rules/latency.yaml": "café\n",
    "rules/unchanged.yaml": "the same\n",
    "tests/errors.yaml": "second\n",
}


def contents(folder: Path) -> dict[str, str]:
    """The texts of all files of a folder by their paths, hidden ones too, without what git keeps."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {path: file.read_bytes().decode() for path, file in files.items() if not path.startswith(".git/")}


def complete(texts: dict[str, str]) -> dict[str, str]:
    """What a folder has after a build of the texts: the texts, and the manifest as `sha256sum` would list them."""
    lines = [f"{hashlib.sha256(text.encode()).hexdigest()}  {path}\n" for path, text in sorted(texts.items())]
    head = "# Files of a build: sha256 and path, version 1. Written by the build; do not edit.\n"
    return {**texts, "manifest.sha256": head + "".join(lines)}
