"""Law 1, each breach seen: series, labels and values that are not there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.checks.selectors import every_selector_is_known, every_set_label_is_known
from generator.checks.series import known
from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedRule
from tests.checks.builds import asking, panel_asking, said, with_board, with_first_alert, with_rule

BREACHES = [
    ("rate(request_total[5m])", 'there is no series "request_total"; did you mean "requests_total"?'),
    ("latency_ms", 'there is no series "latency_ms"; did you mean '),
    ("rate(latency_ms_buckets[5m])", 'there is no series "latency_ms_buckets"; did you mean "latency_ms_bucket"?'),
    ("route_service:requests_total:increase7m", 'there is no series "route_service:requests_total:increase7m"'),
    ('rate({__name__="requestz_total"}[5m])', 'there is no series "requestz_total"'),
    ('{route="/chat"}', 'there is no series ""'),
    ('requests_total{tenant="a"}', 'requests_total has no label "tenant"; did you mean "tenant_id"?'),
    ('requests_total{le="5"}', 'requests_total has no label "le"'),
    ('requests_total{model="a"}', 'requests_total has no label "model"'),
    (
        'route_service:requests_total:increase5m{tenant_id="a"}',
        'route_service:requests_total:increase5m has no label "tenant_id"',
    ),
    ('requests_total{route="/chatt"}', 'route of requests_total is never "/chatt"; did you mean "/chat"?'),
    ('requests_total{route!="/chatt"}', 'route of requests_total is never "/chatt"'),
    ('requests_total{service="worker_api"}', 'service of requests_total is never "worker_api"'),
    ('requests_total{route=~"/chat|/serch"}', 'route of requests_total is never "/serch"; did you mean "/search"?'),
    ("requests_total{route=~`(\\/nowhere|\\/neverwhere)`}", "route of requests_total is never"),
    ('requests_total{route!~"/nowhere.*"}', 'route of requests_total is never "/nowhere.*"'),
    ('ALERTS{alertname="RouteDwn"}', 'alertname of ALERTS is never "RouteDwn"; did you mean "RouteDown"?'),
    ('ALERTS{alertstate="fireing"}', 'alertstate of ALERTS is never "fireing"; did you mean "firing"?'),
    ('ALERTS{owner="nobody"}', 'owner of ALERTS is never "nobody"'),
    ('ALERTS{direction_="x"}', 'ALERTS has no label "direction_"'),
    ('model_direction:ai_token_price:dollars{direction="in"}', 'is never "in"; use one of input, output.'),
]
LAWFUL = [
    'rate(requests_total{route="other",service="worker-api",tenant_id="anybody"}[5m])',
    'rate(requests_total{route=~"/chat|/search|"}[5m])',
    "rate(requests_total{route=~`\\/chat`}[5m])",
    'requests_total{route=""}',
    'rate(latency_ms_bucket{le=~"500(\\\\.0)?"}[5m]) or rate(latency_ms_sum[5m]) or rate(latency_ms_count[5m])',
    'ALERTS{alertname=~"RouteDown|Watchdog",alertstate="firing",severity!="none",tenant_id="a",model="b",store="kv"}',
    "rag_cache_hit_rate{route=~`.*`}",
    "tenant_id:tokens_per_day:limit",
]


def test_production_is_lawful(built: Compiled) -> None:
    """All that production asks is there."""
    assert every_selector_is_known(built) == []
    assert every_set_label_is_known(built) == []


@pytest.mark.parametrize(("expression", "message"), BREACHES)
def test_what_is_not_there_is_told(built: Compiled, expression: str, message: str) -> None:
    """A series, a label or a closed label's value that cannot be is told, with what was probably meant."""
    (problem,) = {*said(every_selector_is_known(asking(built, expression)))}
    assert problem.startswith("prometheus/rules/spoilt.yaml test:asked: ")
    assert message in problem


