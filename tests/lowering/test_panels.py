"""Panels as queries and colours, filtered by the dashboard's template variables."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from contract.ai import AI_REQUESTS, TOKENS
from contract.api import ALERTS, ERRORS, HEARTBEAT, LATENCY, RATE_LIMITED, REQUESTS
from contract.labels import ALERTNAME, MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import error_threshold, latency_slo
from contract.rag import RAG_CACHE_HIT_RATE
from generator.dsl.conditional import numerator_of, only_where
from generator.dsl.dashboard import (
    BarGauge,
    Column,
    GaugePanel,
    Heatmap,
    HistogramPanel,
    Panel,
    Series,
    Stat,
    Table,
    TimeSeries,
    Visualization,
)
from generator.dsl.labels import Label
from generator.dsl.metrics import P95
from generator.dsl.units import REQUESTS_UNIT, Quantity, days, minutes, percent, quantity
from generator.errors import DefinitionError
from generator.external.promtool import Promtool
from generator.ir.dashboard import Colour, GridPosition, LinkSpec, PanelSpec, PanelType, QueryFormat, ThresholdStep
from generator.ir.expression import Aggregate, Binary
from generator.lowering.panel_context import PanelContext
from generator.lowering.panels import lower_panel, threshold_steps
from generator.lowering.queries import QueryLowering
from generator.rendering.input_series import series_text
from generator.rendering.promql import flat
from tests.lowering.expression_evaluation import Evaluator, ExpectedSamples

WINDOW = minutes(5)
OK, NEUTRAL = ThresholdStep(Colour.OK, None), (ThresholdStep(Colour.NEUTRAL, None),)
ERROR_RATIO = ERRORS.ratio_to(REQUESTS, WINDOW)
Lower = Callable[..., PanelSpec]


@pytest.fixture
def lowered(dashboard_lowering: QueryLowering) -> Lower:
    """Lowers a visualization on a dashboard with template variables of these labels."""

    def lower(visualization: Visualization, *variables: Label) -> PanelSpec:
        panel = Panel("sample", "Sample", "A sample.", lambda platform: visualization, "dashboards/sample.py:1 sample")
        context = PanelContext(dashboard_lowering, variables, lambda id, variable: LinkSpec(f"/d/{id}?var-{variable}="))
        return lower_panel(context, panel, GridPosition(0, 1, 8, 8), 7)

    return lower


def queries(panel: PanelSpec) -> list[str]:
    """The queries of a panel, as text."""
    return [flat(target.expression) for target in panel.targets]


def test_colours_change_as_the_value_grows() -> None:
    """Green, orange from 1 % on, red from 5 % on, but green at 0 where red is all above; without thresholds, the
    neutral colour."""
    assert threshold_steps(percent(1), percent(5)) == (
        OK,
        ThresholdStep(Colour.WARNING, 0.01),
        ThresholdStep(Colour.CRITICAL, 0.05),
    )
    assert threshold_steps(None, percent(5)) == (OK, ThresholdStep(Colour.CRITICAL, 0.05))
    assert threshold_steps(None, quantity(0, REQUESTS_UNIT)) == (OK, ThresholdStep(Colour.CRITICAL, 1e-9))
    assert threshold_steps(None, None) == NEUTRAL


def test_colours_are_reversed_where_lower_is_worse() -> None:
    """An error budget is red below 0 %, orange below 25 %, else green: Grafana needs the lowest step first."""
    assert threshold_steps(percent(25), percent(0), lower_is_worse=True) == (
        ThresholdStep(Colour.CRITICAL, None),
        ThresholdStep(Colour.WARNING, 0.0),
        ThresholdStep(Colour.OK, 0.25),
    )
    assert threshold_steps(percent(25), None, lower_is_worse=True) == (
        ThresholdStep(Colour.WARNING, None),
        ThresholdStep(Colour.OK, 0.25),
    )


def test_a_panel_is_filtered_by_the_variables_of_its_labels(lowered: Lower) -> None:
    """Requests have a route and no model, so the template variable of the model does not apply to them."""
    panel = lowered(Stat(REQUESTS.increase(WINDOW)), ROUTE, MODEL)
    assert queries(panel) == ["round(sum(route_service:requests_total:increase5m{route=~`${route:regex}`}))"]


def test_a_query_chooses_the_variables_that_filter_it(lowered: Lower) -> None:
    """`.filtered_by(ROUTE)` omits the service, `.filtered_by()` all; a label without a variable filters nothing."""
    requests = REQUESTS.increase(WINDOW)
    by_route = queries(lowered(Stat(requests.filtered_by(ROUTE)), ROUTE, SERVICE))[0]
    assert by_route == "round(sum(route_service:requests_total:increase5m{route=~`${route:regex}`}))"
    unfiltered = ["round(sum(route_service:requests_total:increase5m))"]
    assert queries(lowered(Stat(requests.filtered_by()), ROUTE)) == unfiltered
    assert queries(lowered(Stat(requests.filtered_by(SERVICE)), ROUTE)) == unfiltered


def test_a_legend_has_the_series_name_and_its_labels(lowered: Lower) -> None:
    """With neither a name nor labels, a series is called "all"."""
    series = (
        Series(REQUESTS.rate().by(ROUTE, SERVICE), "sent"),
        Series(REQUESTS.rate().by(ROUTE)),
        Series(REQUESTS.rate()),
    )
    panel = lowered(TimeSeries(series))
    assert [target.legend for target in panel.targets] == ["sent · {{route}} · {{service}}", "{{route}}", "all"]
    assert [target.ref for target in panel.targets] == ["A", "B", "C"]
    assert (panel.type, panel.unit, panel.min) == (PanelType.TIME_SERIES, "reqps", 0)


def test_a_fixed_threshold_is_a_dashed_line(lowered: Lower) -> None:
    """A number needs no query of its own."""
    panel = lowered(TimeSeries((Series(ERROR_RATIO),), threshold=percent(5), warning=percent(1)))
    assert len(panel.targets) == 1
    assert panel.threshold_lines
    assert panel.steps == (OK, ThresholdStep(Colour.WARNING, 0.01), ThresholdStep(Colour.CRITICAL, 0.05))


def test_a_threshold_by_route_is_a_series(lowered: Lower, dashboard_lowering: QueryLowering) -> None:
    """The series is the alert's own, filtered like the panel's other series, and marked as a threshold. It is drawn
    where a value of its route is above a quarter of it, because a line far above the values would flatten them."""
    threshold = latency_slo(dashboard_lowering.platform)
    series = TimeSeries((Series(LATENCY.quantile(0.95).by(ROUTE)),), threshold=threshold)
    target = lowered(series, ROUTE).targets[1]
    limit, values = flat(target.expression).split(" < on (route) 4 * max by (route) ")
    assert limit == "route:latency_ms:limit{route=~`${route:regex}`}"
    assert values == f"({flat(lowered(series, ROUTE).targets[0].expression)})"
    assert (target.ref, target.legend, target.is_threshold) == ("B", "limit · {{route}}", True)
    assert flat(lowered(series, SERVICE).targets[1].expression).startswith("route:latency_ms:limit < on (route) 4 * ")


def test_a_warning_by_route_is_a_series_too(lowered: Lower, dashboard_lowering: QueryLowering) -> None:
    """Beside the threshold's series, and marked as a warning; neither is a colour of the panel."""
    slo = latency_slo(dashboard_lowering.platform)
    warning = replace(slo, table=replace(slo.table, name="latency_warning_ms"))
    panel = lowered(TimeSeries((Series(LATENCY.quantile(0.95).by(ROUTE)),), threshold=slo, warning=warning))
    targets = [
        (target.ref, flat(target.expression).split(" <")[0], target.is_threshold, target.is_warning)
        for target in panel.targets
    ]
    assert targets[1:] == [
        ("B", "route:latency_ms:limit", True, False),
        ("C", "route:latency_warning_ms:limit", True, True),
    ]
    assert panel.targets[2].legend == "warning · {{route}}"
    assert (panel.steps, panel.threshold_lines) == (NEUTRAL, False)


