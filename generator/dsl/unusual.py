"""A condition that compares a count with its own past: more than usual at this time of the day and of the week."""

from __future__ import annotations

from fractions import Fraction

from generator.dsl.arguments import require
from generator.dsl.query import MetricQuery, OfQuery
from generator.dsl.units import days, hours
from generator.errors import DefinitionError
from generator.frozen import frozen

PERIODS = (days(1), days(7))
"""What happens every night is usual, and what happens every Monday."""
TOLERANCE = hours(1)
"""How much earlier or later than a period ago the same may have happened."""
FACTOR = Fraction(3, 2)
"""How many times as much as before is still usual."""


@frozen(eq=False)
class Unusual(OfQuery):
    """A count over a fixed window is more than 1.5 times as high as its highest value within an hour of the same time
    yesterday, and of the same time a week ago. A series without a value then is unusual."""

    def __post_init__(self) -> None:
        hint = "write Unusual(COUNTER.increase(hours(1)).by(TENANT))"
        require((self.query,), MetricQuery, "Unusual(…)", "a query of one metric", hint)
        assert isinstance(self.query, MetricQuery)
        if self.query.fixed_window is None:
            raise DefinitionError("Unusual(…) of a query without a fixed window", hint)
