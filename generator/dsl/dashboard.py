"""Dashboards, rows and panels.

A panel is a function that takes the platform; its docstring is the panel's description.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TypeAlias

from generator.dsl.arguments import require, require_count, require_function, require_text, require_tuple
from generator.dsl.fields import check_fields
from generator.dsl.labels import Label, Matcher, require_labels
from generator.dsl.metrics import Age, Counter, Histogram, Metric, checked_quantile
from generator.dsl.named import READ_A_METRIC
from generator.dsl.names import require_id, require_object_name, require_row_id
from generator.dsl.panel_thresholds import CriticalThreshold, WarningThreshold, require_thresholds
from generator.dsl.per_platform import once_per_platform
from generator.dsl.platform import Platform
from generator.dsl.query import Query
from generator.dsl.severity import Severity
from generator.dsl.text import one_line, require_no_variables
from generator.errors import DefinitionError, did_you_mean, place_of
from generator.frozen import frozen

MAX_SERIES = 25
"""Queries of one panel are named by letters; the last ones are those of thresholds."""


@frozen
class Series:
    """A query and its legend; without a name, the legend shows the values of its labels. `threshold` and `warning` are
    drawn as those of the panel, for this query alone."""

    query: Query
    name: str = ""
    threshold: CriticalThreshold | None = None
    warning: WarningThreshold | None = None

    def __post_init__(self) -> None:
        _check_query(self.query, "Series(…)")
        require_thresholds("Series(…)", self.query, self.threshold, self.warning)
        check_fields(self)
        require_no_variables(self.name, "Series(name=…)")


@frozen
class TimeSeries:
    """A time series panel. `threshold` is drawn as a dashed red line, `warning` as a dashed orange one."""

    series: tuple[Series, ...]
    threshold: CriticalThreshold | None = None
    warning: WarningThreshold | None = None
    stacked: bool = False
    no_value: str = "No traffic"

    def __post_init__(self) -> None:
        require_tuple(self.series, Series, "TimeSeries(…)", "series", "write (Series(query),)")
        if len(self.series) > MAX_SERIES:
            raise DefinitionError(f"TimeSeries(…) has {len(self.series)} series", f"show at most {MAX_SERIES}")
        require_thresholds("TimeSeries(…)", self.series[0].query, self.threshold, self.warning)
        check_fields(self)
        require_no_variables(self.no_value, "TimeSeries(no_value=…)")


@frozen
class AlertSeries:
    """A time series panel of what an alert compares, with its thresholds: each point is the number that the alert had
    then, over its own window, and is left out where fewer events than its minimum stand behind it. Alerts of one name
    share the panel, or a severity selects one. An alert with alternatives (`|`) has a line and a threshold for each.

    `name` is the legend of a number without labels. `filters` are the labels whose template variables apply (None:
    all), `where` limits the numbers to series that match, `quantiles` are further quantiles of a latency.
    """

    alert: str
    severity: Severity | None = None
    name: str = ""
    filters: tuple[Label, ...] | None = None
    where: tuple[Matcher, ...] = ()
    quantiles: tuple[float, ...] = ()
    no_value: str = "No traffic"

    def __post_init__(self) -> None:
        check_fields(self)
        require_text(self.alert, "AlertSeries(…)")
        require_no_variables(self.name, "AlertSeries(name=…)")
        require_no_variables(self.no_value, "AlertSeries(no_value=…)")
        for q in self.quantiles:
            checked_quantile(q, "AlertSeries(quantiles=…)")


@frozen
class Stat:
    """A stat panel of the values at the end of the time range: orange from `warning` on, red from `critical` on, or
    below them with `lower_is_worse`. A threshold of each label value needs a query grouped by the label.
    `no_value` is the text where there were no events; without telemetry, or without Watchdog for a query of alerts, the
    stat says so. Of more values than `max_series`, the worst are shown.
    """

    query: Query
    warning: WarningThreshold | None = None
    critical: CriticalThreshold | None = None
    lower_is_worse: bool = False
    no_value: str = "No traffic"
    max_series: int = 4

    def __post_init__(self) -> None:
        _check_query(self.query, "Stat(…)")
        require_thresholds("Stat(…)", self.query, self.critical, self.warning)
        check_fields(self)
        require_no_variables(self.no_value, "Stat(no_value=…)")
        require_count(self.max_series, "Stat(max_series=…)")


@frozen
class Freshness:
    """A stat of the newest sample of the whole platform, whatever is selected: "Newest sample 14:32:05", or in red "No
    telemetry since 14:02:10" where its age reaches `critical`. `query` is the age of a gauge's timestamp."""

    query: Age
    critical: CriticalThreshold

    def __post_init__(self) -> None:
        require((self.query,), Age, "Freshness(…)", "the age of a gauge", "write HEARTBEAT.age(days(1), SERVICE)")
        require_thresholds("Freshness(…)", self.query, self.critical, None)