@pytest.mark.parametrize("expression", LAWFUL)
def test_what_is_there_is_not_told(built: Compiled, expression: str) -> None:
    """Fallbacks, empty values, regular expressions and what Prometheus makes are all known."""
    assert every_selector_is_known(asking(built, expression)) == []


def test_an_alerts_place_is_its_definition(built: Compiled) -> None:
    """A faulty expression of an alert is told where the alert is defined."""
    spoilt = with_first_alert(built, lambda rule: replace(rule, expression="nothing_total > 5"))
    (problem,) = every_selector_is_known(spoilt)
    assert problem.where == next(one.alert.where for one in built.lowered.alerts if one.alert.name == "RouteDown")
    assert problem.where.startswith("alerts/errors.py:")


def test_an_annotations_query_is_held_to_the_law(built: Compiled) -> None:
    """A limit that a description asks for is a series too."""
    text = '{{ with printf "route:latency:limit{route=%q}" $labels.route | query }}{{ . }}{{ end }}'
    spoilt = with_first_alert(built, lambda rule: replace(rule, annotations={**rule.annotations, "description": text}))
    (problem,) = said(every_selector_is_known(spoilt))
    assert "route_down description: " in problem
    assert 'there is no series "route:latency:limit"; did you mean "route:latency_ms:limit"?' in problem


def test_a_panel_is_held_to_the_law(built: Compiled) -> None:
    """A panel's query is told where the panel is defined."""
    spoilt = with_board(
        built, "overview", panel_asking("rate(requestz_total{route=~`${route:regex}`}[$__rate_interval])")
    )
    (problem,) = every_selector_is_known(spoilt)
    assert problem.where.startswith("dashboards/overview.py:")
    assert problem.where.endswith(" pages")


def unknown_metric(board: dict[str, Any]) -> None:
    board["templating"]["list"][1]["query"]["query"] = "label_values(requests, service)"


def unknown_mark(board: dict[str, Any]) -> None:
    board["annotations"]["list"][1]["expr"] = 'ALERTS{severity="paged"}'


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (unknown_metric, 'overview.json $service: there is no series "requests"'),
        (unknown_mark, 'overview.json \'Pages\': severity of ALERTS is never "paged"; did you mean "page"?'),
    ],
)
def test_variables_and_marks_are_held_to_the_law(built: Compiled, change: Any, message: str) -> None:
    """What lists a variable's values, and what marks a graph, asks Prometheus too."""
    (problem,) = said(every_selector_is_known(with_board(built, "overview", change)))
    assert f"grafana/dashboards/{message}" in problem


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"direction": "inputs"}, 'it sets direction to "inputs"; did you mean "input"?'),
        ({"directions": "input"}, 'it sets the label "directions", which the contract does not have; did you mean'),
        ({"route": "/chatt"}, 'it sets route to "/chatt"; did you mean "/chat"?'),
    ],
)
def test_a_label_that_a_rule_sets_is_known(built: Compiled, labels: dict[str, str], message: str) -> None:
    """Constants are looked at too: a limit for a route that there is not reaches nobody."""
    spoilt = with_rule(built, RenderedRule("record", "test:limit", "vector(1)", labels))
    (problem,) = said(every_set_label_is_known(spoilt))
    assert problem.startswith("prometheus/rules/spoilt.yaml test:limit: ")
    assert message in problem


def test_recorded_series_have_the_labels_that_the_trees_say(built: Compiled) -> None:
    """The labels worked out from a rule's text are those that its tree was recorded with: two ways, one answer."""
    labels = known(built).labels
    assert {rule.name for rule in built.lowered.recording_rules} <= labels.keys()
    for rule in built.lowered.recording_rules:
        assert labels[rule.name] == frozenset(label.name for label in rule.labels), rule.name


def test_a_circle_of_recorded_series_ends(built: Compiled) -> None:
    """Two series recorded from each other are known, and the search for their labels ends."""
    spoilt = with_rule(
        with_rule(built, RenderedRule("record", "test:a", "test:b")), RenderedRule("record", "test:b", "test:a")
    )
    assert every_selector_is_known(spoilt) == []
