"""Links from alerts to panels: the panel exists, and the alert's labels fill the template variables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import errors
from contract.api import REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.dashboard import Dashboard, Panel, Row, Stat, Variable
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import minutes
from generator.errors import DefinitionError
from generator.ir.links import PanelLink
from generator.lowering.ids import panel_id
from generator.lowering.links import panel_link

PANEL = Panel("errors", "Errors", "Errors.", lambda platform: Stat(REQUESTS.increase(minutes(5))), "sample.py:1")
VARIABLES = (Variable(TENANT, REQUESTS, multi=False), Variable(ROUTE, REQUESTS))
TENANT_DASHBOARD = Dashboard("tenant", "Tenant", "One tenant.", VARIABLES, (Row("Row", (PANEL,)),), ())
OVERVIEW = replace(TENANT_DASHBOARD, id="overview", title="Overview", variables=(Variable(ROUTE, REQUESTS),))


def link(platform: Platform, panel: str, *labels: Label) -> PanelLink | None:
    """The link of RouteDown, if it linked to this panel and were grouped by these labels."""
    return panel_link(platform, (OVERVIEW, TENANT_DASHBOARD), replace(errors.route_down, panel=panel), labels)


def test_labels_fill_the_template_variables_of_the_dashboard(platform: Platform) -> None:
    """Tenant and route are filled; the service has no template variable on the dashboard."""
    tenant_link = link(platform, "tenant/errors", TENANT, ROUTE, SERVICE)
    assert tenant_link is not None
    assert (tenant_link.dashboard_uid, tenant_link.panel_title) == ("workers-ai-tenant", "Errors")
    assert tenant_link.panel_id == panel_id("tenant", "errors")
    assert tenant_link.variables == (("tenant_id", "tenant"), ("route", "route"))


def test_a_variable_with_several_values_can_stay_unfilled(platform: Platform) -> None:
    """The link of an alert on a model shows all routes."""
    overview_link = link(platform, "overview/errors", MODEL)
    assert overview_link is not None
    assert overview_link.variables == ()


def test_a_variable_with_one_value_must_be_filled(platform: Platform) -> None:
    """Without a tenant, the Tenant dashboard would show the first one of the list."""
    message = (
        "links to Tenant, whose variable tenant needs a value; "
        "group the alert by tenant_id, or link to another dashboard"
    )
    with pytest.raises(DefinitionError, match=message):
        link(platform, "tenant/errors", ROUTE)


def test_an_alert_can_have_no_link(platform: Platform) -> None:
    """An alert without a panel has no link."""
    assert link(platform, "", ROUTE) is None


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        (
            "overvew/errors",
            'links to the dashboard "overvew", which does not exist; did you mean "overview"',
        ),
        (
            "overview/error",
            'links to the panel "overview/error", which does not exist; did you mean "overview/errors"',
        ),
        (
            "overview",
            'links to the panel "overview", which does not exist; did you mean "overview/errors"',
        ),
        (
            "overview/zzzzzzzzzzzzzzzzzzzz",
            'links to the panel "overview/zzzzzzzzzzzzzzzzzzzz", which does not exist; use overview/errors',
        ),
    ],
)
def test_a_link_to_a_missing_dashboard_or_panel_is_an_error(platform: Platform, panel: str, message: str) -> None:
    """The hint is the nearest name, as the link must be written."""
    with pytest.raises(DefinitionError, match=message):
        link(platform, panel, ROUTE)
