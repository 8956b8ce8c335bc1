"""The windows of an expression: those of its range selectors and subqueries."""

from __future__ import annotations

from promql_parser import Call, Expr, MatrixSelector, SubqueryExpr

from generator.promql.parser import children


def longest_window(node: Expr) -> float:
    """Return the longest window in seconds, or 0. The window of `last_over_time` does not count: the function needs one
    sample in it, while a sum or an increase needs the whole window."""
    if isinstance(node, Call) and node.func.name == "last_over_time":
        return 0
    window = node.range if isinstance(node, MatrixSelector | SubqueryExpr) else None
    own = window.total_seconds() if window else 0
    return max([own, *(longest_window(child) for child in children(node))])
