"""Promises: how much may fail over how long, and how fast that may go before somebody is told."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from generator.lang.condition import Condition
from generator.lang.labels import Label
from generator.lang.metric import Countable
from generator.lang.units import Duration, Quantity


@dataclass(frozen=True)
class Objective:
    """A share of all that must succeed (`kept`) over a `period`."""

    kept: Quantity
    period: Duration

    @property
    def budget(self) -> Quantity:
        """The share that may fail."""
        return Quantity(1 - self.kept.amount, self.kept.unit)

    def pace(self, spent: Quantity, within: Duration) -> Fraction:
        """How many times faster than the period allows a budget burns when this part of it goes in this time."""
        return spent.amount * (self.period / within)

    def ceiling(self, spent: Quantity, within: Duration) -> Quantity:
        """The share of failures at which this part of the budget goes in this time."""
        return Quantity(self.pace(spent, within) * self.budget.amount, self.kept.unit)


@dataclass(frozen=True)
class Burn:
    """A part of the budget gone within a window, and still going in a shorter one."""

    spent: Quantity
    within: Duration
    still: Duration

    def of(
        self, failed: Countable, all_: Countable, objective: Objective, floor: Quantity, labels: tuple[Label, ...]
    ) -> Condition:
        """The condition: both windows burn at that pace, and the longer one saw enough to judge by."""
        ceiling = objective.ceiling(self.spent, self.within)
        return (
            failed.share_of(all_, over=self.within).by(*labels).above(ceiling)
            & failed.share_of(all_, over=self.still).by(*labels).above(ceiling)
            & all_.count(over=self.within).by(*labels).as_many_as(floor)
        )
