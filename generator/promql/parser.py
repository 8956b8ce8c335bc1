"""PromQL's text, read again by a parser that knows nothing of our trees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatchOp,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
    parse,
)

from generator.errors import DefinitionError

STRING = re.compile(r""" "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `(?P<raw>[^`]*)` """, re.VERBOSE)


def double_quoted(text: str) -> str:
    """The same expression without raw strings: the parser refuses those that hold a backslash."""

    def quote(found: re.Match[str]) -> str:
        return found[0] if found["raw"] is None else json.dumps(found["raw"], ensure_ascii=False)

    return STRING.sub(quote, text)


@cache
def parsed(text: str) -> Expr:
    """The expression of a text. Refuses what is no PromQL."""
    try:
        return parse(double_quoted(text))
    except ValueError as error:
        raise DefinitionError(f"it is no PromQL ({error}): {' '.join(text.split())}", "mend what writes it") from None


def below(node: Expr) -> tuple[Expr, ...]:
    """The expressions right below a node."""
    match node:
        case Call():
            return tuple(argument for argument in node.args if isinstance(argument, Expr))
        case BinaryExpr():
            return (node.lhs, node.rhs)
        case MatrixSelector():
            return (node.vector_selector,)
        case AggregateExpr() | ParenExpr() | UnaryExpr() | SubqueryExpr():
            return (node.expr,)
    return ()


def nodes(node: Expr) -> Iterator[Expr]:
    """A node and all below it."""
    yield node
    for child in below(node):
        yield from nodes(child)


def selectors(node: Expr) -> Iterator[VectorSelector]:
    """All selectors of an expression."""
    return (each for each in nodes(node) if isinstance(each, VectorSelector))


def name_of(selector: VectorSelector) -> str:
    """The name of the series that a selector reads; empty for one that names none."""
    return selector.name or equalities(selector).get("__name__", "")


def equalities(selector: VectorSelector) -> dict[str, str]:
    """The labels that a selector asks to be exactly something, and what."""
    return {one.name: one.value for one in selector.matchers.matchers if one.op == MatchOp.Equal}
