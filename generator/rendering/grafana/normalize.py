"""Normalizes grafanalib's JSON, which has the form of an old Grafana, to the JSON model of a current one.

Only listed properties are kept, so that nothing else that a class of grafanalib writes gets into a dashboard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

DASHBOARD = (
    *("annotations", "description", "editable", "graphTooltip", "links", "panels", "refresh", "schemaVersion", "tags"),
    *("templating", "time", "timepicker", "timezone", "title", "uid", "weekStart"),
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
TARGET = ("datasource", "expr", "format", "instant", "interval", "legendFormat", "refId")
FIELD = ("color", "custom", "decimals", "displayName", "mappings", "max", "min", "noValue", "thresholds", "unit")
OLD_CUSTOM = ("displayMode",)
OLD_OPTIONS = {"bargauge": ("fieldOptions", "showThresholdLabels", "showThresholdMarkers")}


def normalized(dashboard: Json) -> Json:
    """Grafanalib's dashboard in the JSON model of a current Grafana."""
    parts = {
        "panels": [row(node) if node["type"] == "row" else panel(node) for node in dashboard["panels"]],
        "templating": {"list": [variable(node) for node in dashboard["templating"]["list"]]},
        "timepicker": non_empty(dashboard["timepicker"], TIME_PICKER),
    }
    return non_empty({**dashboard, **parts}, DASHBOARD)


def non_empty(node: Mapping[str, Any], names: Iterable[str]) -> Json:
    """The properties of a node that have one of these names and are neither null nor empty."""
    return {name: node[name] for name in names if name in node and node[name] not in (None, [], {})}


def row(node: Json) -> Json:
    """An expanded row; Grafana expects an empty list of panels in it."""
    return {**non_empty(node, ROW), "panels": []}


def panel(node: Json) -> Json:
    """A panel with its queries and field options."""
    old_options = OLD_OPTIONS.get(node["type"], ())
    parts = {
        "fieldConfig": field_config(node["fieldConfig"]),
        "options": {name: value for name, value in node["options"].items() if name not in old_options},
        "targets": [target(query) for query in node["targets"]],
    }
    return non_empty({**node, **parts}, PANEL)


def field_config(node: Json) -> Json:
    """Field options. The base step of the thresholds keeps its null value, which Grafana expects."""
    defaults = node["defaults"]
    custom = {name: without_nulls(value) for name, value in defaults["custom"].items() if name not in OLD_CUSTOM}
    return {
        "defaults": non_empty({**defaults, "custom": non_empty(custom, custom)}, FIELD),
        "overrides": node["overrides"],
    }


def without_nulls(value: object) -> object:
    """An object without its null and empty properties; any other value as it is."""
    return non_empty(value, value) if isinstance(value, dict) else value


def target(node: Json) -> Json:
    """A query, as Grafana's code editor saves it."""
    return {
        **non_empty({**node, "interval": node["interval"] or None}, TARGET),
        "editorMode": "code",
        "range": not node["instant"],
    }


def variable(node: Json) -> Json:
    """A template variable, whose current value is written as Grafana saves it."""
    current = {name: node["current"][name] for name in ("text", "value")} if node["current"]["value"] else None
    return non_empty({**node, "current": current}, VARIABLE)
