"""Checks of rendered alerts: annotations and labels are complete, and links lead to pages and panels of this build."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from promql_parser import Matcher, VectorSelector

from contract.labels import TENANT
from generator.check import check
from generator.checks.go_template import label_names, queries, without_actions
from generator.checks.parsed_output import Json, LocatedRule, ParsedOutput
from generator.checks.selectors import value_patterns, without_escapes
from generator.checks.stages import COMPILED
from generator.dsl.alert import Severity
from generator.errors import DefinitionError, Problem, did_you_mean
from generator.output import ALERTMANAGER_CONFIG, RUNBOOKS_FOLDER
from generator.promql.parser import parsed


@check(
    "alert/missing-annotation",
    stage=COMPILED,
    language="yaml",
    bad="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            summary: "{{ $labels.route }} is slow."
    """,
    good="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            summary: "{{ $labels.route }} is slow."
            description: "{{ $labels.route }} served {{ $value }} requests in the last 5 minutes."
    """,
    message="it has no description; write it in the docstring",
)
def alerts_have_a_summary_and_a_description(output: ParsedOutput) -> Iterator[Problem]:
    """Every alert has a summary and a description.

    They are all that the on-call engineer reads before opening anything else.
    """
    for located in output.alerts:
        for name in ("summary", "description"):
            if not located.rule.annotations.get(name, "").strip():
                yield Problem(located.where, f"it has no {name}", "write it in the docstring")


@check(
    "alert/invalid-severity",
    stage=COMPILED,
    language="yaml",
    bad="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: critical, owner: platform}
    """,
    good="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
    """,
    message='its severity is "critical"; use one of page, ticket, none',
)
def alerts_have_a_severity(output: ParsedOutput) -> Iterator[Problem]:
    """Every alert has the severity page, ticket or none, by the platform's names.

    Alertmanager routes by severity: with another one, an alert that should page opens a ticket.
    """
    names = [*map(output.compiled.lowered.platform.severity_name, Severity)]
    for located in output.alerts:
        severity = located.rule.labels.get("severity", "")
        if severity not in names:
            yield Problem(located.where, f'its severity is "{severity}"', f"use one of {', '.join(names)}")


@check(
    "alert/unrouted-owner",
    stage=COMPILED,
    language="yaml",
    bad="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platfrom}
    """,
    good="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
    """,
    message='no route of Alertmanager matches its owner "platfrom"; set the owner of its family in platform.yaml',
)
def owners_have_a_route(output: ParsedOutput) -> Iterator[Problem]:
    """Every alert has an owner, and Alertmanager has a route for it.

    Without a route the alert goes to the receiver of last resort, which may be that of another team.
    """
    matchers = matchers_in(output.alertmanager.get("route"))
    routed = {matcher.value for _, matcher in matchers if matcher and matcher.name == "owner"}
    for located in output.alerts:
        owner = located.rule.labels.get("owner", "")
        if owner not in routed:
            what = f'no route of Alertmanager matches its owner "{owner}"'
            yield Problem(located.where, what, "set the owner of its family in platform.yaml")


@check(
    "alert/templated-label",
    stage=COMPILED,
    language="yaml",
    bad="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform, route: "{{ $value }}"}
    """,
    good="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            description: "{{ $labels.route }} served {{ $value }} requests."
    """,
    message="its label route is a template: {{ $value }}; put the value into the description",
)
def labels_of_alerts_are_constant(output: ParsedOutput) -> Iterator[Problem]:
    """A label that an alert sets contains no template.

    Labels identify an alert: when one changes, the alert ends and another one starts, with its `for` from zero.
    """
    for located in output.alerts:
        for label, value in located.rule.labels.items():
            if "{{" in value:
                what = f"its label {label} is a template: {value}"
                yield Problem(located.where, what, "put the value into the description")


@check(
    "alert/unknown-label-in-annotation",
    stage=COMPILED,
    language="yaml",
    bad="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            summary: "{{ $labels.rout }} is slow."
    """,
    good="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            summary: "{{ $labels.route }} is slow."
    """,
    message='its summary uses the label "rout"; did you mean "route"? Use it, or declare "rout"',
)
def annotations_use_labels_of_their_alert(output: ParsedOutput) -> Iterator[Problem]:
    """Every label that an annotation contains is a label of the alert.

    Prometheus renders a missing label as nothing, and the sentence loses its subject.
    """
    for located in output.alerts:
        try:
            labels = output.series.output_labels.of(parsed(located.rule.expression))
        except DefinitionError:
            continue
        own = (labels or frozenset()) | located.rule.labels.keys()
        for name, text in located.rule.annotations.items():
            for label in label_names(text):
                if label not in own:
                    yield Problem(located.where, f'its {name} uses the label "{label}"', did_you_mean(label, own))


@check(
    "alert/query-for-each-tenant",
    stage=COMPILED,
    language="yaml",
    bad="""
        - alert: TenantBusy
          expr: tenant_id_route_service:requests_total:increase5m > 5
          labels: {severity: ticket, owner: platform}
          annotations:
            description: >-
              {{ $labels.tenant_id }} sends {{ $value }} of
              {{ with query "sum(route_service:requests_total:increase5m)" }}{{ . | first | value }}{{ end }} requests.
    """,
    good="""
        - alert: TenantBusy
          expr: tenant_id_route_service:requests_total:increase5m > 5
          labels: {severity: ticket, owner: platform}
          annotations:
            description: "{{ $labels.tenant_id }} sends {{ $value }} requests."
    """,
    message="its description runs a query for each tenant; say what its value, threshold, window or labels give",
)
def annotations_query_nothing_for_each_tenant(output: ParsedOutput) -> Iterator[Problem]:
    """No annotation of an alert that is grouped by tenant runs a query.

    Prometheus fills the annotations of every pending and firing alert at every evaluation. In an outage with thousands
    of tenants, a query in each makes the evaluation late, and with it every page.
    """
    for located in output.alerts:
        try:
            labels = output.series.output_labels.of(parsed(located.rule.expression))
        except DefinitionError:
            continue
        for name, text in located.rule.annotations.items():
            if TENANT.name in (labels or ()) and next(queries(text), None) is not None:
                hint = "say what its value, threshold, window or labels give"
                yield Problem(located.where, f"its {name} runs a query for each tenant", hint)


@check(
    "alert/missing-runbook",
    stage=COMPILED,
    language="yaml",
    bad="""
        - alert: RouteDown
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            runbook_url: https://example.com/runbooks/route-dwn.md
    """,
    good="""
        - alert: RouteDown
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            runbook_url: https://example.com/runbooks/route-down.md
    """,
    message='there is no runbook "route-dwn.md"; did you mean "route-down.md"? Use it, or declare "route-dwn.md"',
)
def runbooks_exist(output: ParsedOutput) -> Iterator[Problem]:
    """The runbook that an alert links to is a page of this build.

    The link is opened at 3 a.m., which is the wrong time to find out that it is broken. A `runbook_url` that the
    platform sets leads elsewhere and is not checked.
    """
    paths = output.compiled.texts
    pages = {path.removeprefix(RUNBOOKS_FOLDER) for path in paths if path.startswith(RUNBOOKS_FOLDER)}
    lowered = output.compiled.lowered
    elsewhere = {alert.settings(lowered.platform).runbook_url for alert in lowered.definitions.alerts} - {""}
    for located in output.alerts:
        url = located.rule.annotations.get("runbook_url", "")
        page = url.rpartition("/")[2]
        if page not in pages and url not in elsewhere:
            yield Problem(located.where, f'there is no runbook "{page}"', did_you_mean(page, pages))


@check(
    "alert/broken-dashboard-link",
    stage=COMPILED,
    language="yaml",
    bad="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            dashboard_url: https://grafana.example.com/d/workers-ai-overwiew?viewPanel=panel-1
    """,
    good="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            dashboard_url: https://grafana.example.com/d/workers-ai-overview?viewPanel=panel-1007898929
    """,
    message='its link opens the dashboard "workers-ai-overwiew"; '
    'did you mean "workers-ai-overview"? Use it, or declare "workers-ai-overwiew"',
)
def links_open_a_panel(output: ParsedOutput) -> Iterator[Problem]:
    """The link of an alert opens a panel that exists on a dashboard that exists.

    Grafana opens a page with an error for another dashboard, and an empty one for another panel.
    """
    boards = _dashboards_by_uid(output)
    for located, uid, query in _dashboard_links(output):
        panel = query.get("viewPanel", [""])[0]
        if uid not in boards:
            yield Problem(located.where, f'its link opens the dashboard "{uid}"', did_you_mean(uid, boards))
        elif panel not in {f"panel-{each['id']}" for each in boards[uid]["panels"]}:
            what = f'its link opens "{panel}", which the dashboard {boards[uid]["title"]} does not have'
            yield Problem(located.where, what, "link to a panel of the dashboard")


@check(
    "alert/unset-dashboard-variable",
    stage=COMPILED,
    language="yaml",
    bad="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            dashboard_url: https://grafana.example.com/d/workers-ai-tenant?var-datasource=mimir
    """,
    good="""
        - alert: RouteSlow
          expr: tenant_id_route_service:requests_total:increase5m > 5
          labels: {severity: page, owner: platform}
          annotations:
            dashboard_url: >-
              https://grafana.example.com/d/workers-ai-tenant?var-datasource=mimir&var-tenant={{ $labels.tenant_id }}
    """,
    message="its link does not set the variable tenant; group the alert by that label, or link to another dashboard",
)
def links_set_required_variables(output: ParsedOutput) -> Iterator[Problem]:
    """The link of an alert sets every template variable that has exactly one value, and the data source.

    Without it the dashboard of a tenant opens with the first tenant of the list, which is not the one of the alert, or
    with the first data source.
    """
    boards = _dashboards_by_uid(output)
    for located, uid, query in _dashboard_links(output):
        for variable in boards[uid]["templating"]["list"] if uid in boards else ():
            name = variable["name"]
            if not variable["multi"] and f"var-{name}" not in query:
                hint = "group the alert by that label, or link to another dashboard"
                yield Problem(located.where, f"its link does not set the variable {name}", hint)


