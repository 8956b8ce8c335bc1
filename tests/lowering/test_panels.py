"""Panels as queries and colours, narrowed by the dashboard's variables."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract.ai import AI_REQUESTS
from contract.api import ERRORS, LATENCY, RATE_LIMITED, REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import error_threshold, latency_slo
from generator.dsl.dashboard import Bars, Body, Column, Dial, Heat, Line, Lines, Number, Panel, Spread, Table
from generator.dsl.labels import Label
from generator.dsl.units import minutes, percent, quantity
from generator.errors import DefinitionError
from generator.ir.dashboard import Colour, DrawnPanel, Kind, Place, Shape, Step
from generator.lowering.panels import Sheet, draw, steps
from generator.lowering.queries import Reader
from generator.rendering.promql import flat

NOW = minutes(5)
GREEN, PLAIN = Step(Colour.GOOD, None), (Step(Colour.PLAIN, None),)
SHARE = ERRORS.share_of(REQUESTS, over=NOW)
Draw = Callable[..., DrawnPanel]


@pytest.fixture
def drawn(wall: Reader) -> Draw:
    """Draws a body on a dashboard with variables of these labels."""

    def of(body: Body, *picks: Label) -> DrawnPanel:
        panel = Panel("traffic", "Traffic", "What there is.", lambda platform: body, "dashboards/some.py:1 traffic")
        return draw(
            Sheet(wall, picks, lambda name, variable: f"/d/{name}?var-{variable}="), panel, Place(0, 1, 8, 8), 7
        )

    return of


def texts(panel: DrawnPanel) -> list[str]:
    """The queries of a panel."""
    return [flat(target.expression) for target in panel.targets]


def test_colours_rise_with_the_value() -> None:
    """Green, orange from 1 %, red from 5 %; without bounds, no colour means anything."""
    assert steps(percent(1), percent(5)) == (GREEN, Step(Colour.WARN, 0.01), Step(Colour.BAD, 0.05))
    assert steps(None, percent(5)) == (GREEN, Step(Colour.BAD, 0.05))
    assert steps(None, None) == PLAIN


def test_colours_fall_where_less_is_worse() -> None:
    """A budget is red below 0, orange below 25 %, green above: Grafana wants the lowest first."""
    assert steps(percent(25), percent(0), falling=True) == (
        Step(Colour.BAD, None),
        Step(Colour.WARN, 0.0),
        Step(Colour.GOOD, 0.25),
    )
    assert steps(percent(25), None, falling=True) == (Step(Colour.WARN, None), Step(Colour.GOOD, 0.25))


def test_a_panel_is_narrowed_by_the_variables_that_its_metric_knows(drawn: Draw) -> None:
    """Requests have a route and no model: the variable of the model leaves them alone."""
    panel = drawn(Number(REQUESTS.count(over=NOW)), ROUTE, MODEL)
    assert texts(panel) == ["sum(route_service:requests_total:increase5m{route=~`${route:regex}`})"]


def test_a_panel_says_which_variables_narrow_it(drawn: Draw) -> None:
    """`.picked_by(ROUTE)` leaves the service out, `.picked_by()` all; what is no variable narrows nothing."""
    count = REQUESTS.count(over=NOW)
    assert "service" not in texts(drawn(Number(count.picked_by(ROUTE)), ROUTE, SERVICE))[0].partition("{")[2]
    assert texts(drawn(Number(count.picked_by()), ROUTE)) == ["sum(route_service:requests_total:increase5m)"]
    assert texts(drawn(Number(count.picked_by(SERVICE)), ROUTE)) == ["sum(route_service:requests_total:increase5m)"]


def test_lines_are_named_by_themselves_and_their_labels(drawn: Draw) -> None:
    """A name, then the labels' values; with neither, a line is of all."""
    lines = (Line(REQUESTS.rate().by(ROUTE, SERVICE), "sent"), Line(REQUESTS.rate().by(ROUTE)), Line(REQUESTS.rate()))
    panel = drawn(Lines(lines))
    assert [target.legend for target in panel.targets] == ["sent · {{route}} · {{service}}", "{{route}}", "all"]
    assert [target.ref for target in panel.targets] == ["A", "B", "C"]
    assert (panel.kind, panel.unit, panel.least) == (Kind.LINES, "reqps", 0)


def test_a_fixed_ceiling_is_a_dashed_bound(drawn: Draw) -> None:
    """One number for all lines is no query of its own."""
    panel = drawn(Lines((Line(SHARE),), ceiling=percent(5), warn=percent(1)))
    assert len(panel.targets) == 1
    assert panel.dashed
    assert panel.steps == (GREEN, Step(Colour.WARN, 0.01), Step(Colour.BAD, 0.05))


