"""Panels, one function for each kind: in grafanalib's words, with what those lack laid over."""

from __future__ import annotations

from collections.abc import Callable

from grafanalib.core import BarGauge, GaugePanel, Heatmap, Panel, Stat

from generator.ir.dashboard import PanelSpec, PanelType
from generator.rendering.grafana.panel_base import head, look
from generator.rendering.grafana.table import table
from generator.rendering.grafana.timeseries import lines, shortening

NEWEST = {"calcs": ["lastNotNull"], "fields": "", "values": False}
NO_LEGEND = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False}
SHOWN = {"legend": False, "tooltip": False, "viz": False}
DARKER = {
    "exponent": 0.5,
    "fill": "dark-blue",
    "mode": "scheme",
    "reverse": False,
    "scale": "exponential",
    "scheme": "Blues",
    "steps": 64,
}
"""Stronger and stronger in one hue: no red, which means bad. The exponent lets rare values be seen."""


def panel(drawn: PanelSpec) -> Panel:
    """The panel in grafanalib's words."""
    return WRITERS[drawn.type](drawn)


def number(drawn: PanelSpec) -> Stat:
    """One number; its colour says whether it is good."""
    options = {
        "percentChangeColorMode": "standard",
        "reduceOptions": NEWEST,
        "showPercentChange": False,
        "wideLayout": True,
    }
    return Stat(colorMode="value", graphMode="area" if drawn.sparkline else "none", **head(drawn, look(drawn), options))


def dial(drawn: PanelSpec) -> GaugePanel:
    """One number between none and all."""
    options = {
        "minVizHeight": 75,
        "minVizWidth": 75,
        "orientation": "auto",
        "reduceOptions": NEWEST,
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
    }
    return GaugePanel(**head(drawn, look(drawn), options))


def bars(drawn: PanelSpec) -> BarGauge:
    """A bar for each series, in the order of the answer. A bar has one colour, since a colour means one thing."""
    options = {
        "legend": NO_LEGEND,
        "maxVizHeight": 300,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "reduceOptions": NEWEST,
        "showUnfilled": True,
        "sizing": "auto",
        "text": {"titleSize": 14, "valueSize": 18},
        "valueMode": "color",
    }
    return BarGauge(displayMode="basic", transformations=shortening(drawn), **head(drawn, look(drawn), options))


def heat(drawn: PanelSpec) -> Heatmap:
    """Prometheus' own buckets over time, the stronger, the more. The unit is the axis'; a cell holds a number."""
    options = {
        "calculate": False,
        "cellGap": 1,
        "cellValues": {"unit": "short"},
        "color": DARKER,
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "showColorScale": True, "yHistogram": False},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": drawn.unit},
    }
    return Heatmap(**head(drawn, look(drawn, hideFrom=SHOWN, scaleDistribution={"type": "linear"}), options))


WRITERS: dict[PanelType, Callable[[PanelSpec], Panel]] = {
    PanelType.TIME_SERIES: lines,
    PanelType.STAT: number,
    PanelType.GAUGE: dial,
    PanelType.BAR_GAUGE: bars,
    PanelType.HEATMAP: heat,
    PanelType.TABLE: table,
}
