"""A condition that compares a series with its own last week: many times as much as it ever was."""

from __future__ import annotations

from fractions import Fraction

from generator.dsl.arguments import require
from generator.dsl.query import MetricQuery, OfQuery
from generator.dsl.units import days, hours
from generator.errors import DefinitionError
from generator.frozen import frozen

HISTORY = days(7)
"""What is compared with: the highest value of so long."""
CURRENT = hours(6)
"""The last hours are not a part of it: what began in them would soon be usual."""
FACTOR = Fraction(10)
"""How many times as much as before is a runaway."""


@frozen(eq=False)
class Runaway(OfQuery):
    """A count over a fixed window is at least 10 times as high as it ever was in the seven days that ended six hours
    ago. A series that had no value a week ago is young, and has no history to compare with: then it is true."""

    def __post_init__(self) -> None:
        hint = "write Runaway(COST.increase(minutes(5)).by(PRODUCT))"
        require((self.query,), MetricQuery, "Runaway(…)", "a query of one metric", hint)
        assert isinstance(self.query, MetricQuery)
        if self.query.fixed_window is None:
            raise DefinitionError("Runaway(…) of a query without a fixed window", hint)
