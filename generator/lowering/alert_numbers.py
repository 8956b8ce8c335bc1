"""The panels that show what an alert compares: their queries, windows, minimums and thresholds are those of the alert's
rule on the platform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial, reduce

from generator.dsl.alert import PAGE, Alert, Severity
from generator.dsl.chance import TooManyToBeChance, shares_of
from generator.dsl.conditional import only_where
from generator.dsl.contract import Contract
from generator.dsl.dashboard import AlertSeries, Dashboard, Panel, Series, TimeSeries, Visualization
from generator.dsl.definitions import Definitions
from generator.dsl.metrics import Quantile, Ratio, fixed_windows, percentile
from generator.dsl.panel_text import short_text
from generator.dsl.panel_thresholds import PanelThreshold, threshold_of
from generator.dsl.per_platform import once_per_platform
from generator.dsl.platform import Platform
from generator.dsl.presence import Unless
from generator.dsl.query import And, Comparison, Condition, MetricQuery, Or, Query, WithoutPrice
from generator.dsl.query_parts import parts_of
from generator.dsl.stops import StopsComing
from generator.errors import DefinitionError, did_you_mean
from generator.frozen import frozen
from generator.ir.expression import Expression
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordedNames


@frozen
class AlertNumber:
    """What one alternative of an alert's condition compares: the values, where enough events stand behind them, and the
    comparison with the threshold (None: any value above 0 fires)."""

    severity: Severity
    query: Query
    comparison: Comparison | None


def numbers_of(alert: Alert, platform: Platform) -> tuple[AlertNumber, ...]:
    """What an alert compares on a platform, one number for each alternative of its condition; empty for an alert that
    compares nothing.

    The minimum of requests is applied, that of errors is not: a route without errors has the number 0.
    """
    condition = alert.rule(platform).condition
    if isinstance(condition, TooManyToBeChance):
        return tuple(AlertNumber(alert.declared, share, condition) for share in shares_of(condition))
    numbers = (_number(alert, conditions) for conditions in _alternatives(condition))
    return tuple(number for number in numbers if number is not None)


def unfiltered(query: Query, platform: Platform, contract: Contract) -> Expression:
    """The expression of a panel's query without the dashboard's filters, by which two queries are compared."""
    return QueryLowering(platform, RecordedNames(contract), for_dashboard=True).lower(query)


def with_alert_numbers(definitions: Definitions) -> Definitions:
    """The definitions with a time series panel in place of each one that names an alert."""

    def changed(dashboard: Dashboard) -> Dashboard:
        rows = (replace(row, panels=tuple(map(panel, row.panels))) for row in dashboard.rows)
        return replace(dashboard, rows=tuple(rows))

    def panel(each: Panel) -> Panel:
        built = partial(_built, each, definitions.alerts, definitions.contract)
        return replace(each, build=once_per_platform(built))

    return replace(definitions, dashboards=tuple(map(changed, definitions.dashboards)))


def _built(panel: Panel, alerts: Sequence[Alert], contract: Contract, platform: Platform) -> Visualization:
    body = panel.build(platform)
    return time_series(body, alerts, contract, platform) if isinstance(body, AlertSeries) else body


def time_series(body: AlertSeries, alerts: Sequence[Alert], contract: Contract, platform: Platform) -> TimeSeries:
    """The panel of an alert's numbers. Raises DefinitionError for an alert that does not exist, or compares nothing."""
    selected = _selected(body, alerts)
    numbers = [number for alert in selected for number in numbers_of(alert, platform)]
    if not numbers:
        raise DefinitionError(f"{body.alert} compares nothing", "name an alert that compares a query")
    if body.filters is not None:
        numbers = [replace(each, query=each.query.filtered_by(*body.filters)) for each in numbers]
    if body.where:
        numbers = [replace(each, query=each.query.where(*body.where)) for each in numbers]
    groups: dict[Expression, list[AlertNumber]] = {}
    for number in numbers:
        groups.setdefault(unfiltered(number.query, platform, contract), []).append(number)
    if len(groups) == 1 and len(numbers) == len(selected):
        return _one_number(body, selected, numbers[0])
    series = (_with_own_thresholds(group, selected) for group in groups.values())
    return TimeSeries(tuple(series), no_value=body.no_value)


