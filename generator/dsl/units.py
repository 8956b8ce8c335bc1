"""Units, and the quantities and durations that have them.

The unit of a metric decides a panel's axis and an alert's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from generator.dsl.operators import NoTruthValue
from generator.dsl.text import require_no_templates
from generator.errors import DefinitionError
from generator.frozen import frozen

ExactNumber: TypeAlias = int | float | str | Fraction
SIZES = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
TWELVE_DIGITS = Context(prec=12)


class ValueFormat(Enum):
    """How an annotation formats a value."""

    COUNT = "count"
    RATIO = "ratio"
    MILLISECONDS = "milliseconds"
    SECONDS = "seconds"
    DOLLARS = "dollars"
    FACTOR = "factor"
    TIME_LEFT = "time left"


@frozen
class Unit:
    """What a number measures.

    `name` is the plural for texts; `grafana` the id of Grafana's unit (an id that Grafana does not have shows a bare
    number); `per_second` the id of the unit of its rate; `format` how annotations write a value; `part_of` the names of
    the units that these are counted among, so that their ratio is between 0 and 1.
    """

    name: str
    grafana: str
    per_second: str = ""
    format: ValueFormat = ValueFormat.COUNT
    part_of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        texts = (self.name, self.grafana, self.per_second)
        is_tuple = isinstance(self.part_of, tuple)
        if not all(isinstance(text, str) for text in texts) or not is_tuple or not isinstance(self.format, ValueFormat):
            raise DefinitionError(
                f"the unit {self.name!r} has a field of another type", 'write Unit("requests", "short")'
            )
        require_no_templates("Unit", name=self.name, grafana=self.grafana, per_second=self.per_second)

    def rate(self) -> Unit:
        """The unit of the increase per second. Raises DefinitionError for a unit that has no rate."""
        if not self.per_second:
            raise DefinitionError(f"{self.name} have no rate", "use .increase(window), or give the unit a per_second")
        return Unit(f"{self.name} per second", self.per_second)

    def is_part_of(self, other: Unit) -> bool:
        """Whether these are counted among the others."""
        return self == other or other.name in self.part_of


REQUESTS_UNIT = Unit("requests", "short", "reqps", part_of=("calls",))
ERRORS_UNIT = Unit("errors", "short", "suffix:err/s", part_of=("requests", "calls", "queries", "reads", "writes"))
TOKENS_UNIT = Unit("tokens", "short", "suffix:tok/s")
QUERIES_UNIT = Unit("queries", "short", "ops", part_of=("calls",))
READS_UNIT = Unit("reads", "short", "rps", part_of=("calls",))
WRITES_UNIT = Unit("writes", "short", "wps", part_of=("calls",))
MESSAGES_UNIT = Unit("messages", "short", "suffix:msg/s", part_of=("calls",))
OPERATIONS_UNIT = Unit("operations", "short", "ops", part_of=("calls",))
CALLS_UNIT = Unit("calls", "short", "ops")
HITS_UNIT = Unit("hits", "short", "ops", part_of=("queries", "reads", "calls"))
DOCUMENTS_UNIT = Unit("documents", "short")
TEXTS_UNIT = Unit("texts", "short")
IMAGES_UNIT = Unit("images", "short")
OBSERVATIONS_UNIT = Unit("observations", "short", "ops", part_of=("requests", "calls", "queries"))
ALARMS_UNIT = Unit("alarms", "short", "ops")
ROWS_UNIT = Unit("rows", "short", "wps")
ROWS_READ_UNIT = Unit("rows", "short", "rps")
TENANTS_UNIT = Unit("tenants", "none")
ALERTS_UNIT = Unit("alerts", "none")
MILLISECONDS = Unit("milliseconds", "ms", format=ValueFormat.MILLISECONDS)
SECONDS = Unit("seconds", "dthms", format=ValueFormat.SECONDS)
TIMESTAMP_SECONDS = Unit("seconds since 1970", "dateTimeAsIso", format=ValueFormat.SECONDS)
TIME_OF_DAY = Unit("milliseconds since 1970", "dateTimeAsIsoNoDateIfToday", format=ValueFormat.MILLISECONDS)
DOLLARS = Unit("dollars", "currencyUSD", format=ValueFormat.DOLLARS)
DOLLARS_EACH = Unit("dollars each", "currency:$", format=ValueFormat.DOLLARS)
"""Of what costs parts of a cent: Grafana chooses the decimals."""
DOLLARS_PER_TOKEN = Unit("dollars per token", "currencyUSD", format=ValueFormat.DOLLARS)
DOLLARS_PER_UNIT = Unit("dollars per unit", "currencyUSD", format=ValueFormat.DOLLARS)
RATIO = Unit("ratio", "percentunit", format=ValueFormat.RATIO)
PERCENT = Unit("percent", "percent")
ONE = Unit("", "none")
BURN_RATE = Unit("times the SLO's rate", "none", format=ValueFormat.FACTOR)
TIME_LEFT = Unit("time left", "dthms", format=ValueFormat.TIME_LEFT)


@dataclass(frozen=True, order=True)
class Duration(NoTruthValue):
    """A duration in whole seconds, at least 1."""

    seconds: int

    def __post_init__(self) -> None:
        if not isinstance(self.seconds, int) or isinstance(self.seconds, bool) or self.seconds <= 0:
            raise DefinitionError(f"{self.seconds} s is not a duration", "give a whole number of seconds above 0")

    def noun(self) -> str:
        return "a duration"

    def instead_of(self, operator: str, other: object) -> str:
        return "every duration is above 0: compare it with another one, or with None by `is not None`"

    def __truediv__(self, other: Duration) -> Fraction:
        return Fraction(self.seconds, _seconds_of(other, "/"))

    def __sub__(self, other: Duration) -> Duration:
        return Duration(self.seconds - _seconds_of(other, "-"))

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.seconds + _seconds_of(other, "+"))

    def __mul__(self, times: int) -> Duration:
        if not isinstance(times, int) or isinstance(times, bool):
            raise DefinitionError(
                f"a duration * {times!r}", "multiply by a whole number, or write it in a smaller unit"
            )
        return Duration(self.seconds * times)

    def quantity(self) -> Quantity:
        """The duration as a threshold in seconds."""
        return Quantity(Fraction(self.seconds), SECONDS)

    def __str__(self) -> str:
        """As PromQL writes it, in the largest unit that fits: 5m, 1h, 3d."""
        count, name = self._in_largest_unit()
        return f"{count}{name[0]}"

    def window_text(self) -> str:
        """For texts after "the last": 5 minutes, hour, 24 hours, 30 days."""
        return self.text().removeprefix("1 ")

    def text(self) -> str:
        """For texts: 5 minutes, 1 hour, 24 hours (a day would suggest the calendar's), 30 days."""
        count, name = (24, "hour") if self.seconds == 86400 else self._in_largest_unit()
        return f"{count} {name}" if count == 1 else f"{count} {name}s"

    def _in_largest_unit(self) -> tuple[int, str]:
        return next((self.seconds // size, name) for size, name in SIZES if self.seconds % size == 0)


def seconds(count: int) -> Duration:
    """A duration in seconds. Raises DefinitionError unless it is a whole number above 0, as the other units do."""
    return _duration("seconds", count, 1)


def minutes(count: int) -> Duration:
    """A duration in minutes."""
    return _duration("minutes", count, 60)


def hours(count: int) -> Duration:
    """A duration in hours."""
    return _duration("hours", count, 3600)


def days(count: int) -> Duration:
    """A duration in days."""
    return _duration("days", count, 86400)


def _duration(unit: str, count: int, size: int) -> Duration:
    if isinstance(count, int) and not isinstance(count, bool):
        return Duration(count * size)
    in_seconds = count * size if isinstance(count, float) else 0.0
    whole = in_seconds > 0 and float(in_seconds).is_integer()
    hint = f"write seconds({int(in_seconds)})" if whole else f"write it in digits, as {unit}(5)"
    raise DefinitionError(f"{unit}(…) takes a whole number, not {count!r}", hint)


def _seconds_of(operand: object, operator: str) -> int:
    if not isinstance(operand, Duration):
        raise DefinitionError(f"a duration {operator} {operand!r}", "give both sides a unit, as minutes(5)")
    return operand.seconds


@frozen
class Quantity(NoTruthValue):
    """An exact number with its unit: a threshold, a budget, a price."""

    amount: Fraction
    unit: Unit

    def __post_init__(self) -> None:
        if not isinstance(self.unit, Unit):
            hint = "import one from generator.dsl.units, as REQUESTS_UNIT"
            raise DefinitionError(f"a quantity has a unit, not {self.unit!r}", hint)
        if not isinstance(self.amount, Fraction):
            raise DefinitionError(f"a quantity has an exact number, not {self.amount!r}", "write quantity(5, UNIT)")

    def noun(self) -> str:
        return "a quantity"

    def instead_of(self, operator: str, other: object) -> str:
        return "pass one quantity, or compare it with None by `is not None`"

    def text(self) -> str:
        """For texts: 5%, 500 ms, 1.5 s, 3 minutes, $50, $0.10, 14.4×, 1 token, 1,000,000 tokens."""
        number = format_number(self.amount)
        match self.unit.format:
            case ValueFormat.RATIO:
                return f"{format_number(self.amount * 100)}%"
            case ValueFormat.MILLISECONDS:
                return f"{number} ms" if self.amount < 1000 else f"{format_number(self.amount / 1000)} s"
            case ValueFormat.SECONDS:
                horizon = self.amount.denominator == 1 and self.amount > 0
                return Duration(int(self.amount)).text() if horizon else f"{number} seconds"
            case ValueFormat.DOLLARS:
                dollars, dot, cents = number.partition(".")
                return f"${dollars}{dot}{cents:0<2}" if dot else f"${dollars}"
            case ValueFormat.FACTOR:
                return f"{number}×"
            case _:
                name = singular(self.unit.name) if self.amount == 1 else self.unit.name
                return f"{number} {name}".strip()


def format_number(amount: Fraction) -> str:
    """A number for texts: commas between thousands, all decimals (at most twelve digits), no exponent."""
    if amount.denominator == 1:
        return f"{amount.numerator:,}"
    quotient = TWELVE_DIGITS.divide(Decimal(amount.numerator), Decimal(amount.denominator))
    return f"{quotient.normalize():,f}"


def singular(plural: str) -> str:
    """The singular of a unit's name: request, query."""
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")


def exact(amount: ExactNumber) -> Fraction:
    """The number that is written: 0.1 is a tenth. Raises DefinitionError for what is not a number."""
    try:
        if isinstance(amount, Fraction):
            return amount
        return Fraction(amount) if type(amount) is int else Fraction(str(amount))
    except (ValueError, ZeroDivisionError):
        raise DefinitionError(f"{amount!r} is not a number", "write it in digits, as 5 or 0.1") from None


def quantity(amount: ExactNumber, unit: Unit) -> Quantity:
    """A quantity from a number, exact as written (0.1 is a tenth)."""
    return Quantity(exact(amount), unit)


def percent(amount: ExactNumber) -> Quantity:
    """A ratio in percent: percent(5) is 1/20."""
    return Quantity(exact(amount) / 100, RATIO)


def milliseconds(amount: ExactNumber) -> Quantity:
    """A quantity in milliseconds."""
    return quantity(amount, MILLISECONDS)


def example(value: object, unit: Unit) -> str:
    """How a definition writes a value in a unit, for hints: milliseconds(5000), percent(5), quantity(15,
    REQUESTS_UNIT). What is not a number is written as 1.
    """
    amount, text = Fraction(1), "1"
    if isinstance(value, int | float | str | Fraction):
        with suppress(DefinitionError):
            amount, text = exact(value), str(value)
    if unit == MILLISECONDS:
        return f"milliseconds({text})"
    if unit == SECONDS and amount > 0 and amount.denominator == 1:
        return f"seconds({text})"
    if unit == RATIO:
        return f"percent({float(amount * 100 if amount < 1 else amount):g})"
    return f"quantity({text}, {_names_of_units().get(unit, 'UNIT')})"


@cache
def _names_of_units() -> Mapping[Unit, str]:
    """How a definition writes each unit of this module, and its rate."""
    constants = {constant: name for name, constant in globals().items() if isinstance(constant, Unit)}
    rates = {constant.rate(): f"{name}.rate()" for constant, name in constants.items() if constant.per_second}
    return constants | rates
