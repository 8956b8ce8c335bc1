"""What Grafana shows of the result of a query: the values at the end of the time range, and the text and colour of a
state."""

from __future__ import annotations

import math

from generator.ir.dashboard import Colour, Marker, PanelSpec, PanelType, QueryTarget
from generator.rendering.promql import text
from generator.verify.replay.server import Series
from tests.truth.conftest import SimulatedDay
from tests.truth.dashboard_view import DashboardView, LabelSet, interpolate

CURRENT = (PanelType.STAT, PanelType.GAUGE, PanelType.BAR_GAUGE, PanelType.TABLE)
"""The types of panels that show one value of each series."""
WIDTH = 200
"""The width of a small panel in pixels: Grafana asks for so many points."""


def values_by_labels(result: list[Series]) -> dict[LabelSet, float]:
    """Return the values of a query result by labels, without that of the platform, which all series have; bucket bounds
    are numbers with one spelling."""
    values = {}
    for series in result:
        labels = {name: value for name, value in series["metric"].items() if name not in ("__name__", "platform")}
        if "le" in labels:
            labels["le"] = str(float(labels["le"]))
        values[tuple(sorted(labels.items()))] = float(series["value"][1])
    return values


def values_of(panel: PanelSpec, values: dict[LabelSet, float]) -> dict[LabelSet, float]:
    """The values of a query without those that stand for a state, and without the cells of a table without a number."""
    if panel.type not in CURRENT:
        return values
    return {labels: value for labels, value in values.items() if math.isfinite(value)}


def shown(
    day: SimulatedDay, target: QueryTarget, view: DashboardView, dashboard: str, length: int
) -> dict[LabelSet, float]:
    """What Grafana shows of a query at the end of a time range: the result of an instant query, or else the last point
    of a graph, whose step grows with the range."""
    query = interpolate(text(target.complete), view, day.variables(dashboard))
    if target.instant:
        return values_by_labels(day.prometheus.query(query, view.time))
    step = max(15, length // WIDTH)
    end = view.time // step * step
    result = day.prometheus.query_range(query, end - length, end, step)
    last: list[Series] = [{"metric": series["metric"], "value": series["values"][-1]} for series in result]
    return values_by_labels(last)


def displayed(panel: PanelSpec, values: dict[LabelSet, float]) -> set[tuple[str, Colour]]:
    """The texts and colours of a stat's values: those of a state, else the number and the colour of its threshold."""
    texts: dict[object, tuple[str, Colour]] = {state.marker: (state.text, state.colour) for state in panel.states}
    if not values:
        return {texts[Marker.UNKNOWN]}
    return {texts.get(_marker(value)) or (f"{value:g}", _colour(panel, value)) for value in values.values()}


def _marker(value: float) -> object:
    """The state that a result stands for, or the result itself."""
    if math.isnan(value):
        return Marker.QUIET
    return {math.inf: Marker.DEAD, 0: Marker.ZERO}.get(value, value)


def _colour(panel: PanelSpec, value: float) -> Colour:
    return [step.colour for step in panel.steps if step.value is None or value >= step.value][-1]
