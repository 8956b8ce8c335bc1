"""Values that are no runaway: less than many times the highest of the last week."""

from __future__ import annotations

from generator.dsl import runaway
from generator.dsl.runaway import Runaway
from generator.dsl.units import days
from generator.errors import DefinitionError
from generator.ir.expression import Binary, Call, Expression, Scalar, Selector
from generator.ir.rules import SLOW_INTERVAL, RecordingRule
from generator.lowering.costs import AFTER_AMOUNTS, AREA
from generator.lowering.recording_rules import in_contract_order, level
from generator.lowering.thresholds import LowersQueries

FIRST_DAY = days(1)
"""A series with a value in this time before the last week has a history."""


def lower_no_runaway(lowering: LowersQueries, condition: Runaway) -> Expression:
    """The values of a query that are less than many times their highest of the week before, where there is a week."""
    now = lowering.lower(condition.query)
    if not isinstance(now, Selector):
        what = "Runaway(…) of a query that is not recorded by its labels"
        raise DefinitionError(what, "write Runaway(COST.increase(minutes(5)).by(PRODUCT))")
    return Binary("<", now, Binary("*", Scalar(runaway.FACTOR), Selector(_recorded_highest(lowering, now, condition))))


def _recorded_highest(lowering: LowersQueries, now: Selector, condition: Runaway) -> str:
    """The name of the recorded series of the highest values, added: several alerts read a week of samples once."""
    labels = in_contract_order(condition.query.output_labels)
    _, _, of_what = now.name.partition(":")
    name = f"{level(labels)}:{of_what.replace(':', '_')}:highest{runaway.HISTORY}"
    highest = Call("max_over_time", (Selector(now.name, (), runaway.HISTORY, offset=runaway.CURRENT),))
    week_ago = Call("max_over_time", (Selector(now.name, (), FIRST_DAY, offset=runaway.HISTORY),))
    expression = Binary("and", highest, week_ago)
    rule = RecordingRule(name, labels, expression, AREA, depth=AFTER_AMOUNTS + 2, interval=SLOW_INTERVAL)
    lowering.rules.add(name, (rule,))
    return name
