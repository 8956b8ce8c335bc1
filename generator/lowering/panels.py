"""Panels as queries and colours: one function for each visualization."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import assert_never

from generator.dsl.arguments import shown
from generator.dsl.dashboard import (
    BarGauge,
    GaugePanel,
    Heatmap,
    HistogramPanel,
    Panel,
    PanelThreshold,
    Stat,
    Table,
    TimeSeries,
    Visualization,
)
from generator.dsl.labels import BUCKET_BOUND, Label
from generator.dsl.metrics import Histogram
from generator.dsl.panel_text import panel_texts
from generator.dsl.query import DashboardWindow, MetricQuery, Query, ThresholdSeries
from generator.dsl.units import ONE, Quantity, example
from generator.errors import DefinitionError
from generator.ir.dashboard import (
    Colour,
    ColumnSpec,
    GridPosition,
    PanelSpec,
    PanelType,
    QueryFormat,
    QueryTarget,
    ThresholdStep,
)
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.ir.rules import min_step
from generator.lowering.legend import hidden_name_part, known_names, legend
from generator.lowering.queries import QueryLowering
from generator.lowering.thresholds import threshold_series

REFS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NEUTRAL = (ThresholdStep(Colour.NEUTRAL, None),)


@dataclass(frozen=True)
class PanelContext:
    """What the panels of a dashboard share. `variables` are the labels of the template variables, `constant_labels`
    those whose variable has one value; `link_path` makes the path of another dashboard.
    """

    lowering: QueryLowering
    variables: tuple[Label, ...]
    link_path: Callable[[str, str], str]
    constant_labels: tuple[Label, ...] = ()

    def legend(self, query: Query, name: str = "") -> str:
        """The legend format of a query's series."""
        return legend(query, name, self.constant_labels)

    def lower(self, query: Query) -> Expression:
        """The expression of a query, filtered by the template variables of labels that its metrics have."""
        return self.lowering.lower(self.filtered(query))

    def filtered(self, query: Query) -> Query:
        """A query with the matchers of the template variables that apply to it."""

        def add_matchers(metric_query: MetricQuery) -> MetricQuery:
            labels = self.variables if metric_query.filters is None else metric_query.filters
            applicable = [label for label in labels if label in self.variables and label in metric_query.metric.labels]
            return metric_query.with_matchers(tuple(label.matches_variable() for label in applicable))

        return query.map_metric_queries(add_matchers)


def lower_panel(context: PanelContext, panel: Panel, position: GridPosition, id: int) -> PanelSpec:
    """The specification of a panel. Raises DefinitionError for a query that cannot be lowered."""
    visualization = panel.build(context.lowering.platform)
    if not isinstance(visualization, Visualization):
        what = f"the panel returns {shown(visualization)}, which is not a visualization"
        raise DefinitionError(what, "return TimeSeries(…), Stat(…) or Table(…)")
    title, description = panel_texts(panel, visualization)
    blank = PanelSpec(
        id=id,
        key=panel.id,
        type=PanelType.TIME_SERIES,
        title=title,
        description=description,
        unit=ONE.grafana,
        position=position,
        targets=(),
        steps=NEUTRAL,
        no_value="No traffic",
        min_step=min_step(context.lowering.platform.sample_interval),
    )
    match visualization:
        case TimeSeries():
            return _time_series(context, blank, visualization)
        case Stat():
            return _stat(context, blank, visualization)
        case GaugePanel():
            return _gauge(context, blank, visualization)
        case BarGauge():
            return _bar_gauge(context, blank, visualization)
        case Heatmap(histogram=histogram):
            return _buckets(context, blank, histogram, DashboardWindow.STEP)
        case HistogramPanel(histogram=histogram):
            return _buckets(context, blank, histogram, DashboardWindow.RANGE)
        case Table():
            return _table(context, blank, visualization)
    assert_never(visualization)


def threshold_steps(
    warning: Quantity | None, critical: Quantity | None, lower_is_worse: bool = False
) -> tuple[ThresholdStep, ...]:
    """Colours by value: green, orange from `warning`, red from `critical`; with `lower_is_worse`, below them."""
    levels = ((Colour.WARNING, warning), (Colour.CRITICAL, critical))
    bounds = [(colour, float(bound.amount)) for colour, bound in levels if bound is not None]
    if not bounds:
        return NEUTRAL
    if not lower_is_worse:
        return (ThresholdStep(Colour.OK, None), *(ThresholdStep(colour, value) for colour, value in bounds))
    colours = [*(colour for colour, _ in reversed(bounds)), Colour.OK]
    starts = [None, *(value for _, value in reversed(bounds))]
    return tuple(ThresholdStep(colour, value) for colour, value in zip(colours, starts, strict=True))


