"""What Grafana 12.3 changes in a dashboard when it saves it, as a real one did: a table beside the generator's."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Json = dict[str, Any]

TIMESERIES_CUSTOM: Json = {
    "axisBorderShow": False,
    "axisCenteredZero": False,
    "axisColorMode": "text",
    "axisLabel": "",
    "axisPlacement": "auto",
    "barAlignment": 0,
    "barWidthFactor": 0.6,
    "drawStyle": "line",
    "fillOpacity": 0,
    "gradientMode": "none",
    "hideFrom": {"legend": False, "tooltip": False, "viz": False},
    "insertNulls": False,
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "pointSize": 5,
    "scaleDistribution": {"type": "linear"},
    "showPoints": "auto",
    "showValues": False,
    "spanNulls": False,
    "stacking": {"group": "A", "mode": "none"},
    "thresholdsStyle": {"mode": "off"},
}
TIMESERIES_OPTIONS: Json = {
    "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
    "tooltip": {"hideZeros": False, "mode": "single", "sort": "none"},
}
STRIPPED_FROM_HEATMAPS = ("noValue", "color", "thresholds")


def saved_model(sent: Json) -> Json:
    """The model that Grafana has after it has loaded and saved a dashboard."""
    model = deepcopy(sent)
    for panel in model["panels"]:
        if panel["type"] != "row":
            _save_panel(panel)
    for variable in model["templating"]["list"]:
        if variable.get("current", {}).get("text") == ["All"]:
            variable["current"]["text"] = "All"
    return model


def _save_panel(panel: Json) -> None:
    field = panel["fieldConfig"]["defaults"]
    if "pluginVersion" not in panel:
        panel["pluginVersion"] = "12.3.0"
        if field.get("unit") == "percentunit":
            field.setdefault("min", 0)
            field.setdefault("max", 1)
    field.setdefault("mappings", [])
    for steps in [field["thresholds"]["steps"]] if "thresholds" in field else []:
        steps[0]["value"] = steps[0].get("value") or 0
    match panel["type"]:
        case "timeseries":
            _fill(field.setdefault("custom", {}), TIMESERIES_CUSTOM)
            _fill(panel.setdefault("options", {}), TIMESERIES_OPTIONS)
        case "table":
            field.setdefault("custom", {}).setdefault("footer", {"reducers": []})
        case "heatmap":
            for name in STRIPPED_FROM_HEATMAPS:
                field.pop(name, None)


def _fill(node: Json, defaults: Json) -> None:
    for name, value in defaults.items():
        if isinstance(value, dict):
            _fill(node.setdefault(name, {}), value)
        else:
            node.setdefault(name, value)
