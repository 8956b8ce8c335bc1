"""Alert tests of bills of two days: an amount that is included each day is subtracted of each, and a day that is not a
calendar day is the sum of two."""

import math
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from alerts.tests.all_units import all_units
from alerts.tests.monthly_cost import pending
from alerts.tests.names import routes, tenants
from alerts.tests.product_budgets import TOTAL, above_budgets, budget_of_all, over_budgets
from alerts.tests.runaway import price
from alerts.tests.spend import PricedTokens, priced, tokens
from contract.ai import TOKENS
from contract.billing import COST
from contract.storage import KV_WRITES
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    BELOW_THRESHOLD,
    FIRES,
    RECOVERS,
    FiringAlert,
    InputSeries,
    NotPossible,
    Scenario,
    Segment,
    alert_test,
    count,
    expect,
    expect_none,
    input_series,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES
from generator.dsl.metrics import CombinedCounter, Metric
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, hours, minutes
from generator.frozen import frozen

AI, KV = "workers_ai", "kv"
EACH_DAY, DAY, MONTH_DAYS = hours(2), hours(24), 31
MINUTES = Fraction(EACH_DAY.seconds * 2, 60)
"""In which something is used: the first two hours of two days."""
CLOSE = Fraction(1, 4)
"""How far a bill is from a budget, as a part of the included amount of a day."""
NOTHING_INCLUDED = "no tokens are included, or none cost anything"
EVERY_FIVE_MINUTES = "bills are sums of increases of five minutes, and this test evaluates less often"


def included_dollars(platform: Platform, metric: Metric | CombinedCounter) -> Fraction:
    """What is included of a billed metric, in dollars."""
    (unit,) = (unit for unit in COST.units if unit.counter == metric)
    return unit.included_dollars(platform.unit_prices)


@frozen
class TwoDays:
    """Tokens and KV writes a minute in the first two hours of two days, and what is included, in dollars."""

    kind: PricedTokens
    per_minute: Fraction
    writes: Fraction
    of_write: Fraction
    included_each_day: Fraction
    included_writes: Fraction

    def bill(self) -> Mapping[str, Fraction]:
        """The bill of the month after both."""
        of_tokens = self.kind.price * self.per_minute * MINUTES - 2 * self.included_each_day
        of_writes = max(Fraction(0), self.of_write * self.writes * MINUTES - self.included_writes)
        return {AI: of_tokens, KV: of_writes, TOTAL: of_tokens + of_writes}

    def forecast(self, hour: int) -> Mapping[str, Fraction]:
        """The forecast of the month's bill an hour or two after the second day began: as much is used in each 24 hours
        to come as in the last ones."""
        used, of_day = hours(hour) - DAY, self.kind.price * self.per_minute * MINUTES / 2
        today = of_day * used.seconds / EACH_DAY.seconds
        left = MONTH_DAYS - Fraction(hour, 24)
        of_tokens = of_day + today - 2 * self.included_each_day + (of_day - self.included_each_day) * left
        return {AI: of_tokens, TOTAL: of_tokens}

    def series(self, platform: Platform) -> Iterator[InputSeries]:
        """Both counters of a tenant."""
        labels = {**tenants(platform)[0], **routes(platform)[0]}
        yield tokens(self.kind.counter, self.kind.model, labels, *_segments(self.per_minute))
        if self.writes:
            yield input_series(KV_WRITES, labels, *_segments(self.writes))


def _segments(per_minute: Fraction) -> tuple[Segment, ...]:
    return count(per_minute, EACH_DAY), count(0, DAY - EACH_DAY), count(per_minute, EACH_DAY)


def month_of_all(platform: Platform) -> Fraction:
    """The budget of all products for a month in dollars."""
    return budget_of_all(platform.cost.month)