def test_two_units_on_one_axis_are_an_error(lowered: Lower) -> None:
    """A second series cannot be in another unit; a check reports a threshold in another one."""
    with pytest.raises(DefinitionError, match="series in ratio and requests per second on one axis; make a panel for"):
        lowered(TimeSeries((Series(ERROR_RATIO), Series(REQUESTS.rate()))))


def test_a_function_that_returns_no_visualization_is_an_error(lowered: Lower) -> None:
    """A panel whose function ends without `return` is an error."""
    message = "the panel returns None, which is not a visualization; return TimeSeries"
    with pytest.raises(DefinitionError, match=message):
        lowered(None)


def test_a_stat_is_one_instant_query(lowered: Lower) -> None:
    """It shows what holds at the end of the range, whatever the range is."""
    (target,) = lowered(Stat(ERROR_RATIO)).targets
    assert target.instant


def state_texts(panel: PanelSpec) -> dict[str, tuple[str, Colour]]:
    """The texts and colours of a panel's states by Grafana's name of the result."""
    return {state.marker.value: (state.text, state.colour) for state in panel.states}


def test_four_states_have_texts_and_colours(lowered: Lower) -> None:
    """Zero is a value in the colour of its threshold, unless it is the number of all events, which is no traffic."""
    dead, unknown = ("No telemetry", Colour.CRITICAL), ("Unknown", Colour.UNKNOWN)
    quiet = ("No chats", Colour.PLAIN)
    states = {"Infinity": dead, "nan": quiet, "null": unknown}
    for panel in (Stat(ERROR_RATIO, no_value="No chats"), GaugePanel(ERROR_RATIO, no_value="No chats")):
        assert state_texts(lowered(panel)) == states
    assert state_texts(lowered(BarGauge(ERROR_RATIO.by(ROUTE), no_value="No chats"))) == states
    count = REQUESTS.increase(WINDOW)
    assert state_texts(lowered(Stat(count, no_value="No chats"))) == {**states, "0": quiet}
    critical = Quantity(Fraction(5), count.unit)
    assert state_texts(lowered(Stat(count, critical=critical, no_value="No chats"))) == states
    alerts = state_texts(lowered(Stat(ALERTS.firing("page"))))
    assert alerts["Infinity"] == ("Watchdog not firing", Colour.CRITICAL)
    assert alerts["nan"] == ("None firing", Colour.PLAIN)


