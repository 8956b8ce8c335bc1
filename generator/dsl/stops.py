"""The condition that events stop which come regularly: requests of a route that nobody reaches any more."""

from __future__ import annotations

from collections.abc import Iterable

from generator.dsl.arguments import require
from generator.dsl.labels import Label, LabelValues
from generator.dsl.metrics import Increase
from generator.dsl.query import Condition, OfQuery
from generator.dsl.units import Quantity, example, minutes
from generator.errors import DefinitionError
from generator.frozen import frozen

STEP = minutes(5)
"""The window of the increases that show a stop: regular events come in each of them."""


@frozen(eq=False)
class StopsComing(OfQuery):
    """Events of 5 minutes came until a moment ago and do not come now, although they did at this time a week ago.

    `at_least` is how many came in 5 minutes on average, in the two hours before. With `rare_at_least`, which is less,
    also so many over six hours, where none came for an hour. The value is that average.
    """

    at_least: Quantity
    rare_at_least: Quantity | None = None

    def __post_init__(self) -> None:
        require(
            (self.query,), Increase, "StopsComing(…)", "an increase", "write COUNTER.increase(minutes(5)).by(LABEL)"
        )
        assert isinstance(self.query, Increase)
        if self.query.window != STEP:
            raise DefinitionError("StopsComing(…) reads increases of 5 minutes", "write COUNTER.increase(minutes(5))")
        for minimum in (self.at_least, self.rare_at_least):
            if minimum is None:
                continue
            require((minimum,), Quantity, "StopsComing(…)", "a quantity", f"write {example(minimum, self.query.unit)}")
            if minimum.unit != self.query.unit or minimum.amount < 1:
                what = f"StopsComing(…) compares {self.query.unit.name} of 5 minutes with {minimum.text()}"
                raise DefinitionError(what, f"give at least 1, as {example(15, self.query.unit)}")


def route_label(condition: Condition) -> Label | None:
    """The label of routes by which a condition on a stop is grouped, or None where it is about something else."""
    if not isinstance(condition, StopsComing):
        return None
    return next((label for label in condition.query.output_labels if label.values is LabelValues.ROUTES), None)


def without_routes(condition: Condition, routes: Iterable[str]) -> Condition:
    """A condition on a stop that leaves out some routes; another condition as it is."""
    label = route_label(condition)
    if label is None:
        return condition
    matchers = [label.is_not(route) for route in routes]
    return condition.map_queries(lambda query: query.where(*matchers))
