"""Law 4, of the texts: what an alert sends, spoilt in one place each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from generator.checks import alert_rules as pages
from generator.errors import Problem
from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedRule
from tests.checks.builds import said, with_board, with_first_alert

TextLaw = Callable[[Compiled], list[Problem]]
LAWS: tuple[TextLaw, ...] = (
    pages.every_alert_is_whole,
    pages.no_alert_label_changes,
    pages.annotations_speak_of_labels_that_are_there,
    pages.every_alert_has_a_runbook,
    pages.every_link_opens_a_panel,
    pages.every_alert_that_is_routed_exists,
)


def broken(compiled: Compiled) -> list[str]:
    """What these laws say."""
    return said(problem for law in LAWS for problem in law(compiled))


def annotated(name: str, text: str) -> Callable[[RenderedRule], RenderedRule]:
    """A change of an alert: one annotation says this."""
    return lambda rule: replace(rule, annotations={**rule.annotations, name: text})


def labelled(name: str, text: str) -> Callable[[RenderedRule], RenderedRule]:
    """A change of an alert: one label is this."""
    return lambda rule: replace(rule, labels={**rule.labels, name: text})


def linked(old: str, new: str) -> Callable[[RenderedRule], RenderedRule]:
    """A change of an alert: its link has another text in one place."""
    return lambda rule: annotated("dashboard_url", rule.annotations["dashboard_url"].replace(old, new))(rule)


def test_production_is_lawful(built: Compiled) -> None:
    """Every alert of production is whole."""
    assert broken(built) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (annotated("summary", " "), "it has no summary; say it in the docstring"),
        (annotated("description", ""), "it has no description; say it in the docstring"),
        (annotated("description", "{{ $labels.rout }} fails."), 'its description says "rout"; did you mean "route"?'),
        (annotated("summary", "{{ $labels.tenant_id }}"), 'its summary says "tenant_id"; use one of'),
        (
            annotated("runbook_url", "https://x/runbooks/route-dwn.md"),
            'there is no runbook "route-dwn.md"; did you mean',
        ),
        (annotated("runbook_url", ""), 'there is no runbook ""'),
        (labelled("owner", "platfrom"), 'nobody routes to its owner, "platfrom"; name the owner of its family'),
        (labelled("owner", "{{ $value }}"), "its label owner changes: {{ $value }}; say it in the description"),
        (
            linked("workers-ai-overview", "workers-ai-overwiew"),
            'its link opens the dashboard "workers-ai-overwiew"; did',
        ),
        (linked("panel-", "panel-9"), "which Overview does not have; name a panel that is there"),
        (
            linked("workers-ai-overview", "workers-ai-tenant"),
            "its link leaves tenant open; tell the alert by that label",
        ),
    ],
)
def test_what_an_alert_lacks_is_told(
    built: Compiled, change: Callable[[RenderedRule], RenderedRule], message: str
) -> None:
    """A text that is missing, a page or a panel that is not there, a label that nobody has: told at its definition."""
    problems = broken(with_first_alert(built, change))
    assert any(message in problem and problem.startswith("alerts/errors.py:") for problem in problems), problems


@pytest.mark.parametrize("severity", ["", "critical"])
def test_a_severity_that_nobody_knows_is_told(built: Compiled, severity: str) -> None:
    """An alert that Alertmanager would route by no rule is told, by its file: its definition says another one."""
    problems = broken(with_first_alert(built, labelled("severity", severity)))
    wanted = "prometheus/rules/errors.yaml RouteDown: it has no severity; give one of page, ticket, none."
    assert wanted in problems


def test_a_page_that_is_gone_is_told(built: Compiled) -> None:
    """Without its runbook, an alert is told; so is each other of the same name."""
    texts = {path: text for path, text in built.texts.items() if path != "runbooks/high-error-rate.md"}
    problems = broken(replace(built, texts=texts))
    assert ['there is no runbook "high-error-rate.md"' in problem for problem in problems] == [True, True]


def test_a_variable_that_must_be_filled_is_found_in_the_dashboard(built: Compiled) -> None:
    """Where the reader could pick several values and now can pick one, a link that gives none is told."""

    def one_service(board: dict[str, object]) -> None:
        board["templating"]["list"][1]["multi"] = False  # type: ignore[index]

    spoilt = with_first_alert(with_board(built, "overview", one_service), linked("var-service", "var-servise"))
    assert [problem for problem in broken(spoilt) if "its link leaves service open" in problem]


def test_alertmanager_names_alerts_that_are_there(built: Compiled) -> None:
    """An inhibition that names a renamed alert would inhibit nothing, and nobody would notice."""
    path = "alertmanager/alertmanager.yaml"
    texts = {**built.texts, path: built.texts[path].replace("RouteDown", "RouteDwn")}
    assert broken(replace(built, texts=texts)) == [
        f'{path}: there is no alert RouteDwn; did you mean "RouteDown"? Use it, or declare "RouteDwn".'
    ]
