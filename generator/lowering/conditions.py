"""Conditions as expressions that have a value while something is wrong, and none while all is well."""

from __future__ import annotations

from fractions import Fraction

from contract.labels import DIRECTION, MODEL
from generator.dsl.condition import Always, Both, Compared, Condition, Either, Unpriced, labels_of
from generator.dsl.limit import LimitPer
from generator.errors import DefinitionError
from generator.ir.expression import Binary, Call, Expression, Scalar, Selector
from generator.lowering.queries import ONE, Reader
from generator.lowering.recording_rules import ordered
from generator.lowering.thresholds import limit_series, price_series


def lowered(reader: Reader, condition: Condition) -> Expression:
    """The expression of a condition; its value is that of the first comparison."""
    match condition:
        case Compared(measure=measure, operator=operator, threshold=LimitPer() as limit):
            series = Selector(limit_series(reader, limit))
            many = measure.group != (limit.label,)
            return Binary(operator, reader.read(measure), series, (limit.label,), many)
        case Compared(measure=measure, operator=operator, threshold=threshold):
            assert not isinstance(threshold, LimitPer)
            return Binary(operator, reader.read(measure), Scalar(threshold.amount))
        case Both(left=left, right=right):
            return _joined(reader, "and", left, right)
        case Either(left=left, right=right):
            return _joined(reader, "or", left, right)
        case Unpriced(measure=measure):
            some = Binary(">", reader.read(measure), Scalar(Fraction(0)))
            return Binary("unless", some, Selector(price_series(reader)), (MODEL, DIRECTION))
        case Always():
            return Call("vector", (ONE,))
    raise DefinitionError(f"{type(condition).__name__} cannot be told", "teach generator/lowering/conditions.py how")


def _joined(reader: Reader, operator: str, left: Condition, right: Condition) -> Expression:
    """Two conditions on the same series. Refuses two that are told otherwise: the alert could never fire, or would
    fire without some of its labels."""
    told, other = (", ".join(label.name for label in ordered(labels_of(one))) or "nothing" for one in (left, right))
    if told != other:
        raise DefinitionError(
            f"what is told by {told} is joined with what is told by {other}", "tell both by the same labels"
        )
    return Binary(operator, lowered(reader, left), lowered(reader, right))
