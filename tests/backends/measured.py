"""The results of a run, which `docs/backends.md` has a table of."""

from __future__ import annotations

import json
from typing import Any

from generator.project import ROOT
from tests.backends.deployed import TriedBackend

FILE = ROOT / "docs/backends/measured.json"


def note(tried: TriedBackend, **results: Any) -> None:
    """Keep results of a backend in a version; `make checks-docs` writes them into the table."""
    noted = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    noted[tried.name] = {**noted.get(tried.name, {}), "backend": tried.backend, "version": tried.version, **results}
    FILE.write_text(json.dumps(noted, indent=2, sort_keys=True) + "\n", encoding="utf-8")
