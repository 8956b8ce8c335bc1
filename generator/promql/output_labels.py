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
    match node:
        case VectorSelector():
            return labels.get(name_of(node))
        case Call():
            return _of_call(node, labels)
        case AggregateExpr():
            return _of_aggregate(node, labels)
        case BinaryExpr():
            return _of_binary(node, labels)
    inner = children(node)
    return output_labels(inner[0], labels) if inner else None


def argument_labels(node: Call, labels: Mapping[str, Labels]) -> Labels:
    """The labels of the first argument that is a vector."""
    return next((known for child in children(node) if (known := output_labels(child, labels)) is not None), None)


def _of_call(node: Call, labels: Mapping[str, Labels]) -> Labels:
    name = node.func.name
    if name in SCALAR_FUNCTIONS:
        return None
    if name == "vector":
        return frozenset()
    if name in ("absent", "absent_over_time"):
        return frozenset(label for selector in selectors(node) for label in equalities(selector) if label != "__name__")
    inner = argument_labels(node, labels)
    if inner is None:
        return None
    if name in ("label_replace", "label_join"):
        return inner | set(strings(node)[:1])
    return inner - {"le"} if name == "histogram_quantile" else inner


def _of_aggregate(node: AggregateExpr, labels: Mapping[str, Labels]) -> Labels:
    inner = output_labels(node.expr, labels)
    if inner is None or str(node.op) in SELECTING_AGGREGATIONS:
        return inner
    modifier = node.modifier
    grouping = frozenset(modifier.labels) if modifier else frozenset()
    if modifier and modifier.type == AggModifierType.Without:
        return inner - grouping
    return grouping | ({str(node.param.val)} if isinstance(node.param, StringLiteral) else set())


def _of_binary(node: BinaryExpr, labels: Mapping[str, Labels]) -> Labels:
    left, right = output_labels(node.lhs, labels), output_labels(node.rhs, labels)
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