def billed(platform: Platform, sign: int) -> TwoDays | NotPossible:
    """Two days whose bill is close to the warning: half of it are writes, where the platform has KV and pays for it."""
    each_day, kinds, of_write = included_dollars(platform, TOKENS), priced(platform), price(platform, KV_WRITES)
    if not (each_day and kinds):
        return not_possible(NOTHING_INCLUDED)
    if not platform.backend.sums_growth:
        return not_possible(EVERY_FIVE_MINUTES)
    of_writes, target = (
        included_dollars(platform, KV_WRITES),
        month_of_all(platform) * platform.cost.warning.amount,
    )
    has_writes = KV in platform.stores and of_write > 0
    writes = Fraction(math.floor((target / 2 + of_writes) / of_write / MINUTES)) if has_writes else Fraction(0)
    rest = target - max(Fraction(0), writes * of_write * MINUTES - of_writes)
    per_minute = kinds[0].costing((rest + (2 + sign * CLOSE) * each_day) / MINUTES)
    return TwoDays(kinds[0], per_minute, writes, of_write, each_day, of_writes)


def forecast(platform: Platform, sign: int) -> TwoDays | NotPossible:
    """Two days whose forecast an hour after the second one began is close to the budget of Workers AI, or that of all
    products if it is smaller."""
    each_day, kinds = included_dollars(platform, TOKENS), priced(platform)
    if not (each_day and kinds):
        return not_possible(NOTHING_INCLUDED)
    if not platform.backend.sums_growth:
        return not_possible(EVERY_FIVE_MINUTES)
    if not 0 < pending(platform) <= hours(1).seconds:
        return not_possible("the alert does not fire an hour after its condition is true")
    left = MONTH_DAYS - Fraction(25, 24)
    own = platform.cost.month.value_for(AI)
    budget = min(month_of_all(platform), month_of_all(platform) if own is None else own.amount)
    of_day = (budget + (2 + left + sign * CLOSE) * each_day) / (left + Fraction(3, 2))
    per_minute = kinds[0].costing(of_day * 2 / MINUTES)
    return TwoDays(kinds[0], per_minute, Fraction(0), Fraction(0), each_day, Fraction(0))


def above(platform: Platform, bill: Mapping[str, Fraction]) -> Iterator[FiringAlert]:
    """The tickets and pages of the products that have a budget of a month."""
    return above_budgets(platform.cost.month, platform.cost.warning, bill)


def over(platform: Platform, forecasts: Mapping[str, Fraction]) -> Iterator[FiringAlert]:
    """The tickets of the products whose forecast is over their budget of a month."""
    return over_budgets(platform.cost.month, forecasts)


def unused(platform: Platform, used: Iterable[InputSeries], length: Duration) -> Iterator[InputSeries]:
    """All other units: they are counted, and none is used."""
    counters = {each.metric for each in used}
    for each in all_units(platform, Fraction(0)):
        if each.counter not in counters:
            yield each.during(count(0, length))


def each_hour(platform: Platform, days: TwoDays, *alerts: FiringAlert) -> Scenario:
    """A scenario of both days, and what fires two hours after the second one began. All other units are counted, and
    none is used."""
    used = [*days.series(platform)]
    return scenario(
        *used,
        *unused(platform, used, DAY + EACH_DAY),
        expect(DAY + EACH_DAY, alerts),
        evaluation_interval=hours(1),
        samples_every=FIVE_MINUTES,
    )


@alert_test("MonthlyCost", TICKET, covers=(FIRES,), id="two_days_above_the_warning")
def two_days_above_the_warning(platform: Platform) -> Scenario | NotPossible:
    """Tokens and writes of two days cost just more than the warning, after what is included each day and each month:
    the ticket fires."""
    days = billed(platform, 1)
    return days if isinstance(days, NotPossible) else each_hour(platform, days, *above(platform, days.bill()))


@alert_test("MonthlyCost", TICKET, covers=(BELOW_THRESHOLD,), id="two_days_below_the_warning")
def two_days_below_the_warning(platform: Platform) -> Scenario | NotPossible:
    """Tokens and writes of two days cost just less than the warning, after what is included each day and each month:
    does not fire."""
    days = billed(platform, -1)
    if isinstance(days, NotPossible):
        return days
    if any(above(platform, days.bill())):
        return not_possible("a product is over its own budget")
    return each_hour(platform, days)


