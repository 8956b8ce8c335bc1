"""Dashboards laid out: places, variables, marks and links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import REQUESTS
from contract.labels import ROUTE, TENANT
from generator.dsl.dashboard import Dashboard, Line, Lines, Number, Panel, Pick, Row
from generator.dsl.platform import Platform
from generator.dsl.units import minutes
from generator.errors import BuildError, DefinitionError
from generator.ir.dashboard import Drawn, Place
from generator.lowering.dashboards import Wall, marks, places
from generator.lowering.recording_rules import Ledger
from generator.rendering.promql import flat

COUNT = REQUESTS.count(over=minutes(5))


def panel(name: str) -> Panel:
    """A panel that counts requests."""
    return Panel(name, name.title(), "How many.", lambda platform: Number(COUNT), f"dashboards/some.py:1 {name}")


def board(*rows: Row, name: str = "some", picks: tuple[Pick, ...] = ()) -> Dashboard:
    """A dashboard of these rows."""
    return Dashboard(name, name.title(), "How many?", picks, rows, ("some",))


def drawn(platform: Platform, *boards: Dashboard) -> Drawn:
    """The first of these dashboards, drawn beside the others."""
    return Wall(platform, boards, Ledger()).draw(boards[0])


def test_panels_share_a_row_evenly() -> None:
    """Three get 8 columns each; seven get 24 together, the first ones one more."""
    three = Row("Why?", tuple(map(panel, "abc")))
    assert places(three, 5) == [Place(0, 5, 8, 8), Place(8, 5, 8, 8), Place(16, 5, 8, 8)]
    seven = places(Row("Why?", tuple(map(panel, "abcdefg"))), 0)
    assert [place.width for place in seven] == [4, 4, 4, 3, 3, 3, 3]
    assert [place.x for place in seven] == [0, 4, 8, 12, 15, 18, 21]


@pytest.mark.parametrize("widths", [(12, 13), (24,), (8, 8, 8)])
def test_widths_must_fill_the_page(widths: tuple[int, ...]) -> None:
    """Too wide, too few, too many: the row is named and the sum is told."""
    with pytest.raises(DefinitionError, match=r'the widths of row "Why\?" are .* let them add up to 24'):
        places(Row("Why?", (panel("a"), panel("b")), widths), 0)


def test_rows_stand_below_each_other(platform: Platform) -> None:
    """A heading takes one line, panels stand under it, and the next heading comes after the first row's height."""
    rows = drawn(platform, board(Row("One?", (panel("a"),), height=4), Row("Two?", (panel("b"),)))).rows
    assert [row.y for row in rows] == [0, 5]
    assert [row.panels[0].place.y for row in rows] == [1, 6]


def test_a_variable_lists_the_values_of_its_metric(platform: Platform) -> None:
    """Of several, all are picked at first; of one, the platform's first tenant."""
    picks = (Pick(TENANT, REQUESTS, several=False), Pick(ROUTE, REQUESTS))
    tenant, route = drawn(platform, board(Row("Why?", (panel("a"),)), picks=picks)).variables
    assert (tenant.name, tenant.first, tenant.several) == ("tenant", platform.tenants[0], False)
    assert (route.name, route.first, route.several, flat(route.source)) == ("route", "", True, "requests_total")


def test_a_platform_without_tenants_has_an_empty_variable(platform: Platform) -> None:
    """Nobody is listed: the variable begins empty, and nothing fails."""
    nobody = replace(platform, tenants=())
    picks = (Pick(TENANT, REQUESTS, several=False),)
    assert drawn(nobody, board(Row("Why?", (panel("a"),)), picks=picks)).variables[0].first == ""


def test_a_dashboard_links_to_all_others(platform: Platform) -> None:
    """And not to itself."""
    row = Row("Why?", (panel("a"),))
    one = drawn(platform, board(row, name="one"), board(row, name="two"), board(row, name="three"))
    assert one.links == (("Two", "workers-ai-two"), ("Three", "workers-ai-three"))


def test_ids_come_from_names_so_that_a_new_panel_moves_none(platform: Platform) -> None:
    """A panel put before another leaves the other's id as it was."""
    before = drawn(platform, board(Row("Why?", (panel("a"),)))).rows[0].panels[0]
    after = drawn(platform, board(Row("Why?", (panel("b"), panel("a"))))).rows[0].panels[1]
    assert (after.name, after.id) == (before.name, before.id)
    assert after.place != before.place


def test_every_panel_that_makes_no_sense_is_told(platform: Platform) -> None:
    """Two bad panels of three: both places are named."""
    bad = Lines((Line(COUNT), Line(REQUESTS.rate())))
    rows = tuple(
        Row(name, (replace(panel(name), shows=lambda platform: bad), panel(name + "_well"))) for name in ("a", "b")
    )
    with pytest.raises(BuildError) as told:
        drawn(platform, board(*rows))
    assert [problem.where for problem in told.value.problems] == ["dashboards/some.py:1 a", "dashboards/some.py:1 b"]


def test_a_table_opens_only_a_dashboard_that_there_is(platform: Platform) -> None:
    """The path ends where the clicked tenant's name goes; an unknown dashboard is refused with those that exist."""
    wall = Wall(platform, (board(name="tenant"), board(name="ai")), Ledger())
    assert wall.opens("tenant", "tenant") == "/d/workers-ai-tenant?var-tenant="
    with pytest.raises(DefinitionError, match='there is no dashboard "tenants"; open one of tenant, ai'):
        wall.opens("tenants", "tenant")


def test_firing_alerts_are_marks() -> None:
    """Pages and tickets, each in its colour, where they begin: what fired within a step and not at its start; on a
    dashboard of many tenants, everybody's."""
    pages, tickets = marks(board())
    page, ticket = (f'ALERTS{{alertstate="firing",severity="{severity}"}}' for severity in ("page", "ticket"))
    assert flat(pages.expression) == f"max_over_time({page}[$__interval]) unless {page} offset $__interval"
    assert flat(tickets.expression) == f"max_over_time({ticket}[$__interval]) unless {ticket} offset $__interval"


def test_one_tenants_marks_are_its_own_and_those_of_all() -> None:
    """A route that is down has no tenant in its labels: the empty alternative matches it too."""
    pages, _ = marks(board(picks=(Pick(TENANT, REQUESTS, several=False), Pick(ROUTE, REQUESTS))))
    firing = 'ALERTS{alertstate="firing",severity="page",tenant_id=~`${tenant:regex}|`}'
    assert flat(pages.expression) == f"max_over_time({firing}[$__interval]) unless {firing} offset $__interval"
