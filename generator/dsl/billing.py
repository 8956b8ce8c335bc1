"""What is billed: units of a provider's products with their prices, and the cost of all of them as something that is
counted in dollars: `COST.increase(days(1)).by(PRODUCT)`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from fractions import Fraction
from typing import NoReturn

from generator.dsl.arguments import require_duration, require_tuple
from generator.dsl.fields import check_fields
from generator.dsl.labels import Label
from generator.dsl.metrics import CombinedCounter, Countable, Counter, Increase, uses
from generator.dsl.platform import UnitPrice
from generator.dsl.query import MetricQuery, Window
from generator.dsl.text import require_no_templates
from generator.dsl.units import DOLLARS, DOLLARS_PER_UNIT, Duration, ExactNumber, Quantity, Unit, days, exact, quantity
from generator.errors import DefinitionError
from generator.frozen import frozen

LONGEST_MONTH, DAY = days(31), days(1)


class Period(Enum):
    """After which an included amount starts again, by UTC."""

    DAY = "day"
    MONTH = "month"


@frozen
class Included:
    """What a bill does not charge in each calendar period: an amount of units, or of dollars where units differ in
    price."""

    amount: Quantity
    period: Period

    def __post_init__(self) -> None:
        check_fields(self)

    def text(self) -> str:
        """For tables: 1,000,000 writes a month."""
        return f"{self.amount.text()} a {self.period.value}"


@frozen
class ListPrice:
    """What the provider's price list says: dollars for one unit (None: it differs by model), and what is included.
    `listed` is the day of the list, as 2026-08-28, and `source` its address."""

    dollars: Quantity | None
    included: Included
    listed: str
    source: str

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("ListPrice", listed=self.listed, source=self.source)


@frozen(kw_only=True)
class BilledUnit:
    """A unit that a product is billed by, and the counter of it. `name` is its key in the platform's `prices`;
    `operations` are the units that are billed for each count of the counter; `included_with` is the unit whose included
    amount it shares, if any; `help` says what differs from the bill."""

    name: str
    product: str
    counter: Counter | CombinedCounter
    price: ListPrice
    operations: int = 1
    included_with: str = ""
    help: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("BilledUnit", help=self.help)
        if self.operations < 1:
            raise DefinitionError(f"{self.operations} units are billed for each count", "write operations=1 or more")

    @property
    def counters(self) -> tuple[Counter, ...]:
        """The counters of the contract that count the unit."""
        if isinstance(self.counter, CombinedCounter):
            return tuple(member.counter for member in self.counter.members)
        return (self.counter,)

    def dollars(self, prices: Mapping[str, UnitPrice]) -> Fraction | None:
        """What each count costs, at the platform's price where it has one; None where that differs by model."""
        own = prices.get(self.name)
        price = own.dollars if own is not None and own.dollars is not None else self.price.dollars
        return price.amount * self.operations if price is not None else None

    def included_dollars(self, prices: Mapping[str, UnitPrice]) -> Fraction:
        """What the included amount of a period would cost, at the platform's price and amount where it has them."""
        dollars, own = self.dollars(prices), prices.get(self.name)
        if dollars is None:
            return self.price.included.amount.amount
        amount = self.price.included.amount.amount if own is None or own.included is None else own.included
        return amount * dollars / self.operations

    def is_used(self, stores: Collection[str]) -> bool:
        """Whether a platform with these stores counts the unit."""
        return all(uses(stores, counter) for counter in self.counters)


@frozen
class NotCounted:
    """What a product is billed by, and no counter of the contract counts, because of `reason`. `counter` is the one
    that counts something else of the same product, if any; without `is_billed`, it costs nothing by itself."""

    product: str
    unit: str
    reason: str
    counter: Counter | None = None
    is_billed: bool = True

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("NotCounted", reason=self.reason)


