"""Checks of selectors: expressions that do not parse, series, labels and values that do not exist."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedRule
from tests.checks.builds import panel_query, violations, with_dashboard, with_expression, with_first_alert, with_rule

EXISTENCE = ("promql/unknown-series", "promql/unknown-label", "promql/impossible-value")
SERIES, LABEL, VALUE = (f"[{id}]" for id in EXISTENCE)
UNKNOWN = [
    ("rate(request_total[5m])", 'there is no series "request_total"; did you mean "requests_total"?', SERIES),
    ("latency_ms", 'there is no series "latency_ms"; did you mean ', SERIES),
    (
        "rate(latency_ms_buckets[5m])",
        'there is no series "latency_ms_buckets"; did you mean "latency_ms_bucket"?',
        SERIES,
    ),
    ("route_service:requests_total:increase7m", 'there is no series "route_service:requests_total:increase7m"', SERIES),
    ('rate({__name__="requestz_total"}[5m])', 'there is no series "requestz_total"', SERIES),
    ('{route="/chat"}', 'there is no series ""', SERIES),
    ('requests_total{tenant="a"}', 'requests_total has no label "tenant"; did you mean "tenant_id"?', LABEL),
    ('requests_total{le="5"}', 'requests_total has no label "le"', LABEL),
    ('requests_total{model="a"}', 'requests_total has no label "model"', LABEL),
    ('requests_total{tenant=""}', 'requests_total has no label "tenant"; did you mean "tenant_id"?', LABEL),
    ('requests_total{model!="",model=~"a|b"}', 'requests_total has no label "model"', LABEL),
    (
        'route_service:requests_total:increase5m{tenant_id="a"}',
        'route_service:requests_total:increase5m has no label "tenant_id"',
        LABEL,
    ),
    ('requests_total{route="/chatt"}', 'route of requests_total is never "/chatt"; did you mean "/chat"?', VALUE),
    ('requests_total{route!="/chatt"}', 'route of requests_total is never "/chatt"', VALUE),
    ('requests_total{service="worker_api"}', 'service of requests_total is never "worker_api"', VALUE),
    (
        'requests_total{route=~"/chat|/serch"}',
        'route of requests_total is never "/serch"; did you mean "/search"?',
        VALUE,
    ),
    ("requests_total{route=~`(\\/nowhere|\\/neverwhere)`}", "route of requests_total is never", VALUE),
    ('requests_total{route!~"/nowhere.*"}', 'route of requests_total is never "/nowhere.*"', VALUE),
    ('ALERTS{alertname="RouteDwn"}', 'alertname of ALERTS is never "RouteDwn"; did you mean "RouteDown"?', VALUE),
    ('ALERTS{alertstate="fireing"}', 'alertstate of ALERTS is never "fireing"; did you mean "firing"?', VALUE),
    ('ALERTS{owner="nobody"}', 'owner of ALERTS is never "nobody"', VALUE),
    ('ALERTS{direction_="x"}', 'ALERTS has no label "direction_"', LABEL),
    ('model_direction:ai_token_price:dollars{direction="in"}', 'is never "in"; use one of input, output.', VALUE),
]
KNOWN = [
    'rate(requests_total{route="other",service="worker-api",tenant_id="anybody"}[5m])',
    'rate(requests_total{route=~"/chat|/search|"}[5m])',
    "rate(requests_total{route=~`\\/chat`}[5m])",
    'requests_total{route=""}',
    'rate(latency_ms_bucket{le=~"500(\\\\.0)?"}[5m]) or rate(latency_ms_sum[5m]) or rate(latency_ms_count[5m])',
    'ALERTS{alertname=~"RouteDown|Watchdog",alertstate="firing",severity!="none",tenant_id="a",model="b",store="kv"}',
    "rag_cache_hit_rate{route=~`.*`}",
    "tenant_id:tokens_per_day:limit",
    'route_service:requests_total:increase5m{tenant_id="",tenant_id=~`()`}',
]


@pytest.mark.parametrize(("expression", "message", "suffix"), UNKNOWN)
def test_an_unknown_name_is_reported(built: Compiled, expression: str, message: str, suffix: str) -> None:
    """A series, a label or a value that does not exist is reported once, with the name that was probably meant."""
    (problem,) = {*violations(with_expression(built, expression), *EXISTENCE)}
    assert problem.startswith("prometheus/rules/example.yaml test:example: ")
    assert message in problem
    assert problem.endswith(suffix)


@pytest.mark.parametrize("expression", KNOWN)
def test_a_known_name_is_not_reported(built: Compiled, expression: str) -> None:
    """Fallbacks, empty values, regular expressions and built-in series are known."""
    assert violations(with_expression(built, expression), *EXISTENCE) == []


def test_the_place_of_an_alert_is_its_definition(built: Compiled) -> None:
    """A problem in an alert's expression is reported where the alert is defined."""
    changed = with_first_alert(built, lambda rule: replace(rule, expression="nothing_total > 5"))
    (problem,) = violations(changed, *EXISTENCE)
    route_down = next(rule.alert for rule in built.lowered.alerts if rule.alert.name == "RouteDown")
    assert problem.startswith(f"{route_down.where}: ")
    assert problem.startswith("alerts/errors.py:")