@alert_test("MonthlyCostForecast", TICKET, covers=(FIRES,), id="forecast_of_two_days_above_the_budget")
def forecast_of_two_days_above_the_budget(platform: Platform) -> Scenario | NotPossible:
    """At 25 h, tokens of the last 24 hours cost so much that the month will just exceed a budget: fires an hour
    later."""
    days = forecast(platform, 1)
    return days if isinstance(days, NotPossible) else each_hour(platform, days, *over(platform, days.forecast(26)))


@alert_test("MonthlyCostForecast", TICKET, covers=(BELOW_THRESHOLD,), id="forecast_of_two_days_below_the_budget")
def forecast_of_two_days_below_the_budget(platform: Platform) -> Scenario | NotPossible:
    """At 25 h, tokens of the last 24 hours cost so much that the month will just not exceed a budget: does not fire
    an hour later."""
    days = forecast(platform, -1)
    if isinstance(days, NotPossible):
        return days
    return each_hour(platform, days)


@alert_test("MonthlyCostForecast", TICKET, covers=(FIRES,), id="forecast_after_the_last_use")
def forecast_after_the_last_use(platform: Platform) -> Scenario | NotPossible:
    """In two hours, tokens cost twice the budget of all products, and writes, if they have a price, half of it; then
    all telemetry ends: fires also when the last day has none."""
    days = billed(platform, 1)
    if isinstance(days, NotPossible):
        return days
    minutes_of_day, labels = Fraction(EACH_DAY.seconds, 60), {**tenants(platform)[0], **routes(platform)[0]}
    per_minute = days.kind.costing(month_of_all(platform) * 2 / minutes_of_day)
    of_tokens = days.kind.price * per_minute * minutes_of_day - days.included_each_day
    used = [tokens(days.kind.counter, days.kind.model, labels, count(per_minute, EACH_DAY))]
    if days.writes:
        used.append(input_series(KV_WRITES, labels, count(days.writes * 2, EACH_DAY)))
    return scenario(
        *used,
        *unused(platform, used, EACH_DAY),
        expect(
            DAY * 2,
            [*over(platform, {AI: of_tokens, KV: days.bill()[KV], TOTAL: of_tokens + days.bill()[KV]})],
        ),
        evaluation_interval=minutes(30),
        samples_every=FIVE_MINUTES,
    )


def new_month(platform: Platform, *alerts: FiringAlert) -> Scenario | NotPossible:
    """Tokens cost twice the budget of all products on the evening of the first day: what fires until the month ends."""
    days, step = billed(platform, 1), hours(6)
    if isinstance(days, NotPossible):
        return days
    labels, month = {**tenants(platform)[0], **routes(platform)[0]}, DAY * MONTH_DAYS
    per_minute = days.kind.costing(month_of_all(platform) * 2 / (6 * 60))
    segments = count(0, hours(18)), count(per_minute, step), count(0, month - hours(15))
    return scenario(
        tokens(days.kind.counter, days.kind.model, labels, *segments),
        *((input_series(KV_WRITES, labels, count(0, month + step)),) if KV in platform.stores else ()),
        expect(month - step, alerts),
        expect_none(month + step),
        evaluation_interval=step,
        samples_every=FIVE_MINUTES,
    )


def of_first_day(platform: Platform) -> Fraction:
    """What tokens of twice the budget of all products cost after what is included in a day."""
    return month_of_all(platform) * 2 - included_dollars(platform, TOKENS)


@alert_test("MonthlyCost", TICKET, PAGE, covers=(RECOVERS,), id="tokens_of_a_new_month_begin_at_0")
def tokens_of_a_new_month_begin_at_0(platform: Platform) -> Scenario | NotPossible:
    """Tokens cost twice the budget of all products on the first evening of a month: the ticket and the page fire until
    the month ends."""
    spent = of_first_day(platform)
    return new_month(platform, *above(platform, {AI: spent, TOTAL: spent}))


@alert_test("MonthlyCostForecast", TICKET, covers=(RECOVERS,), id="forecast_of_a_new_month_begins_at_0")
def forecast_of_a_new_month_begins_at_0(platform: Platform) -> Scenario | NotPossible:
    """Tokens cost twice the budget of all products on the first evening of a month: fires until the month ends."""
    spent = of_first_day(platform)
    return new_month(platform, *over(platform, {AI: spent, TOTAL: spent}))
