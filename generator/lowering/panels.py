"""Panels as queries and colours: one function for each visualization."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from string import ascii_uppercase
from typing import assert_never

from generator.dsl.arguments import shown
from generator.dsl.built_in import FiringCount
from generator.dsl.conditional import Conditional, Numerator
from generator.dsl.dashboard import (
    AlertSeries,
    BarGauge,
    Freshness,
    GaugePanel,
    Heatmap,
    HistogramPanel,
    Panel,
    Stat,
    Table,
    TimeSeries,
    Visualization,
)
from generator.dsl.error_budget import ErrorBudgetRemaining
from generator.dsl.labels import BUCKET_BOUND, Label
from generator.dsl.metrics import Histogram, Increase
from generator.dsl.panel_text import panel_texts
from generator.dsl.query import DashboardWindow, Query
from generator.dsl.units import ONE, RATIO, TIME_OF_DAY, Duration, Quantity, seconds
from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.ir.dashboard import (
    Absence,
    Colour,
    ColumnSpec,
    GridPosition,
    LevelSpec,
    Marker,
    PanelSpec,
    PanelType,
    QueryFormat,
    QueryTarget,
    StateSpec,
    ThresholdStep,
)
from generator.ir.expression import (
    Aggregate,
    Binary,
    Call,
    Expression,
    GrafanaDuration,
    Scalar,
    String,
    selectors,
)
from generator.ir.rules import BASE_WINDOW, min_step
from generator.lowering.absence import (
    DATA_SOURCE_ERROR,
    INFINITY,
    NOT_A_NUMBER,
    counts_all,
    graph_text,
    reads_alerts,
    states,
)
from generator.lowering.legend import SEPARATOR, bucket_names, expected_names, known_names, name_patterns
from generator.lowering.panel_context import PanelContext
from generator.lowering.panel_thresholds import Bound, Bounds
from generator.lowering.thresholds import constant

LEVEL = "level"
"""The label with the name of a value's colour, where a query gives one."""
NEVER = "never"
"""The level of telemetry without any sample in the look-back."""
LEVELS = (Colour.CRITICAL, Colour.WARNING, Colour.OK)
NEAR = 4
"""How many times a value a threshold is at most to be drawn by a query."""
REFS = (*ascii_uppercase, "AA")
NEUTRAL = (ThresholdStep(Colour.NEUTRAL, None),)
SMALLEST = 1e-9
"""Below every value above 0 that a panel shows."""


def lower_panel(context: PanelContext, panel: Panel, position: GridPosition, id: int) -> PanelSpec:
    """The specification of a panel. Raises DefinitionError for a query that cannot be lowered."""
    visualization = panel.build(context.lowering.platform)
    if not isinstance(visualization, Visualization):
        what = f"the panel returns {shown(visualization)}, which is not a visualization"
        raise DefinitionError(what, "return TimeSeries(…), Stat(…) or Table(…)")
    context = context.of_panel(visualization)
    title, description = panel_texts(panel, visualization, context.thresholds.texts(visualization))
    blank = PanelSpec(
        id=id,
        key=panel.id,
        type=PanelType.TIME_SERIES,
        title=title,
        description="".join(
            (
                description,
                context.thresholds.note(visualization),
                context.all_values(),
                context.related_values(visualization),
            )
        ),
        unit=ONE.grafana,
        position=position,
        targets=(),
        steps=NEUTRAL,
        no_value="",
        min_step=min_step(context.lowering.platform.sample_interval),
        expected_names=expected_names(visualization, context.lowering.platform, context.constant_labels),
    )
    return _of_type(context, blank, visualization)


def _of_type(context: PanelContext, blank: PanelSpec, visualization: Visualization) -> PanelSpec:
    """The specification of a panel, by its visualization."""
    match visualization:
        case TimeSeries():
            return _time_series(context, blank, visualization)
        case AlertSeries():
            raise TypeError("the panels of alerts are made time series before they are lowered")
        case Stat():
            return _stat(context, blank, visualization)
        case Freshness():
            return _freshness(context, blank, visualization)
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
    warning: Quantity | Bound | None, critical: Quantity | Bound | None, lower_is_worse: bool = False
) -> tuple[ThresholdStep, ...]:
    """Colours by value: green, orange from `warning`, red from `critical`; with `lower_is_worse`, below them."""
    levels = ((Colour.WARNING, warning), (Colour.CRITICAL, critical))
    bounds = [(colour, float(bound.amount)) for colour, bound in levels if bound is not None]
    if not bounds:
        return NEUTRAL
    if not lower_is_worse:
        # A step begins at its value, but an alert above 0 does not fire at 0.
        steps = (ThresholdStep(colour, value or SMALLEST) for colour, value in bounds)
        return (ThresholdStep(Colour.OK, None), *steps)
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
    bounds = context.thresholds.bounds(first.query, panel.threshold, panel.warning)
    warning, critical = (
        bound if bound is not None and bound.series is None else None for bound in (bounds.warning, bounds.critical)
    )
    return replace(
        blank,
        min_step=_min_step(blank, targets),
        unit=units.pop().grafana,
        targets=(*targets, *_threshold_targets(context, list(_lines(context, panel, bounds)), REFS[len(targets) :])),
        steps=threshold_steps(warning, critical),
        no_value=graph_text(first.query, panel.no_value),
        threshold_lines=warning is not None or critical is not None,
        stacked=panel.stacked,
        min=_least(panel),
        series_names=()
        if first.name
        else known_names(first.query.output_labels, context.lowering.platform, context.constant_labels),
        name_patterns=name_patterns(first.query.output_labels, context.constant_labels),
    )