@frozen
class GaugePanel:
    """A gauge panel of a ratio, from 0 to 1."""

    query: Query
    warning: WarningThreshold | None = None
    critical: CriticalThreshold | None = None
    lower_is_worse: bool = False
    no_value: str = "No traffic"

    def __post_init__(self) -> None:
        _check_query(self.query, "GaugePanel(…)")
        require_thresholds("GaugePanel(…)", self.query, self.critical, self.warning)
        check_fields(self)
        require_no_variables(self.no_value, "GaugePanel(no_value=…)")


@frozen
class BarGauge:
    """A bar gauge with one bar a series, the worst first, at most `max_series`."""

    query: Query
    warning: WarningThreshold | None = None
    critical: CriticalThreshold | None = None
    lower_is_worse: bool = False
    max_series: int = 9
    no_value: str = "No traffic"

    def __post_init__(self) -> None:
        _check_query(self.query, "BarGauge(…)")
        require_thresholds("BarGauge(…)", self.query, self.critical, self.warning)
        check_fields(self)
        require_no_variables(self.no_value, "BarGauge(no_value=…)")
        require_count(self.max_series, "BarGauge(max_series=…)")


@frozen
class Heatmap:
    """A heatmap of a histogram's buckets over time."""

    histogram: Histogram

    def __post_init__(self) -> None:
        require((self.histogram,), Histogram, "Heatmap(…)", "a histogram of the contract", "name one, as LATENCY")


@frozen
class HistogramPanel:
    """The distribution of a histogram's observations over the dashboard's time range: one bar a bucket."""

    histogram: Histogram

    def __post_init__(self) -> None:
        require(
            (self.histogram,), Histogram, "HistogramPanel(…)", "a histogram of the contract", "name one, as LATENCY"
        )


@frozen
class Column:
    """A column of a table. A cell is orange from `warning` on and red from `critical` on."""

    title: str
    query: Query
    warning: WarningThreshold | None = None
    critical: CriticalThreshold | None = None

    def __post_init__(self) -> None:
        _check_query(self.query, "Column(…)")
        require_thresholds("Column(…)", self.query, self.critical, self.warning)
        check_fields(self)
        require_text(self.title, "Column(title=…)")
        require_no_variables(self.title, "Column(title=…)")


@frozen
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
        if len(self.columns) > MAX_SERIES:
            raise DefinitionError(f"Table(…) has {len(self.columns)} columns", f"show at most {MAX_SERIES}")
        check_fields(self)
        require_no_variables(self.no_value, "Table(no_value=…)")
        require_count(self.max_rows, "Table(max_rows=…)")


Visualization: TypeAlias = (
    TimeSeries | AlertSeries | Stat | Freshness | GaugePanel | BarGauge | Heatmap | HistogramPanel | Table
)
PanelFunction: TypeAlias = Callable[[Platform], Visualization]


@frozen
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


@frozen
class Row:
    """Panels side by side, in lines. `widths` are in 24ths of the page, 24 a line; without them, each panel is at least
    wide enough for its title and its legend. `height` is in grid cells, and grows with the legends and bars of a
    platform. Grafana's id of the row is a hash of `id`, so `id` must never change.
    """

    title: str
    panels: tuple[Panel, ...]
    widths: tuple[int, ...] = ()
    height: int = 8
    id: str = ""

    def __post_init__(self) -> None:
        require_tuple(self.panels, Panel, "Row(…)", "panels", "decorate each function with @panel(title, id=…)")
        check_fields(self)
        require_text(self.title, "Row(title=…)")
        require_no_variables(self.title, "Row(title=…)")
        require_row_id(self.key)
        require_count(self.height, "Row(height=…)")
        for width in self.widths:
            require_count(width, "Row(widths=…)")

    @property
    def key(self) -> str:
        """What identifies the row; the title where no id is given."""
        return self.id or self.title

    def map_panels(self, change: Callable[[Panel], Panel | None]) -> Row | None:
        """The row with changed panels, without those that become None; None where none is left. The widths stay where
        all panels do."""
        panels = tuple(panel for panel in map(change, self.panels) if panel is not None)
        if not panels:
            return None
        return replace(self, panels=panels, widths=self.widths if len(panels) == len(self.panels) else ())


