"""Checks of rendered alerts, each with one label, annotation or file changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedRule
from generator.output import ALERTMANAGER_CONFIG
from tests.checks.builds import violations, with_dashboard, with_first_alert

Change = Callable[[RenderedRule], RenderedRule]
RULE_CHECKS = (
    *("alert/missing-annotation", "alert/invalid-severity", "alert/unrouted-owner", "alert/templated-label"),
    *("alert/unknown-label-in-annotation", "alert/query-for-each-tenant", "alert/missing-runbook"),
    *("alert/broken-dashboard-link", "alert/unset-dashboard-variable", "alertmanager/unknown-alert"),
)


def annotation(name: str, text: str) -> Change:
    """Change the text of an annotation."""
    return lambda rule: replace(rule, annotations={**rule.annotations, name: text})


def label(name: str, value: str) -> Change:
    """Change the value of a label."""
    return lambda rule: replace(rule, labels={**rule.labels, name: value})


def link(old: str, new: str) -> Change:
    """Replace a part of the link to the dashboard."""
    return lambda rule: annotation("dashboard_url", rule.annotations["dashboard_url"].replace(old, new))(rule)


def test_the_shipped_alerts_pass(built: Compiled) -> None:
    """Every shipped alert is complete."""
    assert violations(built, *RULE_CHECKS) == []


@pytest.mark.parametrize(
    ("change", "message", "id"),
    [
        (annotation("summary", " "), "it has no summary; write it in the docstring", "alert/missing-annotation"),
        (annotation("description", ""), "it has no description; write it in the docstring", "alert/missing-annotation"),
        (
            annotation("description", "{{ $labels.rout }} fails."),
            'its description uses the label "rout"; did you mean "route"?',
            "alert/unknown-label-in-annotation",
        ),
        (
            annotation("summary", "{{ $labels.tenant_id }}"),
            'its summary uses the label "tenant_id"; use one of',
            "alert/unknown-label-in-annotation",
        ),
        (
            annotation("runbook_url", "https://x/runbooks/route-dwn.md"),
            'there is no runbook "route-dwn.md"; did you mean',
            "alert/missing-runbook",
        ),
        (annotation("runbook_url", ""), 'there is no runbook ""', "alert/missing-runbook"),
        (
            label("owner", "platfrom"),
            'no route of Alertmanager matches its owner "platfrom"; set the owner of its family',
            "alert/unrouted-owner",
        ),
        (
            label("owner", "{{ $value }}"),
            "its label owner is a template: {{ $value }}; put the value into the description",
            "alert/templated-label",
        ),
        (
            link("workers-ai-overview", "workers-ai-overwiew"),
            'its link opens the dashboard "workers-ai-overwiew"; did you mean',
            "alert/broken-dashboard-link",
        ),
        (
            link("panel-", "panel-9"),
            "which the dashboard Workers AI / Overview does not have; link to a panel of the dashboard",
            "alert/broken-dashboard-link",
        ),
        (
            link("workers-ai-overview", "workers-ai-tenant"),
            "its link does not set the variable tenant; group the alert by that label",
            "alert/unset-dashboard-variable",
        ),
    ],
)
def test_an_incomplete_alert_is_reported(built: Compiled, change: Change, message: str, id: str) -> None:
    """A missing text, a page or a panel that does not exist, and a label that the alert lacks are reported at the
    definition of the alert."""
    problems = violations(with_first_alert(built, change), *RULE_CHECKS)
    matching = [problem for problem in problems if message in problem]
    assert matching, problems
    assert all(problem.startswith("alerts/errors.py:") and problem.endswith(f"[{id}]") for problem in matching)


@pytest.mark.parametrize("severity", ["", "critical"])
def test_an_unknown_severity_is_reported(built: Compiled, severity: str) -> None:
    """The place is the rule's in the output, because the definition of this severity does not exist."""
    problems = violations(with_first_alert(built, label("severity", severity)), *RULE_CHECKS)
    assert (
        f'prometheus/rules/errors.yaml RouteDown: its severity is "{severity}"; use one of page, ticket, none. '
        "[alert/invalid-severity]"
    ) in problems


