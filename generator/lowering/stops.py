"""Stops as expressions: what came regularly does not come, at a time at which it came a week ago.

Rhythms of days and weeks make an absence ordinary: nights, weekends, batches that end. So each alternative compares
with the same time a week ago, before and after, and leaves out what was absent two weeks ago too. What has no samples a
week ago is compared with yesterday, and must have come steadily.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from generator.dsl.stops import STEP, StopsComing
from generator.dsl.units import Duration, Quantity, days, hours, minutes
from generator.errors import DefinitionError
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.lowering.thresholds import LowersQueries

SILENT = minutes(10)
"""How long nothing comes before a stop; the increases of two steps show it."""
BEFORE, RARE_BEFORE, RARE_SILENT = hours(2), hours(6), hours(1)
WEEK, DAY, HALF_HOUR = days(7), days(1), minutes(30)
RARE_A_WEEK_AGO = 10
"""So many in each of three hours around the same time a week ago make an hour without any a stop."""
AROUND = (-10, -5, 0, 5)
"""The ends of the steps around the same time: so many minutes more ago."""
STEADY = (40, 60, 80, 100)
"""Minutes before now at which what is young had enough."""


def lower_stopped(lowering: LowersQueries, condition: StopsComing) -> Expression:
    """The expression of a stop; its value is the average of 5 minutes before. Raises DefinitionError for a query whose
    5-minute increases are not recorded."""
    recorded = lowering.lower(condition.query)
    result = Binary("or", _usual(recorded, condition.at_least), _young(recorded, condition.at_least))
    if condition.rare_at_least is not None:
        result = Binary("or", result, _rare(recorded, condition.rare_at_least))
    return result


def _usual(recorded: Expression, at_least: Quantity) -> Expression:
    """Nothing for ten minutes, where each step around this time had something a week ago, and none was empty two weeks
    ago."""
    week_ago = (Binary(">", _ago(recorded, _shifted(WEEK, each)), _number(0)) for each in AROUND)
    stopped = _all((_average(recorded, BEFORE, SILENT, at_least), *_silent(recorded), *week_ago))
    return _unless(stopped, (_none(recorded, _shifted(WEEK * 2, each)) for each in AROUND))


def _young(recorded: Expression, at_least: Quantity) -> Expression:
    """Nothing for ten minutes, after steady traffic, where nothing was recorded a week ago, and each step around this
    time had something yesterday."""
    steady = (Binary(">=", _ago(recorded, minutes(each)), Scalar(at_least.amount)) for each in STEADY)
    yesterday = (Binary(">", _ago(recorded, _shifted(DAY, each)), _number(0)) for each in AROUND)
    stopped = _all((_average(recorded, BEFORE, SILENT, at_least), *_silent(recorded), *steady, *yesterday))
    return _unless(stopped, (Binary(">=", _ago(recorded, WEEK), _number(0)),))


def _rare(recorded: Expression, at_least: Quantity) -> Expression:
    """Nothing for an hour, where the hours around this time had some a week ago, and none was empty two weeks ago."""
    hour = Binary("==", _hour(recorded, None), _number(0))
    ends = (-HALF_HOUR.seconds, 0, HALF_HOUR.seconds)
    week_ago = (Binary(">=", _hour(recorded, Duration(WEEK.seconds + each)), _number(RARE_A_WEEK_AGO)) for each in ends)
    stopped = _all((_average(recorded, RARE_BEFORE, RARE_SILENT, at_least), hour, *week_ago))
    two_weeks_ago = (Duration(2 * WEEK.seconds + each) for each in ends)
    return _unless(stopped, (Binary("==", _hour(recorded, each), _number(0)) for each in two_weeks_ago))


def _average(recorded: Expression, window: Duration, ended: Duration, at_least: Quantity) -> Expression:
    """The average of a window that ended a while ago, where it is enough."""

    def average(series: Selector) -> Expression:
        return Call("avg_over_time", (replace(series, range=window, step=STEP, offset=ended),))

    return Binary(">=", _of_each(recorded, average), Scalar(at_least.amount))


def _silent(recorded: Expression) -> tuple[Expression, Expression]:
    """The two steps of the last ten minutes are empty. Both are recorded: while no telemetry arrives, nothing is."""
    return Binary("==", recorded, _number(0)), _none(recorded, STEP)


def _hour(recorded: Expression, ago: Duration | None) -> Expression:
    def total(series: Selector) -> Expression:
        return Call("sum_over_time", (replace(series, range=RARE_SILENT, step=STEP, offset=ago),))

    return _of_each(recorded, total)


def _none(recorded: Expression, ago: Duration) -> Expression:
    return Binary("==", _ago(recorded, ago), _number(0))


def _ago(recorded: Expression, ago: Duration) -> Expression:
    return _of_each(recorded, lambda series: replace(series, offset=ago))


def _of_each(recorded: Expression, change: Callable[[Selector], Expression]) -> Expression:
    """A change of a recorded series, or of each that is summed: a project may have added labels to its counter."""
    match recorded:
        case Selector(range=None):
            return change(recorded)
        case Aggregate(operator="sum", inner=inner):
            return replace(recorded, inner=_of_each(inner, change))
    raise DefinitionError("StopsComing(…) of a query whose increases are not recorded", "group it by labels, as ROUTE")


def _shifted(time: Duration, minutes_more: int) -> Duration:
    return Duration(time.seconds + minutes_more * 60)


def _number(value: int) -> Scalar:
    return Scalar(Fraction(value))


def _all(conditions: Iterable[Expression]) -> Expression:
    return reduce(lambda left, right: Binary("and", left, right), conditions)


def _unless(condition: Expression, others: Iterable[Expression]) -> Expression:
    return reduce(lambda left, right: Binary("unless", left, right), others, condition)
