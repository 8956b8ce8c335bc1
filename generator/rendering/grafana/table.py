"""Tables: one row for each value of a label, one column for each query, joined in the browser."""

from __future__ import annotations

from grafanalib.core import DataLink, Table, TableSortByField

from generator.dsl.labels import Label
from generator.ir.dashboard import ColumnSpec, PanelSpec
from generator.rendering.grafana.panel_base import DECIMALS, head, look, override, thresholds

PLAIN_CELL = {"type": "auto"}
COLOURED_CELL = {"type": "color-text"}
MISSING = "–"
WIDTH, NARROWEST = 240, 80
"""Of the label's column, for tenants' and alerts' names are long, and of all others at least; in pixels."""


def table(drawn: PanelSpec) -> Table:
    """The worst of a label's values first."""
    assert drawn.label is not None
    label = drawn.label
    return Table(
        sortBy=[TableSortByField(drawn.columns[0].title, desc=True)],
        transformations=transformations(label, drawn.columns),
        **head(
            drawn,
            look(
                drawn,
                [opener(label, drawn.links_to), *map(column, drawn.columns)],
                align="auto",
                cellOptions=PLAIN_CELL,
                filterable=False,
                inspect=False,
                minWidth=NARROWEST,
            ),
            {"cellHeight": "sm", "showHeader": True},
        ),
    )


def transformations(label: Label, columns: tuple[ColumnSpec, ...]) -> list[dict[str, object]]:
    """Join the answers on the label, then show the label and the values alone, in order and under their headings."""
    values = {value_of(one, columns): one.title for one in columns}
    names = {label.name: heading(label), **values}
    organised = {
        # A recorded series that is read bare keeps its name, which is no column.
        "excludeByName": dict.fromkeys([*times(len(columns)), "__name__"], True),
        "includeByName": {},
        "indexByName": {name: position for position, name in enumerate(names)},
        "renameByName": names,
    }
    return [
        {"id": "joinByField", "options": {"byField": label.name, "mode": "outer"}},
        {"id": "organize", "options": organised},
    ]


def value_of(column: ColumnSpec, columns: tuple[ColumnSpec, ...]) -> str:
    """What Grafana calls the values of a query that answers with a table: by the query only if there are several."""
    return f"Value #{column.ref}" if len(columns) > 1 else "Value"


def times(answers: int) -> list[str]:
    """What Grafana calls the time of each answer, once they are joined: it numbers fields of
    one name, and an answer that is empty drops out."""
    return ["Time", *(f"Time {each}" for each in range(1, answers + 1))]


def heading(label: Label) -> str:
    """A label's heading: Tenant, Route, Model."""
    return label.title or label.variable.replace("_", " ").capitalize()


def opener(label: Label, links_to: str) -> dict[str, object]:
    """The label's column: text, never HTML, and a link that carries the value, the time and the data source."""
    if not links_to:
        return override("byName", heading(label), noValue=MISSING, custom_width=WIDTH)
    value = f"${{__data.fields.{label.name}:percentencode}}"
    link = DataLink(
        title="Open its dashboard", linkUrl=f"{links_to}{value}&${{__url_time_range}}&${{datasource:queryparam}}"
    )
    return override("byName", heading(label), noValue=MISSING, custom_width=WIDTH, links=[link])


def column(drawn: ColumnSpec) -> dict[str, object]:
    """A column of values in its unit, coloured where it has bounds."""
    coloured = len(drawn.steps) > 1
    properties: dict[str, object] = {
        "unit": drawn.unit,
        "noValue": MISSING,
        "custom_cellOptions": COLOURED_CELL if coloured else PLAIN_CELL,
    }
    if drawn.unit in DECIMALS:
        properties["decimals"] = DECIMALS[drawn.unit]
    if coloured:
        properties["thresholds"] = {"mode": "absolute", "steps": thresholds(drawn.steps)}
    return override("byName", drawn.title, **properties)
