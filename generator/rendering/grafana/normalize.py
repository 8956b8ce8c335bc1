"""What grafanalib writes, mended: it speaks an old Grafana's JSON, so only what a current one reads is kept.

Every name that is kept is listed; whatever else a class of grafanalib writes does not leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

DASHBOARD = (
    *("annotations", "description", "editable", "graphTooltip", "links", "panels", "refresh", "schemaVersion", "tags"),
    *("templating", "time", "timepicker", "timezone", "title", "uid"),
)
TIME_PICKER = ("refresh_intervals",)
VARIABLE = (
    *("allValue", "current", "datasource", "hide", "includeAll", "label", "multi", "name", "query", "refresh"),
    *("regex", "sort", "type"),
)
PANEL = (
    *("datasource", "description", "fieldConfig", "gridPos", "id", "options", "targets", "title", "transformations"),
    "type",
)
ROW = ("collapsed", "gridPos", "id", "title", "type")
TARGET = ("datasource", "expr", "format", "instant", "legendFormat", "refId")
FIELD = ("color", "custom", "decimals", "max", "min", "noValue", "thresholds", "unit")
OLD_CUSTOM = ("displayMode",)
OLD_OPTIONS = {"bargauge": ("fieldOptions", "showThresholdLabels", "showThresholdMarkers")}


def mended(dashboard: Json) -> Json:
    """The dashboard as a current Grafana writes it, given what grafanalib makes of it."""
    parts = {
        "panels": [row(one) if one["type"] == "row" else panel(one) for one in dashboard["panels"]],
        "templating": {"list": [variable(one) for one in dashboard["templating"]["list"]]},
        "timepicker": kept(dashboard["timepicker"], TIME_PICKER),
    }
    return kept({**dashboard, **parts}, DASHBOARD)


def kept(node: Mapping[str, Any], names: Iterable[str]) -> Json:
    """Of a node, what has one of these names and holds anything."""
    return {name: node[name] for name in names if name in node and node[name] not in (None, [], {})}


def row(node: Json) -> Json:
    """An open row holds no panels; Grafana wants that said."""
    return {**kept(node, ROW), "panels": []}


def panel(node: Json) -> Json:
    """A panel, its queries and its fields."""
    kind = node["type"]
    options = {name: value for name, value in node["options"].items() if name not in OLD_OPTIONS.get(kind, ())}
    parts = {
        "fieldConfig": fields(node["fieldConfig"]),
        "options": options,
        "targets": [target(one) for one in node["targets"]],
    }
    return kept({**node, **parts}, PANEL)


def fields(node: Json) -> Json:
    """How values look. A threshold's base keeps its null: Grafana wants that one."""
    defaults = node["defaults"]
    custom = {name: filled(value) for name, value in defaults["custom"].items() if name not in OLD_CUSTOM}
    return {
        "defaults": kept({**defaults, "custom": kept(custom, custom)}, FIELD),
        "overrides": node["overrides"],
    }


def filled(value: object) -> object:
    """A value without the keys that hold null."""
    return kept(value, value) if isinstance(value, dict) else value


def target(node: Json) -> Json:
    """A query, as the code editor has it."""
    return {**kept(node, TARGET), "editorMode": "code", "range": not node["instant"]}


def variable(node: Json) -> Json:
    """A variable; grafanalib says of what is picked first that it is picked, and calls All by its sign."""
    picked = node["current"]["value"]
    if not picked:
        return kept({**node, "current": None}, VARIABLE)
    text = ["All"] if picked == ["$__all"] else picked
    return kept({**node, "current": {"text": text, "value": picked}}, VARIABLE)
