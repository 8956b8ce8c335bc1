"""What an operator asks of its operands' labels, and they do not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from promql_parser import AggregateExpr, BinaryExpr, Call, Expr, LabelModifierType, VectorMatchCardinality

from generator.errors import did_you_mean
from generator.promql.output_labels import SETS, Told, matched, output_labels, strings
from generator.promql.parser import below, equalities, selectors

Said: TypeAlias = tuple[str, str]
"""What is wrong, and what cures it."""


def missing_labels(node: Expr, labels: Mapping[str, Told]) -> Iterator[Said]:
    """All that is wrong with what one operator asks; its operands are looked at for themselves."""
    match node:
        case AggregateExpr():
            given = node.modifier.labels if node.modifier else ()
            yield from _absent(str(node.op), given, output_labels(node.expr, labels))
        case Call():
            yield from _of_call(node, labels)
        case BinaryExpr():
            left, right = output_labels(node.lhs, labels), output_labels(node.rhs, labels)
            if left is not None and right is not None:
                yield from _of_binary(node, left, right)


def _of_call(node: Call, labels: Mapping[str, Told]) -> Iterator[Said]:
    name = node.func.name
    inner = next((told for each in below(node) if (told := output_labels(each, labels)) is not None), None)
    match name:
        case "histogram_quantile":
            yield from _absent(name, ("le",), inner)
        case "label_replace":
            yield from _absent(name, filter(None, strings(node)[2:3]), inner)
        case "label_join":
            yield from _absent(name, strings(node)[2:], inner)


def _of_binary(node: BinaryExpr, left: frozenset[str], right: frozenset[str]) -> Iterator[Said]:
    operator, modifier = str(node.op), node.modifier
    matching = modifier.matching if modifier else None
    if matching is not None:
        include = matching.type == LabelModifierType.Include
        for side in (left, right) if include else (left | right,):
            yield from _absent(f"{operator} {'on' if include else 'ignoring'}", matching.labels, side)
    by, other = matched(node, left), matched(node, right)
    if by != other and operator != "or":
        odd = ", ".join(sorted(by ^ other))
        yield f"the sides of {operator} never match: only one has {odd}", f"match on (…), or sum {odd} away"
    elif operator not in SETS:
        yield from _crowded(node, left, right, by)


def _crowded(node: BinaryExpr, left: frozenset[str], right: frozenset[str], by: frozenset[str]) -> Iterator[Said]:
    """A side that has several series for one of the other, and must not."""
    card = node.modifier.card if node.modifier else VectorMatchCardinality.OneToOne
    single = {
        "left": (node.lhs, left, card != VectorMatchCardinality.ManyToOne),
        "right": (node.rhs, right, card != VectorMatchCardinality.OneToMany),
    }
    for side, (operand, told, one) in single.items():
        pinned = {label for selector in selectors(operand) for label in equalities(selector)}
        if one and (more := told - by - pinned):
            what = f"{node.op} finds several series on its {side}, told by {', '.join(sorted(more))} too"
            yield what, f"sum them first, or say group_{'left' if side == 'left' else 'right'}"
    if node.modifier and node.modifier.group_labels:
        one_side = right if card == VectorMatchCardinality.ManyToOne else left
        yield from _absent(f"{node.op} group", node.modifier.group_labels, one_side)


def _absent(operator: str, wanted: Iterable[str], there: Told) -> Iterator[Said]:
    for label in wanted:
        if there is not None and label not in there:
            yield f'{operator} by "{label}", which what it reads does not have', did_you_mean(label, there)
