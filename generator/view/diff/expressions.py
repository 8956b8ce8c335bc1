"""What two PromQL expressions have in common: the series that each selects, and the numbers in which they differ."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    StringLiteral,
    SubqueryExpr,
    VectorSelector,
)

from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.promql.grafana_variables import filled
from generator.promql.parser import children, name_of, parsed, selectors

COMPARISONS = {">", ">=", "<", "<=", "==", "!="}
VARIABLE_VALUE = ("any",)
"""Replaces every template variable: which series a query selects by name does not depend on it."""


@frozen
class NumberDifference:
    """A number that differs between two expressions that are otherwise equal; a threshold is one side of a
    comparison."""

    before: float
    after: float
    threshold: bool


def series_of_rule(expression: str) -> frozenset[str]:
    """The names of the series that a rule's expression selects; none if it is not PromQL."""
    return _selected_series(expression)


@cache
def series_of_query(query: str, variables: tuple[str, ...]) -> frozenset[str]:
    """The names of the series that a panel's query selects; none if it is not PromQL. `variables` are the names of
    its dashboard's template variables."""
    try:
        return _selected_series(filled(query, dict.fromkeys(variables, VARIABLE_VALUE)))
    except DefinitionError:
        return frozenset()


@cache
def _selected_series(expression: str) -> frozenset[str]:
    try:
        return frozenset(map(name_of, selectors(parsed(expression))))
    except DefinitionError:
        return frozenset()


def number_differences(before: str, after: str) -> tuple[NumberDifference, ...]:
    """The numbers that differ between two expressions, from left to right; none if anything else differs too."""
    try:
        old, new = list(_nodes(parsed(before))), list(_nodes(parsed(after)))
    except DefinitionError:
        return ()
    if [node.signature for node in old] != [node.signature for node in new]:
        return ()
    # NaN is unequal to itself, so numbers are compared by their text.
    return tuple(
        NumberDifference(was.number, now.number, was.threshold)
        for was, now in zip(old, new, strict=True)
        if was.number is not None and now.number is not None and repr(was.number) != repr(now.number)
    )


@frozen
class _Node:
    """A node of an expression: all of it but its children and its number."""

    signature: tuple[str, ...]
    number: float | None
    threshold: bool


def _nodes(expression: Expr, threshold: bool = False) -> Iterator[_Node]:
    children = _children(expression)
    number = expression.val if isinstance(expression, NumberLiteral) else None
    yield _Node((*_signature(expression), str(len(children))), number, threshold)
    compares = isinstance(expression, BinaryExpr) and str(expression.op) in COMPARISONS
    for child in children:
        yield from _nodes(child, compares)


def _children(expression: Expr) -> tuple[Expr, ...]:
    if isinstance(expression, AggregateExpr) and isinstance(expression.param, Expr):
        return (expression.param, expression.expr)
    return children(expression)


def _signature(expression: Expr) -> tuple[str, ...]:
    kind = type(expression).__name__
    match expression:
        case VectorSelector() | MatrixSelector() | StringLiteral():
            return kind, str(expression)
        case Call():
            return kind, expression.func.name
        case AggregateExpr() | BinaryExpr():
            return kind, str(expression.op), str(expression.modifier)
        case SubqueryExpr():
            return kind, str(expression.range), str(expression.step), str(expression.offset), str(expression.at)
    return (kind,)
