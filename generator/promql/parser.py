"""PromQL expressions as trees, read by a parser that shares no code with our rendering."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
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
    """The same expression with double-quoted strings in the place of raw strings: the parser rejects a raw string that
    contains a backslash, which Prometheus accepts."""

    def quote(string: re.Match[str]) -> str:
        return string[0] if string["raw"] is None else json.dumps(string["raw"], ensure_ascii=False)

    return STRING.sub(quote, text)


@cache
def parsed(text: str) -> Expr:
    """Parse an expression. Raises DefinitionError for what is not valid PromQL."""
    try:
        return parse(double_quoted(text))
    except ValueError as error:
        one_line = " ".join(text.split())
        raise DefinitionError(f"not valid PromQL ({error}): {one_line}", "correct the expression") from None


@cache
def children(node: Expr) -> tuple[Expr, ...]:
    """The direct operands of a node. Each access to an operand makes a new object: it costs more than a lookup."""
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


@cache
def nodes(node: Expr) -> tuple[Expr, ...]:
    """A node and all nodes below it, which every check reads."""
    return (node, *(below for child in children(node) for below in nodes(child)))


def selectors(node: Expr) -> Iterator[VectorSelector]:
    """All selectors of an expression."""
    return (child for child in nodes(node) if isinstance(child, VectorSelector))


def name_of(selector: VectorSelector) -> str:
    """The name of the series that a selector selects; empty for a selector without a name."""
    return selector.name or equalities(selector).get("__name__", "")


def names_of(node: Expr) -> frozenset[str]:
    """The names of all series that an expression reads."""
    return frozenset(name_of(selector) for selector in selectors(node))


def equalities(selector: VectorSelector) -> dict[str, str]:
    """The labels that a selector matches with `=`, and their values."""
    return {matcher.name: matcher.value for matcher in selector.matchers.matchers if matcher.op == MatchOp.Equal}


def matched_labels(node: Expr) -> Iterator[tuple[str, str, str]]:
    """The matchers of all selectors of an expression: the label, the operator and the value."""
    texts = ((MatchOp.Equal, "="), (MatchOp.NotEqual, "!="), (MatchOp.Re, "=~"), (MatchOp.NotRe, "!~"))
    for selector in selectors(node):
        for matcher in selector.matchers.matchers:
            yield matcher.name, next(text for op, text in texts if op == matcher.op), matcher.value


def selected_values(selector: VectorSelector, label: str, values: Iterable[str]) -> set[str]:
    """Those of a label's values that a selector may select, by its matchers with `=` and `=~`."""
    matchers = [matcher for matcher in selector.matchers.matchers if matcher.name == label]
    exact = {matcher.value for matcher in matchers if matcher.op == MatchOp.Equal}
    patterns = [matcher.value for matcher in matchers if matcher.op == MatchOp.Re]
    return {value for value in values if exact <= {value} and all(re.fullmatch(pattern, value) for pattern in patterns)}
