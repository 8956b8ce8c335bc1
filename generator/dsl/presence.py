"""Conditions on what is not there: calls without tokens, requests without latency, models that have a price."""

from __future__ import annotations

from collections.abc import Iterator

from generator.dsl.arguments import require
from generator.dsl.metrics import Buckets
from generator.dsl.query import Combined, Comparison, Condition, Query, QueryCondition
from generator.errors import DefinitionError
from generator.frozen import frozen

DIRECTIONS = ("input", "output")
"""The kinds of tokens that a price is for."""


@frozen(eq=False)
class Unless(Combined):
    """The left condition is true, and the right one is not true of the same series, or has no series."""

    def comparisons(self) -> Iterator[Comparison]:
        yield from self.left.comparisons()


@frozen(eq=False)
class WithPrice(QueryCondition):
    """A query counts at least one event of a model, and the model has a price for tokens of a direction."""

    direction: str

    def __post_init__(self) -> None:
        require((self.query,), Query, "WithPrice(…)", "a query", "write AI_REQUESTS.increase(window).by(MODEL)")
        if self.direction not in DIRECTIONS:
            raise DefinitionError(
                f"WithPrice(…) takes a direction, not {self.direction!r}", f"write {' or '.join(DIRECTIONS)}"
            )


@frozen(eq=False)
class Observed(QueryCondition):
    """A histogram observed any value, whatever the bucket."""

    def __post_init__(self) -> None:
        require(
            (self.query,), Buckets, "Observed(…)", "buckets of a histogram", "write HISTOGRAM.bucket_counts(window)"
        )


def unless(condition: Condition, *others: Condition) -> Condition:
    """Return the condition where none of the others is true of the same series: calls unless there are tokens. Raises
    DefinitionError where another one does not compare a query."""
    hint = "write COUNTER.increase(window).by(LABEL).above(threshold)"
    require((condition,), Condition, "unless(…)", "a condition", hint)
    require(others, (Comparison, Observed), "unless(…)", "comparisons after the first condition", hint)
    if not others:
        raise DefinitionError("unless(…) lacks what must not be true", hint)
    for other in others:
        condition = Unless(condition, other)
    return condition
