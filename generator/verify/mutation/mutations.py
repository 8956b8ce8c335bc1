"""Ways to make an expression wrong: each gives the trees that differ from the right one in one place, and says how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, STORE, TENANT
from generator.dsl.labels import BUCKET_BOUND, Label
from generator.dsl.units import Duration
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.rendering import promql

Wrong: TypeAlias = tuple[str, Expression]
Neighbours: TypeAlias = Callable[[str], tuple[str, ...]]
COMPARISONS = {">": ("<", ">="), ">=": ("<", ">"), "<": (">", "<="), "<=": (">", "<")}
SETS = {"and": "or", "or": "and", "unless": "and"}
ADDED = (TENANT, ROUTE, SERVICE, MODEL, STORE, DIRECTION)
QUANTILES = (Fraction(1, 2), Fraction(99, 100))


def wrongs(tree: Expression, neighbours: Neighbours) -> Iterator[Wrong]:
    """All trees that are wrong in one place. `neighbours` names the series that one could be mistaken for."""
    for how, wrong in _here(tree, neighbours):
        yield how, wrong
    match tree:
        case Call(arguments=arguments):
            for index, argument in enumerate(arguments):
                for how, wrong in wrongs(argument, neighbours):
                    yield how, replace(tree, arguments=(*arguments[:index], wrong, *arguments[index + 1 :]))
        case Aggregate(inner=inner):
            yield from ((how, replace(tree, inner=wrong)) for how, wrong in wrongs(inner, neighbours))
        case Binary(left=left, right=right):
            yield from ((how, replace(tree, left=wrong)) for how, wrong in wrongs(left, neighbours))
            yield from ((how, replace(tree, right=wrong)) for how, wrong in wrongs(right, neighbours))


def _here(tree: Expression, neighbours: Neighbours) -> Iterator[Wrong]:
    match tree:
        case Binary():
            yield from _binary(tree)
        case Aggregate():
            yield from _aggregate(tree)
        case Selector():
            yield from _selector(tree, neighbours)
        case Call(function="histogram_quantile", arguments=(Scalar(value=value), buckets)):
            for other in QUANTILES:
                if other != value:
                    yield (
                        f"quantile {_number(value)} → {_number(other)}",
                        replace(tree, arguments=(Scalar(other), buckets)),
                    )
        case Call(function="increase", arguments=arguments):
            yield "increase → delta", Call("delta", arguments)


def _binary(tree: Binary) -> Iterator[Wrong]:
    for other in COMPARISONS.get(tree.operator, ()):
        yield f"{tree.operator} → {other}", replace(tree, operator=other)
    if tree.operator in COMPARISONS and isinstance(tree.right, Scalar):
        yield from _threshold(tree, tree.right)
    if tree.operator in SETS:
        yield f"{tree.operator} → {SETS[tree.operator]}", replace(tree, operator=SETS[tree.operator])
        yield f"dropped: {promql.flat(tree.right)}", tree.left
        if tree.operator != "unless":
            yield f"dropped: {promql.flat(tree.left)}", tree.right
    if tree.operator in "*/" and isinstance(tree.left, Scalar):
        yield from ((how, replace(tree, left=wrong)) for how, wrong in _scaled(tree.left))


def _threshold(tree: Binary, bound: Scalar) -> Iterator[Wrong]:
    for how, wrong in _scaled(bound):
        yield f"{tree.operator} {how}", replace(tree, right=wrong)


def _scaled(number: Scalar) -> Iterator[tuple[str, Scalar]]:
    for factor in (Fraction(4, 5), Fraction(5, 4)):
        other = number.value * factor
        if other != number.value:
            yield f"{_number(number.value)} → {_number(other)}", Scalar(other)


def _aggregate(tree: Aggregate) -> Iterator[Wrong]:
    for label in tree.by:
        if label != BUCKET_BOUND:
            yield f"by without {label.name}", replace(tree, by=tuple(x for x in tree.by if x != label))
    inside = _labels_below(tree.inner)
    for label in ADDED:
        if label in inside and label not in tree.by:
            yield f"by with {label.name}", replace(tree, by=(*tree.by, label))
    if tree.operator == "sum":
        yield "sum → max", replace(tree, operator="max")


def _labels_below(tree: Expression) -> set[Label]:
    """The labels that the series below surely have: those that their recorded names begin with."""
    if isinstance(tree, Selector):
        level = tree.name.partition(":")[0] if ":" in tree.name else ""
        return {label for label in ADDED if label.name in level}
    if isinstance(tree, Call) and len(tree.arguments) == 1:
        return _labels_below(tree.arguments[0])
    return set()


def _selector(tree: Selector, neighbours: Neighbours) -> Iterator[Wrong]:
    for name in neighbours(tree.name):
        yield f"{tree.name} → {name}", replace(tree, name=name)
    if isinstance(tree.range, Duration):
        for range in (Duration(tree.range.seconds // 2), tree.range * 2):
            if tree.step is None or range.seconds >= tree.step.seconds:
                yield f"[{tree.range}] → [{range}]", replace(tree, range=range)
    for matcher in tree.matchers:
        kept = tuple(x for x in tree.matchers if x != matcher)
        yield f"without {promql.matcher(matcher)}", replace(tree, matchers=kept)


def _number(value: Fraction) -> str:
    return promql.number(value)
