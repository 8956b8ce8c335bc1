"""Checks of operators; the labels of results are worked out by hand from Prometheus' documentation."""

from __future__ import annotations

import pytest

from generator.ir.build import Compiled
from generator.promql.output_labels import output_labels
from generator.promql.parser import parsed
from tests.checks.builds import violations, with_expression

OPERANDS = ("promql/missing-operand-label", "promql/unmatched-sides", "promql/many-to-one")
MISSING, UNMATCHED, MANY = OPERANDS
SERIES = {
    "a": frozenset({"x", "y"}),
    "b": frozenset({"x"}),
    "h": frozenset({"x", "le"}),
    "n": frozenset[str](),
    "cycle": None,
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
    """Functions keep labels, aggregations keep those of `by`, operators keep those of one side or the matched ones."""
    assert output_labels(parsed(expression), SERIES) == frozenset(labels.split())


@pytest.mark.parametrize("expression", ["time()", "1 + 2", "scalar(a)", "cycle", "unknown", "sum by (x) (unknown)"])
def test_a_result_without_known_labels(expression: str) -> None:
    """The labels of a number and of an unknown series are None, and so are those of what is computed from them."""
    assert output_labels(parsed(expression), SERIES) is None


VIOLATIONS = [
    (
        "sum by (tenant) (rate(requests_total[5m]))",
        '`sum` uses the label "tenant", which its operand does not have; did you mean "tenant_id"?',
        MISSING,
    ),
    ("sum without (model) (rate(requests_total[5m]))", '`sum` uses the label "model"', MISSING),
    (
        "sum by (tenant_id) (route_service:requests_total:increase5m)",
        '`sum` uses the label "tenant_id", which its operand does not have; use one of platform, route, service',
        MISSING,
    ),
    (
        "histogram_quantile(0.9, sum by (route) (rate(latency_ms_bucket[5m])))",
        '`histogram_quantile` uses the label "le"',
        MISSING,
    ),
    (
        'label_replace(rate(requests_total[5m]), "a", "$1", "rout", "(.*)")',
        '`label_replace` uses the label "rout"',
        MISSING,
    ),
    ('label_join(rate(requests_total[5m]), "a", "-", "route", "rout")', '`label_join` uses the label "rout"', MISSING),
    (
        "sum by (tenant_id) (rate(requests_total[5m])) / on (tenant) tenant_id:tokens_per_day:limit",
        '`/ on` uses the label "tenant"',
        MISSING,
    ),
    (
        "rate(errors_total[5m]) / ignoring (nothing) rate(requests_total[5m])",
        '`/ ignoring` uses the label "nothing"',
        MISSING,
    ),
    (
        "rate(requests_total[5m]) * on (route) group_left (owner) route:latency_ms:limit",
        '`* group_left` uses the label "owner", which its operand does not have',
        MISSING,
    ),
    (
        "sum by (tenant_id) (rate(errors_total[5m])) / sum by (route) (rate(requests_total[5m]))",
        "the left side of `/` is grouped by (tenant_id), the right side by (route)",
        UNMATCHED,
    ),
    (
        "route_service:errors_total:increase5m and tenant_id:requests_total:increase5m",
        "the left side of `and` is grouped by (platform, route, service), the right side by (platform, tenant_id)",
        UNMATCHED,
    ),
    (
        "rate(requests_total[5m]) > on (route) route:latency_ms:limit",
        "`>` matches several series of its left side, which differ in service, tenant_id, with one of the other; "
        "aggregate them first, or add group_left ()",
        MANY,
    ),
    (
        "route:latency_ms:limit < on (route) group_left () rate(requests_total[5m])",
        "`<` matches several series of its right side, which differ in service, tenant_id, with one of the other; "
        "aggregate them first, or add group_right ()",
        MANY,
    ),
]
VALID = [
    "sum by (tenant_id, route) (rate(requests_total[5m]))",
    "rate(requests_total[5m]) > on (route) group_left () route:latency_ms:limit",
    'rate(requests_total{service="worker-api",tenant_id="a"}[5m]) > on (route) route:latency_ms:limit',
    "sum(rate(errors_total[5m])) or vector(0)",
    'label_replace(rate(requests_total[5m]), "store", "kv", "", "")',
    "rate(errors_total[5m]) / rate(requests_total[5m]) and on (route) route:latency_ms:limit",
    "sum by (anything) (unknown_series)",
]


@pytest.mark.parametrize(("expression", "message", "id"), VIOLATIONS)
def test_labels_that_an_operand_lacks_are_reported(built: Compiled, expression: str, message: str, id: str) -> None:
    """An operand that cannot be grouped, matched or joined as written is reported: the query is empty, or fails."""
    problems = violations(with_expression(built, expression), *OPERANDS)
    assert any(message in problem and problem.endswith(f"[{id}]") for problem in problems), problems


@pytest.mark.parametrize("expression", VALID)
def test_valid_operands_are_not_reported(built: Compiled, expression: str) -> None:
    """Joins of many to one, labels fixed to one value, and unknown series are not violations of these checks."""
    assert violations(with_expression(built, expression), *OPERANDS) == []
