"""Metrics as the Workers emit them: what is counted, in which unit, with which labels, and how it may be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.dsl.derived import Ratio
from generator.dsl.labels import Label
from generator.dsl.measure import Measure, Over, Window
from generator.dsl.readings import Age, Buckets, Count, Firing, Latest, Quantile, Rate
from generator.dsl.units import SHARE, Duration, Unit
from generator.errors import DefinitionError


@dataclass(frozen=True)
class Seed:
    """The plan names this metric; name and type are kept to the letter."""

    section: str


@dataclass(frozen=True)
class Extension:
    """We add this metric, because of `reason`."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of the contract. `help` says what counts, in a sentence or two that a newcomer understands."""

    name: str
    unit: Unit
    labels: tuple[Label, ...]
    help: str
    origin: Seed | Extension

    def names(self) -> tuple[str, ...]:
        """The names under which Prometheus stores the metric's series."""
        return (self.name,)


class Countable:
    """What only grows, and so is read through its increase: a counter, or several of them taken together."""

    name: str
    unit: Unit
    labels: tuple[Label, ...]

    def rate(self) -> Rate:
        """Its increase per second, over the panel's step."""
        return Rate(of=self, over=Window.STEP)

    def count(self, over: Over) -> Count:
        """Its increase over a window."""
        return Count(of=self, over=over)

    def share_of(self, whole: Countable, over: Over = Window.STEP) -> Ratio:
        """Which part of `whole` this is, over a window: a share between 0 and 1."""
        return Ratio(self.count(over), whole.count(over), SHARE)

    def per(self, other: Countable, over: Over = Window.STEP) -> Ratio:
        """How many of this come with one of `other`, in this one's unit."""
        return Ratio(self.count(over), other.count(over), self.unit)


@dataclass(frozen=True, kw_only=True)
class Counter(Metric, Countable):
    """A number that only grows, until its reporter starts anew."""


@dataclass(frozen=True)
class Part:
    """One counter of a union, with the labels that tell it from the others."""

    counter: Counter
    told_apart: Mapping[Label, str]


@dataclass(frozen=True, kw_only=True)
class Union(Countable):
    """Counters of one kind taken together, each under labels of its own: none is lost where another is absent."""

    name: str
    unit: Unit
    help: str
    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        if len({frozenset(part.told_apart.items()) for part in self.parts}) < len(self.parts):
            raise DefinitionError(f"two parts of {self.name} bear the same labels", "give each a value of its own")
        if len({frozenset(part.told_apart) for part in self.parts}) != 1:
            raise DefinitionError(
                f"the parts of {self.name} are not told apart by the same labels", "name the same for each"
            )

    @property
    def labels(self) -> tuple[Label, ...]:  # type: ignore[override]
        """The labels that all parts have, and those that tell the parts apart."""
        shared = [x for x in self.parts[0].counter.labels if all(x in part.counter.labels for part in self.parts)]
        return (*shared, *self.parts[0].told_apart)


@dataclass(frozen=True, kw_only=True)
class Histogram(Metric):
    """How values are spread, in buckets with upper bounds in the metric's unit."""

    buckets: tuple[int | float, ...]

    def __post_init__(self) -> None:
        if list(self.buckets) != sorted(set(self.buckets)):
            raise DefinitionError(f"the buckets of {self.name} do not rise", "list each bound once, the smallest first")

    def names(self) -> tuple[str, ...]:
        """The names of its buckets, its sum and its count."""
        return (f"{self.name}_bucket", f"{self.name}_sum", f"{self.name}_count")

    def quantile(self, q: float, over: Over = Window.STEP) -> Quantile:
        """The value that a share `q` of all stays below, within a bucket's width."""
        if not 0 < q < 1:
            raise DefinitionError(f"{q} is no quantile", "give a share between 0 and 1, as 0.95")
        return Quantile(of=self, over=over, q=q)

    def spread(self, over: Over = Window.STEP) -> Buckets:
        """How many values fell into each bucket."""
        return Buckets(of=self, over=over)


@dataclass(frozen=True, kw_only=True)
class Gauge(Metric):
    """A number that goes up and down. With `recorded`, Prometheus makes it from that measure; no Worker emits it."""

    recorded: Measure | None = None

    def latest(self) -> Latest:
        """Its newest value."""
        return Latest(of=self)

    def age(self, within: Duration, expected: Label) -> Age:
        """How long ago the time it holds was, looked for in the past `within`; each value of `expected` that has none
        is as old as that."""
        return Age(of=self, within=within, expected=expected)


@dataclass(frozen=True, kw_only=True)
class BuiltIn:
    """A series that Prometheus itself makes."""

    name: str
    labels: tuple[Label, ...]
    help: str

    def firing(self, severity: str = "") -> Firing:
        """How many alerts fire: all that tell somebody, or those of one severity."""
        return Firing(of=self, severity=severity)
