"""Panels as queries and colours, narrowed by the dashboard's variables."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract.ai import AI_REQUESTS
from contract.api import ERRORS, LATENCY, RATE_LIMITED, REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import error_threshold, latency_slo
from generator.dsl.dashboard import (
    BarGauge,
    Column,
    GaugePanel,
    Heatmap,
    HistogramBars,
    Panel,
    Series,
    Stat,
    Table,
    TimeSeries,
    Visualization,
)
from generator.dsl.labels import Label
from generator.dsl.units import minutes, percent, quantity
from generator.errors import DefinitionError
from generator.ir.dashboard import Colour, GridPosition, PanelSpec, PanelType, QueryFormat, ThresholdStep
from generator.lowering.panels import PanelContext, lower_panel, threshold_steps
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat

NOW = minutes(5)
GREEN, PLAIN = ThresholdStep(Colour.OK, None), (ThresholdStep(Colour.NEUTRAL, None),)
RATIO = ERRORS.ratio_to(REQUESTS, NOW)
Draw = Callable[..., PanelSpec]


@pytest.fixture
def drawn(wall: QueryLowering) -> Draw:
    """Draws a body on a dashboard with variables of these labels."""

    def metric(body: Visualization, *variables: Label) -> PanelSpec:
        panel = Panel("traffic", "Traffic", "What there is.", lambda platform: body, "dashboards/some.py:1 traffic")
        return lower_panel(
            PanelContext(wall, variables, lambda name, variable: f"/d/{name}?var-{variable}="),
            panel,
            GridPosition(0, 1, 8, 8),
            7,
        )

    return metric


def texts(panel: PanelSpec) -> list[str]:
    """The queries of a panel."""
    return [flat(target.expression) for target in panel.targets]


def test_colours_rise_with_the_value() -> None:
    """Green, orange from 1 %, red from 5 %; without bounds, no colour means anything."""
    assert threshold_steps(percent(1), percent(5)) == (
        GREEN,
        ThresholdStep(Colour.WARNING, 0.01),
        ThresholdStep(Colour.CRITICAL, 0.05),
    )
    assert threshold_steps(None, percent(5)) == (GREEN, ThresholdStep(Colour.CRITICAL, 0.05))
    assert threshold_steps(None, None) == PLAIN


def test_colours_fall_where_less_is_worse() -> None:
    """A budget is red below 0, orange below 25 %, green above: Grafana wants the lowest first."""
    assert threshold_steps(percent(25), percent(0), lower_is_worse=True) == (
        ThresholdStep(Colour.CRITICAL, None),
        ThresholdStep(Colour.WARNING, 0.0),
        ThresholdStep(Colour.OK, 0.25),
    )
    assert threshold_steps(percent(25), None, lower_is_worse=True) == (
        ThresholdStep(Colour.WARNING, None),
        ThresholdStep(Colour.OK, 0.25),
    )


def test_a_panel_is_narrowed_by_the_variables_that_its_metric_knows(drawn: Draw) -> None:
    """Requests have a route and no model: the variable of the model leaves them alone."""
    panel = drawn(Stat(REQUESTS.increase(NOW)), ROUTE, MODEL)
    assert texts(panel) == ["sum(route_service:requests_total:increase5m{route=~`${route:regex}`})"]


def test_a_panel_says_which_variables_narrow_it(drawn: Draw) -> None:
    """`.picked_by(ROUTE)` leaves the service out, `.picked_by()` all; what is no variable narrows nothing."""
    count = REQUESTS.increase(NOW)
    assert "service" not in texts(drawn(Stat(count.filtered_by(ROUTE)), ROUTE, SERVICE))[0].partition("{")[2]
    assert texts(drawn(Stat(count.filtered_by()), ROUTE)) == ["sum(route_service:requests_total:increase5m)"]
    assert texts(drawn(Stat(count.filtered_by(SERVICE)), ROUTE)) == ["sum(route_service:requests_total:increase5m)"]


def test_lines_are_named_by_themselves_and_their_labels(drawn: Draw) -> None:
    """A name, then the labels' values; with neither, a line is of all."""
    series = (
        Series(REQUESTS.rate().by(ROUTE, SERVICE), "sent"),
        Series(REQUESTS.rate().by(ROUTE)),
        Series(REQUESTS.rate()),
    )
    panel = drawn(TimeSeries(series))
    assert [target.legend for target in panel.targets] == ["sent · {{route}} · {{service}}", "{{route}}", "all"]
    assert [target.ref for target in panel.targets] == ["A", "B", "C"]
    assert (panel.type, panel.unit, panel.min) == (PanelType.TIME_SERIES, "reqps", 0)


def test_a_fixed_ceiling_is_a_dashed_bound(drawn: Draw) -> None:
    """One number for all lines is no query of its own."""
    panel = drawn(TimeSeries((Series(RATIO),), threshold=percent(5), warning=percent(1)))
    assert len(panel.targets) == 1
    assert panel.threshold_lines
    assert panel.steps == (GREEN, ThresholdStep(Colour.WARNING, 0.01), ThresholdStep(Colour.CRITICAL, 0.05))


