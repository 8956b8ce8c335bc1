"""SLOs, their error budgets and burn rates, as in chapter 5 of the SRE Workbook."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from generator.dsl.condition import Condition
from generator.dsl.labels import Label
from generator.dsl.metric import Countable
from generator.dsl.units import Duration, Quantity


@dataclass(frozen=True)
class Objective:
    """An SLO: the fraction of events that must be good (`kept`) in a rolling window (`period`)."""

    kept: Quantity
    period: Duration

    @property
    def budget(self) -> Quantity:
        """The fraction of events that may fail."""
        return Quantity(1 - self.kept.amount, self.kept.unit)

    def pace(self, spent: Quantity, within: Duration) -> Fraction:
        """Return the burn rate that uses up a fraction of the budget in a window; 1 uses it up in the SLO window."""
        return spent.amount * (self.period / within)

    def ceiling(self, spent: Quantity, within: Duration) -> Quantity:
        """Return the error ratio that uses up a fraction of the budget in a window."""
        return Quantity(self.pace(spent, within) * self.budget.amount, self.kept.unit)


@dataclass(frozen=True)
class Burn:
    """The windows of a burn-rate alert: the burn rate that uses up a fraction of the error budget in a long window.

    A short window has to have the same burn rate, and `now`, if given, a burn rate above 1, so that the alert resolves
    soon after the errors end.
    """

    spent: Quantity
    within: Duration
    still: Duration
    now: Duration | None = None

    def of(self, failed: Countable, all_: Countable, objective: Objective, *labels: Label) -> Condition:
        """Return the condition that the error ratios of all windows are above those of their burn rates."""
        ceiling = objective.ceiling(self.spent, self.within)
        long, short = (failed.share_of(all_, over=over).by(*labels) for over in (self.within, self.still))
        burns = long.above(ceiling) & short.above(ceiling)
        if self.now is None:
            return burns
        return burns & failed.share_of(all_, over=self.now).by(*labels).above(objective.budget)
