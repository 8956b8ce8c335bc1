"""Conditions as expressions that have a result while the condition is true, and none otherwise."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial, reduce

from contract.labels import DIRECTION, MODEL
from generator.dsl.query import Always, And, Comparison, Condition, Or, Query, ThresholdSeries, WithoutPrice, labels_of
from generator.dsl.units import Duration
from generator.dsl.unusual import FACTOR, PERIODS, TOLERANCE, Unusual
from generator.errors import DefinitionError
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.lowering.recording_rules import in_contract_order
from generator.lowering.thresholds import LowersQueries, constant, price_series, threshold_series


def lower_condition(lowering: LowersQueries, condition: Condition) -> Expression:
    """The expression of a condition; its value is that of the first comparison."""
    match condition:
        case Comparison(query=query, operator=operator, threshold=ThresholdSeries() as threshold):
            series, label = Selector(threshold_series(lowering, threshold)), threshold.label
            return Binary(operator, lowering.lower(query), series, (label,), query.output_labels != (label,))
        case Comparison(query=query, operator=operator, threshold=threshold):
            assert not isinstance(threshold, ThresholdSeries)
            of_side = lowering.of_shares if operator == ">=" else lowering
            return Binary(operator, of_side.lower(query), Scalar(threshold.amount))
        case And(left=left, right=right):
            _require_same_labels("and", left, right)
            if isinstance(right, Unusual):
                return Binary("unless", lower_condition(lowering, left), _usual(lowering, right.query))
            return Binary("and", lower_condition(lowering, left), lower_condition(lowering, right))
        case Or(left=left, right=right):
            _require_same_labels("or", left, right)
            return Binary("or", lower_condition(lowering, left), lower_condition(lowering, right))
        case WithoutPrice(query=query):
            used = Binary(">", lowering.lower(query), Scalar(Fraction(0)))
            return Binary("unless", used, Selector(price_series(lowering)), (MODEL, DIRECTION))
        case Unusual(query=query):
            return Binary("unless", lowering.lower(query), _usual(lowering, query))
        case Always():
            return constant(Fraction(1))
    raise TypeError(f"no lowering of {type(condition).__name__}")


def _usual(lowering: LowersQueries, query: Query) -> Expression:
    """The values of a query that are as high as they were a period ago."""
    now = lowering.lower(query)
    earlier = (_highest(now, TOLERANCE * 2, period - TOLERANCE) for period in PERIODS)
    as_before = (Binary("<=", now, Binary("*", Scalar(FACTOR), then)) for then in earlier)
    return reduce(partial(Binary, "or"), as_before)


def _highest(node: Expression, window: Duration, offset: Duration) -> Expression:
    """The sum of the highest values that recorded series had in a window before now."""
    match node:
        case Selector(range=None, step=None, offset=None):
            return Call("max_over_time", (replace(node, range=window, offset=offset),))
        case Aggregate(inner=inner):
            return replace(node, inner=_highest(inner, window, offset))
    raise DefinitionError("Unusual(…) of a query that is not recorded", "group it by the labels of an alert, as TENANT")


def _require_same_labels(operator: str, left: Condition, right: Condition) -> None:
    """Raises DefinitionError where two conditions are grouped by different labels: the alert could never fire, or would
    fire without some of its labels."""
    left_labels, right_labels = set(labels_of(left)), set(labels_of(right))
    if left_labels != right_labels:
        missing = in_contract_order(left_labels ^ right_labels)
        sides = (", ".join(label.name for label in in_contract_order(side)) for side in (left_labels, right_labels))
        left_text, right_text = sides
        raise DefinitionError(
            f"the left side of `{operator}` is grouped by ({left_text}), the right side by ({right_text})",
            f"group both by the same labels: only one side has {', '.join(label.name for label in missing)}",
        )
