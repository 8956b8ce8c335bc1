"""Conditions as expressions that have a result while the condition is true, and none otherwise."""

from __future__ import annotations

from fractions import Fraction

from contract.labels import DIRECTION, MODEL
from generator.dsl.chance import TooManyToBeChance
from generator.dsl.query import Always, And, Comparison, Condition, Or, ThresholdSeries, WithoutPrice, labels_of
from generator.errors import DefinitionError
from generator.ir.expression import Binary, Expression, Scalar, Selector
from generator.lowering.chance import lower_chance
from generator.lowering.recording_rules import in_contract_order
from generator.lowering.thresholds import LowersQueries, constant, price_series, threshold_series


def lower_condition(lowering: LowersQueries, condition: Condition) -> Expression:
    """The expression of a condition; its value is that of the first comparison."""
    match condition:
        case TooManyToBeChance():
            return lower_chance(lowering, condition)
        case Comparison(query=query, operator=operator, threshold=ThresholdSeries() as threshold):
            series, label = Selector(threshold_series(lowering, threshold)), threshold.label
            return Binary(operator, lowering.lower(query), series, (label,), query.output_labels != (label,))
        case Comparison(query=query, operator=operator, threshold=threshold):
            assert not isinstance(threshold, ThresholdSeries)
            of_side = lowering.of_shares if operator == ">=" else lowering
            return Binary(operator, of_side.lower(query), Scalar(threshold.amount))
        case And(left=left, right=right):
            return _joined(lowering, "and", left, right)
        case Or(left=left, right=right):
            return _joined(lowering, "or", left, right)
        case WithoutPrice(query=query):
            used = Binary(">", lowering.lower(query), Scalar(Fraction(0)))
            return Binary("unless", used, Selector(price_series(lowering)), (MODEL, DIRECTION))
        case Always():
            return constant(Fraction(1))
    raise TypeError(f"no lowering of {type(condition).__name__}")


def _joined(lowering: LowersQueries, operator: str, left: Condition, right: Condition) -> Expression:
    """Two conditions on the same series. Raises DefinitionError where they are grouped by different labels: the alert
    could never fire, or would fire without some of its labels."""
    left_labels, right_labels = set(labels_of(left)), set(labels_of(right))
    if left_labels != right_labels:
        missing = in_contract_order(left_labels ^ right_labels)
        sides = (", ".join(label.name for label in in_contract_order(side)) for side in (left_labels, right_labels))
        left_text, right_text = sides
        raise DefinitionError(
            f"the left side of `{operator}` is grouped by ({left_text}), the right side by ({right_text})",
            f"group both by the same labels: only one side has {', '.join(label.name for label in missing)}",
        )
    return Binary(operator, lower_condition(lowering, left), lower_condition(lowering, right))
