"""A check that no amount is read from a sum of 5-minute increases, which loses what grew in a gap of the samples."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from promql_parser import AggregateExpr, BinaryExpr, Call, Expr, SubqueryExpr, VectorSelector

from generator.check import check
from generator.checks.counters import PRESENCE_FUNCTIONS
from generator.checks.parsed_output import ParsedOutput
from generator.checks.series import is_increase
from generator.checks.stages import COMPILED
from generator.errors import DefinitionError, Problem
from generator.promql.parser import children, name_of, nodes, parsed

SHARES = {"/", ">="}
"""Operators of ratios, and of the minimums beside them."""


@check(
    "promql/amount-from-increases",
    stage=COMPILED,
    bad="sum(route_service:requests_total:increase1h) > 1000",
    good="sum(route_service:errors_total:increase1h) / sum(route_service:requests_total:increase1h) > 0.01",
    message="route_service:requests_total:increase1h is a sum of 5-minute increases, which loses what grew in a gap; "
    "divide it by another one, or read an amount by .increase(window)",
)
def amounts_are_not_sums_of_increases(output: ParsedOutput) -> Iterator[Problem]:
    """A recorded sum of 5-minute increases is a part of a ratio, of a quantile or of a minimum.

    While no samples arrive, nothing is recorded: a gap of ten hours takes 42 % from the sum of a day. From the two
    sides of a ratio it takes the same. An amount is read from the raw counters, which are higher after the gap.
    """
    sums = _sums_of_increases(output)
    hint = "divide it by another one, or read an amount by .increase(window)"
    for where, tree in output.trees:
        for name in dict.fromkeys(_amounts(tree, sums)):
            yield Problem(where, f"{name} is a sum of 5-minute increases, which loses what grew in a gap", hint)


def _sums_of_increases(output: ParsedOutput) -> frozenset[str]:
    """The names of the recorded series that are sums of increases over a longer window."""
    rules = [rule for file in output.compiled.files for group in file.groups for rule in group.rules]
    increases = output.series.increases
    return frozenset(rule.name for rule in rules if rule.name in increases and _is_sum(rule.expression, increases))


def _is_sum(expression: str, increases: Collection[str]) -> bool:
    try:
        tree = parsed(expression)
    except DefinitionError:
        return False
    return any(isinstance(node, SubqueryExpr) and is_increase(node, increases) for node in nodes(tree))


def _amounts(node: Expr, sums: Collection[str]) -> Iterator[str]:
    """The sums of increases that an expression reads by themselves."""
    match node:
        case VectorSelector():
            if name_of(node) in sums:
                yield name_of(node)
            return
        case BinaryExpr() if str(node.op) in SHARES:
            return
        case Call() if node.func.name == "histogram_quantile" or node.func.name in PRESENCE_FUNCTIONS:
            return
        case AggregateExpr() if str(node.op) in PRESENCE_FUNCTIONS:
            return
    for child in children(node):
        yield from _amounts(child, sums)