def _time_series(context: PanelContext, blank: PanelSpec, panel: TimeSeries) -> PanelSpec:
    units = {series.query.unit for series in panel.series}
    if len(units) != 1:
        names = " and ".join(sorted(unit.name for unit in units))
        raise DefinitionError(f"series in {names} on one axis", "make a panel for each unit")
    targets = [
        QueryTarget(ref, context.lower(series.query), context.legend(series.query, series.name))
        for ref, series in zip(REFS, panel.series, strict=False)
    ]
    first = panel.series[0]
    fixed = panel.threshold if isinstance(panel.threshold, Quantity) else None
    fixed_warning = panel.warning if isinstance(panel.warning, Quantity) else None
    targets += _threshold_target(context, panel.threshold, REFS[len(targets)], first.query)
    targets += _threshold_target(context, panel.warning, REFS[len(targets)], first.query, is_warning=True)
    return replace(
        blank,
        unit=units.pop().grafana,
        targets=tuple(targets),
        steps=threshold_steps(fixed_warning, fixed),
        no_value=panel.no_value,
        threshold_lines=fixed is not None or fixed_warning is not None,
        stacked=panel.stacked,
        min=0,
        series_names=()
        if first.name
        else known_names(first.query.output_labels, context.lowering.platform, context.constant_labels),
        hidden_name_part=hidden_name_part(first.query.output_labels),
    )


def _threshold_target(
    context: PanelContext, threshold: PanelThreshold | None, ref: str, query: Query, is_warning: bool = False
) -> tuple[QueryTarget, ...]:
    if threshold is not None and threshold.unit != query.unit:
        raise DefinitionError(
            f"a threshold in {threshold.unit.name} on a panel in {query.unit.name}",
            f"give it in {query.unit.name}, as {example(1, query.unit)}",
        )
    if not isinstance(threshold, ThresholdSeries):
        return ()
    matchers = (threshold.label.matches_variable(),) if threshold.label in context.variables else ()
    series = Selector(threshold_series(context.lowering, threshold), matchers)
    legend = f"{'warning' if is_warning else 'limit'} · {{{{{threshold.label.name}}}}}"
    return (QueryTarget(ref, series, legend, is_threshold=True, is_warning=is_warning),)


def _stat(context: PanelContext, blank: PanelSpec, panel: Stat) -> PanelSpec:
    target = QueryTarget("A", context.lower(panel.query), context.legend(panel.query), instant=not panel.sparkline)
    return replace(
        blank,
        type=PanelType.STAT,
        unit=panel.query.unit.grafana,
        targets=(target,),
        steps=threshold_steps(panel.warning, panel.critical, panel.lower_is_worse),
        no_value=panel.no_value,
        sparkline=panel.sparkline,
    )


def _gauge(context: PanelContext, blank: PanelSpec, panel: GaugePanel) -> PanelSpec:
    return replace(
        blank,
        type=PanelType.GAUGE,
        unit=panel.query.unit.grafana,
        targets=(QueryTarget("A", context.lower(panel.query), context.legend(panel.query), instant=True),),
        steps=threshold_steps(panel.warning, panel.critical, panel.lower_is_worse),
        no_value=panel.no_value,
        min=0,
        max=1,
    )


def _bar_gauge(context: PanelContext, blank: PanelSpec, panel: BarGauge) -> PanelSpec:
    select, sort = ("bottomk", "sort") if panel.lower_is_worse else ("topk", "sort_desc")
    worst = Aggregate(select, context.lower(panel.query), (), Scalar(Fraction(panel.max_series)))
    return replace(
        blank,
        type=PanelType.BAR_GAUGE,
        unit=panel.query.unit.grafana,
        targets=(QueryTarget("A", Call(sort, (worst,)), context.legend(panel.query), instant=True),),
        steps=threshold_steps(panel.warning, panel.critical, panel.lower_is_worse),
        no_value=panel.no_value,
        min=0,
        hidden_name_part=hidden_name_part(panel.query.output_labels),
    )


def _buckets(context: PanelContext, blank: PanelSpec, histogram: Histogram, window: DashboardWindow) -> PanelSpec:
    over_time = window is DashboardWindow.STEP
    counts = context.lower(histogram.bucket_counts(window))
    legend_format = f"{{{{{BUCKET_BOUND.name}}}}}"
    # Bars show counts and are named by their bounds; a heatmap's axis is in the histogram's own unit.
    return replace(
        blank,
        type=PanelType.HEATMAP if over_time else PanelType.BAR_GAUGE,
        unit=histogram.unit.grafana if over_time else "short",
        targets=(QueryTarget("A", counts, legend_format, instant=not over_time, format=QueryFormat.HEATMAP),),
        min=None if over_time else 0,
    )


def _table(context: PanelContext, blank: PanelSpec, panel: Table) -> PanelSpec:
    worst = Aggregate("topk", context.lower(panel.columns[0].query), (), Scalar(Fraction(panel.max_rows)))
    targets: list[QueryTarget] = []
    columns: list[ColumnSpec] = []
    for ref, column in zip(REFS, panel.columns, strict=False):
        if column.query.output_labels != (panel.label,):
            raise DefinitionError(
                f'the column "{column.title}" is not grouped by {panel.label.name} alone',
                f"end its query with .by({panel.label.constant})",
            )
        expression = worst if not targets else Binary("and", context.lower(column.query), worst, on=(panel.label,))
        targets.append(QueryTarget(ref, expression, column.title, instant=True, format=QueryFormat.TABLE))
        steps = threshold_steps(column.warning, column.critical)
        columns.append(ColumnSpec(ref, column.title, column.query.unit.grafana, steps))
    return replace(
        blank,
        type=PanelType.TABLE,
        targets=tuple(targets),
        no_value=panel.no_value,
        label=panel.label,
        links_to=context.link_path(panel.links_to, panel.label.variable) if panel.links_to else "",
        columns=tuple(columns),
    )
