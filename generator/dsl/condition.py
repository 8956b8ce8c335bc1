"""Conditions: what must be so, and for how long, before a person is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from generator.dsl.labels import Label
from generator.dsl.limit import LimitPer
from generator.dsl.measure import Measure
from generator.dsl.units import Duration, Quantity
from generator.errors import DefinitionError

Threshold: TypeAlias = Quantity | Duration | LimitPer


class Condition:
    """Something that is so for some series and not for others."""

    def __and__(self, other: Condition) -> Condition:
        # From left to right, so that a long list is written without brackets.
        return self & other.left & other.right if isinstance(other, Both) else Both(self, other)

    def __or__(self, other: Condition) -> Condition:
        return Either(self, other)

    def lasting(self, duration: Duration) -> Lasting:
        """That it is so without a break for this long."""
        return Lasting(self, duration)

    def comparisons(self) -> Iterator[Compared]:
        """The comparisons that this condition is made of, the telling one first."""
        return iter(())


@dataclass(frozen=True)
class Compared(Condition):
    """A measure against a threshold."""

    measure: Measure
    operator: str
    threshold: Quantity | LimitPer

    def comparisons(self) -> Iterator[Compared]:
        yield self


@dataclass(frozen=True)
class Joined(Condition):
    """Two conditions made one."""

    left: Condition
    right: Condition

    def comparisons(self) -> Iterator[Compared]:
        yield from self.left.comparisons()
        yield from self.right.comparisons()


@dataclass(frozen=True)
class Both(Joined):
    """Both are so, for the same series; the first one's value is told."""


@dataclass(frozen=True)
class Either(Joined):
    """One is so, or the other; the first one's value is told where both are."""


@dataclass(frozen=True)
class Unpriced(Condition):
    """A measure of tokens is above zero for a model, or a direction, that has no price."""

    measure: Measure


@dataclass(frozen=True)
class Always(Condition):
    """So at any time: what proves that telling works."""


@dataclass(frozen=True)
class Lasting:
    """A condition, how long it must be so without a break, and for how long after that it is told still."""

    condition: Condition
    duration: Duration
    after: Duration | None = None

    def lingering(self, after: Duration) -> Lasting:
        """That it is told for this long after it was last so: a pause that is shorter ends nothing."""
        return replace(self, after=after)


def compared(measure: Measure, operator: str, threshold: Threshold) -> Compared:
    """The comparison of a measure with a threshold. Refuses two units, and a limit per a label that is not told."""
    if isinstance(threshold, Duration):
        threshold = threshold.quantity()
    if measure.unit != threshold.unit:
        raise DefinitionError(
            f"a measure in {measure.unit.name} is compared with a threshold in {threshold.unit.name}",
            f"give a threshold in {measure.unit.name}",
        )
    if isinstance(threshold, LimitPer) and threshold.label not in measure.group:
        raise DefinitionError(
            f"a limit per {threshold.label.name} for what is not told per {threshold.label.name}",
            f"add {threshold.label.name} to .by(…)",
        )
    return Compared(measure, operator, threshold)


def labels_of(condition: Condition) -> tuple[Label, ...]:
    """The labels by which a condition's series are told apart."""
    match condition:
        case Compared(measure=measure) | Unpriced(measure=measure):
            return measure.group
        case Both(left=left) | Either(left=left):
            return labels_of(left)
    return ()
