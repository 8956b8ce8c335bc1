"""The labels that an expression's series have, derived from the labels of the series that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    LabelModifierType,
    StringLiteral,
    VectorMatchCardinality,
    VectorSelector,
)

from generator.promql.parser import children, equalities, name_of, selectors

Labels: TypeAlias = frozenset[str] | None
"""The names of labels; None where there are none to know: a number, a string, an unknown series."""

SCALAR_FUNCTIONS = {"time", "scalar", "pi"}
SELECTING_AGGREGATIONS = {"topk", "bottomk", "limitk", "limit_ratio"}
"""Aggregations whose result is some of their series, with all labels."""
SET_OPERATORS = {"and", "unless", "or"}


def output_labels(node: Expr, labels: Mapping[str, Labels]) -> Labels:
    """The labels of an expression's series. `labels` has those of the series that it reads, by name."""
    return OutputLabels(labels).of(node)


class OutputLabels:
    """The labels of expressions over the same series: those of each operand are derived once, for every check."""

    def __init__(self, labels: Mapping[str, Labels]) -> None:
        self._labels = labels
        self._derived: dict[Expr, Labels] = {}

    def of(self, node: Expr) -> Labels:
        """The labels of an expression's series."""
        if node not in self._derived:
            self._derived[node] = self._derive(node)
        return self._derived[node]

    def of_argument(self, node: Call) -> Labels:
        """The labels of the first argument that is a vector."""
        return next((known for child in children(node) if (known := self.of(child)) is not None), None)

    def _derive(self, node: Expr) -> Labels:
        match node:
            case VectorSelector():
                return self._labels.get(name_of(node))
            case Call():
                return self._of_call(node)
            case AggregateExpr():
                return self._of_aggregate(node)
            case BinaryExpr():
                return self._of_binary(node)
        inner = children(node)
        return self.of(inner[0]) if inner else None

    def _of_call(self, node: Call) -> Labels:
        name = node.func.name
        if name in SCALAR_FUNCTIONS:
            return None
        if name == "vector":
            return frozenset()
        if name in ("absent", "absent_over_time"):
            matched_labels = (label for selector in selectors(node) for label in equalities(selector))
            return frozenset(label for label in matched_labels if label != "__name__")
        inner = self.of_argument(node)
        if inner is None:
            return None
        if name in ("label_replace", "label_join"):
            return inner | set(strings(node)[:1])
        return inner - {"le"} if name == "histogram_quantile" else inner

    def _of_aggregate(self, node: AggregateExpr) -> Labels:
        (operand,) = children(node)
        inner = self.of(operand)
        if inner is None or str(node.op) in SELECTING_AGGREGATIONS:
            return inner
        modifier = node.modifier
        grouping = frozenset(modifier.labels) if modifier else frozenset()
        if modifier and modifier.type == AggModifierType.Without:
            return inner - grouping
        return grouping | ({str(node.param.val)} if isinstance(node.param, StringLiteral) else set())

    def _of_binary(self, node: BinaryExpr) -> Labels:
        left, right = map(self.of, children(node))
        if left is None or right is None:
            return right if left is None else left
        modifier, operator = node.modifier, str(node.op)
        if operator in SET_OPERATORS or modifier is None:
            return left | right if operator == "or" else left
        included = frozenset(modifier.group_labels or ())
        if modifier.card == VectorMatchCardinality.ManyToOne:
            return left | included
        if modifier.card == VectorMatchCardinality.OneToMany:
            return right | included
        return matched(node, left)


def matched(node: BinaryExpr, side: frozenset[str]) -> frozenset[str]:
    """The labels of one side that an operator compares with those of the other side."""
    matching = node.modifier.matching if node.modifier else None
    if matching is None:
        return side
    listed = frozenset(matching.labels)
    return listed if matching.type == LabelModifierType.Include else side - listed


def strings(node: Call) -> tuple[str, ...]:
    """The string arguments of a function call, in their order."""
    return tuple(argument.val for argument in node.args if isinstance(argument, StringLiteral))
