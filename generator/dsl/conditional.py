"""Queries whose values depend on a condition or on another count: ratios of enough requests, and counts that are 0
where nothing was counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Self

from generator.dsl.arguments import require
from generator.dsl.metrics import Ratio
from generator.dsl.named import READ_A_METRIC
from generator.dsl.query import Condition, DerivedQuery, MetricQuery, Query, labels_of
from generator.dsl.units import Quantity, Unit
from generator.errors import DefinitionError
from generator.frozen import frozen


@frozen(eq=False)
class Conditional(DerivedQuery):
    """The values of a query where a condition is true of the same series."""

    condition: Condition

    @property
    def unit(self) -> Unit:
        return self.inner.unit

    @property
    def minimum(self) -> Quantity | None:
        """The least count that the condition asks for, if it does."""
        thresholds = (each.threshold for each in self.condition.comparisons() if each.operator == ">=")
        return next((each for each in thresholds if isinstance(each, Quantity)), None)

    def metric_queries(self) -> Iterator[MetricQuery]:
        yield from self.inner.metric_queries()
        for query in self.condition.queries():
            yield from query.metric_queries()

    def map_metric_queries(self, change: Callable[[MetricQuery], MetricQuery]) -> Self:
        condition = self.condition.map_queries(lambda query: query.map_metric_queries(change))
        return replace(self, inner=self.inner.map_metric_queries(change), condition=condition)

    def check_threshold(self, threshold: Quantity) -> None:
        self.inner.check_threshold(threshold)


@frozen(eq=False)
class Numerator(DerivedQuery):
    """The count above the line of a ratio: 0 where it has no series and what it is divided by is above 0."""

    inner: Ratio

    @property
    def unit(self) -> Unit:
        return self.inner.numerator.unit


def only_where(query: Query, condition: Condition) -> Conditional:
    """Return the values of a query where a condition is true: a ratio where enough requests stand behind it. Raises
    DefinitionError where the two are grouped by different labels."""
    require((query,), Query, "only_where(…)", "a query", READ_A_METRIC)
    require((condition,), Condition, "only_where(…)", "a condition", "end it with .at_least(…) or .above(…)")
    groups = [", ".join(label.name for label in labels) for labels in (query.output_labels, labels_of(condition))]
    if set(query.output_labels) != set(labels_of(condition)):
        what = f"only_where(…) of a query grouped by ({groups[0]}) and a condition grouped by ({groups[1]})"
        raise DefinitionError(what, "group both by the same labels")
    return Conditional(query, condition)


def numerator_of(ratio: Query) -> Numerator:
    """Return how many of what a ratio divides there are: the failed requests of an error ratio."""
    require((ratio,), Ratio, "numerator_of(…)", "a ratio", "write ERRORS.ratio_to(REQUESTS, minutes(5))")
    assert isinstance(ratio, Ratio)
    return Numerator(ratio)
