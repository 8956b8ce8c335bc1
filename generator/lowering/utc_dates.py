"""Months and days by UTC: as labels of what is counted on them, and how much of a month is left."""

from __future__ import annotations

from fractions import Fraction

from contract.labels import DAY, MONTH
from generator.dsl.labels import Label
from generator.dsl.units import days
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, String

SECONDS_OF_DAY = Scalar(Fraction(days(1).seconds))
ZERO = Scalar(Fraction(0))
NOW = Call("vector", (Call("time", ()),))
"""The time of the evaluation as a series, which gets the labels of the platform."""


def with_month(growth: Expression) -> Expression:
    """What is counted now, with the label of its month."""
    return Binary("*", growth, _this("month", MONTH), (), many=True, copied=(MONTH,))


def with_date(growth: Expression) -> Expression:
    """What is counted now, with the labels of its month and day."""
    return Binary("*", with_month(growth), _this("day_of_month", DAY), (), many=True, copied=(DAY,))


def of_this_month(by_month: Expression) -> Expression:
    """The series whose label is the month of the evaluation."""
    return Binary("and", by_month, _this("month", MONTH), (MONTH,))


def until_month_ends(to_date: Expression, last_day: Expression) -> Expression:
    """What the whole month will be, if each day that is left is as the last one. What was not used in the last day is
    not forecast to be used."""
    each_day = Binary("or", last_day, Binary("*", ZERO, to_date))
    return Binary("+", to_date, Binary("*", each_day, days_left(), (), many=True))


def days_left() -> Expression:
    """How many days of the month are left, with the rest of this one."""
    of_day = Binary("/", Binary("%", Call("time", ()), SECONDS_OF_DAY), SECONDS_OF_DAY)
    whole = Binary("-", Binary("+", Call("days_in_month", (NOW,)), Scalar(Fraction(1))), Call("day_of_month", (NOW,)))
    return Binary("-", whole, of_day)


def _this(function: str, label: Label) -> Expression:
    """A series whose label is the month or the day of the evaluation."""
    return Aggregate("count_values", Call(function, (NOW,)), (), String(label.name))