@pytest.mark.parametrize(
    ("series", "reported"),
    [("tenant_id_route_service:requests_total:increase5m", True), ("route_service:requests_total:increase5m", False)],
)
@pytest.mark.parametrize(
    "query", ['with query "vector(1)"', 'with printf "vector(%d)" 1 | query', 'query "up" | first']
)
def test_a_query_for_each_tenant_is_reported(built: Compiled, query: str, series: str, reported: bool) -> None:
    """However a template runs it, a query in an annotation is reported where the alert is grouped by tenant."""

    def change(rule: RenderedRule) -> RenderedRule:
        text = f"{{{{ {query} }}}}"
        return replace(rule, annotations={"description": text}, expression=f"{series} > 5")

    problems = violations(with_first_alert(built, change), *RULE_CHECKS)
    message = "its description runs a query for each tenant; say what its value, threshold, window or labels give"
    assert [message in problem for problem in problems if "query-for-each-tenant" in problem] == [True] * reported


def test_a_missing_runbook_is_reported_for_each_alert(built: Compiled) -> None:
    """Without the page, every alert of its name is reported."""
    texts = {path: text for path, text in built.texts.items() if path != "runbooks/storage-errors.md"}
    problems = violations(replace(built, texts=texts), *RULE_CHECKS)
    assert ['there is no runbook "storage-errors.md"' in problem for problem in problems] == [True, True]


def test_a_variable_with_one_value_must_be_set(built: Compiled) -> None:
    """If the variable of a dashboard no longer takes several values, a link that does not set it is reported."""

    def with_one_service(board: dict[str, object]) -> None:
        board["templating"]["list"][1]["multi"] = False  # type: ignore[index]

    changed = with_first_alert(with_dashboard(built, "overview", with_one_service), link("var-service", "var-servise"))
    problems = violations(changed, *RULE_CHECKS)
    assert [problem for problem in problems if "its link does not set the variable service" in problem]


def test_alertmanager_must_name_existing_alerts(built: Compiled) -> None:
    """An inhibition of a renamed alert is reported once: it would have no effect."""
    assert "RouteDown" in built.texts[ALERTMANAGER_CONFIG]
    texts = {**built.texts, ALERTMANAGER_CONFIG: built.texts[ALERTMANAGER_CONFIG].replace('"RouteDown"', '"RouteDwn"')}
    assert violations(replace(built, texts=texts), *RULE_CHECKS) == [
        f'{ALERTMANAGER_CONFIG}: there is no alert RouteDwn; did you mean "RouteDown"? Use it, or declare "RouteDwn". '
        "[alertmanager/unknown-alert]"
    ]


@pytest.mark.parametrize(
    ("matcher", "problems"),
    [
        ('alertname=~"RouteDown|StorageErrors"', []),
        ('alertname=~"RouteDown|StorageErors"', ["there is no alert StorageErors"]),
        ('alertname!="RouteDwn"', ["there is no alert RouteDwn"]),
        ('alertname=~"Route.*"', []),
        ('alertname=~"Rout(er|es)"', ["there is no alert Rout(er|es)"]),
        ('tenant_id=""', []),
        ("alertname=", ["the matcher alertname= is not valid"]),
    ],
)
def test_every_matcher_is_read(built: Compiled, matcher: str, problems: list[str]) -> None:
    """Names of alerts in matchers of any operator are checked, at any depth of the configuration."""
    configuration = f"route:\n  routes:\n    - routes:\n        - matchers: ['{matcher}']\n"
    changed = replace(built, texts={**built.texts, ALERTMANAGER_CONFIG: configuration})
    reported = violations(changed, "alertmanager/unknown-alert")
    assert [problem.split("; ")[0].removeprefix(f"{ALERTMANAGER_CONFIG}: ") for problem in reported] == problems
