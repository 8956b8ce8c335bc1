"""Dashboards as specifications: expressions as trees, colours and grid positions decided, not yet JSON."""

from __future__ import annotations

from enum import Enum

from generator.dsl.labels import Label
from generator.dsl.platform import DEFAULT_DATA_SOURCE, DEFAULT_DATA_SOURCE_NAME
from generator.dsl.units import Duration
from generator.frozen import frozen
from generator.ir.expression import Expression


class PanelType(Enum):
    """Grafana's types of panels; the value is Grafana's id."""

    TIME_SERIES = "timeseries"
    STAT = "stat"
    GAUGE = "gauge"
    BAR_GAUGE = "bargauge"
    HEATMAP = "heatmap"
    TABLE = "table"


class QueryFormat(Enum):
    """The format of a query's result."""

    TIME_SERIES = "time_series"
    TABLE = "table"
    HEATMAP = "heatmap"


class Colour(Enum):
    """Colours with a meaning. Red means critical and nothing else."""

    OK = "green"
    WARNING = "orange"
    CRITICAL = "red"
    NEUTRAL = "blue"
    PLAIN = "text"


@frozen
class ThresholdStep:
    """The colour from this value on; None is the base step."""

    colour: Colour
    value: float | None


@frozen
class QueryTarget:
    """A panel's query. `legend` is Grafana's legend format; `is_threshold` marks the series of a threshold, drawn as a
    thin dashed line outside any stack: red, or orange where `is_warning`."""

    ref: str
    expression: Expression
    legend: str
    instant: bool = False
    format: QueryFormat = QueryFormat.TIME_SERIES
    is_threshold: bool = False
    is_warning: bool = False


@frozen
class LevelSpec:
    """How a value is shown that a query names by its level: the colour, and a text beside the value."""

    name: str
    colour: Colour
    text: str = ""


@frozen
class ColumnSpec:
    """A column of a table: the query of its values, its heading, its unit (Grafana's id) and its colours."""

    ref: str
    title: str
    unit: str
    steps: tuple[ThresholdStep, ...]


@frozen
class GridPosition:
    """The position and size of a panel on Grafana's grid of 24 columns."""

    x: int
    y: int
    width: int
    height: int


@frozen
class PanelSpec:
    """A panel. `key` is the id of its definition, `id` a hash of that and the dashboard's id.

    `steps` is never empty. `no_value` is shown where a query has no result, by a stat, a gauge and a bar gauge in
    `no_value_colour`. `threshold_lines` draws the steps' values as dashed lines. `label` and `links_to` are a
    table's: the label of its rows, and the URL path that a click on one opens, which ends in `var-NAME=`.
    `levels` are those that begin the names of a stat's values, and `level_labels` the labels that name the values
    beside it. `min` and `max` are the axis' ends. `series_names` are the names of series that are known at build
    time; `hidden_name_part` is a regular expression of the part of a name that is not shown. `min_step` is the
    shortest time between two points of a graph.
    """

    id: int
    key: str
    type: PanelType
    title: str
    description: str
    unit: str
    position: GridPosition
    targets: tuple[QueryTarget, ...]
    steps: tuple[ThresholdStep, ...]
    no_value: str
    no_value_colour: Colour = Colour.PLAIN
    threshold_lines: bool = False
    stacked: bool = False
    levels: tuple[LevelSpec, ...] = ()
    level_labels: tuple[Label, ...] = ()
    min: float | None = None
    max: float | None = None
    label: Label | None = None
    links_to: str = ""
    columns: tuple[ColumnSpec, ...] = ()
    series_names: tuple[str, ...] = ()
    hidden_name_part: str = ""
    min_step: Duration | None = None


@frozen
class RowSpec:
    """A row and its panels."""

    id: int
    title: str
    y: int
    panels: tuple[PanelSpec, ...]


@frozen
class VariableSpec:
    """A template variable: its values are those of a label in the series of `source`; `current` is the value at first
    (an empty string: All).
    """

    name: str
    title: str
    label: Label
    source: Expression
    multi: bool
    current: str


@frozen
class AnnotationSpec:
    """Annotations where an expression has series. The texts are Grafana's legend formats."""

    name: str
    expression: Expression
    title: str
    text: str
    colour: Colour


@frozen
class DashboardSpec:
    """A dashboard. `id` is its definition's; `title` begins with whose it is, the titles of `links` to the other
    dashboards, each with its UID, do not; `data_source` and
    `data_source_name` are the UID and the name of the data source that it opens with."""

    id: str
    uid: str
    title: str
    description: str
    tags: tuple[str, ...]
    variables: tuple[VariableSpec, ...]
    annotations: tuple[AnnotationSpec, ...]
    links: tuple[tuple[str, str], ...]
    rows: tuple[RowSpec, ...]
    data_source: str = DEFAULT_DATA_SOURCE
    data_source_name: str = DEFAULT_DATA_SOURCE_NAME