@frozen
class Variable:
    """A template variable: a label whose values filter the dashboard, listed from the series of `metric`.

    Metrics without the label are filtered `through` other labels, if they have these: by the values that series of
    `metric` with a selected value have, such as the routes that call a model."""

    label: Label
    metric: Metric
    multi: bool = True
    through: tuple[Label, ...] = ()

    def __post_init__(self) -> None:
        require_labels((self.label,), (), "Variable(…)")
        require((self.metric,), Metric, "Variable(…)", "a metric of the contract", "name one, as REQUESTS")
        check_fields(self)
        if self.through:
            require((self.metric,), Counter, "Variable(through=…)", "a counter", "list the values from one")
        for label in (self.label, *self.through):
            if label not in self.metric.labels:
                hint = did_you_mean(label.name, (own.name for own in self.metric.labels))
                raise DefinitionError(f"{self.metric.name} has no label {label.name}", hint)

    def filters(self, labels: Collection[Label]) -> bool:
        """Whether it filters a metric with these labels."""
        return self.label in labels or (bool(self.through) and all(label in labels for label in self.through))


@frozen
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
        check_fields(self)
        require_text(self.title, "Dashboard(title=…)")
        require_text(self.description, "Dashboard(description=…)")
        for text in (self.title, self.description, *self.tags):
            require_no_variables(text, "Dashboard(…)")
        labels = [variable.label.name for variable in self.variables]
        for name in labels:
            if labels.count(name) > 1:
                raise DefinitionError(f"the dashboard {self.id} has two variables of {name}", "remove one of them")

    def with_row(self, row: Row, after: str = "") -> Dashboard:
        """This dashboard with another row: in place of the row of its id, else after the row of this id, else last.
        Raises DefinitionError for a row to follow that does not exist."""
        require((row,), Row, ".with_row(…)", "a row", "write Row(title, panels, id=…)")
        rows = list(self.rows)
        keys = [each.key for each in rows]
        if row.key in keys:
            rows[keys.index(row.key)] = row
        else:
            rows.insert(_index(after, keys, f"the dashboard {self.id}", "row") + 1 if after else len(rows), row)
        return replace(self, rows=tuple(rows))

    def without_row(self, id: str) -> Dashboard:
        """This dashboard without the row of this id. Raises DefinitionError where it has none."""
        index = _index(id, [row.key for row in self.rows], f"the dashboard {self.id}", "row")
        return replace(self, rows=self.rows[:index] + self.rows[index + 1 :])

    def with_panel(self, panel: Panel, row: str = "") -> Dashboard:
        """This dashboard with another panel: in place of the panel of its id, else last in the row of this id, whose
        panels become equally wide. Raises DefinitionError for a row that does not exist."""
        require((panel,), Panel, ".with_panel(…)", "a panel", "decorate a function with @panel(title, id=…)")
        for index, each in enumerate(self.rows):
            ids = [other.id for other in each.panels]
            if panel.id in ids:
                panels = tuple(panel if other.id == panel.id else other for other in each.panels)
                return self._with(index, replace(each, panels=panels))
        index = _index(row, [each.key for each in self.rows], f"the dashboard {self.id}", "row")
        return self._with(index, replace(self.rows[index], panels=(*self.rows[index].panels, panel), widths=()))

    def without_panel(self, id: str) -> Dashboard:
        """This dashboard without the panel of this id; the others of its row become equally wide, and a row without
        panels is left out. Raises DefinitionError where it has none."""
        ids = [panel.id for row in self.rows for panel in row.panels]
        _index(id, ids, f"the dashboard {self.id}", "panel")
        rows = []
        for row in self.rows:
            left = tuple(panel for panel in row.panels if panel.id != id)
            if left:
                rows.append(row if left == row.panels else replace(row, panels=left, widths=()))
        return replace(self, rows=tuple(rows))

    def _with(self, index: int, row: Row) -> Dashboard:
        return replace(self, rows=(*self.rows[:index], row, *self.rows[index + 1 :]))


def _index(id: str, ids: list[str], owner: str, kind: str) -> int:
    """The position of an id. Raises DefinitionError for an unknown one."""
    if id not in ids:
        raise DefinitionError(f'{owner} has no {kind} "{id}"', did_you_mean(id, ids))
    return ids.index(id)


def panel(title: str, *, id: str) -> Callable[[PanelFunction], Panel]:
    """Make a panel of a function that takes the platform. Raises DefinitionError where the docstring is missing."""

    require_text(title, "@panel(title)")
    require_no_variables(title, "@panel(title)")

    def define(build: PanelFunction) -> Panel:
        require_function(build, "@panel(…)")
        description = one_line(inspect.getdoc(build) or "")
        if not description:
            raise DefinitionError(
                f"the panel {build.__name__} has no docstring", "describe in a sentence what the panel shows"
            )
        require_no_variables(description, f"the docstring of {build.__name__}")
        return Panel(id, title, description, once_per_platform(build), place_of(build))

    return define


def _check_query(query: object, call: str) -> None:
    """Raise DefinitionError unless the argument of a call is a query."""
    require((query,), Query, call, "a query", READ_A_METRIC)
