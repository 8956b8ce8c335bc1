"""Dashboards as specifications: expressions as trees, colours and grid positions decided, not yet JSON."""

from __future__ import annotations

from enum import Enum

from generator.dsl.labels import Label
from generator.dsl.platform import DEFAULT_DATA_SOURCE, DEFAULT_DATA_SOURCE_NAME
from generator.dsl.units import TIME_OF_DAY, Duration
from generator.frozen import frozen
from generator.ir.expression import Binary, Call, Expression
from generator.ir.text_width import TITLE_SIZE, text_width

ANY_VALUE = ".*"
"""The regular expression of every value of a label."""
LABEL_COLUMN_WIDTH, LONG_LABEL_COLUMN_WIDTH = 200, 320
"""The width of the label's column of a table in pixels: the names of tenants and alerts are long."""
MIN_BAR_HEIGHT, BAR_NAME_HEIGHT = 16, 18
"""The least height of a bar, and the height of a name above it, in pixels."""
MIN_COLUMN_WIDTH, HEADING_MARGIN = 80, 28
"""The least width of a column of values, and what its heading's padding and arrow take, in pixels."""
WIDEST_TIME = "2026-08-28 08:08:08"
"""The widest text of a time with its date."""


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


def label_column_width(label: Label | None) -> int:
    """How wide a column of the values of a label is, in pixels. Those with a prefix, as models, are long."""
    return LONG_LABEL_COLUMN_WIDTH if label is not None and label.prefix else LABEL_COLUMN_WIDTH


class Colour(Enum):
    """Colours with a meaning. Red means critical and nothing else."""

    OK = "green"
    WARNING = "orange"
    CRITICAL = "red"
    NEUTRAL = "blue"
    UNKNOWN = "purple"
    PLAIN = "text"


class LegendKind(Enum):
    """What the legend below a graph shows. Beside a graph, Grafana would draw it below in a narrow window, one name a
    line."""

    NAMES = "names"
    """The names of the series, several a line."""
    TABLE = "table"
    """The last value and the maximum of each series, too."""


class Marker(Enum):
    """A result that stands for a state: a value, no number, or no result. The value is Grafana's name of it."""

    DEAD = "Infinity"
    ZERO = "0"
    QUIET = "nan"
    UNKNOWN = "null"


@frozen
class StateSpec:
    """How a state is shown in place of a value."""

    marker: Marker
    text: str
    colour: Colour


@frozen
class ThresholdStep:
    """The colour from this value on; None is the base step."""

    colour: Colour
    value: float | None


@frozen
class Absence:
    """What a query gives in place of values: `result` where it has none, and where `alive` has none (None: always
    alive). Both are without labels."""

    result: Expression
    alive: Expression | None = None

    def completed(self, values: Expression) -> Expression:
        """An expression with a result for every state."""
        current = values if self.alive is None else Binary("and", values, self.alive, on=())
        return Binary("or", current, self.result, on=())


@frozen
class QueryTarget:
    """A panel's query. `legend` is Grafana's legend format; `is_threshold` marks the series of a threshold, drawn as a
    thin dashed line outside any stack: red, or orange where `is_warning`. The names of others are in the legend unless
    `in_legend` is false."""

    ref: str
    expression: Expression
    legend: str
    instant: bool = False
    format: QueryFormat = QueryFormat.TIME_SERIES
    is_threshold: bool = False
    is_warning: bool = False
    in_legend: bool = True
    absence: Absence | None = None

    @property
    def complete(self) -> Expression:
        """The expression with a result for every state. Sorting stays outermost: it is the order of the bars."""
        if self.absence is None:
            return self.expression
        match self.expression:
            case Call(function="sort" | "sort_desc" as function, arguments=(values,)):
                return Call(function, (self.absence.completed(values),))
        return self.absence.completed(self.expression)

    @property
    def has_fixed_name(self) -> bool:
        """Whether the query returns one series, whose name does not depend on its labels."""
        return bool(self.legend) and "{{" not in self.legend


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

    @property
    def width(self) -> int:
        """The least width in pixels that shows the heading, with the arrow of the sort order, and a time with its
        date."""
        texts = (self.title, WIDEST_TIME) if self.unit == TIME_OF_DAY.grafana else (self.title,)
        return max(MIN_COLUMN_WIDTH, *(round(text_width(text, TITLE_SIZE)) + HEADING_MARGIN for text in texts))


@frozen
class GridPosition:
    """The position and size of a panel on Grafana's grid of 24 columns."""

    x: int
    y: int
    width: int
    height: int


@frozen
class LinkSpec:
    """A link to another dashboard: its URL path, which ends in `var-NAME=` for the value that is clicked, and the
    variables whose selection it keeps."""

    path: str
    kept_variables: tuple[str, ...] = ()


@frozen
class PanelSpec:
    """A panel. `key` is the id of its definition, `id` a hash of that and the dashboard's id.

    `steps` is never empty. `no_value` is shown by a graph or a table without any series, `states` by a panel of
    current values. `threshold_lines` draws the steps' values as dashed lines. `label` and `links_to` are a
    table's: the label of its rows, and the URL path that a click on one opens, which ends in `var-NAME=`.
    `levels` are those that begin the names of a stat's values, and `level_labels` the labels that name the values
    beside it. `min` and `max` are the axis' ends. `series_names` are the names of series that are known at build
    time, `expected_names` those that legends and bars have room for; `legend` is what a graph's legend shows, and
    with `names_beside` a bar gauge has the names beside the bars. `bucket_names` are the names of a histogram's
    buckets by regular expressions of their bounds. `name_patterns` are regular expressions of names of which only the
    two groups are shown. `min_step` is the shortest time between two points of a graph.
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
    states: tuple[StateSpec, ...] = ()
    threshold_lines: bool = False
    stacked: bool = False
    levels: tuple[LevelSpec, ...] = ()
    level_labels: tuple[Label, ...] = ()
    min: float | None = None
    max: float | None = None
    label: Label | None = None
    links_to: LinkSpec | None = None
    columns: tuple[ColumnSpec, ...] = ()
    series_names: tuple[str, ...] = ()
    name_patterns: tuple[str, ...] = ()
    min_step: Duration | None = None
    expected_names: tuple[str, ...] = ()
    legend: LegendKind = LegendKind.NAMES
    names_beside: bool = False
    bucket_names: tuple[tuple[str, str], ...] = ()

    @property
    def has_legend(self) -> bool:
        """Whether the panel can have several series; the panel's title is enough for one."""
        return len(self.targets) > 1 or any(not target.has_fixed_name for target in self.targets)


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
    (an empty string: All), and `all_values` the regular expression that stands for All.
    """

    name: str
    title: str
    label: Label
    source: Expression
    multi: bool
    current: str
    all_values: str = ANY_VALUE


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
