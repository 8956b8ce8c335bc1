"""The dashboards to read: the samples written now, and those that lie in `out/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.rendering.grafana import dashboard
from tests.rendering.drawn_samples import OVERVIEW

FOLDER = Path(__file__).resolve().parents[2] / "out" / "grafana" / "dashboards"


def shipped() -> dict[str, str]:
    """The texts of the dashboards in `out/`, by their names; none before the first build."""
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.json"))}


def sample() -> dict[str, Any]:
    """The sample dashboard, written and read again."""
    read: dict[str, Any] = json.loads(dashboard(OVERVIEW))
    return read


def panel(title: str) -> dict[str, Any]:
    """A panel of the sample, by its title."""
    found: dict[str, Any] = next(one for one in sample()["panels"] if one["title"] == title)
    return found
