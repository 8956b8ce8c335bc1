"""Dashboards laid out: places, variables, marks and links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import REQUESTS
from contract.labels import ROUTE, TENANT
from generator.dsl.dashboard import Dashboard, Panel, Row, Series, Stat, TimeSeries, Variable
from generator.dsl.platform import Platform
from generator.dsl.units import minutes
from generator.errors import BuildError, DefinitionError
from generator.ir.dashboard import DashboardSpec, GridPosition
from generator.lowering.dashboards import DashboardLowering, alert_annotations, grid_positions
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.promql import flat

COUNT = REQUESTS.increase(minutes(5))


def panel(name: str) -> Panel:
    """A panel that counts requests."""
    return Panel(name, name.title(), "How many.", lambda platform: Stat(COUNT), f"dashboards/some.py:1 {name}")


def board(*rows: Row, name: str = "some", variables: tuple[Variable, ...] = ()) -> Dashboard:
    """A dashboard of these rows."""
    return Dashboard(name, name.title(), "How many?", variables, rows, ("some",))


def drawn(platform: Platform, *boards: Dashboard) -> DashboardSpec:
    """The first of these dashboards, drawn beside the others."""
    return DashboardLowering(platform, boards, RecordingRules()).lower(boards[0])


def test_panels_share_a_row_evenly() -> None:
    """Three get 8 columns each; seven get 24 together, the first ones one more."""
    three = Row("Why?", tuple(map(panel, "abc")))
    assert grid_positions(three, 5) == [GridPosition(0, 5, 8, 8), GridPosition(8, 5, 8, 8), GridPosition(16, 5, 8, 8)]
    seven = grid_positions(Row("Why?", tuple(map(panel, "abcdefg"))), 0)
    assert [position.width for position in seven] == [4, 4, 4, 3, 3, 3, 3]
    assert [position.x for position in seven] == [0, 4, 8, 12, 15, 18, 21]


@pytest.mark.parametrize("widths", [(12, 13), (24,), (8, 8, 8)])
def test_widths_must_fill_the_page(widths: tuple[int, ...]) -> None:
    """Too wide, too few, too many: the row is named and the sum is told."""
    with pytest.raises(DefinitionError, match=r'the widths of row "Why\?" are .* let them add up to 24'):
        grid_positions(Row("Why?", (panel("a"), panel("b")), widths), 0)


def test_rows_stand_below_each_other(platform: Platform) -> None:
    """A heading takes one line, panels stand under it, and the next heading comes after the first row's height."""
    rows = drawn(platform, board(Row("One?", (panel("a"),), height=4), Row("Two?", (panel("b"),)))).rows
    assert [row.y for row in rows] == [0, 5]
    assert [row.panels[0].position.y for row in rows] == [1, 6]


def test_a_variable_lists_the_values_of_its_metric(platform: Platform) -> None:
    """Of several, all are picked at first; of one, the platform's first tenant."""
    variables = (Variable(TENANT, REQUESTS, multi=False), Variable(ROUTE, REQUESTS))
    tenant, route = drawn(platform, board(Row("Why?", (panel("a"),)), variables=variables)).variables
    assert (tenant.name, tenant.current, tenant.multi) == ("tenant", platform.tenants[0], False)
    assert (route.name, route.current, route.multi, flat(route.source)) == ("route", "", True, "requests_total")


def test_a_platform_without_tenants_has_an_empty_variable(platform: Platform) -> None:
    """Nobody is listed: the variable begins empty, and nothing fails."""
    nobody = replace(platform, tenants=())
    variables = (Variable(TENANT, REQUESTS, multi=False),)
    assert drawn(nobody, board(Row("Why?", (panel("a"),)), variables=variables)).variables[0].current == ""


def test_a_dashboard_links_to_all_others(platform: Platform) -> None:
    """And not to itself."""
    row = Row("Why?", (panel("a"),))
    one = drawn(platform, board(row, name="one"), board(row, name="two"), board(row, name="three"))
    assert one.links == (("Two", "workers-ai-two"), ("Three", "workers-ai-three"))


def test_ids_come_from_names_so_that_a_new_panel_moves_none(platform: Platform) -> None:
    """A panel put before another leaves the other's id as it was."""
    before = drawn(platform, board(Row("Why?", (panel("a"),)))).rows[0].panels[0]
    after = drawn(platform, board(Row("Why?", (panel("b"), panel("a"))))).rows[0].panels[1]
    assert (after.title, after.id) == (before.title, before.id)
    assert after.position != before.position


def test_every_panel_that_makes_no_sense_is_told(platform: Platform) -> None:
    """Two bad panels of three: both places are named."""
    critical = TimeSeries((Series(COUNT), Series(REQUESTS.rate())))
    rows = tuple(
        Row(name, (replace(panel(name), build=lambda platform: critical), panel(name + "_well"))) for name in ("a", "b")
    )
    with pytest.raises(BuildError) as told:
        drawn(platform, board(*rows))
    assert [problem.where for problem in told.value.problems] == ["dashboards/some.py:1 a", "dashboards/some.py:1 b"]


def test_a_table_opens_only_a_dashboard_that_there_is(platform: Platform) -> None:
    """The path ends where the clicked tenant's name goes; an unknown dashboard is refused with those that exist."""
    wall = DashboardLowering(platform, (board(name="tenant"), board(name="ai")), RecordingRules())
    assert wall.link_path("tenant", "tenant") == "/d/workers-ai-tenant?var-tenant="
    with pytest.raises(DefinitionError, match='there is no dashboard "tenants"; open one of tenant, ai'):
        wall.link_path("tenants", "tenant")


def test_firing_alerts_are_marks() -> None:
    """Pages and tickets, each in its colour, where they begin: what fired within a step and not at its start; on a
    dashboard of many tenants, everybody's."""
    pages, tickets = alert_annotations(board())
    page, ticket = (f'ALERTS{{alertstate="firing",severity="{severity}"}}' for severity in ("page", "ticket"))
    assert flat(pages.expression) == f"max_over_time({page}[$__interval]) unless {page} offset $__interval"
    assert flat(tickets.expression) == f"max_over_time({ticket}[$__interval]) unless {ticket} offset $__interval"


def test_one_tenants_marks_are_its_own_and_those_of_all() -> None:
    """A route that is down has no tenant in its labels: the empty alternative matches it too."""
    pages, _ = alert_annotations(board(variables=(Variable(TENANT, REQUESTS, multi=False), Variable(ROUTE, REQUESTS))))
    firing = 'ALERTS{alertstate="firing",severity="page",tenant_id=~`${tenant:regex}|`}'
    assert flat(pages.expression) == f"max_over_time({firing}[$__interval]) unless {firing} offset $__interval"
