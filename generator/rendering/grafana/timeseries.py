"""Lines over time. Red is the limit and nothing else whose name is known."""

from __future__ import annotations

from itertools import cycle

from grafanalib.core import TimeSeries

from generator.ir.dashboard import Colour, PanelSpec, QueryTarget
from generator.rendering.grafana.panel_base import head, look, override

HUES = (
    *("blue", "purple", "semi-dark-yellow", "light-blue", "light-purple", "dark-green"),
    *("#8dd3c7", "#a6761d", "#d9d9d9", "#1f78b4", "#b3de69", "#cab2d6", "#66a61e", "#ffffb3", "#80b1d3"),
)
"""For lines known by name. Not red: that is a limit's. They differ in lightness too, for who does not see hues."""
FILLED, TOUCHED = 40, 6
"""How much of the area below a line is filled, in percent: of a stack, and of a line for itself."""


def lines(drawn: PanelSpec) -> TimeSeries:
    """How something goes over time, with its limit in sight."""
    style = {"mode": "dashed"} if drawn.threshold_lines else {"mode": "off"}
    ends = {"axisSoftMin": 0, "axisSoftMax": threshold(drawn)}
    colour = {"mode": "palette-classic"}
    legend = {"showLegend": many(drawn.targets)}
    return TimeSeries(
        transformations=shortening(drawn),
        lineWidth=2,
        fillOpacity=FILLED if drawn.stacked else TOUCHED,
        showPoints="auto",
        spanNulls=False,
        stacking=stacking(drawn.stacked),
        tooltipMode="multi",
        tooltipSort="desc",
        **head(
            drawn,
            look(drawn, overrides(drawn), colour, thresholdsStyle=style, scaleDistribution={"log": None}, **ends),
            {"legend": legend},
        ),
    )


def threshold(drawn: PanelSpec) -> float | None:
    """The bound that is drawn as a line: Grafana would leave it outside the picture while all is well."""
    bounds = [step.value for step in drawn.steps if step.value is not None]
    return max(bounds) if drawn.threshold_lines and bounds else None


def many(targets: tuple[QueryTarget, ...]) -> bool:
    """Whether there can be more than one line; a line alone is called by the panel's title."""
    return len(targets) > 1 or any(not named(one) for one in targets)


def named(target: QueryTarget) -> bool:
    """Whether a query is known to give one line, called by a name and not by its labels."""
    return bool(target.legend) and "{{" not in target.legend


def stacking(stacked: bool) -> dict[str, object]:
    """Whether lines add up."""
    return {"group": "A", "mode": "normal" if stacked else "none"}


def overrides(drawn: PanelSpec) -> list[dict[str, object]]:
    """Limits, and a fixed hue for every line that is known by its name, on this panel and on every other."""
    hues = cycle(HUES)
    by_query = [
        limit(one) if one.is_threshold else override("byFrameRefID", one.ref, color=fixed(next(hues)))
        for one in drawn.targets
        if one.is_threshold or named(one)
    ]
    return by_query + [
        override("byName", name, color=fixed(hue)) for name, hue in zip(drawn.series_names, hues, strict=False)
    ]


def fixed(hue: str) -> dict[str, object]:
    """A colour that does not depend on what else is drawn."""
    return {"fixedColor": hue, "mode": "fixed"}


def shortening(drawn: PanelSpec) -> list[dict[str, object]]:
    """Take the part that says nothing out of every name; Grafana matches the whole name."""
    if not drawn.hidden_name_part:
        return []
    return [{"id": "renameByRegex", "options": {"regex": f"(.*){drawn.hidden_name_part}(.*)", "renamePattern": "$1$2"}}]


def limit(target: QueryTarget) -> dict[str, object]:
    """A thin dashed red line without a fill, outside any stack; the legend does not list what the panel explains."""
    return override(
        "byFrameRefID",
        target.ref,
        color=fixed(Colour.CRITICAL.value),
        custom_hideFrom={"legend": True, "tooltip": False, "viz": False},
        custom_lineStyle={"dash": [10, 10], "fill": "dash"},
        custom_lineWidth=1,
        custom_fillOpacity=0,
        custom_stacking=stacking(stacked=False),
    )
