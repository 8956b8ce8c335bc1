"""Dashboards as specifications: grid positions, template variables, annotations and links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.ai import AI_REQUESTS
from contract.api import REQUESTS
from contract.labels import MODEL, ROUTE, TENANT
from generator.dsl.dashboard import Dashboard, Panel, Row, Series, Stat, TimeSeries, Variable
from generator.dsl.platform import GrafanaSettings, Platform
from generator.dsl.units import minutes
from generator.errors import BuildError, DefinitionError
from generator.ir.dashboard import DashboardSpec, LinkSpec
from generator.lowering.dashboards import DashboardLowering, alert_annotations
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.promql import flat

INCREASE = REQUESTS.increase(minutes(5))


def panel(id: str) -> Panel:
    """A panel of the increase of requests."""
    return Panel(id, id.title(), "Requests.", lambda platform: Stat(INCREASE), f"dashboards/sample.py:1 {id}")


def dashboard(*rows: Row, id: str = "sample", variables: tuple[Variable, ...] = ()) -> Dashboard:
    """A dashboard of these rows."""
    return Dashboard(id, id.title(), "A sample.", variables, rows, ("sample",))


def lowered(platform: Platform, *dashboards: Dashboard) -> DashboardSpec:
    """The specification of the first of these dashboards."""
    return DashboardLowering(platform, dashboards, RecordingRules()).lower(dashboards[0])


def test_rows_are_below_each_other(platform: Platform) -> None:
    """A row's title takes one line, its panels are below the title, and the next row is below the panels."""
    rows = lowered(platform, dashboard(Row("First", (panel("a"),), height=4), Row("Second", (panel("b"),)))).rows
    assert [row.y for row in rows] == [0, 5]
    assert [row.panels[0].position.y for row in rows] == [1, 6]


def test_a_template_variable_lists_the_values_of_its_metric(platform: Platform) -> None:
    """With several values, all are selected at first; with one, the platform's first tenant."""
    variables = (Variable(TENANT, REQUESTS, multi=False), Variable(ROUTE, REQUESTS))
    tenant, route = lowered(platform, dashboard(Row("Row", (panel("a"),)), variables=variables)).variables
    assert (tenant.name, tenant.current, tenant.multi) == ("tenant", platform.tenants[0], False)
    assert (route.name, route.current, route.multi, flat(route.source)) == ("route", "", True, "requests_total")


def test_a_platform_without_tenants_has_an_empty_variable(platform: Platform) -> None:
    """A platform file need not list tenants: the variable is empty at first."""
    without_tenants = replace(platform, tenants=())
    sample = dashboard(Row("Row", (panel("a"),)), variables=(Variable(TENANT, REQUESTS, multi=False),))
    assert lowered(without_tenants, sample).variables[0].current == ""


def test_a_dashboard_links_to_all_others(platform: Platform) -> None:
    """It does not link to itself."""
    row = Row("Row", (panel("a"),))
    first = lowered(platform, dashboard(row, id="first"), dashboard(row, id="second"), dashboard(row, id="third"))
    assert first.links == (("Second", "workers-ai-second"), ("Third", "workers-ai-third"))


@pytest.mark.parametrize(
    ("name", "folder", "title"),
    [
        ("production", "Workers AI", "Workers AI / Sample"),
        ("staging", "Workers AI", "Workers AI staging / Sample"),
        ("staging", "Shop Staging", "Shop Staging / Sample"),
        ("production", "Shop", "Shop / Sample"),
    ],
)
def test_a_title_says_whose_the_dashboard_is(platform: Platform, name: str, folder: str, title: str) -> None:
    """Two platforms in one Grafana have dashboards of different titles; links on a dashboard are short."""
    other = replace(platform, name=name, grafana=GrafanaSettings(folder=folder))
    spec = lowered(other, dashboard(), dashboard(id="second"))
    assert spec.title == title
    assert [link_title for link_title, _ in spec.links] == ["Second"]


def test_all_dashboards_have_a_common_tag(platform: Platform) -> None:
    """A search in Grafana for the tag finds all dashboards; one that has the tag itself does not have it twice."""
    assert lowered(platform, dashboard()).tags == ("workers-ai", "sample")
    assert lowered(platform, replace(dashboard(), tags=("b", "workers-ai"))).tags == ("workers-ai", "b")


