"""Lines over time. Red is the limit and nothing else whose name is known."""

from __future__ import annotations

from itertools import cycle

from grafanalib.core import TimeSeries

from generator.emit.grafana.head import head, look, override
from generator.lower.drawn import Colour, DrawnPanel, Target

HUES = ("blue", "purple", "semi-dark-yellow", "light-blue", "light-purple", "dark-green")
"""For lines known by name. Not red: that is a limit's. They differ in lightness too, for who does not see hues."""
FILLED, TOUCHED = 40, 6
"""How much of the area below a line is filled, in percent: of a stack, and of a line for itself."""


def lines(drawn: DrawnPanel) -> TimeSeries:
    """How something goes over time, with its limit in sight."""
    style = {"mode": "dashed"} if drawn.dashed else {"mode": "off"}
    ends = {"axisSoftMin": 0, "axisSoftMax": ceiling(drawn)}
    colour = {"mode": "palette-classic"}
    legend = {"showLegend": many(drawn.targets)}
    return TimeSeries(
        lineWidth=2,
        fillOpacity=FILLED if drawn.stacked else TOUCHED,
        showPoints="auto",
        spanNulls=False,
        stacking=stacking(drawn.stacked),
        tooltipMode="multi",
        tooltipSort="desc",
        **head(
            drawn,
            look(
                drawn, overrides(drawn.targets), colour, thresholdsStyle=style, scaleDistribution={"log": None}, **ends
            ),
            {"legend": legend},
        ),
    )


def ceiling(drawn: DrawnPanel) -> float | None:
    """The bound that is drawn as a line: Grafana would leave it outside the picture while all is well."""
    bounds = [step.value for step in drawn.steps if step.value is not None]
    return max(bounds) if drawn.dashed and bounds else None


def many(targets: tuple[Target, ...]) -> bool:
    """Whether there can be more than one line; a line alone is called by the panel's title."""
    return len(targets) > 1 or any(not named(one) for one in targets)


def named(target: Target) -> bool:
    """Whether a query is known to give one line, called by a name and not by its labels."""
    return bool(target.legend) and "{{" not in target.legend


def stacking(stacked: bool) -> dict[str, object]:
    """Whether lines add up."""
    return {"group": "A", "mode": "normal" if stacked else "none"}


def overrides(targets: tuple[Target, ...]) -> list[dict[str, object]]:
    """Limits, and a fixed hue for every line that is known by its name."""
    hues = cycle(HUES)
    return [
        limit(one)
        if one.limit
        else override("byFrameRefID", one.ref, color={"fixedColor": next(hues), "mode": "fixed"})
        for one in targets
        if one.limit or named(one)
    ]


def limit(target: Target) -> dict[str, object]:
    """A thin dashed red line without a fill, outside any stack."""
    return override(
        "byFrameRefID",
        target.ref,
        color={"fixedColor": Colour.BAD.value, "mode": "fixed"},
        custom_lineStyle={"dash": [10, 10], "fill": "dash"},
        custom_lineWidth=1,
        custom_fillOpacity=0,
        custom_stacking=stacking(stacked=False),
    )