def test_a_query_of_an_annotation_is_checked(built: Compiled) -> None:
    """A threshold that a description queries must be a series."""
    text = '{{ with printf "route:latency:limit{route=%q}" $labels.route | query }}{{ . }}{{ end }}'
    changed = with_first_alert(built, lambda rule: replace(rule, annotations={**rule.annotations, "description": text}))
    (problem,) = violations(changed, *EXISTENCE)
    assert "route_down description: " in problem
    assert 'there is no series "route:latency:limit"; did you mean "route:latency_ms:limit"?' in problem


def test_a_query_of_a_panel_is_checked(built: Compiled) -> None:
    """A problem in a panel's query is reported where the panel is defined."""
    query = panel_query("rate(requestz_total{route=~`${route:regex}`}[$__rate_interval])")
    (problem,) = violations(with_dashboard(built, "overview", query), *EXISTENCE)
    assert problem.startswith("dashboards/overview.py:")
    assert " pages: " in problem


def unknown_metric_in_a_variable(board: dict[str, Any]) -> None:
    board["templating"]["list"][1]["query"]["query"] = "label_values(requests, service)"


def unknown_label_in_a_variable(board: dict[str, Any]) -> None:
    board["templating"]["list"][1]["query"]["query"] = 'label_values(requests_total{tenant="a, b"}, service)'


def unknown_value_in_an_annotation(board: dict[str, Any]) -> None:
    board["annotations"]["list"][1]["expr"] = 'ALERTS{severity="paged"}'


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (unknown_metric_in_a_variable, 'overview.json $service: there is no series "requests"'),
        (unknown_label_in_a_variable, 'overview.json $service: requests_total has no label "tenant"'),
        (
            unknown_value_in_an_annotation,
            'overview.json \'Pages\': severity of ALERTS is never "paged"; did you mean "page"?',
        ),
    ],
)
def test_template_variables_and_annotations_are_checked(built: Compiled, change: Any, message: str) -> None:
    """The query that lists a variable's values, and that of a dashboard's annotations, must read known series."""
    (problem,) = violations(with_dashboard(built, "overview", change), *EXISTENCE)
    assert f"grafana/dashboards/{message}" in problem


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"direction": "inputs"}, 'it sets direction to "inputs"; did you mean "input"?'),
        ({"directions": "input"}, 'it sets the label "directions", which the contract does not have; did you mean'),
        ({"route": "/chatt"}, 'it sets route to "/chatt"; did you mean "/chat"?'),
    ],
)
def test_a_label_that_a_rule_sets_is_checked(built: Compiled, labels: dict[str, str], message: str) -> None:
    """Constants are checked too: a threshold of a route that does not exist applies to nothing."""
    changed = with_rule(
        built, RenderedRule("record", "test:limit", "vector(1)", {"platform": "production", **labels}, is_constant=True)
    )
    (problem,) = violations(changed, "rule/")
    assert problem.startswith("prometheus/rules/example.yaml test:limit: ")
    assert message in problem


def test_an_expression_that_does_not_parse_is_reported(built: Compiled) -> None:
    """An invalid expression of a rule and one of a panel are reported, each with its place."""
    changed = with_dashboard(with_expression(built, "sum by (x"), "storage", panel_query("rate(x[5m]) or or y"))
    rule, panel = violations(changed, "promql/syntax")
    assert rule.startswith("prometheus/rules/example.yaml test:example: not valid PromQL")
    assert panel.startswith("dashboards/storage.py:")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("kv_reads_total{tenant_id=~`${tenant:regex}`}", "the dashboard has no variable ${tenant:regex}"),
        ("kv_reads_total{route=~`$route`}", "the values of $route are not escaped; write ${route:regex}"),
    ],
)
def test_a_variable_of_a_panel_is_checked(built: Compiled, query: str, message: str) -> None:
    """A variable that the dashboard lacks, and one that is not escaped, are reported."""
    (problem,) = violations(with_dashboard(built, "storage", panel_query(query)), "promql/syntax")
    assert message in problem


def test_a_variable_that_lists_no_label_values_is_checked(built: Compiled) -> None:
    """A query of a template variable in a form that Grafana does not know is reported."""

    def change(board: dict[str, Any]) -> None:
        board["templating"]["list"][1]["query"]["query"] = "labels_of(requests_total, service)"

    (problem,) = violations(with_dashboard(built, "overview", change), "promql/syntax")
    assert "overview.json $service: not valid PromQL" in problem