def test_a_graph_says_both_that_its_absence_can_mean(lowered: Lower) -> None:
    """Its query has no result in both states. A heatmap has Grafana's own text, and no other."""
    assert lowered(TimeSeries((Series(ERROR_RATIO),))).no_value == "No traffic, or no telemetry"
    by_name = Series(ALERTS.firing().by(ALERTNAME))
    assert lowered(TimeSeries((by_name,), no_value="None")).no_value == "None, or Watchdog not firing"
    requests = Column("Requests", REQUESTS.increase(WINDOW).by(TENANT))
    assert lowered(Table(TENANT, (requests,))).no_value == "No traffic, or no telemetry"
    for panel in (lowered(Heatmap(LATENCY)), lowered(HistogramPanel(LATENCY))):
        assert (panel.no_value, panel.states) == ("", ())


def test_a_graph_of_the_number_of_alerts_is_empty_only_without_watchdog(lowered: Lower) -> None:
    """While Watchdog fires the number is 0, so that "None firing" would be false."""
    assert lowered(TimeSeries((Series(ALERTS.firing("page")),))).no_value == "Watchdog not firing"


def test_a_graph_of_an_error_budget_goes_below_0(lowered: Lower) -> None:
    """The axis of any other graph ends at 0; an error budget of which more than all is used would be cut off."""
    left = ERROR_RATIO.error_budget_remaining(percent(99))
    enough = REQUESTS.increase(WINDOW).at_least(Quantity(Fraction(5), REQUESTS.increase(WINDOW).unit))
    for query in (left, only_where(left, enough)):
        assert lowered(TimeSeries((Series(query),))).min is None
    assert lowered(TimeSeries((Series(ERROR_RATIO),))).min == 0


@pytest.mark.parametrize(
    ("alerts", "result"),
    [
        ({"Watchdog": "none"}, 0),
        ({"Watchdog": "none", "RouteDown": "page"}, 1),
        ({"RouteDown": "page"}, 1),
        ({}, math.inf),
    ],
)
def test_no_page_fires_only_while_watchdog_does(
    lowered: Lower, promtool: Promtool, tmp_path: Path, alerts: dict[str, str], result: float
) -> None:
    """Without Watchdog the number of pages is not 0 but infinite, whose text is "Watchdog not firing"; a page that
    fires counts."""
    (target,) = lowered(Stat(ALERTS.firing("page"))).targets
    labels = ({"alertname": name, "alertstate": "firing", "severity": severity} for name, severity in alerts.items())
    firing = {series_text("ALERTS", each): "1x10" for each in labels}
    expected = {target.complete: {"{}": result}}
    assert Evaluator(promtool, (), tmp_path).failures(firing, minutes(5), expected) == ()


