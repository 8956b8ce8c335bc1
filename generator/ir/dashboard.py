"""Dashboards after lowering: every expression a tree, every colour and place decided, nothing yet written as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from generator.dsl.labels import Label
from generator.ir.expression import Expression


class Kind(Enum):
    """What draws a panel; the value is Grafana's id of it."""

    LINES = "timeseries"
    NUMBER = "stat"
    DIAL = "gauge"
    BARS = "bargauge"
    HEAT = "heatmap"
    TABLE = "table"


class Shape(Enum):
    """The form in which a query's answer is wanted."""

    SERIES = "time_series"
    TABLE = "table"
    HEATMAP = "heatmap"


class Colour(Enum):
    """Colours that mean something: red is bad and nothing else is red."""

    GOOD = "green"
    WARN = "orange"
    BAD = "red"
    PLAIN = "blue"


@dataclass(frozen=True)
class Step:
    """From this value on (None: from the lowest), this colour."""

    colour: Colour
    value: float | None


@dataclass(frozen=True)
class Target:
    """A query: its tree, what its lines are called (Grafana's legend format), and how its answer is wanted.

    `limit` marks a line that is a limit: drawn dashed, red, thin, without fill and outside any stack.
    """

    ref: str
    expression: Expression
    legend: str
    instant: bool = False
    shape: Shape = Shape.SERIES
    limit: bool = False


@dataclass(frozen=True)
class DrawnColumn:
    """A column of a table: the query whose value it shows, its heading, unit (Grafana's id) and colours."""

    ref: str
    title: str
    unit: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Place:
    """Where a panel stands on Grafana's grid of 24 columns."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class DrawnPanel:
    """A panel, ready to be written. `id` is a function of the dashboard's and the panel's names.

    `steps` always has at least one. `dashed` draws the steps' bounds as dashed lines (for LINES whose ceiling is one
    number). `label` and `opens` are a table's: the label its rows are, and the URL path of the dashboard that a click
    on one opens, which ends in `var-NAME=`. `trend` puts a sparkline behind a NUMBER. `most` is the axis' end.
    `names` are those of lines that are known before anything runs, as they are shown; `left_out` is the part of names
    that is not shown, as a regular expression.
    """

    id: int
    name: str
    kind: Kind
    title: str
    description: str
    unit: str
    place: Place
    targets: tuple[Target, ...]
    steps: tuple[Step, ...]
    empty: str
    dashed: bool = False
    stacked: bool = False
    trend: bool = False
    least: float | None = None
    most: float | None = None
    label: Label | None = None
    opens: str = ""
    columns: tuple[DrawnColumn, ...] = ()
    names: tuple[str, ...] = ()
    left_out: str = ""


@dataclass(frozen=True)
class DrawnRow:
    """A row's heading, and its panels."""

    id: int
    title: str
    y: int
    panels: tuple[DrawnPanel, ...]


@dataclass(frozen=True)
class Variable:
    """A dashboard's variable: its name, its label, the selector whose series list its values, what is picked at first
    (an empty string: All)."""

    name: str
    title: str
    label: Label
    source: Expression
    several: bool
    first: str


@dataclass(frozen=True)
class Annotation:
    """Marks on every graph: when the series of an expression are there. Its texts are Grafana's legend formats."""

    name: str
    expression: Expression
    title: str
    text: str
    colour: Colour


@dataclass(frozen=True)
class Drawn:
    """A dashboard, ready to be written. `links` are the other dashboards' titles and UIDs."""

    name: str
    uid: str
    title: str
    description: str
    tags: tuple[str, ...]
    variables: tuple[Variable, ...]
    annotations: tuple[Annotation, ...]
    links: tuple[tuple[str, str], ...]
    rows: tuple[DrawnRow, ...]
