"""Expressions: all selectors of a tree, wherever they are in it."""

from __future__ import annotations

from fractions import Fraction

from generator.ir.expression import Aggregate, Binary, Call, Scalar, Selector, String, children, selectors, series_names
from tests.dsl.sample_contract import TABLE

A, B, C = Selector("a"), Selector("b"), Selector("c")
TREE = Binary("/", Aggregate("sum", Call("rate", (A,)), (TABLE,)), Binary("or", B, Binary("*", C, A)))


def test_selectors_are_listed_from_left_to_right() -> None:
    """In the arguments of functions, in aggregations, and on both sides of operators; one that is read twice is listed
    twice."""
    assert selectors(TREE) == (A, B, C, A)


def test_series_names_are_those_of_all_selectors() -> None:
    """Each name is listed once."""
    assert series_names(TREE) == {"a", "b", "c"}
    assert series_names(Scalar(Fraction(1))) == frozenset()


def test_numbers_and_strings_have_no_selectors() -> None:
    """They have no operands, nor has a selector."""
    assert selectors(Call("f", (Scalar(Fraction(1)), String("x")))) == ()
    assert children(Scalar(Fraction(1))) == children(String("x")) == children(A) == ()
