"""Law 4, of the trees: an alert without a name of its own, a value, a panel, or with a hole that nothing fills."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, SERVICE
from generator.checks.alerts import (
    alerts_are_told_apart,
    every_alert_leads_to_a_panel,
    every_alert_says_its_value,
    every_hole_can_be_filled,
)
from generator.dsl.alert import PAGE, TICKET, Alert, AlertText, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.text import template_parts
from generator.dsl.units import minutes
from generator.errors import BuildError
from generator.ir.build import Compiled, Lowered
from tests.checks.builds import said, with_alert

LAWS = (alerts_are_told_apart, every_hole_can_be_filled, every_alert_says_its_value, every_alert_leads_to_a_panel)


@alert("RouteSick", TICKET, panel="overview/error_share_by_route")
def sick(platform: Platform) -> Condition:
    """{route} is sick.

    {value} of its requests failed in the last {window}; {limit} is too much.

    Impact: Some.

    First steps:
    1. Look.
    """
    return ERRORS.ratio_to(REQUESTS, minutes(5)).by(ROUTE, SERVICE).above(platform.errors.route)


def broken(lowered: Lowered) -> list[str]:
    """What these laws say."""
    return said(problem for law in LAWS for problem in law(lowered))


def described(description: str) -> Alert:
    """The alert with another description."""
    alert_text = sick.alert_text
    return replace(
        sick, alert_text=AlertText(alert_text.summary, template_parts(description), alert_text.impact, alert_text.steps)
    )


def test_production_and_one_more_are_lawful(built: Compiled) -> None:
    """Production breaks no law, and neither does a whole alert beside it."""
    assert broken(built.lowered) == []
    assert broken(with_alert(built, sick)) == []


@pytest.mark.parametrize("name", ["route_sick", "routeSick", "Route-Sick", "Route Sick", ""])
def test_a_name_is_in_camel_case(built: Compiled, name: str) -> None:
    """Silences, routes and runbooks are found by an alert's name: it is written like all others."""
    (problem,) = broken(with_alert(built, replace(sick, name=name)))
    assert f'"{name}" is no name of an alert; write it LikeThis' in problem


def test_two_rules_of_one_name_and_severity_are_told(built: Compiled) -> None:
    """Nobody could tell which of them fires; both are told, each with its place."""
    problems = broken(with_alert(built, replace(sick, name="RouteDown", severity=PAGE)))
    assert [problem.split(":")[0] for problem in problems] == ["alerts/errors.py", "tests/checks/test_alerts.py"]
    assert all(
        "2 rules are RouteDown (page); give each a name or a severity of its own" in problem for problem in problems
    )


def test_a_name_may_be_shared_by_two_severities(built: Compiled) -> None:
    """RouteDown as a ticket is another rule than RouteDown as a page."""
    assert broken(with_alert(built, replace(sick, name="RouteDown"))) == []


def test_a_hole_that_nothing_fills_is_told(built: Compiled) -> None:
    """A label by which the alert is not told, and one that is misspelt, are told at once, with the place."""
    problems = broken(with_alert(built, described("{value} of {tenant_id} on {rout}.")))
    assert len(problems) == 2
    assert all(problem.startswith("tests/checks/test_alerts.py:") for problem in problems)
    assert "RouteSick cannot fill {tenant_id}" in problems[0]
    assert 'RouteSick cannot fill {rout}; did you mean "route"?' in problems[1]


def test_a_description_without_the_value_is_told(built: Compiled) -> None:
    """Who is woken wants to know how bad it is."""
    (problem,) = broken(with_alert(built, described("{route} is sick.")))
    assert "its description does not say the value; put {value} into" in problem


def test_an_alert_that_leads_nowhere_is_told(built: Compiled) -> None:
    """Who is woken wants to see it; Watchdog, which tells nobody, needs no panel."""
    (problem,) = broken(with_alert(built, replace(sick, panel="")))
    assert 'it leads to no panel; name the panel: @alert(…, panel="dashboard/panel")' in problem


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        ("overwiew/pages", 'leads to the dashboard "overwiew"; did you mean "overview"?'),
        ("overview/page", 'leads to the panel "overview/page"; did you mean "pages"?'),
        ("tenant/error_share", "leads to Tenant, which needs a tenant; tell it by tenant_id, or lead elsewhere"),
    ],
)
def test_a_link_that_cannot_be_is_refused(built: Compiled, panel: str, message: str) -> None:
    """A dashboard or a panel there is not, and a variable of one value that the alert's labels leave open."""
    with pytest.raises(BuildError) as refused:
        with_alert(built, replace(sick, panel=panel))
    (problem,) = said(refused.value.problems)
    assert problem.startswith("tests/checks/test_alerts.py:")
    assert message in problem
