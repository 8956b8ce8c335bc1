"""Parsing PromQL: raw strings, syntax errors, and the names of series."""

from __future__ import annotations

import pytest

from generator.errors import DefinitionError
from generator.promql.parser import double_quoted, name_of, names_of, nodes, parsed, selectors


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("x{a=~`b`}", 'x{a=~"b"}'),
        (r"x{a=~`com\.b`}", r'x{a=~"com\\.b"}'),
        ('x{a=~`say "b"`}', r'x{a=~"say \"b\""}'),
        ('x{a="`b`"}', 'x{a="`b`"}'),
        (r'x{a="\"`",b=`c`}', r'x{a="\"`",b="c"}'),
        ("x{a='`',b=`c`}", "x{a='`',b=\"c\"}"),
        ("x{a=~`é`,b=``}", 'x{a=~"é",b=""}'),
    ],
)
def test_a_raw_string_becomes_a_quoted_string(text: str, quoted: str) -> None:
    """A raw string is quoted with the necessary escapes; a back quote inside another string stays."""
    assert double_quoted(text) == quoted


def test_a_raw_string_keeps_its_value() -> None:
    """A backslash in a raw string is in the matcher's value."""
    (selector,) = selectors(parsed(r"x{a=~`com\.b`}"))
    assert [matcher.value for matcher in selector.matchers.matchers] == [r"com\.b"]


def test_every_part_of_an_expression_is_a_node() -> None:
    """Selectors are found below functions, aggregations, operators, parentheses, signs, ranges and subqueries."""
    text = '-(sum by (a) (rate(b[5m]))) / on (a) topk(3, c) or max_over_time(d[1h:5m]) > bool {__name__="e"}'
    assert [name_of(selector) for selector in selectors(parsed(text))] == ["b", "c", "d", "e"]
    assert names_of(parsed(text)) == {"b", "c", "d", "e"}
    assert len(list(nodes(parsed("1 + vector(2)")))) == 4


def test_invalid_promql_is_an_error() -> None:
    """A syntax error has the text on one line and a hint."""
    with pytest.raises(DefinitionError, match=r"not valid PromQL .*: sum by \(a\) foo; correct the expression"):
        parsed("sum by (a)\nfoo")
