"""Dashboards, rows and panels. A panel is a function that takes the platform; its docstring is the panel's description."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from generator.dsl.labels import Label
from generator.dsl.metrics import Histogram, Metric
from generator.dsl.platform import Platform
from generator.dsl.query import Query, ThresholdSeries
from generator.dsl.text import one_line
from generator.dsl.units import Quantity
from generator.errors import DefinitionError, place_of

PanelThreshold: TypeAlias = Quantity | ThresholdSeries


@dataclass(frozen=True)
class Series:
    """A query and its legend; without a name, the legend shows the values of its labels."""

    query: Query
    name: str = ""


@dataclass(frozen=True)
class TimeSeries:
    """A time series panel. `threshold` is drawn as a dashed red line, `warning` as a dashed orange one."""

    series: tuple[Series, ...]
    threshold: PanelThreshold | None = None
    warning: Quantity | None = None
    stacked: bool = False
    no_value: str = "No traffic"


@dataclass(frozen=True)
class Stat:
    """A stat panel: orange from `warning` on, red from `critical` on, or below them with `lower_is_worse`. `no_value` is
    the text where the query has no result."""

    query: Query
    warning: Quantity | None = None
    critical: Quantity | None = None
    lower_is_worse: bool = False
    sparkline: bool = True
    no_value: str = "No traffic"


@dataclass(frozen=True)
class GaugePanel:
    """A gauge panel of a ratio, from 0 to 1."""

    query: Query
    warning: Quantity | None = None
    critical: Quantity | None = None
    lower_is_worse: bool = False
    no_value: str = "No traffic"


@dataclass(frozen=True)
class BarGauge:
    """A bar gauge with one bar a series, the worst first, at most `max_series`."""

    query: Query
    warning: Quantity | None = None
    critical: Quantity | None = None
    lower_is_worse: bool = False
    max_series: int = 9
    no_value: str = "No traffic"


@dataclass(frozen=True)
class Heatmap:
    """A heatmap of a histogram's buckets over time."""

    histogram: Histogram


@dataclass(frozen=True)
class HistogramBars:
    """The distribution of a histogram's observations over the dashboard's time range: one bar a bucket."""

    histogram: Histogram


@dataclass(frozen=True)
class Column:
    """A column of a table. A cell is orange from `warning` on and red from `critical` on."""

    title: str
    query: Query
    warning: Quantity | None = None
    critical: Quantity | None = None


@dataclass(frozen=True)
class Table:
    """A table with a row for each value of a label: the `max_rows` with the greatest value in the first column. A click on
    the label opens the dashboard `links_to`."""

    label: Label
    columns: tuple[Column, ...]
    links_to: str = ""
    max_rows: int = 20
    no_value: str = "No traffic"


Visualization: TypeAlias = TimeSeries | Stat | GaugePanel | BarGauge | Heatmap | HistogramBars | Table
PanelFunction: TypeAlias = Callable[[Platform], Visualization]


@dataclass(frozen=True)
class Panel:
    """The definition of a panel. Grafana's panel id is a hash of the dashboard's id and `id`, so `id` must never change."""

    id: str
    title: str
    description: str
    build: PanelFunction
    where: str


@dataclass(frozen=True)
class Row:
    """Panels side by side. `widths` are in 24ths of the page (default: equal), `height` is in grid cells. Grafana's id of
    the row is a hash of `id`, so `id` must never change."""

    title: str
    panels: tuple[Panel, ...]
    widths: tuple[int, ...] = ()
    height: int = 8
    id: str = ""

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


@dataclass(frozen=True)
class Dashboard:
    """The definition of a dashboard. Its UID follows from `id` and the platform's name, so `id` must never change."""

    id: str
    title: str
    description: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]
    tags: tuple[str, ...]


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
