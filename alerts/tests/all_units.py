"""Series of every unit that a platform is billed for, for tests in which all of them cost something."""

import math
from collections.abc import Iterator
from fractions import Fraction

from alerts.tests.names import Labels, route_of_last_service, routes, tenants
from alerts.tests.spend import priced
from contract.billing import COST
from contract.labels import MODEL
from generator.dsl.alert_test import InputSeries, Segment, input_series
from generator.dsl.billing import BilledUnit
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.frozen import frozen


@frozen
class UnitSeries:
    """A series of a billed unit: counts a minute, and what each costs in dollars."""

    unit: BilledUnit
    counter: Counter
    labels: Labels
    rate: Fraction
    price: Fraction

    @property
    def dollars(self) -> Fraction:
        """What a minute costs."""
        return self.rate * self.price

    def during(self, *segments: Segment) -> InputSeries:
        """The counter over time."""
        return input_series(self.counter, self.labels, *segments)


def all_units(platform: Platform, dollars: Fraction) -> tuple[UnitSeries, ...]:
    """Each unit that the platform counts, as three series, two of them of one route, that cost so many dollars a minute
    each, at most. A platform of one service has one series of what is counted by service."""
    return tuple({(each.counter, *each.labels.items()): each for each in _series(platform, dollars)}.values())


def _series(platform: Platform, dollars: Fraction) -> Iterator[UnitSeries]:
    (first, second), on_first, on_last = tenants(platform), routes(platform)[0], route_of_last_service(platform)
    for unit in COST.units:
        for counter, price, more in _prices(platform, unit) if unit.is_used(platform.stores) else ():
            rate = Fraction(math.floor(dollars / price)) if price else Fraction(0)
            for tenant, route in ((first, on_first), (second, on_last), (second, on_first)):
                own = {label: value for label, value in {**tenant, **route, **more}.items() if label in counter.labels}
                yield UnitSeries(unit, counter, own, rate, price)


def _prices(platform: Platform, unit: BilledUnit) -> list[tuple[Counter, Fraction, Labels]]:
    """The counters of a unit with their prices; of tokens, with a model of that price."""
    of_one = unit.dollars(platform.unit_prices)
    if of_one is not None:
        return [(counter, of_one, {}) for counter in unit.counters]
    kinds = {each.counter: each for each in priced(platform)}
    return [(each.counter, each.price, {MODEL: each.model}) for each in kinds.values()]
