"""The properties that panels of all types share: position, queries, thresholds and field options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grafanalib.core import GridPos, Target

from generator.ir.dashboard import Marker, PanelSpec, PanelType, QueryFormat, StateSpec, ThresholdStep
from generator.rendering.promql import text

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
"""The data source that the reader selects in the dashboard's variable."""
AUTO_LEGEND = "__auto"
"""Grafana's legend format for series that are named by the labels in which they differ."""
SPECIAL = (Marker.QUIET, Marker.UNKNOWN)
"""What Grafana maps by its kind, and not as a value."""
MONEY = "currencyUSD"
DECIMALS = {"none": 0, MONEY: 2}
"""The number of decimals by unit: 0 for counts, 2 for money. For all other units, Grafana chooses."""


def panel_arguments(
    spec: PanelSpec, field_config: Mapping[str, object], options: Mapping[str, object]
) -> dict[str, object]:
    """The arguments that every panel class of grafanalib takes; `field_config` and `options` override its own."""
    position = spec.position
    return {
        "id": spec.id,
        "title": spec.title,
        "description": spec.description,
        "dataSource": DATASOURCE,
        "gridPos": GridPos(h=position.height, w=position.width, x=position.x, y=position.y),
        "targets": targets(spec),
        "thresholds": thresholds(spec.steps),
        "extraJson": {"fieldConfig": field_config, "options": options},
    }


def targets(panel: PanelSpec) -> list[Target]:
    """The queries of a panel, in their order. Graphs have a minimum step, because a data source that this build did not
    provision may have a shorter interval than the pushes: its rates would have no points."""
    return [
        Target(
            refId=spec.ref,
            expr=text(spec.complete),
            legendFormat=spec.legend or AUTO_LEGEND,
            format=spec.format.value,
            instant=spec.instant,
            datasource=DATASOURCE,
            interval=str(panel.min_step) if panel.min_step is not None and not spec.instant else "",
        )
        for spec in panel.targets
    ]


def thresholds(steps: Sequence[ThresholdStep]) -> list[dict[str, object]]:
    """The threshold steps, lowest first. grafanalib's own class would write the base step's null as the text "null"."""
    return [{"color": step.colour.value, "value": step.value} for step in steps]


def field_config(
    spec: PanelSpec,
    overrides: Sequence[Mapping[str, object]] = (),
    color: Mapping[str, object] | None = None,
    **custom: object,
) -> dict[str, Any]:
    """The field options. Values have the colours of the thresholds unless `color` is another mode; `custom` are the
    options of the panel's type."""
    defaults = {
        "color": color or {"mode": "thresholds"},
        "custom": custom,
        "decimals": decimals(spec),
        "mappings": state_mappings(spec.states),
        "max": spec.max,
        "min": spec.min,
        "noValue": spec.no_value or None,
        "unit": spec.unit,
    }
    return {"defaults": defaults, "overrides": list(overrides)}


def state_mappings(states: Sequence[StateSpec]) -> list[dict[str, object]]:
    """The texts and colours of states. Grafana paints `noValue` in the colour of the base threshold: no traffic and a
    dead Prometheus would be green."""
    results = {
        state.marker: {"color": state.colour.value, "index": index, "text": state.text}
        for index, state in enumerate(states)
    }
    values = {marker.value: result for marker, result in results.items() if marker not in SPECIAL}
    mappings: list[dict[str, object]] = [{"options": values, "type": "value"}] if values else []
    return mappings + [
        {"options": {"match": marker.value, "result": result}, "type": "special"}
        for marker, result in results.items()
        if marker in SPECIAL
    ]


def decimals(spec: PanelSpec) -> int | None:
    """The number of decimals, or None where Grafana chooses: for tables, whose columns would inherit it, and for bars
    of money, of which the shortest may be parts of a cent."""
    is_bar_of_money = spec.type is PanelType.BAR_GAUGE and spec.unit == MONEY
    return None if spec.type is PanelType.TABLE or is_bar_of_money else DECIMALS.get(spec.unit)


def has_buckets(spec: PanelSpec) -> bool:
    """Whether the panel shows the buckets of a histogram."""
    return any(target.format is QueryFormat.HEATMAP for target in spec.targets)


def override(matcher: str, option: str, **properties: object) -> dict[str, object]:
    """Other options for matching fields. The first underscore of a property stands for the dot in Grafana's id."""
    return {
        "matcher": {"id": matcher, "options": option},
        "properties": [{"id": name.replace("_", ".", 1), "value": value} for name, value in properties.items()],
    }


def fixed_colour(colour: str) -> dict[str, object]:
    """A colour that does not depend on the other series of the panel."""
    return {"fixedColor": colour, "mode": "fixed"}
