"""Checks of the colours of panels: the warning comes before the critical threshold, both are in the panel's unit, and
an alert's panel has the alert's threshold."""

from __future__ import annotations

from collections.abc import Iterator

from generator.check import check
from generator.checks.stages import LOWERED
from generator.dsl.alert import Alert, Severity
from generator.dsl.conditional import Conditional
from generator.dsl.dashboard import Panel
from generator.dsl.error_budget import ErrorBudgetRemaining
from generator.dsl.metrics import Age, Forecast, Pace, Priced, Quantile, Rate, Ratio, fixed_windows
from generator.dsl.query import FractionOf, MetricQuery, Query
from generator.dsl.units import example
from generator.errors import Problem
from generator.ir.build import Lowered
from generator.lowering.alert_numbers import numbers_of
from generator.lowering.panel_thresholds import Bound, Bounds, PanelThresholds, bound_of

FRACTION_HINT = "make it a fraction of the critical one: warning=fraction_of_critical(percent(50))"


@check(
    "dashboard/warning-after-critical",
    stage=LOWERED,
    language="python",
    bad='''
        @panel("Errors", id="errors")
        def errors(platform: Platform) -> Stat:
            """Failed requests in percent of all."""
            return Stat(ERRORS.ratio_to(REQUESTS), warning=percent(5), critical=percent(2))
    ''',
    good='''
        @panel("Errors", id="errors")
        def errors(platform: Platform) -> Stat:
            """Failed requests in percent of all."""
            return Stat(ERRORS.ratio_to(REQUESTS), warning=fraction_of_critical(percent(50)), critical=percent(2))
    ''',
    message="its warning at 5% is not below its critical threshold, which is 2%; "
    "make it a fraction of the critical one: warning=fraction_of_critical(percent(50))",
)
def warnings_come_before_critical(lowered: Lowered) -> Iterator[Problem]:
    """The warning of a panel is below its critical threshold, or above it where lower is worse.

    Otherwise Grafana's steps are out of order: a value above the critical threshold can be green.
    """
    for panel, bounds in panel_bounds(lowered):
        warning, critical = bounds.warning, bounds.critical
        if warning is None or critical is None or not is_comparable(warning, critical):
            continue
        if warning.amount <= critical.amount if bounds.lower_is_worse else warning.amount >= critical.amount:
            side = "above" if bounds.lower_is_worse else "below"
            what = f"its warning at {warning.text()} is not {side} its critical threshold, which is {critical.text()}"
            yield Problem(panel.where, what, "give a greater warning" if bounds.lower_is_worse else FRACTION_HINT)


@check(
    "dashboard/threshold-in-another-unit",
    stage=LOWERED,
    language="python",
    bad='''
        @panel("Latency", id="latency")
        def latency(platform: Platform) -> Stat:
            """Latency of all requests."""
            return Stat(LATENCY.quantile(P95, minutes(5)), critical=threshold_of("Example"))


        @alert("Example", PAGE)
        def example(platform: Platform) -> Condition:
            """Requests fail: {value}.

            {value} of requests fail (threshold {threshold}, last {window}).

            Impact: Callers get errors.

            First steps:
            1. Look at the logs.
            """
            return ERRORS.ratio_to(REQUESTS, minutes(5)).above(percent(2))
    ''',
    good='''
        @panel("Latency", id="latency")
        def latency(platform: Platform) -> Stat:
            """Latency of all requests."""
            return Stat(LATENCY.quantile(P95, minutes(5)), critical=milliseconds(500))


        @alert("Example", PAGE)
        def example(platform: Platform) -> Condition:
            """Requests fail: {value}.

            {value} of requests fail (threshold {threshold}, last {window}).

            Impact: Callers get errors.

            First steps:
            1. Look at the logs.
            """
            return ERRORS.ratio_to(REQUESTS, minutes(5)).above(percent(2))
    ''',
    message="a threshold in ratio on a panel in milliseconds; give it in milliseconds, as milliseconds(1)",
)
def thresholds_are_in_the_panel_s_unit(lowered: Lowered) -> Iterator[Problem]:
    """The thresholds of a panel are in the unit of its query.

    Grafana compares numbers: 500 ms on a panel of ratios would never be reached, and 5 % on one of milliseconds always.
    """
    for panel, bounds in panel_bounds(lowered):
        for bound in (bounds.critical, bounds.warning):
            if bound is not None and bound.unit != bounds.query.unit:
                what = f"a threshold in {bound.unit.name} on a panel in {bounds.query.unit.name}"
                unit = bounds.query.unit
                yield Problem(panel.where, what, f"give it in {unit.name}, as {example(1, unit)}")


