"""Panels as grafanalib's objects, one function for each panel type."""

from __future__ import annotations

from collections.abc import Callable

from grafanalib.core import BarGauge, GaugePanel, Heatmap, Panel, Stat

from generator.ir.dashboard import BAR_NAME_HEIGHT, MIN_BAR_HEIGHT, LevelSpec, PanelSpec, PanelType
from generator.lowering.legend import SEPARATOR
from generator.rendering.grafana.panel_base import field_config, fixed_colour, has_buckets, override, panel_arguments
from generator.rendering.grafana.table import table
from generator.rendering.grafana.timeseries import rename_transformations, time_series

MAX_BAR_HEIGHT = 48
"""The greatest height of a bar with its name, in pixels: one bar alone would fill its panel."""
BAR_TEXT = {"titleSize": 12, "valueSize": 16}
LAST_VALUE = {"calcs": ["last"], "fields": "", "values": False}
"""The value of an instant query. `lastNotNull` would take no number for no result."""
NO_LEGEND = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False}
HIDE_FROM_NOTHING = {"legend": False, "tooltip": False, "viz": False}
HEATMAP_COLOUR = {
    "exponent": 0.5,
    "fill": "dark-blue",
    "mode": "scheme",
    "reverse": False,
    "scale": "exponential",
    "scheme": "Blues",
    "steps": 64,
}
"""Darker means more, in one hue without red, which means critical. The exponent keeps rare values visible."""


def panel(spec: PanelSpec) -> Panel:
    """The panel as grafanalib's object."""
    return PANELS[spec.type](spec)


def stat(spec: PanelSpec) -> Stat:
    """One number in the colour of its threshold, or of its query."""
    is_named = any(level.text for level in spec.levels)
    options = {
        # Several values are lines, which are higher than a column's share of the width would allow.
        "orientation": "horizontal" if len(spec.expected_names) > 1 else "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": LAST_VALUE,
        "showPercentChange": False,
        # A name above its value leaves both the whole width.
        "wideLayout": not is_named,
    }
    text_mode = "value_and_name" if is_named else "auto"
    field = field_config(
        spec, [override("byRegexp", f"/^{level.name}/", **_shown(spec, level)) for level in spec.levels]
    )
    return Stat(colorMode="value", graphMode="none", textMode=text_mode, **panel_arguments(spec, field, options))


def _shown(spec: PanelSpec, level: LevelSpec) -> dict[str, object]:
    """The colour and the name of values whose names begin with a level: the level's text, or the rest of the name."""
    rest = SEPARATOR.join(f"${{__field.labels.{label.name}}}" for label in spec.level_labels)
    name = level.text or rest
    return {"color": fixed_colour(level.colour.value), **({"displayName": name} if name else {})}


def gauge(spec: PanelSpec) -> GaugePanel:
    """One number between the panel's minimum and maximum."""
    options = {
        "minVizHeight": 75,
        "minVizWidth": 75,
        "orientation": "auto",
        "reduceOptions": LAST_VALUE,
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
    }
    return GaugePanel(**panel_arguments(spec, field_config(spec), options))


def bar_gauge(spec: PanelSpec) -> BarGauge:
    """A bar for each series, in the order of the query's result. A bar has one colour, that of its threshold."""
    options = {
        "legend": NO_LEGEND,
        "maxVizHeight": MAX_BAR_HEIGHT,
        "minVizHeight": MIN_BAR_HEIGHT + (0 if spec.names_beside else BAR_NAME_HEIGHT),
        "minVizWidth": 8,
        "namePlacement": "left" if spec.names_beside else "top",
        "reduceOptions": LAST_VALUE,
        "showUnfilled": True,
        "sizing": "manual",
        "text": BAR_TEXT,
        "valueMode": "color",
    }
    # Grafana gives a single bar no name, but buckets have theirs, and would all be 0 with another one.
    named = {} if has_buckets(spec) else {"displayName": "${__series.name}"}
    field = field_config(
        spec, [override("byRegexp", f"/{each}/", displayName=name) for each, name in spec.bucket_names]
    )
    return BarGauge(
        displayMode="basic",
        transformations=rename_transformations(spec),
        **panel_arguments(spec, {**field, "defaults": {**field["defaults"], **named}}, options),
    )


def heatmap(spec: PanelSpec) -> Heatmap:
    """The buckets of a histogram over time. The unit is that of the y axis; the value of a cell is a count."""
    options = {
        "calculate": False,
        "cellGap": 1,
        "cellValues": {"unit": "short"},
        "color": HEATMAP_COLOUR,
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "showColorScale": True, "yHistogram": False},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": spec.unit},
    }
    field = field_config(spec, hideFrom=HIDE_FROM_NOTHING, scaleDistribution={"type": "linear"})
    return Heatmap(**panel_arguments(spec, field, options))


PANELS: dict[PanelType, Callable[[PanelSpec], Panel]] = {
    PanelType.TIME_SERIES: time_series,
    PanelType.STAT: stat,
    PanelType.GAUGE: gauge,
    PanelType.BAR_GAUGE: bar_gauge,
    PanelType.HEATMAP: heatmap,
    PanelType.TABLE: table,
}