@pytest.mark.parametrize(
    ("minute", "last_heartbeat", "result"),
    [(6, 6, 0), (9, 9, 0), (9, 7, 0), (9, 6, math.inf), (12, 12, None), (12, 6, math.inf)],
)
def test_a_value_is_shown_only_while_telemetry_arrives(
    lowered: Lower, promtool: Promtool, tmp_path: Path, minute: int, last_heartbeat: int, result: float | None
) -> None:
    """The last value, 0, is of minute 6, and Prometheus looks back five minutes. Three minutes after the last heartbeat
    no value is shown, least of all a zero; where heartbeats arrive and no value does, there is no number."""
    query = RAG_CACHE_HIT_RATE.latest().by(*RAG_CACHE_HIT_RATE.labels)
    (target,) = lowered(Stat(query)).targets
    value = 'rag_cache_hit_rate{route="/chat", service="worker-api", tenant_id="a"}'
    heartbeat = series_text(HEARTBEAT.name, {"service": "worker-api"})
    series = {value: "0x6", heartbeat: f"0+60x{last_heartbeat}"}
    shown = target.complete
    if result is None:  # promtool compares no number with none: it is one result, which does not equal itself.
        expected: ExpectedSamples = {Aggregate("count", shown, ()): {"{}": 1.0}, Binary("==", shown, shown): {}}
    else:
        expected = {shown: {value if result == 0 else "{}": result}}
    assert Evaluator(promtool, (), tmp_path).failures(series, minutes(minute), expected) == ()


def test_a_gauge_is_from_0_to_1(lowered: Lower) -> None:
    """Without ends, Grafana would choose some from the value."""
    panel = lowered(GaugePanel(ERROR_RATIO, critical=percent(50)))
    assert (panel.type, panel.min, panel.max, panel.targets[0].instant) == (PanelType.GAUGE, 0, 1, True)


def test_a_bar_gauge_shows_the_worst_first(lowered: Lower) -> None:
    """The greatest values, or the smallest ones where lower is worse."""
    by_route = "round(sum by (route) (route_service:requests_total:increase5m))"
    query = REQUESTS.increase(WINDOW).by(ROUTE)
    assert queries(lowered(BarGauge(query, max_series=3))) == [f"sort_desc(topk(3, {by_route}))"]
    assert queries(lowered(BarGauge(query, lower_is_worse=True))) == [f"sort(bottomk(9, {by_route}))"]


def test_heatmaps_and_histogram_bars_read_buckets(lowered: Lower) -> None:
    """The axis of a heatmap is in milliseconds; histogram bars count requests and are named by bounds."""
    buckets = "route_service_le:latency_ms_bucket:increase5m"
    heatmap, bars = lowered(Heatmap(LATENCY)), lowered(HistogramPanel(LATENCY))
    assert queries(heatmap) == [f"sum by (le) (avg_over_time({buckets}[$__rate_interval]))"]
    assert queries(bars) == [f"round(sum by (le) (sum_over_time({buckets}[$__range:5m])))"]
    assert (heatmap.type, heatmap.unit, heatmap.targets[0].format) == (PanelType.HEATMAP, "ms", QueryFormat.HEATMAP)
    assert (bars.type, bars.unit) == (PanelType.BAR_GAUGE, "none")
    assert (bars.targets[0].legend, bars.targets[0].instant) == ("{{le}}", True)


def test_a_table_shows_the_greatest_of_its_first_column(lowered: Lower) -> None:
    """The other columns show the same tenants, and a click on one opens its dashboard."""
    columns = (
        Column("Requests", REQUESTS.increase(WINDOW).by(TENANT)),
        Column("Limited", RATE_LIMITED.increase(WINDOW).by(TENANT)),
    )
    panel = lowered(Table(TENANT, columns, links_to="tenant", max_rows=5))
    greatest = "topk(5, round(tenant_id:requests_total:increase5m))"
    shown = f"round(tenant_id:rate_limited_total:increase5m) and on (tenant_id) {greatest}"
    assert queries(panel) == [greatest, f"({shown}) or on (tenant_id) {greatest} * 0"]
    assert panel.links_to == LinkSpec("/d/tenant?var-tenant=")
    assert all(target.instant and target.format is QueryFormat.TABLE for target in panel.targets)


