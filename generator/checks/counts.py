"""A check of counts on panels: whole numbers where a number is read."""

from __future__ import annotations

from collections.abc import Iterator

from promql_parser import AggregateExpr, BinaryExpr, Call, Expr, VectorSelector

from generator.check import check
from generator.checks.parsed_output import ParsedOutput
from generator.checks.stages import COMPILED
from generator.errors import Problem
from generator.output import dashboard_path
from generator.promql.parser import children, name_of

INCREASE = ":increase"
"""What the operation of a recorded increase begins with."""
WHOLE = ("round", "ceil", "floor", "histogram_quantile")
"""Functions whose result is whole, or no count."""
SET_OPERATORS = ("and", "unless", "or")


@check(
    "dashboard/count-with-decimals",
    stage=COMPILED,
    language="json",
    bad="""
        {"panels": [{"targets": [{"instant": true, "expr": "sum(increase(calls_total[5m]))"}]}]}
    """,
    good="""
        {"panels": [{"targets": [{"instant": true, "expr": "round(sum(increase(calls_total[5m])))"}]}]}
    """,
    message="it counts with decimals, because an increase is extrapolated to its window; "
    "round it: lowering does so for every query that ends with .increase(window)",
)
def counts_are_whole(output: ParsedOutput) -> Iterator[Problem]:
    """A count that a stat, a bar or a cell shows is a whole number.

    Prometheus extrapolates an increase to its whole window: three requests would be read as 3.16. An increase above 0
    is at least 1, so that rounding hides nothing. A line over time may have decimals.
    """
    hint = "round it: lowering does so for every query that ends with .increase(window)"
    for name, board in output.valid_dashboards.items():
        for panel in board["panels"]:
            for target in panel.get("targets", ()):
                if not target["instant"]:
                    continue
                tree = output.tree_of(name, target["expr"])
                if tree is not None and _is_increase(tree):
                    what = "it counts with decimals, because an increase is extrapolated to its window"
                    yield Problem(f"{dashboard_path(name)} {panel['title']!r}", what, hint)


def _is_increase(node: Expr) -> bool:
    """Whether the value of an expression is an increase that is not rounded."""
    match node:
        case VectorSelector():
            return INCREASE in name_of(node)
        case Call() if node.func.name in WHOLE:
            return False
        case Call() if node.func.name == "increase":
            return True
        case AggregateExpr() if str(node.op) in ("count", "group"):
            return False
        case BinaryExpr() if str(node.op) == "or":
            return _is_increase(node.lhs) or _is_increase(node.rhs)
        case BinaryExpr() if str(node.op) in SET_OPERATORS or _is_comparison(node):
            return _is_increase(node.lhs)
        case BinaryExpr():
            return False
    return any(_is_increase(child) for child in children(node))


def _is_comparison(node: BinaryExpr) -> bool:
    return str(node.op) in ("==", "!=", ">", "<", ">=", "<=")
