"""A Helm chart of the same objects.

Helm reads `{{`, which rules and dashboards have, in templates only. The chart's one template prints files of the chart,
which Helm does not read: the folder of the objects is the chart, too.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from generator import __version__
from generator.output import KUBERNETES_FOLDER
from generator.rendering.templates import render

TEMPLATES = ("Chart.yaml", "values.yaml", "templates/objects.yaml")
"""The files of the chart beside the objects; the template of each has its last name."""


def chart(instance: str) -> dict[str, str]:
    """The chart, of the name that all objects of the platform have in a label."""
    values = {"instance": instance, "version": __version__}
    return {f"{KUBERNETES_FOLDER}{path}": _text(PurePosixPath(path).name, values) for path in TEMPLATES}


def _text(name: str, values: dict[str, str]) -> str:
    return render(f"kubernetes/chart/{name}.j2", **values)
