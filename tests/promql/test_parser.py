"""PromQL read back: raw strings, syntax errors, and where a series' name may stand."""

from __future__ import annotations

import pytest

from generator.checks.expressions import every_expression_parses, queries
from generator.errors import DefinitionError
from generator.ir.build import Compiled
from generator.promql.parser import double_quoted, name_of, nodes, parsed, selectors
from tests.checks.builds import asking, panel_asking, said, with_board


@pytest.mark.parametrize(
    ("text", "wanted"),
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
def test_raw_strings_become_quoted_ones(text: str, wanted: str) -> None:
    """A raw string is quoted, with what must be escaped escaped; a back quote inside other quotes stays."""
    assert double_quoted(text) == wanted


def test_a_raw_string_means_what_it_says() -> None:
    """A backslash in a raw string arrives in the matcher's value."""
    (selector,) = selectors(parsed(r"x{a=~`com\.b`}"))
    assert [matcher.value for matcher in selector.matchers.matchers] == [r"com\.b"]


def test_every_part_of_an_expression_is_visited() -> None:
    """Selectors are found below functions, aggregations, operators, brackets, signs, spans and subqueries."""
    text = '-(sum by (a) (rate(b[5m]))) / on (a) topk(3, c) or max_over_time(d[1h:5m]) > bool {__name__="e"}'
    assert [name_of(one) for one in selectors(parsed(text))] == ["b", "c", "d", "e"]
    assert len(list(nodes(parsed("1 + vector(2)")))) == 4


def test_what_is_no_promql_is_refused() -> None:
    """A syntax error is told with the text, on one line."""
    with pytest.raises(DefinitionError, match=r"it is no PromQL .*: sum by \(a\) foo; mend what writes it"):
        parsed("sum by (a)\nfoo")


def test_production_parses(built: Compiled) -> None:
    """Every expression of production parses."""
    assert every_expression_parses(built) == []


def test_an_expression_that_does_not_parse_is_told(built: Compiled) -> None:
    """A rule and a panel that no parser takes are both told, each with its place."""
    spoilt = with_board(asking(built, "sum by (x"), "storage", panel_asking("rate(x[5m]) or or y"))
    rule, panel = said(every_expression_parses(spoilt))
    assert rule.startswith("prometheus/rules/spoilt.yaml test:asked: it is no PromQL")
    assert panel.startswith("dashboards/storage.py:")


def test_a_variable_that_there_is_not_is_told(built: Compiled) -> None:
    """A panel that asks for a variable its dashboard lacks is told."""
    spoilt = with_board(built, "storage", panel_asking("kv_reads_total{tenant_id=~`${tenant:regex}`}"))
    (problem,) = said(every_expression_parses(spoilt))
    assert "nothing fills the variable ${tenant:regex}" in problem


def test_queries_of_annotations_are_found() -> None:
    """A template's queries are read as Go reads them; a label that is filled in stands as an empty value."""
    text = '{{ with query "time() * 1000" }}x{{ end }} {{ with printf "a:limit{route=%q}" $labels.route | query }}'
    assert list(queries(text)) == ["time() * 1000", 'a:limit{route=""}']
    assert list(queries(r'{{ query "x{a=\"b\"}" }}')) == ['x{a="b"}']
    assert list(queries("{{ $value | humanize }}")) == []
