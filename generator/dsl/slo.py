"""Promises: how much may fail over how long, and how fast that may go before somebody is told."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from generator.dsl.labels import Label
from generator.dsl.metrics import Countable
from generator.dsl.query import Condition
from generator.dsl.units import Duration, Quantity


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
    """A part of the budget gone within a window, and still going in a shorter one; and, where `now` is given, the
    budget burns in that too."""

    spent: Quantity
    within: Duration
    still: Duration
    now: Duration | None = None

    def of(self, failed: Countable, all_: Countable, objective: Objective, *labels: Label) -> Condition:
        """The condition: both windows burn at that pace, and `now` faster than the budget lasts."""
        ceiling = objective.ceiling(self.spent, self.within)
        long, short = (failed.ratio_to(all_, window).by(*labels) for window in (self.within, self.still))
        burns = long.above(ceiling) & short.above(ceiling)
        if self.now is None:
            return burns
        return burns & failed.ratio_to(all_, self.now).by(*labels).above(objective.budget)
