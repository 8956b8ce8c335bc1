"""Why an expression has no result: which of the series that it needs does not exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from promql_parser import BinaryExpr, Call, Expr, MatchOp, NumberLiteral, StringLiteral, VectorSelector

from generator.promql.parser import children, name_of, parsed

T = TypeVar("T")
CauseOf: TypeAlias = Callable[[str, frozenset[str]], T | None]
"""Why a selector selects nothing, by the name of its series and the labels that must have a value; None: it does."""
ALWAYS = ("vector", "absent", "absent_over_time", "time")
"""Functions that have a result where their argument has none."""


def cause_of_no_result(text: str, cause_of: CauseOf[T]) -> T | None:
    """Why an expression has no result, as `cause_of` says of a selector that it needs; None where it may have one.

    `a or b` needs one of its sides, `a unless b` the first; any other operator needs both. Raises DefinitionError for
    what is not valid PromQL.
    """
    return _cause(parsed(text), cause_of)


def labels_with_value(selector: VectorSelector) -> frozenset[str]:
    """The labels without which a series is not selected."""
    return frozenset(
        matcher.name
        for matcher in selector.matchers.matchers
        if (matcher.op == MatchOp.Equal and matcher.value)
        or (matcher.op == MatchOp.Re and not re.fullmatch(matcher.value, ""))
    )


def _cause(node: Expr, cause_of: CauseOf[T]) -> T | None:
    if isinstance(node, VectorSelector):
        return cause_of(name_of(node), labels_with_value(node))
    if isinstance(node, NumberLiteral | StringLiteral) or (isinstance(node, Call) and node.func.name in ALWAYS):
        return None
    causes = [_cause(child, cause_of) for child in children(node)]
    operator = str(node.op) if isinstance(node, BinaryExpr) else ""
    if operator == "or":
        return None if None in causes else causes[0]
    if operator == "unless":
        return causes[0]
    return next((cause for cause in causes if cause is not None), None)
