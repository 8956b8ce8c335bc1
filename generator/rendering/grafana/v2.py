"""A dashboard in the second version of Grafana's model: elements by name, and a layout that refers to them."""

from __future__ import annotations

from collections.abc import Iterator

from generator.dsl.platform import V2BETA1
from generator.rendering.grafana.defaults import Json

CURSOR_SYNC = ("Off", "Crosshair", "Tooltip")
"""By the classic model's number."""
HIDE = ("dontHide", "hideLabel", "hideVariable")
REFRESH = ("never", "onDashboardLoad", "onTimeRangeChanged")
SORT = ("disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc")
ANNOTATION_REF = "Anno"
"""The name that Grafana gives to the query of annotations."""
QUERY_VERSION = "v0"
LEGACY_ANNOTATION = ("tagKeys", "textFormat", "titleFormat")
"""What the Prometheus data source reads from annotations beside the query."""


def spec_v2(board: Json, version: str) -> Json:
    """The spec of a dashboard in the classic model, as version `v2beta1` or `v2` has it."""
    panels = [node for node in board["panels"] if node["type"] != "row"]
    return {
        "annotations": [_annotation(node) for node in board["annotations"]["list"]],
        "cursorSync": CURSOR_SYNC[board["graphTooltip"]],
        "description": board["description"],
        "editable": board["editable"],
        "elements": {_element_name(node): _element(node, version) for node in panels},
        "layout": {"kind": "RowsLayout", "spec": {"rows": list(_rows(board["panels"]))}},
        "links": board["links"],
        "preload": False,
        "tags": board["tags"],
        "timeSettings": {
            "autoRefresh": board["refresh"],
            "autoRefreshIntervals": board["timepicker"]["refresh_intervals"],
            "fiscalYearStartMonth": 0,
            "from": board["time"]["from"],
            "hideTimepicker": False,
            "timezone": board["timezone"],
            "to": board["time"]["to"],
            "weekStart": board["weekStart"],
        },
        "title": board["title"],
        "variables": [_variable(node) for node in board["templating"]["list"]],
    }


def _element_name(panel: Json) -> str:
    return f"panel-{panel['id']}"


def _element(node: Json, version: str) -> Json:
    group: Json = {
        "queries": [_panel_query(each) for each in node["targets"]],
        "queryOptions": {},
        "transformations": [_transformation(each, version) for each in node.get("transformations", ())],
    }
    visualization = {"fieldConfig": node["fieldConfig"], "options": node["options"]}
    spec = {
        "data": {"kind": "QueryGroup", "spec": group},
        "description": node["description"],
        "id": node["id"],
        "links": [],
        "title": node["title"],
        "vizConfig": {
            "group": node["type"],
            "kind": "VizConfig",
            "spec": visualization,
            "version": node["pluginVersion"],
        },
    }
    return {"kind": "Panel", "spec": spec}


def _panel_query(node: Json) -> Json:
    spec = {name: value for name, value in node.items() if name not in ("datasource", "refId")}
    query = _query(node["datasource"], spec)
    return {"kind": "PanelQuery", "spec": {"hidden": False, "query": query, "refId": node["refId"]}}


def _query(data_source: Json, spec: Json) -> Json:
    return {
        "datasource": {"name": data_source["uid"]},
        "group": data_source["type"],
        "kind": "DataQuery",
        "spec": spec,
        "version": QUERY_VERSION,
    }


def _transformation(node: Json, version: str) -> Json:
    if version == V2BETA1:
        return {"kind": node["id"], "spec": node}
    return {"group": node["id"], "kind": "Transformation", "spec": {"options": node["options"]}}


def _rows(nodes: list[Json]) -> Iterator[Json]:
    """The rows with the panels that follow them; in a row, positions count from below its title."""
    starts = [index for index, node in enumerate(nodes) if node["type"] == "row"]
    for start, end in zip(starts, [*starts[1:], len(nodes)], strict=True):
        row, top = nodes[start], nodes[start]["gridPos"]["y"] + nodes[start]["gridPos"]["h"]
        items = [_item(node, top) for node in nodes[start + 1 : end]]
        layout = {"kind": "GridLayout", "spec": {"items": items}}
        yield {"kind": "RowsLayoutRow", "spec": {"collapse": row["collapsed"], "layout": layout, "title": row["title"]}}


def _item(node: Json, top: int) -> Json:
    place = node["gridPos"]
    spec = {
        "element": {"kind": "ElementReference", "name": _element_name(node)},
        "height": place["h"],
        "width": place["w"],
        "x": place["x"],
        "y": place["y"] - top,
    }
    return {"kind": "GridLayoutItem", "spec": spec}


def _annotation(node: Json) -> Json:
    """Annotations. The query of a Prometheus data source is its own object, not one of the options of old versions."""
    shown = {name: node[name] for name in ("enable", "hide", "iconColor", "name")}
    if "expr" not in node:
        return {"kind": "AnnotationQuery", "spec": {**shown, "builtIn": True, "query": _query(node["datasource"], {})}}
    query = _query(node["datasource"], {"expr": node["expr"], "interval": node["step"], "refId": ANNOTATION_REF})
    legacy = {name: node[name] for name in LEGACY_ANNOTATION}
    return {"kind": "AnnotationQuery", "spec": {**shown, "builtIn": False, "legacyOptions": legacy, "query": query}}


def _variable(node: Json) -> Json:
    shared = {
        "allowCustomValue": True,
        "current": node.get("current", {"text": "", "value": ""}),
        "hide": HIDE[node["hide"]],
        "includeAll": node["includeAll"],
        "label": node["label"],
        "multi": node["multi"],
        "name": node["name"],
        "options": [],
        "refresh": REFRESH[node["refresh"]],
        "regex": node["regex"],
        "skipUrlSync": False,
    }
    if node["type"] == "datasource":
        return {"kind": "DatasourceVariable", "spec": {**shared, "pluginId": node["query"]}}
    all_value = {"allValue": node["allValue"]} if "allValue" in node else {}
    query = {"query": _query(node["datasource"], node["query"]), "sort": SORT[node["sort"]]}
    return {"kind": "QueryVariable", "spec": {**shared, **all_value, **query}}
