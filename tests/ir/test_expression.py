"""Expressions: every selector of a tree is found, wherever it stands."""

from __future__ import annotations

from fractions import Fraction

from generator.ir.expression import Aggregate, Binary, Call, Scalar, Selector, String, children, selectors
from tests.dsl.nouns import TABLE

A, B, C = Selector("a"), Selector("b"), Selector("c")


def test_selectors_are_found_from_left_to_right() -> None:
    """In a function's arguments, under an aggregation, on both sides of an operator; one read twice is found twice."""
    tree = Binary("/", Aggregate("sum", Call("rate", (A,)), (TABLE,)), Binary("or", B, Binary("*", C, A)))
    assert selectors(tree) == (A, B, C, A)


def test_numbers_and_strings_select_nothing() -> None:
    """They have nothing below them, and neither has a selector."""
    assert selectors(Call("f", (Scalar(Fraction(1)), String("x")))) == ()
    assert children(Scalar(Fraction(1))) == children(String("x")) == children(A) == ()
