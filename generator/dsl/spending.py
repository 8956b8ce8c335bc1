"""What a cost is compared with: the same cost some time ago, what was counted meanwhile, and what it would have been
without a prompt cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from generator.dsl.arguments import require, require_duration
from generator.dsl.metrics import Increase, fixed_windows
from generator.dsl.named import READ_A_METRIC
from generator.dsl.query import DerivedQuery, MetricQuery, Query
from generator.dsl.units import DOLLARS, DOLLARS_EACH, RATIO, Duration, Unit
from generator.errors import DefinitionError
from generator.frozen import frozen

THOUSAND = 1_000


@frozen(eq=False)
class Earlier(DerivedQuery):
    """What a query was some time ago."""

    ago: Duration

    @property
    def unit(self) -> Unit:
        return self.inner.unit


@frozen(eq=False)
class ChangeSince(Earlier):
    """How much more a query is than some time ago, below 0 where it is less; all of it where there was nothing."""


@frozen(eq=False)
class RelativeChangeSince(Earlier):
    """How much more a query is than some time ago, as a part of what it was then: 1 is twice as much. There is none
    where there was nothing."""

    @property
    def unit(self) -> Unit:
        return RATIO


@frozen(eq=False)
class UnitCost(Query):
    """Dollars for each of what was counted in the same window, or for `number` of them."""

    dollars: Query
    counted: Increase
    number: int

    @property
    def unit(self) -> Unit:
        return DOLLARS_EACH

    def metric_queries(self) -> Iterator[MetricQuery]:
        yield from self.dollars.metric_queries()
        yield self.counted

    def map_metric_queries(self, change: Callable[[MetricQuery], MetricQuery]) -> Query:
        counted = change(self.counted)
        assert isinstance(counted, Increase)
        return replace(self, dollars=self.dollars.map_metric_queries(change), counted=counted)


@frozen(eq=False)
class SavedByCache(DerivedQuery):
    """What tokens would cost more if those from a prompt cache had the price of other input. A model without a price of
    cached tokens saves nothing."""

    @property
    def unit(self) -> Unit:
        return DOLLARS


def earlier(query: Query, ago: Duration) -> Earlier:
    """Return what a query over a fixed window was some time ago."""
    _check(query, ago, "earlier(…)")
    return Earlier(query, ago)


def change_since(query: Query, ago: Duration) -> ChangeSince:
    """Return how much more a query over a fixed window is than some time ago."""
    _check(query, ago, "change_since(…)")
    return ChangeSince(query, ago)


def relative_change_since(query: Query, ago: Duration) -> RelativeChangeSince:
    """Return how much more a query over a fixed window is than some time ago, as a part of what it was then."""
    _check(query, ago, "relative_change_since(…)")
    return RelativeChangeSince(query, ago)


def cost_of_each(dollars: Query, counted: Query) -> UnitCost:
    """Return the dollars for each of what was counted. Raises DefinitionError where the two differ in their windows or
    labels, or the first is not in dollars."""
    return _unit_cost(dollars, counted, 1, "cost_of_each(…)")


def cost_of_thousand(dollars: Query, counted: Query) -> UnitCost:
    """Return the dollars for a thousand of what was counted. Raises DefinitionError as `cost_of_each` does."""
    return _unit_cost(dollars, counted, THOUSAND, "cost_of_thousand(…)")


def saved_by_cache(tokens: Increase) -> SavedByCache:
    """Return what a prompt cache saved of the cost of tokens."""
    require((tokens,), Increase, "saved_by_cache(…)", "an increase of tokens", "write TOKENS.increase(days(1))")
    return SavedByCache(tokens)


def _unit_cost(dollars: Query, counted: Query, number: int, call: str) -> UnitCost:
    require((dollars,), Query, call, "a query", "write COST.increase(days(1))")
    require((counted,), Increase, call, "an increase", "write REQUESTS.increase(days(1))")
    assert isinstance(counted, Increase)
    if dollars.unit != DOLLARS:
        raise DefinitionError(f"{call} divides {dollars.unit.name}", "give dollars first, as COST.increase(days(1))")
    if fixed_windows(dollars) != fixed_windows(counted) or dollars.output_labels != counted.output_labels:
        what = f"{call} divides dollars and a count of other windows or labels"
        raise DefinitionError(what, "read both over the same window, and end both with the same .by(…)")
    return UnitCost(dollars, counted, number)


def _check(query: Query, ago: Duration, call: str) -> None:
    require((query,), Query, call, "a query", READ_A_METRIC)
    require_duration(ago, call)
    if not fixed_windows(query):
        raise DefinitionError(f"{call} of a query without a fixed window", "write COST.increase(days(1))")
