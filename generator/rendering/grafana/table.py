"""Tables: one row for each value of a label, one column for each query; Grafana joins the results in the browser."""

from __future__ import annotations

from grafanalib.core import DataLink, Table, TableSortByField

from contract.labels import CLUSTER, PLATFORM
from generator.dsl.labels import Label
from generator.ir.dashboard import MIN_COLUMN_WIDTH, Colour, ColumnSpec, LinkSpec, PanelSpec, label_column_width
from generator.rendering.grafana.panel_base import DECIMALS, field_config, override, panel_arguments, thresholds

PLAIN_CELL = {"type": "auto"}
COLOURED_CELL = {"type": "color-text"}
NO_VALUE = "–"
NO_NUMBER = [
    {
        "options": {"match": "nan", "result": {"color": Colour.PLAIN.value, "index": 0, "text": NO_VALUE}},
        "type": "special",
    }
]
"""A cell without a number has a dash, not in the colour of the base threshold."""


def table(spec: PanelSpec) -> Table:
    """A table that is sorted by its first column of values, the largest first."""
    assert spec.label is not None
    label = spec.label
    field = field_config(
        spec,
        [label_column(label, spec.links_to), *map(value_column, spec.columns)],
        align="auto",
        cellOptions=PLAIN_CELL,
        filterable=False,
        inspect=False,
        minWidth=MIN_COLUMN_WIDTH,
    )
    return Table(
        sortBy=[TableSortByField(spec.columns[0].title, desc=True)],
        transformations=transformations(label, spec.columns),
        **panel_arguments(spec, field, {"cellHeight": "sm", "showHeader": True}),
    )


def transformations(label: Label, columns: tuple[ColumnSpec, ...]) -> list[dict[str, object]]:
    """Join the results on the label, then show only the label and the values, in order and with their headings."""
    values = {value_field(column, columns): column.title for column in columns}
    names = {label.name: heading(label), **values}
    organize = {
        # The result of a selector without an aggregation has the series' name as a field.
        "excludeByName": dict.fromkeys([*repeated_fields(len(columns)), "__name__"], True),
        "includeByName": {},
        "indexByName": {name: position for position, name in enumerate(names)},
        "renameByName": names,
    }
    return [
        {"id": "joinByField", "options": {"byField": label.name, "mode": "outer"}},
        {"id": "organize", "options": organize},
    ]


def value_field(column: ColumnSpec, columns: tuple[ColumnSpec, ...]) -> str:
    """Grafana's name for the values of a query in table format, with the query's letter if there are several."""
    return f"Value #{column.ref}" if len(columns) > 1 else "Value"


def repeated_fields(results: int) -> list[str]:
    """All names that Grafana can give to the fields that each of so many joined results has, its time and its platform:
    it numbers fields of the same name, and leaves out results without series."""
    return [
        name
        for field in ("Time", PLATFORM.name, CLUSTER.name)
        for name in (field, *(f"{field} {number}" for number in range(1, results + 1)))
    ]


def heading(label: Label) -> str:
    """The heading of a label's column, such as Tenant, Route or Model."""
    return label.title or label.variable.replace("_", " ").capitalize()


def label_column(label: Label, links_to: LinkSpec | None) -> dict[str, object]:
    """The label's column: text, never HTML, and a link with the value, the time range, the data source and the other
    filters that the linked dashboard has too."""
    if links_to is None:
        return override("byName", heading(label), noValue=NO_VALUE, custom_width=label_column_width(label))
    value = f"${{__data.fields.{label.name}:percentencode}}"
    kept = "".join(f"&${{{name}:queryparam}}" for name in ("datasource", *links_to.kept_variables))
    link = DataLink(title="Open its dashboard", linkUrl=f"{links_to.path}{value}&${{__url_time_range}}{kept}")
    return override("byName", heading(label), noValue=NO_VALUE, custom_width=label_column_width(label), links=[link])


def value_column(column: ColumnSpec) -> dict[str, object]:
    """A column of values in its unit, coloured if it has thresholds. Grafana gives all columns without a width an equal
    share of the table, so that a long heading would push the last columns out of sight: it has a width."""
    coloured = len(column.steps) > 1
    properties: dict[str, object] = {
        "unit": column.unit,
        "noValue": NO_VALUE,
        "mappings": NO_NUMBER,
        "custom_minWidth": column.width,
        **({"custom_width": column.width} if column.width > MIN_COLUMN_WIDTH else {}),
        "custom_cellOptions": COLOURED_CELL if coloured else PLAIN_CELL,
    }
    if column.unit in DECIMALS:
        properties["decimals"] = DECIMALS[column.unit]
    if coloured:
        properties["thresholds"] = {"mode": "absolute", "steps": thresholds(column.steps)}
    return override("byName", column.title, **properties)
