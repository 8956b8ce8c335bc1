"""What every panel has, whatever draws it: place, queries, and how its values look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grafanalib.core import GridPos

from generator.ir.dashboard import PanelSpec, PanelType, QueryFormat, ThresholdStep
from generator.rendering.grafana.queries import DATASOURCE, queries

DECIMALS = {"none": 0, "currencyUSD": 2}
"""By unit: things come whole, money in cents; Grafana chooses for all else."""


def head(drawn: PanelSpec, field: Mapping[str, object], options: Mapping[str, object]) -> dict[str, object]:
    """The arguments that every class of grafanalib takes; field and options are laid over what it makes of them."""
    position = drawn.position
    return {
        "id": drawn.id,
        "title": drawn.title,
        "description": drawn.description,
        "dataSource": DATASOURCE,
        "gridPos": GridPos(h=position.height, w=position.width, x=position.x, y=position.y),
        "targets": queries(drawn.targets),
        "thresholds": thresholds(drawn.steps),
        "extraJson": {"fieldConfig": field, "options": options},
    }


def thresholds(steps: Sequence[ThresholdStep]) -> list[dict[str, object]]:
    """Colours by value, the lowest first. grafanalib's own class writes the base's missing value as the text "null"."""
    return [{"color": step.colour.value, "value": step.value} for step in steps]


def look(
    drawn: PanelSpec,
    overrides: Sequence[Mapping[str, object]] = (),
    color: Mapping[str, object] | None = None,
    **custom: object,
) -> dict[str, object]:
    """How the values look: by their thresholds if `color` does not say otherwise; `custom` is the kind's own. A table's
    decimals are its columns' own: they would inherit these."""
    defaults = {
        "color": color or {"mode": "thresholds"},
        "custom": custom,
        "decimals": decimals(drawn),
        "max": drawn.max,
        "min": drawn.min,
        "noValue": drawn.no_value,
        "unit": drawn.unit,
    }
    return {"defaults": defaults, "overrides": list(overrides)}


def decimals(drawn: PanelSpec) -> int | None:
    """How many decimals are shown, where that is not Grafana's choice. What fell into a bucket comes whole."""
    if drawn.type is PanelType.TABLE:
        return None
    counted = drawn.type is PanelType.BAR_GAUGE and any(one.format is QueryFormat.HEATMAP for one in drawn.targets)
    return 0 if counted else DECIMALS.get(drawn.unit)


def override(matcher: str, wanted: str, **properties: object) -> dict[str, object]:
    """Another look for the fields that match. A property's first underscore is the dot of Grafana's id for it."""
    return {
        "matcher": {"id": matcher, "options": wanted},
        "properties": [{"id": name.replace("_", ".", 1), "value": value} for name, value in properties.items()],
    }
