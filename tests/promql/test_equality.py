"""Two texts of one expression are equal, whoever wrote them."""

from __future__ import annotations

import pytest

from generator.promql.equality import same_expression


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ('sum by (a, b) (x{p="1", q="2"})', 'sum by(a,b)(x{q="2",p="1"})'),
        ("rate(x[300s])\n  > 0.5", "rate(x[5m]) > 0.5"),
        (r"x{a=~`b\.c`}", r'x{a=~"b\\.c"}'),
        ('x{a="{,}",b="1"}', 'x{b="1",a="{,}"}'),
    ],
)
def test_an_expression_is_the_same_in_another_form(text: str, other: str) -> None:
    """White space, the order of matchers, units of durations and raw strings have no meaning."""
    assert same_expression(text, other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("x > 0.8", "x > 0.9"),
        ('x{a="1"}', 'x{a="2"}'),
        ('x{a="1"}', 'x{a=~"1"}'),
        (r'x{a=~"b\\.c"}', r'x{a=~"b.c"}'),
        ("sum by (a) (x)", "sum by (b) (x)"),
        ("rate(x[5m])", "rate(x[6m])"),
        ("not PromQL (", "neither ("),
    ],
)
def test_another_expression_is_not_the_same(text: str, other: str) -> None:
    """A number, a value, an operator, an escape, a label or a window makes another expression."""
    assert not same_expression(text, other)
