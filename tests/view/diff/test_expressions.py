"""PromQL is read by the parser: selected series, and numbers that differ."""

from __future__ import annotations

import pytest

from generator.view.diff.expressions import NumberDifference, number_differences, series_of_query, series_of_rule


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a > 0.5", "a > 0.25", [NumberDifference(0.5, 0.25, threshold=True)]),
        ("a > bool 0.5", "a > bool 0.25", [NumberDifference(0.5, 0.25, threshold=True)]),
        ("a < -1", "a < -2", [NumberDifference(-1, -2, threshold=True)]),
        ("a[5m:] > 1", "a[5m:] > 1", []),
        ("rate(a[5m]) > 1", "rate(a[10m]) > 1", []),
        ("6 * a > 1", "4 * a > 1", [NumberDifference(6, 4, threshold=False)]),
        ("a > 1", "b > 2", []),
        ("a > 1", "a < 2", []),
        ('a{code="500"} > 1', 'a{code="503"} > 1', []),
        ("sum by (x) (a) > 1", "sum by (y) (a) > 2", []),
        ("topk(5, a)", "topk(10, a)", [NumberDifference(5, 10, threshold=False)]),
        ("vector(6.7e-08)", "vector(1e-07)", [NumberDifference(6.7e-08, 1e-07, threshold=False)]),
        ("a or vector(NaN) > 1", "a or vector(NaN) > 2", [NumberDifference(1, 2, threshold=True)]),
        ("a > 1 and b > 2", "a > 3 and b > 4", [NumberDifference(1, 3, True), NumberDifference(2, 4, True)]),
        ("a > (", "a > 2", []),
    ],
)
def test_numbers_differ_only_where_all_else_is_equal(before: str, after: str, expected: list[NumberDifference]) -> None:
    """A number beside a comparison is a threshold; a window or a label value is not a number."""
    assert list(number_differences(before, after)) == expected


def test_a_rule_selects_the_series_that_its_expression_names() -> None:
    """By name or by `__name__`, in a subquery too; an expression that is not PromQL selects none."""
    assert series_of_rule('max_over_time(a[1h:5m]) / {__name__="b"} > 0.5') == {"a", "b"}
    assert series_of_rule("sum((") == frozenset()


def test_a_query_is_read_with_its_template_variables_filled() -> None:
    """Windows and the variables of the dashboard; an unknown variable makes the query unreadable."""
    query = "sum(rate(a{tenant_id=~`${tenant:regex}`}[$__rate_interval]))"
    assert series_of_query(query, ("tenant",)) == {"a"}
    assert series_of_query(query, ()) == frozenset()