def test_a_limit_of_each_route_is_a_line_of_its_own(drawn: Draw, wall: QueryLowering) -> None:
    """The limits are the alert's own series, narrowed like the lines they belong to, and marked as limits."""
    series = TimeSeries((Series(LATENCY.quantile(0.95).by(ROUTE)),), threshold=latency_slo(wall.platform))
    limit = drawn(series, ROUTE).targets[1]
    assert flat(limit.expression) == "route:latency_ms:limit{route=~`${route:regex}`}"
    assert (limit.ref, limit.legend, limit.is_threshold) == ("B", "limit · {{route}}", True)
    assert flat(drawn(series, SERVICE).targets[1].expression) == "route:latency_ms:limit"


def test_a_ceiling_in_another_unit_is_refused(drawn: Draw) -> None:
    """A share is not drawn under a ceiling of requests, nor are shares and requests on one axis."""
    with pytest.raises(DefinitionError, match="a ceiling in requests over share"):
        drawn(TimeSeries((Series(RATIO),), threshold=quantity(15, REQUESTS.unit)))
    with pytest.raises(DefinitionError, match="lines in requests per second and share on one axis"):
        drawn(TimeSeries((Series(RATIO), Series(REQUESTS.rate()))))


def test_a_number_without_a_trend_is_asked_once(drawn: Draw) -> None:
    """A trend needs the whole range; one number does not."""
    assert drawn(Stat(RATIO)).targets[0].instant is False
    assert drawn(Stat(RATIO, sparkline=False)).targets[0].instant is True


def test_a_dial_goes_from_none_to_all(drawn: Draw) -> None:
    """A gauge without ends would make its own."""
    panel = drawn(GaugePanel(RATIO, critical=percent(100)))
    assert (panel.type, panel.min, panel.max, panel.targets[0].instant) == (PanelType.GAUGE, 0, 1, True)


def test_bars_show_the_longest_first(drawn: Draw) -> None:
    """Where less is worse, the emptiest first."""
    count = "sum by (route) (route_service:requests_total:increase5m)"
    query = REQUESTS.increase(NOW).by(ROUTE)
    assert texts(drawn(BarGauge(query, max_series=3))) == [f"sort_desc(topk(3, {count}))"]
    assert texts(drawn(BarGauge(query, lower_is_worse=True))) == [f"sort(bottomk(9, {count}))"]


def test_a_heatmap_and_a_spread_read_buckets(drawn: Draw) -> None:
    """Over time, the axis is in milliseconds; over the whole range, bars count requests and are named by bounds."""
    buckets = "route_service_le:latency_ms_bucket:increase5m"
    heat, bucket_counts = drawn(Heatmap(LATENCY)), drawn(HistogramBars(LATENCY))
    assert texts(heat) == [f"sum by (le) (avg_over_time({buckets}[$__rate_interval]))"]
    assert texts(bucket_counts) == [f"sum by (le) (sum_over_time({buckets}[$__range:5m]))"]
    assert (heat.type, heat.unit, heat.targets[0].format) == (PanelType.HEATMAP, "ms", QueryFormat.HEATMAP)
    assert (
        bucket_counts.type,
        bucket_counts.unit,
        bucket_counts.targets[0].legend,
        bucket_counts.targets[0].instant,
    ) == (
        PanelType.BAR_GAUGE,
        "short",
        "{{le}}",
        True,
    )


def test_a_table_shows_the_worst_by_its_first_column(drawn: Draw) -> None:
    """Every other column shows the same tenants as the first, and a click on one opens its dashboard."""
    columns = (
        Column("Requests", REQUESTS.increase(NOW).by(TENANT)),
        Column("Limited", RATE_LIMITED.increase(NOW).by(TENANT)),
    )
    panel = drawn(Table(TENANT, columns, links_to="tenant", max_rows=5))
    worst = "topk(5, tenant_id:requests_total:increase5m)"
    assert texts(panel) == [worst, f"tenant_id:rate_limited_total:increase5m and on (tenant_id) {worst}"]
    assert panel.links_to == "/d/tenant?var-tenant="
    assert all(target.instant and target.format is QueryFormat.TABLE for target in panel.targets)


def test_a_column_told_otherwise_is_refused(drawn: Draw) -> None:
    """A row is a tenant: a column by route has no place in it."""
    with pytest.raises(DefinitionError, match='the column "Requests" is not told by tenant_id'):
        drawn(Table(TENANT, (Column("Requests", REQUESTS.increase(NOW).by(ROUTE)),)))


def test_one_tenants_limit_is_narrowed_to_it(drawn: Draw, wall: QueryLowering) -> None:
    """On the Tenant dashboard the ceiling is this tenant's, by the alert's own series."""
    share = ERRORS.ratio_to(REQUESTS).by(ROUTE)
    panel = drawn(TimeSeries((Series(share),), threshold=error_threshold(wall.platform)), TENANT)
    assert flat(panel.targets[1].expression) == "tenant_id:error_share:limit{tenant_id=~`${tenant:regex}`}"


def test_a_model_narrows_calls_to_it(drawn: Draw) -> None:
    """The calls of the picked models alone are counted."""
    read = texts(drawn(Stat(AI_REQUESTS.rate()), MODEL))[0]
    assert read.count("model=~`${model:regex}`") == 1
