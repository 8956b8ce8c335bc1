"""Measures made from other measures: shares, forecasts, budgets, prices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from generator.dsl.labels import Label
from generator.dsl.limit import LimitPer
from generator.dsl.measure import Leaf, Measure
from generator.dsl.readings import Count
from generator.dsl.units import DOLLARS, SHARE, TENANTS_UNIT, Duration, Quantity, Unit


@dataclass(frozen=True)
class Ratio(Measure):
    """One count in relation to another."""

    top: Measure
    bottom: Measure
    unit_: Unit

    @property
    def unit(self) -> Unit:
        return self.unit_

    def leaves(self) -> Iterator[Leaf]:
        yield from self.top.leaves()
        yield from self.bottom.leaves()

    def each(self, change: Callable[[Leaf], Leaf]) -> Ratio:
        return replace(self, top=self.top.each(change), bottom=self.bottom.each(change))

    def left_of(self, objective: Quantity) -> BudgetLeft:
        """What is left of the error budget that an objective grants, when this is the share of errors."""
        return BudgetLeft(self, objective)


@dataclass(frozen=True)
class Wrapped(Measure):
    """A measure made from another one."""

    inner: Measure

    def leaves(self) -> Iterator[Leaf]:
        yield from self.inner.leaves()

    def each(self, change: Callable[[Leaf], Leaf]) -> Measure:
        return replace(self, inner=self.inner.each(change))


@dataclass(frozen=True)
class BudgetLeft(Wrapped):
    """Which part of an error budget is left: 1 is untouched, 0 is gone, below is overdrawn."""

    objective: Quantity

    @property
    def unit(self) -> Unit:
        return SHARE


@dataclass(frozen=True)
class UsedOf(Wrapped):
    """Which part of a limit a measure is."""

    limit: LimitPer

    @property
    def unit(self) -> Unit:
        return SHARE


@dataclass(frozen=True)
class Priced(Wrapped):
    """What tokens cost."""

    @property
    def unit(self) -> Unit:
        return DOLLARS


@dataclass(frozen=True)
class HowMany(Wrapped):
    """How many series of a measure are above zero: tenants active."""

    @property
    def unit(self) -> Unit:
        return TENANTS_UNIT

    @property
    def group(self) -> tuple[Label, ...]:
        return ()


@dataclass(frozen=True)
class Forecast(Measure):
    """A count so far, and what comes on top until the end of `whole` at the pace of a shorter, newer count."""

    so_far: Count
    newest: Count
    whole: Duration

    @property
    def unit(self) -> Unit:
        return self.so_far.unit

    def leaves(self) -> Iterator[Leaf]:
        yield self.so_far
        yield self.newest

    def each(self, change: Callable[[Leaf], Leaf]) -> Measure:
        so_far, newest = change(self.so_far), change(self.newest)
        assert isinstance(so_far, Count)
        assert isinstance(newest, Count)
        return replace(self, so_far=so_far, newest=newest)