def _least(panel: TimeSeries) -> float | None:
    """The end of a graph's axis: 0, but where an error budget can be exhausted and more."""
    queries = (each.query.inner if isinstance(each.query, Conditional) else each.query for each in panel.series)
    return None if any(isinstance(query, ErrorBudgetRemaining) for query in queries) else 0


def _min_step(blank: PanelSpec, targets: Sequence[QueryTarget]) -> Duration | None:
    """The minimum step of a panel: rates of one tenant are read from raw counters, and a tenant of two requests a
    minute would jump. Grafana's rate interval is at least four times the step, so that it holds the base window."""
    read = (selector for target in targets for selector in selectors(target.expression))
    is_raw = any(each.range is GrafanaDuration.RATE_INTERVAL and ":" not in each.name for each in read)
    assert blank.min_step is not None
    return max(blank.min_step, seconds(BASE_WINDOW.seconds // 4)) if is_raw else blank.min_step


@frozen
class _Line:
    """A threshold that is drawn by a query: one that differs by label value, or that of one of several series. `values`
    are those that it is compared with."""

    bound: Bound
    values: Query
    is_warning: bool
    series_name: str = ""


def _lines(context: PanelContext, panel: TimeSeries, bounds: Bounds) -> Iterator[_Line]:
    """The thresholds of a panel that Grafana's steps, which are the same for all series, cannot draw."""
    levels = ((bounds.critical, False), (bounds.warning, True))
    for bound, is_warning in levels:
        if bound is not None and bound.series is not None:
            yield _Line(bound, panel.series[0].query, is_warning)
    for series in panel.series:
        own = context.thresholds.bounds(series.query, series.threshold, series.warning)
        for bound, is_warning in ((own.critical, False), (own.warning, True)):
            if bound is not None:
                yield _Line(bound, series.query, is_warning, series.name)


def _threshold_targets(context: PanelContext, lines: Sequence[_Line], refs: Sequence[str]) -> Iterator[QueryTarget]:
    """The queries of the lines of thresholds."""
    for ref, line in zip(refs, lines, strict=False):
        series, bound = line.bound.series, line.bound
        label = (f"{{{{{series.label.name}}}}}",) if series is not None else ()
        names = ("warning" if line.is_warning else "limit", *filter(None, (line.series_name,)), *label)
        threshold = constant(bound.amount) if series is None else context.series_of(bound)
        labels = [each for each in line.values.output_labels if series is not None and each == series.label]
        expression = _near(threshold, context.lower(line.values), tuple(labels), many=series is not None and not labels)
        yield QueryTarget(ref, expression, SEPARATOR.join(names), is_threshold=True, is_warning=line.is_warning)


def _near(threshold: Expression, values: Expression, labels: tuple[Label, ...], many: bool) -> Expression:
    """A threshold where the values with its labels come near it: further away, its line would rule the axis and flatten
    them. `many` thresholds are compared with all values."""
    greatest = Aggregate("max", values, labels)
    return Binary("<", threshold, Binary("*", Scalar(Fraction(NEAR)), greatest), labels, many)


def _stat(context: PanelContext, blank: PanelSpec, panel: Stat) -> PanelSpec:
    bounds = context.thresholds.bounds(panel.query, panel.critical, panel.warning, panel.lower_is_worse)
    has_colours = panel.warning is not None or panel.critical is not None
    shown_states = states(panel.query, panel.no_value, zero_is_quiet=counts_all(panel.query) and not has_colours)
    stat = replace(
        blank,
        type=PanelType.STAT,
        unit=panel.query.unit.grafana,
        states=shown_states,
        expected_names=blank.expected_names[: panel.max_series],
        description=blank.description + _limit_note(panel, blank),
    )
    if any(bound is not None and bound.series is not None for bound in (bounds.warning, bounds.critical)):
        names = [label for label in bounds.query.output_labels if label not in context.constant_labels]
        legend_format = SEPARATOR.join(f"{{{{{name}}}}}" for name in (LEVEL, *(label.name for label in names)))
        target = context.current(panel.query, _worst(_with_levels(context, bounds), panel, blank), legend_format)
        levels = tuple(LevelSpec(each.name.lower(), each) for each in LEVELS)
        return replace(stat, targets=(target,), levels=levels, level_labels=tuple(names))
    values = _worst(context.lower_value(panel.query), panel, blank)
    target = context.current(panel.query, values, context.legend(panel.query))
    return replace(
        stat, targets=(target,), steps=threshold_steps(bounds.warning, bounds.critical, panel.lower_is_worse)
    )


def _worst(values: Expression, panel: Stat, blank: PanelSpec) -> Expression:
    """The values of a stat, or the worst of them where the platform has more than it shows."""
    if len(blank.expected_names) <= panel.max_series:
        return values
    return Aggregate("bottomk" if panel.lower_is_worse else "topk", values, (), Scalar(Fraction(panel.max_series)))


def _limit_note(panel: Stat, blank: PanelSpec) -> str:
    """What a stat's text adds where it does not show all values."""
    if len(blank.expected_names) <= panel.max_series:
        return ""
    return f" Only the {panel.max_series} {'lowest' if panel.lower_is_worse else 'highest'} values are shown."


def _with_levels(context: PanelContext, bounds: Bounds) -> Expression:
    """The values with the name of their colour as a label, where a bound differs by label value: Grafana's own steps
    are the same for all series."""
    value = context.lower_value(bounds.query)
    levels = ((bounds.critical, Colour.CRITICAL), (bounds.warning, Colour.WARNING))
    worse = [(_beyond(context, value, bounds, bound), colour) for bound, colour in levels if bound is not None]
    parts: list[Expression] = []
    for index, (reached, colour) in enumerate(worse):
        expression = Binary("unless", reached, worse[index - 1][0]) if index else reached
        parts.append(_named(expression, colour.name.lower()))
    parts.append(_named(Binary("unless", value, worse[-1][0]), Colour.OK.name.lower()))
    return reduce(_either, parts)


def _named(expression: Expression, level: str) -> Expression:
    texts = (String(LEVEL), String(level), String(""), String(""))
    return Call("label_replace", (expression, *texts))


def _freshness(context: PanelContext, blank: PanelSpec, panel: Freshness) -> PanelSpec:
    """The time of the newest sample of the whole platform, in milliseconds as Grafana's units of times need it."""
    stale = context.thresholds.bounds(panel.query, panel.critical, None).critical
    assert stale is not None
    newest = context.lowering.newest(panel.query)
    shown = Binary("*", Scalar(Fraction(1000)), newest)
    age = Binary("-", Call("time", ()), newest)
    dead, fresh = Colour.CRITICAL.name.lower(), Colour.OK.name.lower()
    parts = (
        _named(Binary("and", shown, Binary(operator, age, Scalar(stale.amount))), level)
        for level, operator in ((dead, ">="), (fresh, "<"))
    )
    return replace(
        blank,
        type=PanelType.STAT,
        unit=TIME_OF_DAY.grafana,
        targets=(
            QueryTarget(
                "A", reduce(_either, parts), f"{{{{{LEVEL}}}}}", instant=True, absence=Absence(_named(INFINITY, NEVER))
            ),
        ),
        levels=(
            LevelSpec(dead, Colour.CRITICAL, "No telemetry since"),
            LevelSpec(fresh, Colour.OK, "Newest sample"),
            LevelSpec(NEVER, Colour.CRITICAL, "No telemetry in"),
        ),
        states=(StateSpec(Marker.DEAD, panel.query.lookback.window_text(), Colour.CRITICAL), DATA_SOURCE_ERROR),
    )


def _either(left: Expression, right: Expression) -> Expression:
    return Binary("or", left, right)


def _beyond(context: PanelContext, value: Expression, bounds: Bounds, bound: Bound) -> Expression:
    """The values of a query that reach a bound, or are below it where lower is worse."""
    operator = "<" if bounds.lower_is_worse else ">="
    if bound.series is None:
        return Binary(operator, value, Scalar(bound.amount))
    label, labels = bound.series.label, bounds.query.output_labels
    if label not in labels:
        what = f"a threshold per {label.name}, but the query is not grouped by {label.name}"
        raise DefinitionError(what, f"add {label.constant} to .by(…)")
    return Binary(operator, value, context.series_of(bound), (label,), labels != (label,))


def _fixed_steps(bounds: Bounds) -> tuple[ThresholdStep, ...]:
    """The colours of a panel whose bounds are the same for all values."""
    for bound in (bounds.warning, bounds.critical):
        if bound is not None and bound.series is not None:
            what = f"a threshold per {bound.series.label.name} cannot colour this panel"
            raise DefinitionError(what, "divide the query by the threshold: .fraction_of(…)")
    return threshold_steps(bounds.warning, bounds.critical, bounds.lower_is_worse)


def _gauge(context: PanelContext, blank: PanelSpec, panel: GaugePanel) -> PanelSpec:
    return replace(
        blank,
        type=PanelType.GAUGE,
        unit=panel.query.unit.grafana,
        targets=(context.current(panel.query, context.lower_value(panel.query), context.legend(panel.query)),),
        steps=_fixed_steps(context.thresholds.bounds(panel.query, panel.critical, panel.warning, panel.lower_is_worse)),
        states=states(panel.query, panel.no_value),
        min=0,
        max=1,
    )


def _bar_gauge(context: PanelContext, blank: PanelSpec, panel: BarGauge) -> PanelSpec:
    select, sort = ("bottomk", "sort") if panel.lower_is_worse else ("topk", "sort_desc")
    worst = Aggregate(select, context.lower_value(panel.query), (), Scalar(Fraction(panel.max_series)))
    return replace(
        blank,
        type=PanelType.BAR_GAUGE,
        unit=panel.query.unit.grafana,
        targets=(context.current(panel.query, Call(sort, (worst,)), context.legend(panel.query)),),
        steps=_fixed_steps(context.thresholds.bounds(panel.query, panel.critical, panel.warning, panel.lower_is_worse)),
        states=states(panel.query, panel.no_value),
        min=0,
        # What is left of a whole is drawn as a part of it, not of the longest bar.
        max=1 if panel.lower_is_worse and panel.query.unit is RATIO else None,
        name_patterns=name_patterns(panel.query.output_labels, context.constant_labels),
    )


def _buckets(context: PanelContext, blank: PanelSpec, histogram: Histogram, window: DashboardWindow) -> PanelSpec:
    over_time = window is DashboardWindow.STEP
    buckets = histogram.bucket_counts(window)
    counts = context.lower(buckets) if over_time else context.lower_value(buckets)
    legend_format = f"{{{{{BUCKET_BOUND.name}}}}}"
    # Bars show counts, each with all of its digits, and are named by their bounds; a heatmap's axis is in the
    # histogram's own unit.
    return replace(
        blank,
        type=PanelType.HEATMAP if over_time else PanelType.BAR_GAUGE,
        unit=histogram.unit.grafana if over_time else ONE.grafana,
        targets=(QueryTarget("A", counts, legend_format, instant=not over_time, format=QueryFormat.HEATMAP),),
        min=None if over_time else 0,
        bucket_names=() if over_time else bucket_names(histogram),
    )


def _cells(context: PanelContext, query: Query, rows: Expression, label: Label) -> Expression:
    """The values of a column in the rows of a table. Grafana leaves out a column without any value: rows without one
    have 0 where the query counts, and no number elsewhere."""
    values = Binary("and", context.lower_value(query), rows, on=(label,))
    absent = Scalar(Fraction(0)) if isinstance(query, FiringCount | Increase | Numerator) else NOT_A_NUMBER
    return Binary("or", values, Binary("*", rows, absent), on=(label,))


def _table(context: PanelContext, blank: PanelSpec, panel: Table) -> PanelSpec:
    first = panel.columns[0].query
    worst = Aggregate("topk", context.lower_value(first), (), Scalar(Fraction(panel.max_rows)))
    targets: list[QueryTarget] = []
    columns: list[ColumnSpec] = []
    for ref, column in zip(REFS, panel.columns, strict=False):
        if column.query.output_labels != (panel.label,):
            raise DefinitionError(
                f'the column "{column.title}" is not grouped by {panel.label.name} alone',
                f"end its query with .by({panel.label.constant})",
            )
        expression = _cells(context, column.query, worst, panel.label) if targets else worst
        targets.append(QueryTarget(ref, expression, column.title, instant=True, format=QueryFormat.TABLE))
        steps = _fixed_steps(context.thresholds.bounds(column.query, column.critical, column.warning))
        columns.append(ColumnSpec(ref, column.title, column.query.unit.grafana, steps))
    return replace(
        blank,
        type=PanelType.TABLE,
        targets=tuple(targets),
        no_value=panel.no_value if reads_alerts(first) else graph_text(first, panel.no_value),
        label=panel.label,
        links_to=context.link(panel.links_to, panel.label.variable) if panel.links_to else None,
        columns=tuple(columns),
    )
