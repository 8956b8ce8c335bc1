"""By which labels an expression's series are told apart, worked out from its text, from the selectors up."""

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

from generator.promql.parser import below, equalities, name_of, selectors

Told: TypeAlias = frozenset[str] | None
"""Labels; None for what has none to speak of: a number, a string, a series that nobody knows."""

NUMBERS = {"time", "scalar", "pi"}
KEEPING = {"topk", "bottomk", "limitk", "limit_ratio"}
SETS = {"and", "unless", "or"}


def output_labels(node: Expr, labels: Mapping[str, Told]) -> Told:
    """The labels that the series of an expression have, from those of the series that it reads."""
    match node:
        case VectorSelector():
            return labels.get(name_of(node))
        case Call():
            return _of_call(node, labels)
        case AggregateExpr():
            return _of_aggregate(node, labels)
        case BinaryExpr():
            return _of_binary(node, labels)
    inner = below(node)
    return output_labels(inner[0], labels) if inner else None


def _of_call(node: Call, labels: Mapping[str, Told]) -> Told:
    name = node.func.name
    if name in NUMBERS:
        return None
    if name == "vector":
        return frozenset()
    if name in ("absent", "absent_over_time"):
        return frozenset(label for one in selectors(node) for label in equalities(one) if label != "__name__")
    inner = next((told for each in below(node) if (told := output_labels(each, labels)) is not None), None)
    if inner is None:
        return None
    if name in ("label_replace", "label_join"):
        return inner | set(strings(node)[:1])
    return inner - {"le"} if name == "histogram_quantile" else inner


def _of_aggregate(node: AggregateExpr, labels: Mapping[str, Told]) -> Told:
    inner = output_labels(node.expr, labels)
    if inner is None or str(node.op) in KEEPING:
        return inner
    modifier = node.modifier
    given = frozenset(modifier.labels) if modifier else frozenset()
    if modifier and modifier.type == AggModifierType.Without:
        return inner - given
    return given | ({str(node.param.val)} if isinstance(node.param, StringLiteral) else set())


def _of_binary(node: BinaryExpr, labels: Mapping[str, Told]) -> Told:
    left, right = output_labels(node.lhs, labels), output_labels(node.rhs, labels)
    if left is None or right is None:
        return right if left is None else left
    modifier, operator = node.modifier, str(node.op)
    if operator in SETS or modifier is None:
        return left | right if operator == "or" else left
    given = frozenset(modifier.group_labels or ())
    if modifier.card == VectorMatchCardinality.ManyToOne:
        return left | given
    if modifier.card == VectorMatchCardinality.OneToMany:
        return right | given
    return matched(node, left)


def matched(node: BinaryExpr, side: frozenset[str]) -> frozenset[str]:
    """The labels of one side by which it is matched with the other."""
    matching = node.modifier.matching if node.modifier else None
    if matching is None:
        return side
    given = frozenset(matching.labels)
    return given if matching.type == LabelModifierType.Include else side - given


def strings(node: Call) -> tuple[str, ...]:
    """The strings that a function is given, in their order."""
    return tuple(one.val for one in node.args if isinstance(one, StringLiteral))
