"""The JSON of dashboards: the sample, rendered now, and the files in `out/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.output import DASHBOARDS_FOLDER
from generator.rendering.grafana import dashboard
from tests.rendering.dashboard_samples import OVERVIEW

FOLDER = Path(__file__).resolve().parents[2] / "out" / DASHBOARDS_FOLDER


def shipped() -> dict[str, str]:
    """The texts of the dashboards in `out/` by id; empty before the first build."""
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.json"))}


def sample() -> dict[str, Any]:
    """The parsed JSON of the sample dashboard."""
    parsed: dict[str, Any] = json.loads(dashboard(OVERVIEW))
    return parsed


def panel(title: str) -> dict[str, Any]:
    """A panel of the sample, by its title."""
    match: dict[str, Any] = next(node for node in sample()["panels"] if node["title"] == title)
    return match