def _one_number(body: AlertSeries, alerts: Sequence[Alert], number: AlertNumber) -> TimeSeries:
    """The panel of one number, which alerts of several severities may compare with their thresholds."""
    quantiles = sorted({*body.quantiles, *(part.q for part in parts_of(number.query) if isinstance(part, Quantile))})
    series = tuple(Series(_with_quantile(number.query, q), percentile(q)) for q in quantiles if body.quantiles)
    panel = TimeSeries(series or (Series(number.query, body.name),), no_value=body.no_value)
    if number.comparison is None:
        return panel
    pages = [alert for alert in alerts if alert.declared is PAGE]
    others = [alert for alert in alerts if alert.declared is not PAGE]
    critical, warning = (pages or others)[:1], others[:1] if pages else []
    return replace(
        panel,
        threshold=next((threshold_of(each.name, each.declared) for each in critical), None),
        warning=next((threshold_of(each.name, each.declared) for each in warning), None),
    )


def _with_own_thresholds(numbers: Sequence[AlertNumber], alerts: Sequence[Alert]) -> Series:
    """One of several numbers, named by its window, with the thresholds that it is compared with."""
    only_others = all(alert.declared is not PAGE for alert in alerts)
    windows = fixed_windows(numbers[0].query)
    name = short_text(windows[0]) if windows else ""
    red = [each for each in numbers if only_others or each.severity is PAGE]
    orange = [each for each in numbers if each not in red]
    return Series(numbers[0].query, name, _threshold(red), _threshold(orange))


def _threshold(numbers: Sequence[AlertNumber]) -> PanelThreshold | None:
    return next((each.comparison.threshold for each in numbers if each.comparison is not None), None)


def _with_quantile(query: Query, q: float) -> Query:
    def change(each: MetricQuery) -> MetricQuery:
        return replace(each, q=q) if isinstance(each, Quantile) else each

    return query.map_metric_queries(change)


def _selected(body: AlertSeries, alerts: Sequence[Alert]) -> list[Alert]:
    named = [alert for alert in alerts if alert.name == body.alert]
    selected = [alert for alert in named if body.severity in (None, alert.declared)]
    if not named:
        hint = did_you_mean(body.alert, sorted({alert.name for alert in alerts}))
        raise DefinitionError(f"there is no alert {body.alert}", hint)
    if not selected:
        assert body.severity is not None
        severities = " or ".join(alert.declared.name for alert in named)
        what = f"{body.alert} has no alert of severity {body.severity.value}"
        raise DefinitionError(what, f"name one that it has: {severities}")
    return selected


def _alternatives(condition: Condition) -> Iterator[tuple[Condition, ...]]:
    """The alternatives of a condition, each as the conditions that are all true."""
    match condition:
        case Or() if _needs_absence(condition):
            yield (condition,)
        case Or(left=left, right=right):
            yield from (*_alternatives(left), *_alternatives(right))
        case And(left=left, right=right):
            yield from ((*conditions, right) for conditions in _alternatives(left))
        case _:
            yield (condition,)


def _needs_absence(condition: Condition) -> bool:
    """Whether a condition is about what is not there, in all of its alternatives: they are one number, which is shown
    where the alert's condition is true."""
    if isinstance(condition, Or):
        return _needs_absence(condition.left) and _needs_absence(condition.right)
    return isinstance(condition, Unless)


def _number(alert: Alert, conditions: tuple[Condition, ...]) -> AlertNumber | None:
    first, *others = conditions
    if _needs_absence(first):
        return AlertNumber(alert.declared, only_where(next(first.queries()), first), None)
    if isinstance(first, StopsComing):
        return AlertNumber(alert.declared, first.query, None)
    if isinstance(first, WithoutPrice):
        return AlertNumber(alert.declared, only_where(first.query, first), None)
    if not isinstance(first, Comparison):
        return None
    minimums = [each for each in others if _is_minimum(each, _numerators(first.query))]
    query = only_where(first.query, reduce(And, minimums)) if minimums else first.query
    return AlertNumber(alert.declared, query, first)


def _is_minimum(condition: Condition, numerators: set[str]) -> bool:
    """Whether a condition asks for enough events, other than those that a ratio divides."""
    if not isinstance(condition, Comparison) or condition.operator != ">=":
        return False
    return not numerators & {each.metric.name for each in condition.query.metric_queries()}


def _numerators(query: Query) -> set[str]:
    ratios = (part for part in parts_of(query) if isinstance(part, Ratio))
    return {each.metric.name for ratio in ratios for each in ratio.numerator.metric_queries()}
