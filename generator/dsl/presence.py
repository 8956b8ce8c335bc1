"""Conditions on what is not there: calls without tokens, requests without latency, models that have a price."""

from __future__ import annotations

from collections.abc import Iterator

from generator.dsl.arguments import require
from generator.dsl.built_in import BuiltIn
from generator.dsl.metrics import Buckets, Increase
from generator.dsl.query import Combined, Comparison, Condition, OfQuery
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
class WithPrice(Comparison):
    """A comparison of a query of a model is true, and the model has a price for tokens of a direction."""

    direction: str

    @property
    def comparison(self) -> Comparison:
        """The comparison alone."""
        return Comparison(self.query, self.operator, self.threshold)


@frozen(eq=False)
class Observed(OfQuery):
    """A histogram observed any value, whatever the bucket."""

    def __post_init__(self) -> None:
        require(
            (self.query,), Buckets, "Observed(…)", "buckets of a histogram", "write HISTOGRAM.bucket_counts(window)"
        )


@frozen(eq=False)
class NotRecorded(OfQuery):
    """Counters are there, and the increase that rules record of them is not."""

    def __post_init__(self) -> None:
        hint = "write COUNTER.increase(minutes(5)).by(LABEL)"
        require((self.query,), Increase, "NotRecorded(…)", "an increase", hint)
        if not self.query.output_labels:
            raise DefinitionError(
                "NotRecorded(…) is grouped by no label, and cannot say whose series are missing", hint
            )


@frozen(eq=False)
class Absent(Condition):
    """A series that is always there has no sample."""

    series: BuiltIn

    def __post_init__(self) -> None:
        require(
            (self.series,), BuiltIn, "Absent(…)", "a series that Prometheus scrapes", "write Absent(OVERRIDES_INFO)"
        )


def with_price(condition: Condition, direction: str) -> WithPrice:
    """Return a comparison where the model has a price for tokens of a direction, too. Raises DefinitionError for
    another condition, and for another direction."""
    require((condition,), Comparison, "with_price(…)", "a comparison", "write query.by(MODEL).at_least(minimum)")
    assert isinstance(condition, Comparison)
    if direction not in DIRECTIONS:
        what = f"with_price(…) takes a direction, not {direction!r}"
        raise DefinitionError(what, f"write {' or '.join(DIRECTIONS)}")
    return WithPrice(condition.query, condition.operator, condition.threshold, direction)


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