def test_a_column_keeps_its_rows_without_values(lowered: Lower, promtool: Promtool, tmp_path: Path) -> None:
    """One alert pages and none opens a ticket: its row has 0 tickets. Grafana would leave out a column of no rows."""
    columns = (
        Column("Pages", ALERTS.firing("page").by(ALERTNAME)),
        Column("Tickets", ALERTS.firing("ticket").by(ALERTNAME)),
    )
    pages, tickets = (target.expression for target in lowered(Table(ALERTNAME, columns)).targets)
    names = {"alertname": "RouteDown", "alertstate": "firing", "severity": "page"}
    watchdog = {"alertname": "Watchdog", "alertstate": "firing", "severity": "none"}
    firing = {series_text("ALERTS", labels): "1x10" for labels in (names, watchdog)}
    expected = {expression: {'{alertname="RouteDown"}': value} for expression, value in ((pages, 1), (tickets, 0))}
    assert Evaluator(promtool, (), tmp_path).failures(firing, minutes(5), expected) == ()


def test_a_column_without_numbers_has_none(lowered: Lower) -> None:
    """A row without a quantile has no number, which the table shows as a dash; 0 would be a quantile."""
    columns = (
        Column("Requests", REQUESTS.increase(WINDOW).by(TENANT)),
        Column("p95", LATENCY.quantile(0.95, WINDOW).by(TENANT)),
    )
    assert queries(lowered(Table(TENANT, columns)))[1].endswith("tenant_id:requests_total:increase5m)) * (0 / 0)")


def test_a_column_by_another_label_is_an_error(lowered: Lower) -> None:
    """A row is a tenant, so a column by route does not fit."""
    message = r'the column "Requests" is not grouped by tenant_id alone; end its query with \.by\(TENANT\)'
    with pytest.raises(DefinitionError, match=message):
        lowered(Table(TENANT, (Column("Requests", REQUESTS.increase(WINDOW).by(ROUTE)),)))


def test_a_threshold_by_tenant_is_filtered_by_the_tenant(lowered: Lower, dashboard_lowering: QueryLowering) -> None:
    """On the Tenant dashboard the threshold is that of the tenant, read from the alert's own series, and compared with
    the values of all its routes, which do not have its name."""
    ratio = ERRORS.ratio_to(REQUESTS).by(ROUTE)
    threshold = error_threshold(dashboard_lowering.platform)
    panel = lowered(TimeSeries((Series(ratio),), threshold=threshold), TENANT)
    limit, values = flat(panel.targets[1].expression).split(" < on () group_left () 4 * max")
    assert limit == "tenant_id:error_share:limit{tenant_id=~`${tenant:regex}`}"
    assert values == f"({flat(panel.targets[0].expression)})"


def test_counts_are_whole_and_other_values_are_not_rounded(lowered: Lower) -> None:
    """Three requests would be read as 3.16, because an increase is extrapolated; a ratio of 3 % is no count."""
    enough = REQUESTS.increase(WINDOW).at_least(quantity(15, REQUESTS_UNIT))
    for count in (REQUESTS.increase(WINDOW), numerator_of(ERRORS.ratio_to(REQUESTS, WINDOW))):
        assert queries(lowered(Stat(count)))[0].startswith("round(")
        assert queries(lowered(Stat(only_where(count, enough))))[0].startswith("round(")
    for value in (ERRORS.ratio_to(REQUESTS, WINDOW), LATENCY.quantile(P95, WINDOW), TOKENS.increase(days(1)).priced()):
        assert "round(" not in queries(lowered(Stat(value)))[0]
    assert "round(" not in queries(lowered(TimeSeries((Series(REQUESTS.increase(WINDOW)),))))[0]


def test_a_rate_is_filtered_by_the_model(lowered: Lower) -> None:
    """The template variable of the model is applied once."""
    query = queries(lowered(Stat(AI_REQUESTS.rate()), MODEL))[0]
    assert query.count("model=~`${model:regex}`") == 1
