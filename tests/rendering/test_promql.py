"""Expressions as PromQL: the text has the structure of the tree, on one line or on several."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.units import days, hours, minutes
from generator.ir.expression import (
    Aggregate,
    Binary,
    Call,
    Expression,
    GrafanaDuration,
    Scalar,
    Selector,
    String,
)
from generator.rendering.promql import WIDTH, flat, number, quoted, text
from tests.rendering.promql_structure import of_text, of_tree, random_tree
from tests.rendering.rule_samples import HOSTILE

A, B, C = (Selector(name) for name in "abc")
LONG = Selector("tenant_id_route_service:requests_total:increase5m")
TREES = [random_tree(Random(seed), depth=1 + seed % 4) for seed in range(300)]


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (Binary("*", Binary("+", A, B), C), "(a + b) * c"),
        (Binary("+", A, Binary("*", B, C)), "a + b * c"),
        (Binary("-", A, Binary("-", B, C)), "a - (b - c)"),
        (Binary("/", A, Binary("*", B, C)), "a / (b * c)"),
        (Binary("+", Binary("+", A, B), C), "a + b + c"),
        (Binary("and", Binary(">", A, B), C), "a > b and c"),
        (Binary(">", Binary("or", A, B), C), "(a or b) > c"),
        (Binary("or", Binary("and", A, B), C), "(a and b) or c"),
        (Binary("or", Binary("or", A, B), C), "a or b or c"),
        (Binary("/", Binary(">", A, B), C), "(a > b) / c"),
    ],
)
def test_parentheses_follow_precedence(tree: Expression, expected: str) -> None:
    """There are parentheses where precedence requires them, and for readability around `and` beside `or`."""
    assert flat(tree) == expected


def test_three_hundred_trees_are_parsed_back() -> None:
    """With any operator below any other, a real parser reads the structure of the tree from the text."""
    assert [of_text(flat(tree)) for tree in TREES] == [of_tree(tree) for tree in TREES]


def test_line_breaks_do_not_change_the_structure() -> None:
    """The trees on several lines, with two indents, are parsed back too; enough of them are too long for one line."""
    assert sum("\n" in text(tree) for tree in TREES) > 50
    for indent in (0, 8):
        assert [of_text(text(tree, indent)) for tree in TREES] == [of_tree(tree) for tree in TREES]


def test_a_long_expression_is_broken_at_its_operators() -> None:
    """A set operator is on a line of its own; any other operator is at the start of its line."""
    comparison = Binary(">", Binary("/", LONG, LONG), Scalar(Fraction(1, 20)))
    assert text(Binary("and", comparison, Binary(">=", LONG, Scalar(Fraction(15))))) == (
        "tenant_id_route_service:requests_total:increase5m\n"
        "/ tenant_id_route_service:requests_total:increase5m\n"
        "> 0.05\n"
        "and\n"
        "tenant_id_route_service:requests_total:increase5m >= 15"
    )


def test_long_parentheses_are_indented() -> None:
    """Parentheses that do not fit on a line are broken, and their content is indented by two spaces."""
    tree = Binary("/", Binary("or", LONG, Binary("*", Scalar(Fraction(0)), LONG)), LONG)
    assert text(tree) == (
        "(\n"
        "  tenant_id_route_service:requests_total:increase5m\n"
        "  or\n"
        "  0 * tenant_id_route_service:requests_total:increase5m\n"
        ")\n"
        "/ tenant_id_route_service:requests_total:increase5m"
    )


def test_an_expression_that_fits_is_on_one_line() -> None:
    """An expression of 100 characters is on one line; with an indent of two it is broken."""
    tree = Binary("+", A, Selector("b" * (WIDTH - len("a + "))))
    assert text(tree) == flat(tree)
    assert text(tree, indent=2).count("\n") == 1


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (Selector("a", (TENANT.is_("x"), ROUTE.is_not("/y"))), 'a{tenant_id="x",route!="/y"}'),
        (Selector("a", (TENANT.matches_variable(),)), "a{tenant_id=~`${tenant:regex}`}"),
        (Selector("a", (TENANT.matches_variable(or_absent=True),)), "a{tenant_id=~`${tenant:regex}|`}"),
        (Selector("a", range=minutes(5)), "a[5m]"),
        (Selector("a", range=days(1), step=minutes(5)), "a[1d:5m]"),
        (Selector("a", range=GrafanaDuration.RATE_INTERVAL), "a[$__rate_interval]"),
        (Selector("a", range=GrafanaDuration.RANGE, step=hours(36)), "a[$__range:36h]"),
        (Aggregate("sum", A, ()), "sum(a)"),
        (Aggregate("sum", A, (ROUTE, SERVICE)), "sum by (route, service) (a)"),
        (Aggregate("topk", A, (ROUTE,), Scalar(Fraction(5))), "topk by (route) (5, a)"),
        (Call("time", ()), "time()"),
        (Call("label_replace", (A, String("x"), String(""))), 'label_replace(a, "x", "")'),
        (Binary(">", A, B, (ROUTE,)), "a > on (route) b"),
        (Binary(">", A, B, (ROUTE,), many=True), "a > on (route) group_left () b"),
        (Binary("*", A, B, ()), "a * on () b"),
    ],
)
def test_every_type_of_node_is_rendered_as_promql(tree: Expression, expected: str) -> None:
    """The text of each type of node is as expected."""
    assert flat(tree) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("15", "15"), ("1/20", "0.05"), ("5000000", "5000000"), ("27/1000000000", "2.7e-08"), ("0", "0")],
)
def test_a_number_has_as_few_digits_as_possible(value: str, expected: str) -> None:
    """An integer has no decimal point; a fraction is the shortest text that is parsed as the same float."""
    assert number(Fraction(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('say "hi"', r'"say \"hi\""'),
        ("a\\b", r'"a\\b"'),
        ("two\nlines", r'"two\nlines"'),
        ("Zürich ✓ 東京", '"Zürich ✓ 東京"'),
        ("`", '"`"'),
    ],
)
def test_strings_are_quoted(value: str, expected: str) -> None:
    """Quotes and backslashes are escaped; other characters than ASCII are not."""
    assert quoted(value) == expected


def test_hostile_strings_are_parsed_back() -> None:
    """The parser reads every hostile tenant's name unchanged."""
    for value in HOSTILE:
        tree = Selector("a", (TENANT.is_(value),))
        assert of_text(flat(tree)) == of_tree(tree)


def test_an_offset_follows_the_selector() -> None:
    """An offset follows the matchers and the range."""
    assert flat(Selector("up", offset=minutes(1))) == "up offset 1m"
    assert flat(Selector("up", (ROUTE.is_("/chat"),), minutes(5), offset=hours(1))) == 'up{route="/chat"}[5m] offset 1h'