@check(
    "alertmanager/unknown-alert",
    stage=COMPILED,
    language="yaml",
    bad="""
        inhibit_rules:
          - source_matchers: [alertname="RouteDwn"]
            target_matchers: [alertname="ErrorBudgetBurn"]
            equal: [route, service]
    """,
    good="""
        inhibit_rules:
          - source_matchers: [alertname="RouteDown"]
            target_matchers: [alertname="ErrorBudgetBurn"]
            equal: [route, service]
    """,
    message='there is no alert RouteDwn; did you mean "RouteDown"? Use it, or declare "RouteDwn"',
)
def alertmanager_names_existing_alerts(output: ParsedOutput) -> Iterator[Problem]:
    """Every alert that Alertmanager's configuration names exists.

    A route or an inhibition of a renamed alert has no effect, and nothing else would report it.
    """
    names = {located.rule.name for located in output.alerts}
    unknown = set()
    for text, matcher in matchers_in(output.alertmanager):
        if matcher is None:
            yield Problem(ALERTMANAGER_CONFIG, f"the matcher {text} is not valid", 'write it as label="value"')
        elif matcher.name == "alertname":
            patterns = value_patterns(matcher)
            unknown |= {pattern for pattern in patterns if not any(re.fullmatch(pattern, name) for name in names)}
    for name in sorted(map(without_escapes, unknown)):
        yield Problem(ALERTMANAGER_CONFIG, f"there is no alert {name}", did_you_mean(name, names))


