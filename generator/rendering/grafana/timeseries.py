"""Time series panels. Thresholds are red; other series that are named at build time never are."""

from __future__ import annotations

from itertools import cycle

from grafanalib.core import TimeSeries

from generator.ir.dashboard import Colour, LegendKind, PanelSpec, QueryTarget
from generator.rendering.grafana.panel_base import field_config, fixed_colour, override, panel_arguments

HUES = (
    *("blue", "purple", "semi-dark-yellow", "light-blue", "light-purple", "dark-green"),
    *("#8dd3c7", "#a6761d", "#d9d9d9", "#1f78b4", "#b3de69", "#cab2d6", "#66a61e", "#ffffb3", "#80b1d3"),
)
"""The colours of series that are named at build time. They also differ in lightness, for colour-blind readers."""
SMALL = {"percentunit": 0.01, "ms": 10, "dthms": 60, "short": 1, "none": 1, "currencyUSD": 0.01, "currency:$": 1e-6}
"""A value of each unit that is small for every platform; of rates, 0.01 a second."""
FROM_LEGEND = {"legend": True, "tooltip": False, "viz": False}
"""Hides the names of series from the legend."""
STACKED_OPACITY, LINE_OPACITY = 40, 6
"""The opacity of the area below a line, in percent: in a stack, and elsewhere."""


def time_series(spec: PanelSpec) -> TimeSeries:
    """Lines over time; a threshold is on the axis when values come near it."""
    thresholds_style = {"mode": "dashed"} if spec.threshold_lines else {"mode": "off"}
    field = field_config(
        spec,
        overrides(spec),
        {"mode": "palette-classic"},
        thresholdsStyle=thresholds_style,
        scaleDistribution={"log": None},
        axisSoftMin=0,
        axisSoftMax=soft_max(spec),
    )
    return TimeSeries(
        transformations=rename_transformations(spec),
        lineWidth=2,
        fillOpacity=STACKED_OPACITY if spec.stacked else LINE_OPACITY,
        showPoints="auto",
        spanNulls=False,
        stacking=stacking(spec.stacked),
        tooltipMode="multi",
        tooltipSort="desc",
        **panel_arguments(spec, field, {"legend": legend(spec)}),
    )


def soft_max(spec: PanelSpec) -> float:
    """The least maximum of the axis: a small value of the unit. Without it, Grafana draws zeros on an axis that ends at
    10,000 % or 100 requests. A threshold far above the values would flatten them: its line is drawn when they come
    near."""
    return SMALL.get(spec.unit, 0.01)


def legend(spec: PanelSpec) -> dict[str, object]:
    """The legend below the graph."""
    if not spec.has_legend:
        return {"showLegend": False}
    table = {"displayMode": "table", "calcs": ["lastNotNull", "max"]} if spec.legend is LegendKind.TABLE else {}
    return {**table, "placement": "bottom", "showLegend": True}


def stacking(stacked: bool) -> dict[str, object]:
    """Whether the values of the series are added up."""
    return {"group": "A", "mode": "normal" if stacked else "none"}


def overrides(spec: PanelSpec) -> list[dict[str, object]]:
    """The style of thresholds, and the colour of every series that is named at build time: the same on all panels."""
    hues = cycle(HUES)
    hidden = [
        override("byFrameRefID", target.ref, custom_hideFrom=FROM_LEGEND)
        for target in spec.targets
        if not (target.in_legend or target.is_threshold)
    ]
    by_query = [
        threshold_override(target)
        if target.is_threshold
        else override("byFrameRefID", target.ref, color=fixed_colour(next(hues)))
        for target in spec.targets
        if target.is_threshold or target.has_fixed_name
    ]
    return [*hidden, *by_query] + [
        override("byName", name, color=fixed_colour(hue)) for name, hue in zip(spec.series_names, hues, strict=False)
    ]


def rename_transformations(spec: PanelSpec) -> list[dict[str, object]]:
    """Shorten the names of series; Grafana leaves those that do not match a pattern."""
    return [
        {"id": "renameByRegex", "options": {"regex": pattern, "renamePattern": "$1$2"}}
        for pattern in spec.name_patterns
    ]


def threshold_override(target: QueryTarget) -> dict[str, object]:
    """A thin dashed line in the colour of its level, without a fill, outside any stack, and not in the legend: the
    description explains it."""
    return override(
        "byFrameRefID",
        target.ref,
        color=fixed_colour((Colour.WARNING if target.is_warning else Colour.CRITICAL).value),
        custom_hideFrom=FROM_LEGEND,
        custom_lineStyle={"dash": [10, 10], "fill": "dash"},
        custom_lineWidth=1,
        custom_fillOpacity=0,
        custom_stacking=stacking(stacked=False),
    )
