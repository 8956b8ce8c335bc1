"""Readings: the measures that read one metric each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator.dsl.labels import Label
from generator.dsl.measure import Leaf, Over
from generator.dsl.units import ALERTS_UNIT, SECONDS, Duration, Unit
from generator.errors import DefinitionError

if TYPE_CHECKING:
    from generator.dsl.derived import Forecast, Priced
    from generator.dsl.metric import BuiltIn, Countable, Gauge, Histogram


@dataclass(frozen=True, kw_only=True)
class Count(Leaf):
    """By how much a counter grew over a window."""

    of: Countable
    over: Over

    @property
    def unit(self) -> Unit:
        return self.of.unit

    def projected_to(self, whole: Duration, pace: Duration) -> Forecast:
        """What this count becomes by the end of `whole`, if the rest goes on at the pace of the last `pace`. Refuses a
        count that leaves no rest."""
        if not isinstance(self.over, Duration) or self.over >= whole:
            raise DefinitionError(f"nothing is left to forecast of {whole.spoken()}", "count over a shorter duration")
        from generator.dsl.derived import Forecast

        return Forecast(self, replace(self, over=pace), whole)

    def priced(self) -> Priced:
        """What these tokens cost, by the prices of their models."""
        from generator.dsl.derived import Priced

        return Priced(self)


@dataclass(frozen=True, kw_only=True)
class Rate(Leaf):
    """By how much a counter grows per second."""

    of: Countable
    over: Over

    @property
    def unit(self) -> Unit:
        return self.of.unit.rate()


@dataclass(frozen=True, kw_only=True)
class Quantile(Leaf):
    """The value that a share of all observations stays below."""

    of: Histogram
    over: Over
    q: float

    @property
    def unit(self) -> Unit:
        return self.of.unit


@dataclass(frozen=True, kw_only=True)
class Buckets(Leaf):
    """How many observations fell into each bucket."""

    of: Histogram
    over: Over

    @property
    def unit(self) -> Unit:
        return self.of.unit


@dataclass(frozen=True, kw_only=True)
class Latest(Leaf):
    """A gauge's newest value."""

    of: Gauge

    @property
    def unit(self) -> Unit:
        return self.of.unit


@dataclass(frozen=True, kw_only=True)
class Age(Leaf):
    """How long ago the time that a gauge holds was."""

    of: Gauge
    within: Duration
    expected: Label

    @property
    def unit(self) -> Unit:
        return SECONDS


@dataclass(frozen=True, kw_only=True)
class Firing(Leaf):
    """How many alerts fire: all that page or open a ticket, or those of one severity."""

    of: BuiltIn
    severity: str = ""

    @property
    def unit(self) -> Unit:
        return ALERTS_UNIT