def test_a_limit_of_each_route_is_a_line_of_its_own(drawn: Draw, wall: Reader) -> None:
    """The limits are the alert's own series, narrowed like the lines they belong to, and marked as limits."""
    lines = Lines((Line(LATENCY.quantile(0.95).by(ROUTE)),), ceiling=latency_slo(wall.platform))
    limit = drawn(lines, ROUTE).targets[1]
    assert flat(limit.expression) == "route:latency_ms:limit{route=~`${route:regex}`}"
    assert (limit.ref, limit.legend, limit.limit) == ("B", "limit · {{route}}", True)
    assert flat(drawn(lines, SERVICE).targets[1].expression) == "route:latency_ms:limit"


def test_a_ceiling_in_another_unit_is_refused(drawn: Draw) -> None:
    """A share is not drawn under a ceiling of requests, nor are shares and requests on one axis."""
    with pytest.raises(DefinitionError, match="a ceiling in requests over share"):
        drawn(Lines((Line(SHARE),), ceiling=quantity(15, REQUESTS.unit)))
    with pytest.raises(DefinitionError, match="lines in requests per second and share on one axis"):
        drawn(Lines((Line(SHARE), Line(REQUESTS.rate()))))


def test_a_number_without_a_trend_is_asked_once(drawn: Draw) -> None:
    """A trend needs the whole range; one number does not."""
    assert drawn(Number(SHARE)).targets[0].instant is False
    assert drawn(Number(SHARE, trend=False)).targets[0].instant is True


def test_a_dial_goes_from_none_to_all(drawn: Draw) -> None:
    """A gauge without ends would make its own."""
    panel = drawn(Dial(SHARE, bad=percent(100)))
    assert (panel.kind, panel.least, panel.most, panel.targets[0].instant) == (Kind.DIAL, 0, 1, True)


def test_bars_show_the_longest_first(drawn: Draw) -> None:
    """Where less is worse, the emptiest first."""
    count = "sum by (route) (route_service:requests_total:increase5m)"
    measure = REQUESTS.count(over=NOW).by(ROUTE)
    assert texts(drawn(Bars(measure, most=3))) == [f"sort_desc(topk(3, {count}))"]
    assert texts(drawn(Bars(measure, falling=True))) == [f"sort(bottomk(9, {count}))"]


def test_a_heatmap_and_a_spread_read_buckets(drawn: Draw) -> None:
    """Over time, the axis is in milliseconds; over the whole range, bars count requests and are named by bounds."""
    buckets = "route_service_le:latency_ms_bucket:increase5m"
    heat, spread = drawn(Heat(LATENCY)), drawn(Spread(LATENCY))
    assert texts(heat) == [f"sum by (le) (avg_over_time({buckets}[$__rate_interval]))"]
    assert texts(spread) == [f"sum by (le) (sum_over_time({buckets}[$__range:5m]))"]
    assert (heat.kind, heat.unit, heat.targets[0].shape) == (Kind.HEAT, "ms", Shape.HEATMAP)
    assert (spread.kind, spread.unit, spread.targets[0].legend, spread.targets[0].instant) == (
        Kind.BARS,
        "short",
        "{{le}}",
        True,
    )


def test_a_table_shows_the_worst_by_its_first_column(drawn: Draw) -> None:
    """Every other column shows the same tenants as the first, and a click on one opens its dashboard."""
    columns = (
        Column("Requests", REQUESTS.count(over=NOW).by(TENANT)),
        Column("Limited", RATE_LIMITED.count(over=NOW).by(TENANT)),
    )
    panel = drawn(Table(TENANT, columns, opens="tenant", most=5))
    worst = "topk(5, tenant_id:requests_total:increase5m)"
    assert texts(panel) == [worst, f"tenant_id:rate_limited_total:increase5m and on (tenant_id) {worst}"]
    assert panel.opens == "/d/tenant?var-tenant="
    assert all(target.instant and target.shape is Shape.TABLE for target in panel.targets)


def test_a_column_told_otherwise_is_refused(drawn: Draw) -> None:
    """A row is a tenant: a column by route has no place in it."""
    with pytest.raises(DefinitionError, match='the column "Requests" is not told by tenant_id'):
        drawn(Table(TENANT, (Column("Requests", REQUESTS.count(over=NOW).by(ROUTE)),)))


def test_one_tenants_limit_is_narrowed_to_it(drawn: Draw, wall: Reader) -> None:
    """On the Tenant dashboard the ceiling is this tenant's, by the alert's own series."""
    share = ERRORS.share_of(REQUESTS).by(ROUTE)
    panel = drawn(Lines((Line(share),), ceiling=error_threshold(wall.platform)), TENANT)
    assert flat(panel.targets[1].expression) == "tenant_id:error_share:limit{tenant_id=~`${tenant:regex}`}"


def test_a_model_narrows_calls_to_it(drawn: Draw) -> None:
    """The calls of the picked models alone are counted."""
    read = texts(drawn(Number(AI_REQUESTS.rate()), MODEL))[0]
    assert read.count("model=~`${model:regex}`") == 1
