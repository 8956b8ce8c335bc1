"""Where alerts lead: a panel that exists, with the variables that their labels fill."""

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

RATIO = Panel("share", "Errors", "Which part.", lambda platform: Stat(REQUESTS.increase(minutes(5))), "some.py:1")
PICKS = (Variable(TENANT, REQUESTS, multi=False), Variable(ROUTE, REQUESTS))
TENANTS = Dashboard("tenant", "Tenant", "Is it well?", PICKS, (Row("Why?", (RATIO,)),), ())
OVERVIEW = replace(TENANTS, id="overview", title="Overview", variables=(Variable(ROUTE, REQUESTS),))


def found(platform: Platform, panel: str, *labels: Label) -> PanelLink | None:
    """Where an alert told by these labels leads."""
    return panel_link(platform, (OVERVIEW, TENANTS), replace(errors.route_down, panel=panel), labels)


def test_labels_fill_the_variables_of_their_dashboard(platform: Platform) -> None:
    """Tenant and route are filled; the service has no variable there, so it is left out."""
    leads = found(platform, "tenant/share", TENANT, ROUTE, SERVICE)
    assert leads is not None
    assert (leads.dashboard_uid, leads.panel_title) == ("workers-ai-tenant", "Errors")
    assert leads.panel_id == panel_id("tenant", "share")
    assert leads.variables == (("tenant_id", "tenant"), ("route", "route"))


def test_a_variable_of_several_values_may_stay_unfilled(platform: Platform) -> None:
    """An alert on a model shows all routes."""
    leads = found(platform, "overview/share", MODEL)
    assert leads is not None
    assert leads.variables == ()


def test_a_variable_of_one_value_must_be_filled(platform: Platform) -> None:
    """The Tenant dashboard of nobody would show whoever is listed first."""
    with pytest.raises(
        DefinitionError, match="leads to Tenant, which needs a tenant; tell it by tenant_id, or lead elsewhere"
    ):
        found(platform, "tenant/share", ROUTE)


def test_an_alert_may_lead_nowhere(platform: Platform) -> None:
    """The watchdog has no panel."""
    assert found(platform, "", ROUTE) is None


@pytest.mark.parametrize(
    ("panel", "what"),
    [
        ("overvew/share", 'leads to the dashboard "overvew"; did you mean "overview"'),
        ("overview/shares", 'leads to the panel "overview/shares"; did you mean "share"'),
        ("overview", 'leads to the panel "overview"; use one of share'),
    ],
)
def test_a_place_that_there_is_not_is_refused(platform: Platform, panel: str, what: str) -> None:
    """The nearest name is proposed."""
    with pytest.raises(DefinitionError, match=what):
        found(platform, panel, ROUTE)