def matchers_in(node: Any) -> Iterator[tuple[str, Matcher | None]]:
    """The text of every matcher in a part of Alertmanager's configuration, and the matcher; None for an invalid one."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key.endswith("matchers"):
                yield from ((text, _matcher(text)) for text in value)
            else:
                yield from matchers_in(value)
    elif isinstance(node, list):
        for each in node:
            yield from matchers_in(each)


def _matcher(text: str) -> Matcher | None:
    """A matcher of Alertmanager, which has the syntax of one in PromQL."""
    try:
        selector = parsed(f"ALERTS{{{text}}}")
    except DefinitionError:
        return None
    assert isinstance(selector, VectorSelector)
    matchers = [matcher for matcher in selector.matchers.matchers if matcher.name != "__name__"]
    return matchers[0] if len(matchers) == 1 else None


def _dashboards_by_uid(output: ParsedOutput) -> dict[str, Json]:
    return {board["uid"]: board for board in output.dashboards.values()}


def _dashboard_links(output: ParsedOutput) -> Iterator[tuple[LocatedRule, str, dict[str, list[str]]]]:
    """Every alert with a link to a dashboard, the UID of the dashboard, and the parameters of the URL."""
    for located in output.alerts:
        if url := located.rule.annotations.get("dashboard_url"):
            parts = urlsplit(without_actions(url, "value"))
            yield located, parts.path.rpartition("/")[2], parse_qs(parts.query)
