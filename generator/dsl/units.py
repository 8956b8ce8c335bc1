"""Units, and the quantities and durations that carry them. A unit travels from the metric to the axis and the pager."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

from generator.errors import DefinitionError

Number: TypeAlias = int | float | str | Fraction
SIZES = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
TWELVE_DIGITS = Context(prec=12)


class Spoken(Enum):
    """How an annotation says a value of a unit."""

    COUNT = "count"
    SHARE = "share"
    MILLISECONDS = "milliseconds"
    SECONDS = "seconds"
    DOLLARS = "dollars"


@dataclass(frozen=True)
class Unit:
    """What a number counts.

    `name` is the plural as a person says it; `grafana` the unit's id in Grafana (its list is closed: a wrong id draws
    a bare number); `per_second` the id of its rate; `spoken` how the pager says it.
    """

    name: str
    grafana: str
    per_second: str = ""
    spoken: Spoken = Spoken.COUNT

    def rate(self) -> Unit:
        """The unit of this one's change per second. Refuses a unit that has no rate."""
        if not self.per_second:
            raise DefinitionError(
                f"{self.name} have no rate", "count them over a window, or give the unit a per_second"
            )
        return Unit(f"{self.name} per second", self.per_second)


REQUESTS_UNIT = Unit("requests", "short", "reqps")
ERRORS_UNIT = Unit("errors", "short", "suffix: err/s")
TOKENS_UNIT = Unit("tokens", "short", "suffix: tok/s")
QUERIES_UNIT = Unit("queries", "short", "ops")
READS_UNIT = Unit("reads", "short", "rps")
WRITES_UNIT = Unit("writes", "short", "wps")
CALLS_UNIT = Unit("calls", "short", "ops")
HITS_UNIT = Unit("hits", "short", "ops")
DOCUMENTS_UNIT = Unit("documents", "short")
OBSERVATIONS_UNIT = Unit("observations", "short", "ops")
TENANTS_UNIT = Unit("tenants", "none")
ALERTS_UNIT = Unit("alerts", "none")
MILLISECONDS = Unit("milliseconds", "ms", spoken=Spoken.MILLISECONDS)
SECONDS = Unit("seconds", "dthms", spoken=Spoken.SECONDS)
TIMESTAMP_SECONDS = Unit("seconds since 1970", "dateTimeAsIso", spoken=Spoken.SECONDS)
DOLLARS = Unit("dollars", "currencyUSD", spoken=Spoken.DOLLARS)
DOLLARS_PER_TOKEN = Unit("dollars per token", "currencyUSD", spoken=Spoken.DOLLARS)
SHARE = Unit("share", "percentunit", spoken=Spoken.SHARE)
PERCENT = Unit("percent", "percent")
ONE = Unit("", "none")


@dataclass(frozen=True, order=True)
class Duration:
    """A whole number of seconds above zero."""

    seconds: int

    def __post_init__(self) -> None:
        if not isinstance(self.seconds, int) or self.seconds <= 0:
            raise DefinitionError(f"{self.seconds} s is no duration", "give a whole number of seconds above 0")

    def __truediv__(self, other: Duration) -> Fraction:
        return Fraction(self.seconds, other.seconds)

    def __sub__(self, other: Duration) -> Duration:
        return Duration(self.seconds - other.seconds)

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.seconds + other.seconds)

    def __mul__(self, times: int) -> Duration:
        return Duration(self.seconds * times)

    def quantity(self) -> Quantity:
        """The same as a threshold in seconds."""
        return Quantity(Fraction(self.seconds), SECONDS)

    def __str__(self) -> str:
        """As Prometheus writes it, in the largest unit that fits: 5m, 1h, 3d."""
        count, name = self._in_largest_unit()
        return f"{count}{name[0]}"

    def span(self) -> str:
        """As a person says it after "the last": 5 minutes, hour, 30 days."""
        return self.spoken().removeprefix("1 ")

    def spoken(self) -> str:
        """As a person says it: 5 minutes, 1 hour, 30 days."""
        count, name = self._in_largest_unit()
        return f"{count} {name}" if count == 1 else f"{count} {name}s"

    def _in_largest_unit(self) -> tuple[int, str]:
        return next((self.seconds // size, name) for size, name in SIZES if self.seconds % size == 0)


def seconds(count: int) -> Duration:
    """A duration of so many seconds."""
    return Duration(count)


def minutes(count: int) -> Duration:
    """A duration of so many minutes."""
    return Duration(60 * count)


def hours(count: int) -> Duration:
    """A duration of so many hours."""
    return Duration(3600 * count)


def days(count: int) -> Duration:
    """A duration of so many days."""
    return Duration(86400 * count)


@dataclass(frozen=True)
class Quantity:
    """An exact number with its unit: a threshold, a budget, a price."""

    amount: Fraction
    unit: Unit

    def spoken(self) -> str:
        """As a person says it: 5%, 500 ms, 1.5 s, 3 minutes, $50, $0.10, 1 token, 1,000,000 tokens."""
        number = plain(self.amount)
        match self.unit.spoken:
            case Spoken.SHARE:
                return f"{plain(self.amount * 100)}%"
            case Spoken.MILLISECONDS:
                return f"{number} ms" if self.amount < 1000 else f"{plain(self.amount / 1000)} s"
            case Spoken.SECONDS:
                whole = self.amount.denominator == 1 and self.amount > 0
                return Duration(int(self.amount)).spoken() if whole else f"{number} seconds"
            case Spoken.DOLLARS:
                dollars, dot, cents = number.partition(".")
                return f"${dollars}{dot}{cents:0<2}" if dot else f"${dollars}"
            case _:
                name = singular(self.unit.name) if self.amount == 1 else self.unit.name
                return f"{number} {name}".strip()


def plain(amount: Fraction) -> str:
    """A number for a person: thousands in commas, as many decimals as it has (a third has twelve), no exponent."""
    if amount.denominator == 1:
        return f"{amount.numerator:,}"
    quotient = TWELVE_DIGITS.divide(Decimal(amount.numerator), Decimal(amount.denominator))
    return f"{quotient.normalize():,f}"


def singular(plural: str) -> str:
    """One of what a unit counts: request, query."""
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")


def quantity(amount: Number, unit: Unit) -> Quantity:
    """A quantity from a number, read exactly as it is written (0.1 is a tenth)."""
    return Quantity(Fraction(str(amount)), unit)


def percent(amount: Number) -> Quantity:
    """A share in hundredths: percent(5) is one in twenty."""
    return Quantity(Fraction(str(amount)) / 100, SHARE)
