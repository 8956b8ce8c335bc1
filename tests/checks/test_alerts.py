"""Checks of the definitions of alerts, each with one part changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, SERVICE
from generator.dsl.alert import PAGE, TICKET, Alert, AlertText, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.text import template_parts
from generator.dsl.units import minutes, percent
from generator.errors import BuildError
from generator.ir.build import Compiled, Lowered
from tests.checks.builds import texts, violations, with_alert


@alert("RouteUnreliable", TICKET, panel="overview/error_share_by_route")
def unreliable(platform: Platform) -> Condition:
    """{route} is unreliable.

    {value} of its requests failed in the last {window}.

    Impact: Some callers get errors.

    First steps:
    1. Open the Overview dashboard.
    """
    return ERRORS.ratio_to(REQUESTS, minutes(5)).by(ROUTE, SERVICE).above(percent(2))


def of_alerts(lowered: Lowered) -> list[str]:
    """The violations of the checks of alerts."""
    return violations(lowered, "alert/invalid-name", "alert/duplicate-rule", "alert/unknown-placeholder") + violations(
        lowered, "alert/missing-value", "alert/missing-panel"
    )


def described(description: str) -> Alert:
    """The alert with another description."""
    text = unreliable.alert_text
    return replace(unreliable, alert_text=AlertText(text.summary, template_parts(description), text.impact, text.steps))


def test_a_complete_alert_passes(built: Compiled) -> None:
    """The shipped alerts have no violations, and neither has a complete one beside them."""
    assert of_alerts(built.lowered) == []
    assert of_alerts(with_alert(built, unreliable)) == []


@pytest.mark.parametrize("name", ["route_unreliable", "routeUnreliable", "Route-Unreliable", "Route Unreliable", ""])
def test_a_name_must_be_in_camel_case(built: Compiled, name: str) -> None:
    """Another name is reported, with the name in CamelCase."""
    (problem,) = of_alerts(with_alert(built, replace(unreliable, name=name)))
    assert f'"{name}" is not a valid name of an alert; write it in CamelCase, as Route' in problem
    assert problem.endswith("[alert/invalid-name]")


def test_a_name_has_at_most_63_characters(built: Compiled) -> None:
    """A name of 63 characters passes; one of 64 is reported."""
    assert of_alerts(with_alert(built, replace(unreliable, name="R" + "o" * 62))) == []
    (problem,) = of_alerts(with_alert(built, replace(unreliable, name="R" + "o" * 63)))
    assert "the name of the alert has 64 characters: Rooo" in problem
    assert problem.endswith("o; write at most 63. [alert/invalid-name]")


def test_two_rules_of_one_name_and_severity_are_reported(built: Compiled) -> None:
    """Both are reported, each with its place: nobody could distinguish their alerts."""
    problems = of_alerts(with_alert(built, replace(unreliable, name="TenantsCountedAsOther", severity=TICKET)))
    assert [problem.split(":")[0] for problem in problems] == ["alerts/telemetry.py", "tests/checks/test_alerts.py"]
    assert all(
        "there are 2 rules TenantsCountedAsOther (ticket); give each its own name or severity" in text
        for text in problems
    )
    assert all(problem.endswith("[alert/duplicate-rule]") for problem in problems)


def test_two_severities_may_share_a_name(built: Compiled) -> None:
    """TenantsCountedAsOther as a page is another rule than TenantsCountedAsOther as a ticket."""
    assert of_alerts(with_alert(built, replace(unreliable, name="TenantsCountedAsOther", severity=PAGE))) == []


def test_an_unknown_placeholder_is_reported(built: Compiled) -> None:
    """A label that the alert is not grouped by, and a misspelt one, are both reported with the place."""
    problems = of_alerts(with_alert(built, described("{value} of {tenant_id} on {rout}.")))
    assert len(problems) == 2
    assert all(problem.startswith("tests/checks/test_alerts.py:") for problem in problems)
    assert "RouteUnreliable cannot fill {tenant_id}" in problems[0]
    assert 'RouteUnreliable cannot fill {rout}; did you mean "route"?' in problems[1]
    assert problems[1].endswith("[alert/unknown-placeholder]")


def test_a_description_without_the_value_is_reported(built: Compiled) -> None:
    """The on-call engineer needs the value."""
    (problem,) = of_alerts(with_alert(built, described("{route} is unreliable.")))
    assert "its description does not contain the value; add {value} to the description" in problem
    assert problem.endswith("[alert/missing-value]")


def test_an_alert_without_a_panel_is_reported(built: Compiled) -> None:
    """An alert that notifies somebody needs a panel; Watchdog, which notifies nobody, does not."""
    (problem,) = of_alerts(with_alert(built, replace(unreliable, panel="")))
    assert 'it links to no panel; name one: @alert(…, panel="dashboard/panel")' in problem
    assert problem.endswith("[alert/missing-panel]")


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        ("overwiew/pages", 'links to the dashboard "overwiew", which does not exist; did you mean "overview"?'),
        ("overview/page", 'links to the panel "overview/page", which does not exist; did you mean "overview/pages"?'),
        (
            "tenant/error_share",
            "links to Tenant, whose variable tenant needs a value; group the alert by tenant_id, or link to another",
        ),
    ],
)
def test_a_link_to_a_missing_panel_cannot_be_lowered(built: Compiled, panel: str, message: str) -> None:
    """A dashboard or a panel that does not exist, and a variable that the alert's labels do not set, are errors."""
    with pytest.raises(BuildError) as error:
        with_alert(built, replace(unreliable, panel=panel))
    (problem,) = texts(error.value.problems)
    assert problem.startswith("tests/checks/test_alerts.py:")
    assert message in problem
