"""The platform's bill of a calendar month after included amounts, by UTC, and its forecast.

Growth of costs has the month and the day on which it was counted as labels, so that a window of the longest month tells
them apart. An included amount is shared by the units that it is for: each of them is charged the same fraction of its
cost. One that starts again each day is subtracted from each day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contract.labels import DAY, MONTH, TENANT
from generator.dsl.billing import LONGEST_MONTH, BilledUnit, Cost, CostOfMonth, Period
from generator.dsl.labels import Label, Matcher
from generator.dsl.units import Duration, days
from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.ir.rules import SLOW_INTERVAL, RecordingRule
from generator.lowering.cost_growth import growth_of_platform
from generator.lowering.costs import AREA
from generator.lowering.priced_units import units_by_product
from generator.lowering.recording_rules import in_contract_order, level
from generator.lowering.tenant_months import FORECAST, TO_DATE, month_of_tenants
from generator.lowering.thresholds import LowersQueries
from generator.lowering.utc_dates import ZERO, days_left, of_this_month, until_month_ends

BY_DAY, BY_UNIT, OF_UNITS, OF_PRODUCTS = 4, 5, 7, 8
"""The depths of rules, each of which reads those before it."""
TOTAL = "total"
"""The product that stands for all of them."""


def lower_month(lowering: LowersQueries, query: CostOfMonth) -> Expression:
    """The bill of each product, or the cost of each tenant. Raises DefinitionError unless it is grouped by one of the
    two alone."""
    cost = query.metric
    if query.by_labels == (TENANT,):
        return Selector(month_of_tenants(lowering, cost, query.is_forecast), query.matchers)
    if query.by_labels != (cost.product,):
        what = "the bill of a month is of the platform: included amounts are no tenant's"
        hint = f"end the query with .by({cost.product.constant}), or with .by({TENANT.constant}) for list prices"
        raise DefinitionError(what, hint)
    return Selector(MonthRules(lowering, cost).bill(query.is_forecast), query.matchers)


@frozen(eq=False)
class MonthRules:
    """The rules that record the bill of a month."""

    lowering: LowersQueries
    cost: Cost

    def bill(self, is_forecast: bool) -> str:
        """The name of the recorded bill by product, and of all products together, added with all that it reads."""
        labels, name = (self.cost.product,), self._name((self.cost.product,), is_forecast)
        of_units = self._charged(is_forecast)
        total = Aggregate("sum", Selector(of_units), ())
        by_product = Aggregate("sum", Selector(of_units), labels)
        self._add(name, labels, OF_PRODUCTS, [((), by_product), (((self.cost.product, TOTAL),), total)])
        return name

    def _charged(self, is_forecast: bool) -> str:
        """The recorded bill of each unit."""
        name = self._name(self._unit_labels, is_forecast)
        rules = (
            (((self.cost.product, unit.product), (self.cost.unit_label, unit.name)), self._of_unit(unit, is_forecast))
            for unit in self._units
        )
        self._add(name, self._unit_labels, OF_UNITS, rules)
        return name

    def _of_unit(self, unit: BilledUnit, is_forecast: bool) -> Expression:
        """What is charged of a unit: as large a fraction of its cost as of all that share its included amount."""
        included_in = self._included_in(unit)
        included = Scalar(included_in.included_dollars(self.lowering.platform.unit_prices))
        if included_in.price.included.period is Period.DAY:
            return self._beyond_each_day(unit, included, is_forecast)
        costs = self._forecast() if is_forecast else self._to_date()
        of_unit = Aggregate("sum", self._select(costs, unit), ())
        if not included.value:
            return of_unit
        shared = [each for each in self._units if self._included_in(each) == included_in]
        together = Aggregate("sum", self._select(costs, *shared), ())
        # Of nothing, there is no fraction; the multiplication comes first, so that the only unit is charged exactly.
        charged = Binary("*", of_unit, _at_least_0(Binary("-", together, included)))
        return Binary("/", charged, Binary(">", together, ZERO))

    def _beyond_each_day(self, unit: BilledUnit, included: Scalar, is_forecast: bool) -> Expression:
        """What each day costs beyond its included amount; of the days to come, what the last one does."""
        by_day = of_this_month(self._select(self._by_day(), unit))
        to_date = Aggregate("sum", _at_least_0(Binary("-", by_day, included)), ())
        if not is_forecast:
            return to_date
        last_day = Binary("or", Aggregate("sum", self._select(self._last_day(), unit), ()), Binary("*", ZERO, to_date))
        beyond = _at_least_0(Binary("-", last_day, included))
        return Binary("+", to_date, Binary("*", beyond, days_left(), (), many=True))

    def _by_day(self) -> str:
        """The recorded cost of each unit on each day of the longest month that ends now."""
        labels = in_contract_order((*self._unit_labels, MONTH, DAY))
        return self._over(labels, LONGEST_MONTH)

    def _last_day(self) -> str:
        """The recorded cost of each unit in the last 24 hours."""
        return self._over(self._unit_labels, days(1))

    def _to_date(self) -> str:
        name = f"{level(self._unit_labels)}:{self.cost.name}:{TO_DATE}"
        of_month = of_this_month(Selector(self._by_day()))
        self._add(name, self._unit_labels, BY_UNIT, [((), Aggregate("sum", of_month, self._unit_labels))])
        return name

    def _forecast(self) -> str:
        """The recorded cost of each unit in the whole month before included amounts."""
        name = f"{level(self._unit_labels)}:{self.cost.name}:{FORECAST}"
        of_month = until_month_ends(Selector(self._to_date()), Selector(self._last_day()))
        self._add(name, self._unit_labels, BY_UNIT + 1, [((), of_month)])
        return name

    def _over(self, labels: tuple[Label, ...], window: Duration) -> str:
        name = f"{level(labels)}:{self.cost.name}:dollars{window}"
        growth = Selector(growth_of_platform(self.lowering, self.cost), range=window)
        self._add(name, labels, BY_DAY, [((), Aggregate("sum", Call("sum_over_time", (growth,)), labels))])
        return name

    def _add(
        self,
        name: str,
        labels: tuple[Label, ...],
        depth: int,
        rules: Iterable[tuple[tuple[tuple[Label, str], ...], Expression]],
    ) -> None:
        self.lowering.rules.add(
            name,
            (
                RecordingRule(name, labels, expression, AREA, static_labels, depth, SLOW_INTERVAL)
                for static_labels, expression in rules
            ),
        )

    def _name(self, labels: tuple[Label, ...], is_forecast: bool) -> str:
        return f"{level(labels)}:{self.cost.name}_after_included:{FORECAST if is_forecast else TO_DATE}"

    def _select(self, name: str, *units: BilledUnit) -> Selector:
        label = self.cost.unit_label
        names = [unit.name for unit in units]
        return Selector(name, (label.is_(names[0]) if len(names) == 1 else Matcher(label, "=~", "|".join(names)),))

    def _included_in(self, unit: BilledUnit) -> BilledUnit:
        """The unit whose included amount a unit shares, or has."""
        name = unit.included_with or unit.name
        return next(each for each in self.cost.units if each.name == name)

    @property
    def _units(self) -> Sequence[BilledUnit]:
        return [unit for units in units_by_product(self.lowering, self.cost).values() for unit in units]

    @property
    def _unit_labels(self) -> tuple[Label, ...]:
        return in_contract_order((self.cost.product, self.cost.unit_label))


def _at_least_0(value: Expression) -> Expression:
    return Call("clamp_min", (value, ZERO))