@check(
    "dashboard/threshold-differs-from-alert",
    stage=LOWERED,
    language="python",
    bad='''
        @panel("Error rate", id="example_errors")
        def errors(platform: Platform) -> Stat:
            """Failed requests in percent of all."""
            return Stat(ERRORS.ratio_to(REQUESTS), critical=percent(3))


        @alert("Example", PAGE, panel="example/example_errors")
        def example(platform: Platform) -> Condition:
            """Requests fail: {value}.

            {value} of requests fail (threshold {threshold}, last {window}).

            Impact: Callers get errors.

            First steps:
            1. Look at the logs.
            """
            return ERRORS.ratio_to(REQUESTS, minutes(5)).above(percent(2))
    ''',
    good='''
        @panel("Error rate", id="example_errors")
        def errors(platform: Platform) -> Stat:
            """Failed requests in percent of all."""
            return Stat(ERRORS.ratio_to(REQUESTS), critical=threshold_of("Example"))


        @alert("Example", PAGE, panel="example/example_errors")
        def example(platform: Platform) -> Condition:
            """Requests fail: {value}.

            {value} of requests fail (threshold {threshold}, last {window}).

            Impact: Callers get errors.

            First steps:
            1. Look at the logs.
            """
            return ERRORS.ratio_to(REQUESTS, minutes(5)).above(percent(2))
    ''',
    message="its critical threshold is 3%, and Example, which links to it, fires above 2%; "
    'write threshold_of("Example")',
)
def panels_have_the_thresholds_of_their_alerts(lowered: Lowered) -> Iterator[Problem]:
    """A panel that an alert links to is red from the alert's threshold on; where pages and tickets link to it, red is
    the lowest threshold of a page and orange that of a ticket.

    The on-call engineer opens the panel from the alert: a green panel would deny the page. A panel without colours and
    lines may be linked to.
    """
    panels = {
        f"{dashboard.id}/{panel.id}": panel
        for dashboard in lowered.definitions.dashboards
        for row in dashboard.rows
        for panel in row.panels
    }
    all_bounds = list(panel_bounds(lowered))
    for place, panel in panels.items():
        linked = [rule.alert for rule in lowered.alerts if rule.alert.panel == place]
        for bounds in (bounds for owner, bounds in all_bounds if owner is panel):
            for name, bound, alerts in expected_thresholds(lowered, bounds, linked):
                if bound is not None and bound not in alerts.values():
                    alert, expected = next(iter(alerts.items()))
                    what = f"its {name} threshold is {bound.text()}, and {alert.name}, which links to it, fires above "
                    severity = f", {alert.declared.name}" if len(severities(lowered, alert.name)) > 1 else ""
                    yield Problem(panel.where, what + expected.text(), f'write threshold_of("{alert.name}"{severity})')


def expected_thresholds(
    lowered: Lowered, bounds: Bounds, linked: list[Alert]
) -> Iterator[tuple[str, Bound | None, dict[Alert, Bound]]]:
    """The name and the value of each threshold of a panel that is an alert's, with the alerts that it may be of."""
    by_severity: dict[Severity, dict[Alert, Bound]] = {}
    for alert in linked:
        numbers = [each for each in numbers_of(alert, lowered.platform) if each.comparison is not None]
        for comparison in (each.comparison for each in numbers if each.comparison is not None):
            is_alternative = len(numbers) == 1 or fixed_windows(comparison.query) == fixed_windows(bounds.query)[:1]
            if is_alternative and subject_of(comparison.query) == subject_of(bounds.query):
                by_severity.setdefault(alert.declared, {})[alert] = bound_of(comparison).seen_by(bounds.query)
    pages, tickets = (lowest(by_severity.get(severity, {})) for severity in (Severity.PAGE, Severity.TICKET))
    if pages or tickets:
        yield "critical", bounds.critical, pages or tickets
    if pages and tickets:
        yield "warning", bounds.warning, tickets


def lowest(alerts: dict[Alert, Bound]) -> dict[Alert, Bound]:
    """The alert with the lowest threshold; all of them where thresholds differ by label value."""
    if len({bound.series.series if bound.series is not None else "" for bound in alerts.values()}) > 1:
        return alerts
    return dict(sorted(alerts.items(), key=lambda item: item[1].amount)[:1])


def panel_bounds(lowered: Lowered) -> Iterator[tuple[Panel, Bounds]]:
    """Every panel with the bounds of each of its queries."""
    thresholds = PanelThresholds(lowered.platform, lowered.definitions.alerts)
    for dashboard in lowered.definitions.dashboards:
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            yield from ((panel, bounds) for bounds in thresholds.of_panel(panel.build(lowered.platform)))


def severities(lowered: Lowered, name: str) -> set[Severity]:
    """The severities that the alerts of a name are declared with."""
    return {alert.declared for alert in lowered.definitions.alerts if alert.name == name}


def is_comparable(bound: Bound, other: Bound) -> bool:
    """Whether two bounds are numbers of one unit, or multiples of one threshold."""
    series = {each.series.series if each.series is not None else "" for each in (bound, other)}
    return len(series) == 1 and bound.unit == other.unit


def subject_of(query: Query) -> object:
    """What a query measures, whatever its window, its grouping and its filters, and whether it is divided by a
    threshold."""
    match query:
        case FractionOf(inner=inner) | Conditional(inner=inner):
            return subject_of(inner)
        case Ratio(numerator=numerator, denominator=denominator):
            return ("ratio", subject_of(numerator), subject_of(denominator))
        case Priced(inner=inner) | Pace(inner=inner) | ErrorBudgetRemaining(inner=inner):
            return (type(query).__name__, subject_of(inner))
        case Forecast(so_far=so_far):
            return ("forecast", subject_of(so_far))
        case Quantile(metric=metric, q=q):
            return ("quantile", metric.name, q)
        case Age(metric=metric):
            return ("age", metric.name)
        case Rate(metric=metric):
            return ("rate", metric.name)
        case MetricQuery(metric=metric):
            return metric.name
    return query
