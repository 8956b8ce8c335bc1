"""What remains of the error budget of an SLO, how fast it burns, and when nothing remains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from generator.dsl.arguments import require, require_duration
from generator.dsl.query import OBJECTIVES, DerivedQuery, MetricQuery, Objective, Query, ThresholdSeries
from generator.dsl.units import BURN_RATE, RATIO, TIME_LEFT, Duration, Quantity, Unit, example
from generator.errors import DefinitionError
from generator.frozen import frozen


@frozen(eq=False)
class ErrorBudgetRemaining(DerivedQuery):
    """The fraction of an error budget that remains: 1 is all of it, 0 none, below 0 it is exceeded."""

    target: Objective

    def check_threshold(self, threshold: Quantity) -> None:
        if threshold.amount >= 1:
            what = f"what remains of an error budget is compared with {threshold.text()}"
            raise DefinitionError(what, "give less than 100%, as percent(25)")

    @property
    def unit(self) -> Unit:
        return RATIO

    def exhausted_in(self, window: Duration, burn_rate: BurnRate) -> TimeToExhaustion:
        """The time until nothing remains at a burn rate, where `window` is the SLO's."""
        require_duration(window, ".exhausted_in(…)")
        require((burn_rate,), BurnRate, ".exhausted_in(…)", "a burn rate", "write RATIO.burn_rate(slo.target)")
        return TimeToExhaustion(self, burn_rate, window)


@frozen(eq=False)
class BurnRate(DerivedQuery):
    """How many times faster than the SLO allows an error budget burns: at 1 it lasts exactly for the SLO's window."""

    target: Objective

    @property
    def unit(self) -> Unit:
        return BURN_RATE


@frozen(eq=False)
class TimeToExhaustion(Query):
    """The time until an error budget is exhausted at a burn rate, in seconds, rounded to minutes."""

    remaining: ErrorBudgetRemaining
    burn_rate: BurnRate
    window: Duration

    @property
    def unit(self) -> Unit:
        return TIME_LEFT

    def metric_queries(self) -> Iterator[MetricQuery]:
        yield from self.remaining.metric_queries()
        yield from self.burn_rate.metric_queries()

    def map_metric_queries(self, change: Callable[[MetricQuery], MetricQuery]) -> Query:
        remaining, burn_rate = self.remaining.map_metric_queries(change), self.burn_rate.map_metric_queries(change)
        return replace(self, remaining=remaining, burn_rate=burn_rate)


def require_target(target: object, call: str) -> None:
    """Raise DefinitionError unless the argument of a call is the target of an SLO, between 0 and 1, both exclusive, or
    one for each value of a label."""
    require((target,), OBJECTIVES, call, "the target of an SLO", f"write {example(target, RATIO)}")
    if isinstance(target, ThresholdSeries):
        return
    assert isinstance(target, Quantity)
    if target.unit != RATIO or not 0 < target.amount < 1:
        what = f"the target of {call} is {target.text()}, and not between 0% and 100%"
        raise DefinitionError(what, "write percent(99.5)")
