"""Conditions as expressions that have a value while something is wrong, and none while all is well."""

from __future__ import annotations

from fractions import Fraction

from generator.lang.condition import Always, Both, Compared, Condition, Either, Unpriced
from generator.lang.faults import Refusal
from generator.lang.limit import LimitPer
from generator.lang.promql import Binary, Call, Expression, Scalar, Selector
from generator.lower.limits import limit_series, price_series
from generator.lower.reading import ONE, Reader


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
            return Binary("and", lowered(reader, left), lowered(reader, right))
        case Either(left=left, right=right):
            return Binary("or", lowered(reader, left), lowered(reader, right))
        case Unpriced(measure=measure):
            some = Binary(">", reader.read(measure), Scalar(Fraction(0)))
            return Binary("unless", some, Selector(price_series(reader)), measure.group)
        case Always():
            return Call("vector", (ONE,))
    raise Refusal(f"{type(condition).__name__} cannot be told", "teach generator/lower/condition.py how")
