"""What Grafana adds to a panel and takes away from it when it saves a dashboard.

The defaults are those of Grafana 12.3, in `grafana_defaults.json`, which the preview reads too. They are written into
each dashboard: a save in Grafana then changes nothing, and an older or newer Grafana migrates nothing at each load.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

FILE = Path(__file__).parents[1] / "schemas/grafana_defaults.json"
ALL = "$__all"
"""Grafana's value of a variable for which All is selected."""
IGNORED_BY_HEATMAPS = ("color", "noValue", "thresholds")
"""Field options that a heatmap does not have: Grafana shows its own text where there is no data."""


@cache
def defaults() -> Mapping[str, Any]:
    """Grafana's defaults: `pluginVersion`, those of every field, and the options of each type of panel."""
    loaded: Mapping[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def as_saved(dashboard: Json) -> Json:
    """A dashboard in Grafana's current model, as Grafana saves it after a load."""
    variables = {"list": [_variable(each) for each in dashboard["templating"]["list"]]}
    return {**dashboard, "panels": [_panel(each) for each in dashboard["panels"]], "templating": variables}


def changes(written: Json, saved: Json) -> Iterator[str]:
    """What a save changes in an object, at any depth: such as "adds mappings"."""
    for name in sorted(written.keys() | saved.keys()):
        if name not in written:
            yield f"adds {name}"
        elif name not in saved:
            yield f"removes {name}"
        elif isinstance(written[name], dict) and isinstance(saved[name], dict):
            yield from changes(written[name], saved[name])
        elif written[name] != saved[name]:
            yield f"changes {name}"


def _panel(node: Json) -> Json:
    if node["type"] == "row":
        return node
    known = defaults()["panels"][node["type"]]
    config = node["fieldConfig"]
    field = _filled(
        config["defaults"], {**defaults()["field"], **({"custom": known["custom"]} if "custom" in known else {})}
    )
    if node["type"] == "heatmap":
        field = {name: value for name, value in field.items() if name not in IGNORED_BY_HEATMAPS}
    elif "thresholds" in field:
        field["thresholds"] = _thresholds(field["thresholds"])
    return {
        **node,
        "fieldConfig": {"defaults": field, "overrides": [_override(each) for each in config["overrides"]]},
        "options": _filled(node["options"], known["options"]),
        "pluginVersion": node.get("pluginVersion", defaults()["pluginVersion"]),
    }


def _override(node: Json) -> Json:
    properties = [
        {**each, "value": _thresholds(each["value"])} if each["id"] == "thresholds" else each
        for each in node["properties"]
    ]
    return {**node, "properties": properties}


def _thresholds(node: Json) -> Json:
    """Thresholds whose base step is 0; its value does not matter, since every value is in the base step or above."""
    first, *others = node["steps"]
    return {**node, "steps": [{**first, "value": first["value"] or 0}, *others]}


def _variable(node: Json) -> Json:
    """A variable whose current value All is the text "All"."""
    current = node.get("current")
    if current is None or current["value"] != [ALL]:
        return node
    return {**node, "current": {"text": "All", "value": [ALL]}}


def _filled(node: Json, known: Mapping[str, Any]) -> Json:
    """An object with each default that it lacks, at any depth of objects."""
    return {
        **node,
        **{
            name: _filled(node[name], value) if name in node and isinstance(value, dict) else node.get(name, value)
            for name, value in known.items()
        },
    }
