"""Measures: questions to the metrics, as inert trees. What is read, over which window, told per which labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from generator.dsl.labels import Label, Matcher
from generator.dsl.units import Duration, Quantity, Spoken, Unit
from generator.errors import DefinitionError, did_you_mean

if TYPE_CHECKING:
    from generator.dsl.condition import Condition, Threshold
    from generator.dsl.derived import UsedOf
    from generator.dsl.limit import LimitPer
    from generator.dsl.metric import BuiltIn, Countable, Metric


class Window(Enum):
    """A window that the dashboard chooses."""

    STEP = "step"
    """What one point of a graph stands for."""
    RANGE = "range"
    """All that the dashboard shows."""


Over: TypeAlias = Duration | Window


class Measure:
    """A question to the metrics. Every measure has a unit, and is told per the labels of its group."""

    @property
    def unit(self) -> Unit:
        """The unit of the answer."""
        raise NotImplementedError

    @property
    def group(self) -> tuple[Label, ...]:
        """The labels of the answer's series."""
        return next(self.leaves()).group

    def leaves(self) -> Iterator[Leaf]:
        """The readings of single metrics that this measure is made of."""
        raise NotImplementedError

    def each(self, change: Callable[[Leaf], Leaf]) -> Measure:
        """The same measure with every reading changed."""
        raise NotImplementedError

    def by(self, *labels: Label) -> Measure:
        """Told per these labels. Refuses a label that a metric read here does not have."""
        return self.each(lambda leaf: leaf.told_per(labels))

    def where(self, *matchers: Matcher) -> Measure:
        """Only of the series that match. Refuses a label that a metric read here does not have."""
        return self.each(lambda leaf: leaf.matching(matchers))

    def picked_by(self, *labels: Label) -> Measure:
        """On a dashboard, let only these labels' variables narrow it; without labels, none does. Refuses a label that a
        metric read here does not have."""
        return self.each(lambda leaf: leaf.narrowed_by(labels))

    def above(self, threshold: Threshold) -> Condition:
        """That it is more than the threshold."""
        from generator.dsl.condition import compared

        return compared(self, ">", threshold)

    def as_many_as(self, floor: Quantity) -> Condition:
        """That it is the floor or more, whatever is counted: enough requests, calls or queries to judge by. Refuses
        what is no count."""
        from generator.dsl.condition import compared

        if self.unit.spoken is not Spoken.COUNT:
            raise DefinitionError(f"enough {self.unit.name} are asked for", "ask for enough of something counted")
        return compared(self, ">=", Quantity(floor.amount, self.unit))

    def used_of(self, limit: LimitPer) -> UsedOf:
        """Which part of a limit this is."""
        if limit.unit != self.unit:
            raise DefinitionError(f"{self.unit.name} against a limit in {limit.unit.name}", "compare what has one unit")
        from generator.dsl.derived import UsedOf

        return UsedOf(self, limit)


@dataclass(frozen=True, kw_only=True)
class Leaf(Measure):
    """A reading of one metric."""

    of: Metric | Countable | BuiltIn
    group_: tuple[Label, ...] = ()
    matchers: tuple[Matcher, ...] = ()
    picks: tuple[Label, ...] | None = None

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that the metric has."""
        return self.of.labels

    @property
    def group(self) -> tuple[Label, ...]:
        return self.group_

    def leaves(self) -> Iterator[Leaf]:
        yield self

    def each(self, change: Callable[[Leaf], Leaf]) -> Measure:
        return change(self)

    def told_per(self, labels: tuple[Label, ...]) -> Leaf:
        """Grouped by labels that the metric must have."""
        self._know(labels)
        return replace(self, group_=labels)

    def matching(self, matchers: tuple[Matcher, ...]) -> Leaf:
        """Narrowed by matchers on labels that the metric must have."""
        self._know(tuple(matcher.label for matcher in matchers))
        return replace(self, matchers=(*self.matchers, *matchers))

    def narrowed_by(self, labels: tuple[Label, ...]) -> Leaf:
        """Narrowed on a dashboard by the variables of labels that the metric must have."""
        self._know(labels)
        return replace(self, picks=labels)

    def _know(self, labels: tuple[Label, ...]) -> None:
        for label in labels:
            if label not in self.labels:
                hint = did_you_mean(label.name, (own.name for own in self.labels))
                raise DefinitionError(f"{self.of.name} has no label {label.name}", hint)
