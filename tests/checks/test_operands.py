"""Law 1, of operators: labels of results, worked out by hand from Prometheus' rules, and what operands lack."""

from __future__ import annotations

import pytest

from generator.checks.selectors import every_operand_has_its_labels
from generator.ir.build import Compiled
from generator.promql.output_labels import output_labels
from generator.promql.parser import parsed
from tests.checks.builds import asking, said

SERIES = {
    "a": frozenset({"x", "y"}),
    "b": frozenset({"x"}),
    "h": frozenset({"x", "le"}),
    "n": frozenset[str](),
    "circle": None,
}


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("a", "x y"),
        ("rate(a[5m])", "x y"),
        ("max_over_time(a[1h:5m])", "x y"),
        ("-(a)", "x y"),
        ("sum(a)", ""),
        ("sum by (x) (a)", "x"),
        ("sum without (x) (a)", "y"),
        ("topk(3, a)", "x y"),
        ("topk by (x) (3, a)", "x y"),
        ('count_values by (x) ("z", a)', "x z"),
        ("a > 5", "x y"),
        ("2 * a", "x y"),
        ("a / on (x) group_left () b", "x y"),
        ("a / on (x) group_left (z) b", "x y z"),
        ("b * on (x) group_right () a", "x y"),
        ("sum by (x) (a) / on (x) b", "x"),
        ("a / ignoring (y) a", "x"),
        ("a and on (x) b", "x y"),
        ("b or a", "x y"),
        ("b unless a", "x"),
        ("histogram_quantile(0.95, h)", "x"),
        ('label_replace(b, "z", "1", "", "")', "x z"),
        ('label_join(a, "z", "-", "x", "y")', "x y z"),
        ("vector(1)", ""),
        ('absent(a{x="1",y!="2"})', "x"),
        ("sort_desc(a)", "x y"),
        ("time() - b", "x"),
    ],
)
def test_the_labels_of_a_result(expression: str, labels: str) -> None:
    """Functions keep labels, aggregations keep those of by, a match keeps its side's or the matched ones."""
    assert output_labels(parsed(expression), SERIES) == frozenset(labels.split())


@pytest.mark.parametrize("expression", ["time()", "1 + 2", "scalar(a)", "circle", "nobody", "sum by (x) (nobody)"])
def test_what_has_no_labels_to_speak_of(expression: str) -> None:
    """A number, and a series that nobody knows, say nothing; what is made of them is not judged."""
    assert output_labels(parsed(expression), SERIES) is None


BREACHES = [
    ("sum by (tenant) (rate(requests_total[5m]))", 'sum by "tenant", which what it reads does not have; did you mean'),
    ("sum without (model) (rate(requests_total[5m]))", 'sum by "model"'),
    (
        "sum by (tenant_id) (route_service:requests_total:increase5m)",
        'sum by "tenant_id", which what it reads does not have; use one of route, service',
    ),
    ("histogram_quantile(0.9, sum by (route) (rate(latency_ms_bucket[5m])))", 'histogram_quantile by "le"'),
    ('label_replace(rate(requests_total[5m]), "a", "$1", "rout", "(.*)")', 'label_replace by "rout"'),
    ('label_join(rate(requests_total[5m]), "a", "-", "route", "rout")', 'label_join by "rout"'),
    (
        "sum by (tenant_id) (rate(requests_total[5m])) / on (tenant) tenant_id:tokens_per_day:limit",
        '/ on by "tenant"',
    ),
    ("rate(errors_total[5m]) / ignoring (nothing) rate(requests_total[5m])", '/ ignoring by "nothing"'),
    (
        "sum by (tenant_id) (rate(errors_total[5m])) / sum by (route) (rate(requests_total[5m]))",
        "the sides of / never match: only one has route, tenant_id",
    ),
    (
        "route_service:errors_total:increase5m and tenant_id:requests_total:increase5m",
        "the sides of and never match: only one has route, service, tenant_id",
    ),
    ("rate(requests_total[5m]) > on (route) route:latency_ms:limit", "> finds several series on its left, told by"),
    (
        "route:latency_ms:limit < on (route) group_left () rate(requests_total[5m])",
        "< finds several series on its right, told by service, tenant_id too; sum them first, or say group_right",
    ),
    (
        "rate(requests_total[5m]) * on (route) group_left (owner) route:latency_ms:limit",
        '* group by "owner", which what it reads does not have',
    ),
]
LAWFUL = [
    "sum by (tenant_id, route) (rate(requests_total[5m]))",
    "rate(requests_total[5m]) > on (route) group_left () route:latency_ms:limit",
    'rate(requests_total{service="worker-api",tenant_id="a"}[5m]) > on (route) route:latency_ms:limit',
    "sum(rate(errors_total[5m])) or vector(0)",
    'label_replace(rate(requests_total[5m]), "store", "kv", "", "")',
    "rate(errors_total[5m]) / rate(requests_total[5m]) and on (route) route:latency_ms:limit",
    "sum by (anything) (ask_another_law)",
]


def test_production_is_lawful(built: Compiled) -> None:
    """Every operand of production has what is asked of it."""
    assert every_operand_has_its_labels(built) == []


@pytest.mark.parametrize(("expression", "message"), BREACHES)
def test_a_label_that_an_operand_lacks_is_told(built: Compiled, expression: str, message: str) -> None:
    """What cannot be grouped, matched or joined so is told: Prometheus would answer with nothing, or fail."""
    problems = said(every_operand_has_its_labels(asking(built, expression)))
    assert any(message in problem for problem in problems), problems


@pytest.mark.parametrize("expression", LAWFUL)
def test_what_fits_is_not_told(built: Compiled, expression: str) -> None:
    """Joins of many to one, labels pinned to one value, and series that another law tells, are not told."""
    assert said(every_operand_has_its_labels(asking(built, expression))) == []
