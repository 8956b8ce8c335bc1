"""Mutation operators on expressions: each yields the trees that differ from the original in one place, with a
description of the change.

The labels of the platform stay: all series of an alert test have the same, so that no test could kill these mutants. A
check demands them in every expression, and tests of two platforms in one Prometheus show what they are for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from contract.labels import BILLED_UNIT, DIRECTION, MODEL, PRODUCT, ROUTE, SERVICE, STORE, TENANT
from generator.dsl.labels import BUCKET_BOUND, Label
from generator.dsl.units import Duration
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.lowering.identity import IDENTITY_LABELS
from generator.rendering import promql

Mutation: TypeAlias = tuple[str, Expression]
"""The description of the change, and the changed tree."""
SimilarSeries: TypeAlias = Callable[[str], tuple[str, ...]]
"""Maps the name of a series to the names of series that it can be confused with."""
COMPARISONS = {">": ("<", ">="), ">=": ("<", ">"), "<": (">", "<="), "<=": (">", "<")}
SET_OPERATORS = {"and": "or", "or": "and", "unless": "and"}
LABELS = (TENANT, ROUTE, SERVICE, MODEL, STORE, DIRECTION)
"""The labels that a mutation can add to a grouping."""
LEVEL_OF_UNIT = f"{PRODUCT.name}_{BILLED_UNIT.name}"
"""The level of series by unit; each unit is of one product."""
QUANTILES = (Fraction(1, 2), Fraction(99, 100))
FACTORS = (Fraction(4, 5), Fraction(5, 4))
"""A threshold, a factor or a constant is mutated by these."""


def mutations(tree: Expression, similar_series: SimilarSeries) -> Iterator[Mutation]:
    """Yield all mutations of a tree and of the trees below it."""
    yield from _mutations_of_node(tree, similar_series)
    match tree:
        case Call(arguments=arguments):
            for index, argument in enumerate(arguments):
                for change, mutated in mutations(argument, similar_series):
                    yield change, replace(tree, arguments=(*arguments[:index], mutated, *arguments[index + 1 :]))
        case Aggregate(inner=inner):
            for change, mutated in mutations(inner, similar_series):
                yield change, replace(tree, inner=mutated)
        case Binary(left=left, right=right):
            for change, mutated in mutations(left, similar_series):
                yield change, replace(tree, left=mutated)
            for change, mutated in mutations(right, similar_series):
                yield change, replace(tree, right=mutated)


def _mutations_of_node(tree: Expression, similar_series: SimilarSeries) -> Iterator[Mutation]:
    match tree:
        case Binary():
            yield from _binary(tree)
        case Aggregate():
            yield from _aggregate(tree)
        case Selector():
            yield from _selector(tree, similar_series)
        case Call(function="histogram_quantile", arguments=(Scalar(value=value), buckets)):
            for quantile in QUANTILES:
                if quantile != value:
                    yield (
                        f"quantile {promql.number(value)} → {promql.number(quantile)}",
                        replace(tree, arguments=(Scalar(quantile), buckets)),
                    )
        case Call(function="increase", arguments=arguments):
            yield "increase → delta", Call("delta", arguments)


def _binary(tree: Binary) -> Iterator[Mutation]:
    for operator in COMPARISONS.get(tree.operator, ()):
        yield f"{tree.operator} → {operator}", replace(tree, operator=operator)
    if tree.operator in COMPARISONS and isinstance(tree.right, Scalar):
        for change, threshold in _scaled(tree.right):
            yield f"{tree.operator} {change}", replace(tree, right=threshold)
    if tree.operator in SET_OPERATORS:
        operator = SET_OPERATORS[tree.operator]
        yield f"{tree.operator} → {operator}", replace(tree, operator=operator)
        yield f"dropped: {promql.flat(tree.right)}", tree.left
        if tree.operator != "unless":
            yield f"dropped: {promql.flat(tree.left)}", tree.right
    if tree.operator in "*/" and isinstance(tree.left, Scalar):
        for change, factor in _scaled(tree.left):
            yield change, replace(tree, left=factor)


def _scaled(number: Scalar) -> Iterator[tuple[str, Scalar]]:
    for factor in FACTORS:
        value = number.value * factor
        if value != number.value:
            yield f"{promql.number(number.value)} → {promql.number(value)}", Scalar(value)


def _aggregate(tree: Aggregate) -> Iterator[Mutation]:
    for label in tree.by:
        if label not in (BUCKET_BOUND, *IDENTITY_LABELS):
            by = tuple(other for other in tree.by if other != label)
            yield f"by without {label.name}", replace(tree, by=by)
    available = _labels_of(tree.inner)
    for label in LABELS:
        if label in available and label not in tree.by:
            yield f"by with {label.name}", replace(tree, by=(*tree.by, label))
    if tree.operator == "sum" and not _adds_one_series(tree):
        yield "sum → max", replace(tree, operator="max")


def _adds_one_series(tree: Aggregate) -> bool:
    """Whether a sum selects a billed unit of what a level of nothing but product and unit has: then it has one series,
    which is its maximum, too."""
    selector = tree.inner
    if not isinstance(selector, Selector) or selector.name.partition(":")[0] != LEVEL_OF_UNIT:
        return False
    return any(matcher.label == BILLED_UNIT and matcher.operator == "=" for matcher in selector.matchers)


def _labels_of(tree: Expression) -> set[Label]:
    """Return the labels that the name of a recorded series, `level:metric:operation`, has in its level."""
    if isinstance(tree, Selector):
        level = tree.name.partition(":")[0] if ":" in tree.name else ""
        return {label for label in LABELS if label.name in level}
    if isinstance(tree, Call) and len(tree.arguments) == 1:
        return _labels_of(tree.arguments[0])
    return set()


def _selector(tree: Selector, similar_series: SimilarSeries) -> Iterator[Mutation]:
    for name in similar_series(tree.name):
        yield f"{tree.name} → {name}", replace(tree, name=name)
    if isinstance(tree.range, Duration):
        for window in (Duration(tree.range.seconds // 2), tree.range * 2):
            if tree.step is None or window.seconds >= tree.step.seconds:
                yield f"[{tree.range}] → [{window}]", replace(tree, range=window)
    for matcher in (each for each in tree.matchers if each.label not in IDENTITY_LABELS):
        matchers = tuple(other for other in tree.matchers if other != matcher)
        yield f"without {promql.matcher(matcher)}", replace(tree, matchers=matchers)