def test_a_new_panel_changes_the_id_of_no_other_panel(platform: Platform) -> None:
    """A panel before another one changes its position, and neither its title nor its id."""
    before = lowered(platform, dashboard(Row("Row", (panel("a"),)))).rows[0].panels[0]
    after = lowered(platform, dashboard(Row("Row", (panel("b"), panel("a"))))).rows[0].panels[1]
    assert (after.title, after.id) == (before.title, before.id)
    assert after.position != before.position


def test_a_new_title_changes_no_id(platform: Platform) -> None:
    """The ids of rows and panels are functions of their definitions' ids, not of titles or functions."""
    row = Row("Row", (panel("a"),), id="row")

    def renamed(platform: Platform) -> Stat:
        return Stat(INCREASE)

    other_row = Row("New", (replace(panel("a"), title="New", build=renamed, where="other.py:9 renamed"),), id="row")
    before, after = (lowered(platform, dashboard(each)).rows[0] for each in (row, other_row))
    assert (after.id, after.panels[0].id) == (before.id, before.panels[0].id)
    assert (after.title, after.panels[0].title) == ("New", "New")


def test_the_problems_of_all_panels_are_reported(platform: Platform) -> None:
    """Two of four panels cannot be lowered: both places are named."""
    two_units = TimeSeries((Series(INCREASE), Series(REQUESTS.rate())))
    rows = tuple(
        Row(id, (replace(panel(id), build=lambda platform: two_units), panel(f"{id}_valid"))) for id in ("a", "b")
    )
    with pytest.raises(BuildError) as caught:
        lowered(platform, dashboard(*rows))
    assert [problem.where for problem in caught.value.problems] == [
        "dashboards/sample.py:1 a",
        "dashboards/sample.py:1 b",
    ]


def test_a_table_links_to_an_existing_dashboard_alone(platform: Platform) -> None:
    """The path ends where the clicked value is appended; an unknown dashboard is an error with the nearest one."""
    board = dashboard(id="ai")
    lowering = DashboardLowering(platform, (dashboard(id="tenant"), board), RecordingRules())
    assert lowering.link(board, "tenant", "tenant") == LinkSpec("/d/workers-ai-tenant?var-tenant=")
    with pytest.raises(DefinitionError, match='there is no dashboard "tenants"; did you mean "tenant"'):
        lowering.link(board, "tenants", "tenant")
    with pytest.raises(DefinitionError, match='there is no dashboard "zzz"; use one of ai, tenant'):
        lowering.link(board, "zzz", "tenant")


def test_a_link_keeps_the_filters_that_both_dashboards_have(platform: Platform) -> None:
    """The tenant is that of the row that is clicked; the model has no variable on the other dashboard."""
    source = dashboard(id="ai", variables=tuple(Variable(each, AI_REQUESTS) for each in (TENANT, ROUTE, MODEL)))
    target = dashboard(id="tenant", variables=tuple(Variable(each, REQUESTS) for each in (ROUTE, TENANT)))
    link = DashboardLowering(platform, (source, target), RecordingRules()).link(source, "tenant", "tenant")
    assert link.kept_variables == ("route",)


def test_annotations_mark_where_alerts_start_to_fire() -> None:
    """Pages and tickets: an alert that fires within the step and not at its start; without a template variable of one
    tenant, those of all tenants."""
    pages, tickets = alert_annotations(dashboard())
    page, ticket = (f'ALERTS{{alertstate="firing",severity="{severity}"}}' for severity in ("page", "ticket"))
    assert flat(pages.expression) == f"max_over_time({page}[$__interval]) unless {page} offset $__interval"
    assert flat(tickets.expression) == f"max_over_time({ticket}[$__interval]) unless {ticket} offset $__interval"
    assert pages.colour != tickets.colour


def test_annotations_of_one_tenant_include_alerts_without_a_tenant() -> None:
    """An alert on a route has no tenant in its labels: the empty alternative of the matcher matches it too."""
    variables = (Variable(TENANT, REQUESTS, multi=False), Variable(ROUTE, REQUESTS))
    pages, _ = alert_annotations(dashboard(variables=variables))
    firing = 'ALERTS{alertstate="firing",severity="page",tenant_id=~`${tenant:regex}|`}'
    assert flat(pages.expression) == f"max_over_time({firing}[$__interval]) unless {firing} offset $__interval"