@frozen(kw_only=True)
class Cost(Countable):
    """The cost of billed units in dollars, before included amounts, by product. By a label that the counter of a unit
    does not have, such as the tenant, it is the cost of the other units."""

    name: str
    help: str
    labels: tuple[Label, ...]
    product: Label
    unit_label: Label
    units: tuple[BilledUnit, ...]

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("Cost", help=self.help)
        require_tuple(self.units, BilledUnit, "Cost(…)", "billed units", "write (BilledUnit(name=…, …), …)")
        if len({unit.name for unit in self.units}) < len(self.units):
            raise DefinitionError(f"two units of {self.name} have the same name", "give each another name")
        for unit in self.units:
            self.product.possible(unit.product)
            self.unit_label.possible(unit.name)
            self._check_included(unit)

    def _check_included(self, unit: BilledUnit) -> None:
        """Units that share an included amount have one price, so that it is an amount of dollars."""
        shared = [each for each in self.units if each.name == unit.included_with and not each.included_with]
        if unit.included_with and [each.price.dollars for each in shared] != [unit.price.dollars]:
            what = f"{unit.name} shares what {unit.included_with} includes, which is no unit of the same price"
            raise DefinitionError(what, "name a unit of the same price that has an included amount of its own")

    @property
    def unit(self) -> Unit:  # type: ignore[override]
        """Dollars."""
        return DOLLARS

    def month_to_date(self) -> CostOfMonth:
        """What the platform's bill of the calendar month so far is, by product, after included amounts; or what each
        tenant cost, `.by(TENANT)`, at list prices before them."""
        return CostOfMonth(metric=self, is_forecast=False)

    def month_forecast(self) -> CostOfMonth:
        """What the platform's bill of the calendar month will be, by product, after included amounts, if the rest of
        the month costs as much as the last day; or what each tenant will cost, `.by(TENANT)`, before them."""
        return CostOfMonth(metric=self, is_forecast=True)

    def bill(self, window: Duration) -> RollingBill:
        """What the platform's bill of a rolling window is, by product, after what each day includes: of 24 hours, that
        of one day is subtracted; of less, nothing. Raises DefinitionError for a longer window."""
        require_duration(window, ".bill(…)")
        if window > DAY:
            what = f"a bill of {window.text()}: what each day includes is not known of several days"
            raise DefinitionError(what, "write COST.bill(days(1)) or a shorter window, or COST.month_to_date()")
        return RollingBill(metric=self, window=window)

    def rate(self) -> NoReturn:
        """Raises DefinitionError: costs are read over fixed windows."""
        raise DefinitionError("dollars have no rate", "write COST.increase(minutes(5)).pace(days(1))")

    def increase(self, window: Window) -> Increase:
        """The cost over a fixed window. Raises DefinitionError for a window of the dashboard: rules record fixed
        ones."""
        if not isinstance(window, Duration):
            hint = "write COST.increase(days(1)) or another fixed window"
            raise DefinitionError("a cost over a window that the dashboard chooses", hint)
        return super().increase(window)


@frozen(eq=False, kw_only=True)
class CostOfMonth(MetricQuery):
    """The platform's bill of the calendar month by product, after included amounts; of product `total`, all of it. By
    tenant, what each cost at list prices before included amounts, which are the platform's."""

    metric: Cost
    is_forecast: bool

    @property
    def unit(self) -> Unit:
        return DOLLARS


@frozen(eq=False, kw_only=True)
class RollingBill(Increase):
    """The platform's bill of a rolling window by product, after what each day includes; of product `total`, all of
    it."""

    metric: Cost


def counted_without_price(
    counters: Iterable[Counter], cost: Cost, not_counted: Iterable[NotCounted]
) -> tuple[Counter, ...]:
    """The counters that no billed unit is counted by, and of which nothing says why."""
    known = {counter.name for unit in cost.units for counter in unit.counters}
    known |= {each.counter.name for each in not_counted if each.counter is not None}
    return tuple(counter for counter in counters if counter.name not in known)


def dollars_per_million(amount: ExactNumber) -> Quantity:
    """The price of one unit, from that of a million."""
    return Quantity(exact(amount) / 1_000_000, DOLLARS_PER_UNIT)


def included(amount: int, unit: Unit, period: Period) -> Included:
    """An included amount of units."""
    return Included(quantity(amount, unit), period)
