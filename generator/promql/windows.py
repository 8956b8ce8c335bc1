"""The windows of an expression: those of its range selectors and subqueries."""

from __future__ import annotations

from promql_parser import Call, Expr, MatrixSelector, SubqueryExpr, VectorSelector

from generator.promql.parser import children, name_of

LOOK_BACK = 300.0
"""Seconds: Prometheus' default."""


def longest_window(node: Expr) -> float:
    """Return the longest window in seconds, or 0. The window of `last_over_time` does not count: the function needs one
    sample in it, while a sum or an increase needs the whole window."""
    if isinstance(node, Call) and node.func.name == "last_over_time":
        return 0
    window = node.range if isinstance(node, MatrixSelector | SubqueryExpr) else None
    own = window.total_seconds() if window else 0
    return max([own, *(longest_window(child) for child in children(node))])


def look_backs(node: Expr, before: float = 0) -> dict[str, float]:
    """Return how many seconds before its evaluation an expression reads each series, by the names of the series: the
    windows, offsets and subqueries around it. A selector without a window finds the last sample of `LOOK_BACK`."""
    if isinstance(node, SubqueryExpr | VectorSelector) and node.offset:
        before += node.offset.total_seconds()
    if isinstance(node, VectorSelector):
        return {name_of(node): before + LOOK_BACK}
    if isinstance(node, MatrixSelector | SubqueryExpr) and node.range:
        before += node.range.total_seconds()
    result: dict[str, float] = {}
    for child in children(node):
        for name, seconds in look_backs(child, before).items():
            result[name] = max(result.get(name, 0), seconds)
    return result
