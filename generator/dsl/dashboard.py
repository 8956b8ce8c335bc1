"""Dashboards, rows and panels.

A panel is a function that takes the platform; its docstring is the panel's description.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType
from typing import TypeAlias

from generator.dsl.arguments import require, require_tuple
from generator.dsl.labels import Label, require_labels
from generator.dsl.metrics import READ_A_METRIC, Histogram, Metric
from generator.dsl.names import require_id, require_object_name, require_row_id
from generator.dsl.platform import Platform
from generator.dsl.query import Query, ThresholdSeries
from generator.dsl.text import one_line
from generator.dsl.units import Quantity, example
from generator.errors import DefinitionError, place_of

PanelThreshold: TypeAlias = Quantity | ThresholdSeries


@dataclass(frozen=True)
class Series:
    """A query and its legend; without a name, the legend shows the values of its labels."""

    query: Query
    name: str = ""

    def __post_init__(self) -> None:
        _check_query(self.query, "Series(…)")


@dataclass(frozen=True)
class TimeSeries:
    """A time series panel. `threshold` is drawn as a dashed red line, `warning` as a dashed orange one."""

    series: tuple[Series, ...]
    threshold: PanelThreshold | None = None
    warning: Quantity | None = None
    stacked: bool = False
    no_value: str = "No traffic"

    def __post_init__(self) -> None:
        require_tuple(self.series, Series, "TimeSeries(…)", "series", "write (Series(query),)")
        unit = self.series[0].query.unit
        for threshold in (self.threshold, self.warning):
            kinds = (Quantity, ThresholdSeries, NoneType)
            require((threshold,), kinds, "TimeSeries(…)", "a quantity", f"write {example(threshold, unit)}")


@dataclass(frozen=True)
class Stat:
    """A stat panel: orange from `warning` on, red from `critical` on, or below them with `lower_is_worse`. `no_value`
    is the text where the query has no result.
    """

    query: Query
    warning: Quantity | None = None
    critical: Quantity | None = None
    lower_is_worse: bool = False
    sparkline: bool = True
    no_value: str = "No traffic"

    def __post_init__(self) -> None:
        _check_query(self.query, "Stat(…)", self.warning, self.critical)


@dataclass(frozen=True)
class GaugePanel:
    """A gauge panel of a ratio, from 0 to 1."""

    query: Query
    warning: Quantity | None = None
    critical: Quantity | None = None
    lower_is_worse: bool = False
    no_value: str = "No traffic"

    def __post_init__(self) -> None:
        _check_query(self.query, "GaugePanel(…)", self.warning, self.critical)


@dataclass(frozen=True)
class BarGauge:
    """A bar gauge with one bar a series, the worst first, at most `max_series`."""

    query: Query
    warning: Quantity | None = None
    critical: Quantity | None = None
    lower_is_worse: bool = False
    max_series: int = 9
    no_value: str = "No traffic"

    def __post_init__(self) -> None:
        _check_query(self.query, "BarGauge(…)", self.warning, self.critical)


@dataclass(frozen=True)
class Heatmap:
    """A heatmap of a histogram's buckets over time."""

    histogram: Histogram

    def __post_init__(self) -> None:
        require((self.histogram,), Histogram, "Heatmap(…)", "a histogram of the contract", "name one, as LATENCY")


@dataclass(frozen=True)
class HistogramPanel:
    """The distribution of a histogram's observations over the dashboard's time range: one bar a bucket."""

    histogram: Histogram

    def __post_init__(self) -> None:
        require((self.histogram,), Histogram, "HistogramBars(…)", "a histogram of the contract", "name one, as LATENCY")


@dataclass(frozen=True)
class Column:
    """A column of a table. A cell is orange from `warning` on and red from `critical` on."""

    title: str
    query: Query
    warning: Quantity | None = None
    critical: Quantity | None = None

    def __post_init__(self) -> None:
        _check_query(self.query, "Column(…)", self.warning, self.critical)


@dataclass(frozen=True)
class Table:
    """A table with a row for each value of a label: the `max_rows` with the greatest value in the first column. A click
    on the label opens the dashboard `links_to`.
    """

    label: Label
    columns: tuple[Column, ...]
    links_to: str = ""
    max_rows: int = 20
    no_value: str = "No traffic"

    def __post_init__(self) -> None:
        require_labels((self.label,), (), "Table(…)")
        require_tuple(self.columns, Column, "Table(…)", "columns", "write (Column(title, query),)")


Visualization: TypeAlias = TimeSeries | Stat | GaugePanel | BarGauge | Heatmap | HistogramPanel | Table
PanelFunction: TypeAlias = Callable[[Platform], Visualization]


@dataclass(frozen=True)
class Panel:
    """The definition of a panel.

    Grafana's panel id is a hash of the dashboard's id and `id`, so `id` must never change.
    """

    id: str
    title: str
    description: str
    build: PanelFunction
    where: str

    def __post_init__(self) -> None:
        require_id(self.id, "@panel(…)")


@dataclass(frozen=True)
class Row:
    """Panels side by side. `widths` are in 24ths of the page (default: equal), `height` is in grid cells. Grafana's id
    of the row is a hash of `id`, so `id` must never change.
    """

    title: str
    panels: tuple[Panel, ...]
    widths: tuple[int, ...] = ()
    height: int = 8
    id: str = ""

    def __post_init__(self) -> None:
        require_tuple(self.panels, Panel, "Row(…)", "panels", "decorate each function with @panel(title, id=…)")
        require_row_id(self.key)

    @property
    def key(self) -> str:
        """What identifies the row; the title where no id is given."""
        return self.id or self.title


@dataclass(frozen=True)
class Variable:
    """A template variable: a label whose values filter the dashboard, listed from the series of `metric`."""

    label: Label
    metric: Metric
    multi: bool = True

    def __post_init__(self) -> None:
        require_labels((self.label,), (), "Variable(…)")
        require((self.metric,), Metric, "Variable(…)", "a metric of the contract", "name one, as REQUESTS")


@dataclass(frozen=True)
class Dashboard:
    """The definition of a dashboard. Its UID follows from `id` and the platform's name, so `id` must never change. `id`
    also names the dashboard's file and its Kubernetes object."""

    id: str
    title: str
    description: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]
    tags: tuple[str, ...]

    def __post_init__(self) -> None:
        require_object_name(self.id, "Dashboard(…)", "id")
        hint = "write (Variable(label, metric),)"
        require_tuple(self.variables, Variable, "Dashboard(…)", "variables", hint, may_be_empty=True)
        require_tuple(self.rows, Row, "Dashboard(…)", "rows", "write (Row(title, panels),)", may_be_empty=True)


def panel(title: str, *, id: str) -> Callable[[PanelFunction], Panel]:
    """Make a panel of a function that takes the platform. Raises DefinitionError where the docstring is missing."""

    def define(build: PanelFunction) -> Panel:
        description = one_line(inspect.getdoc(build) or "")
        if not description:
            raise DefinitionError(
                f"the panel {build.__name__} has no docstring", "describe in a sentence what the panel shows"
            )
        return Panel(id, title, description, build, place_of(build))

    return define


def _check_query(query: object, call: str, *thresholds: object) -> None:
    """Raise DefinitionError unless the arguments of a call are a query, and thresholds that are quantities or None."""
    require((query,), Query, call, "a query", READ_A_METRIC)
    assert isinstance(query, Query)
    for threshold in thresholds:
        require((threshold,), (Quantity, NoneType), call, "a quantity", f"write {example(threshold, query.unit)}")
