"""Alert tests of MonthlyCost and MonthlyCostForecast: the platform's bill of a calendar month, after included amounts.

Tests begin on the first of January 1970, which has 31 days.
"""

import math
from fractions import Fraction

from alerts.cost import monthly_cost_forecast
from alerts.tests.names import routes, tenants
from alerts.tests.product_budgets import TOTAL, budget_of_all
from alerts.tests.runaway import FREE, price
from contract.billing import COST
from contract.labels import PRODUCT
from contract.storage import KV_READS, KV_WRITES
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    FiringAlert,
    InputSeries,
    NotPossible,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect,
    expect_firing,
    expect_none,
    firing,
    input_series,
    not_applicable,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES, amount, first_evaluation, multiple, pending_seconds
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import just_below
from generator.dsl.units import DOLLARS, Duration, Quantity, days, hours, minutes, seconds
from generator.frozen import frozen

MONTH, DAY = days(31), days(1)

LOW_TRAFFIC_COSTS_LITTLE = not_applicable(
    "MonthlyCost",
    TICKET,
    PAGE,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: low traffic costs little.",
)
LOW_TRAFFIC_HAS_A_LOW_FORECAST = not_applicable(
    "MonthlyCostForecast",
    TICKET,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: low traffic costs little.",
)


@frozen
class Bill:
    """KV writes or reads over time, the budget of all products, what each costs, and what is included, in dollars."""

    counter: Counter
    budget: Fraction
    dollars: Fraction
    included: Fraction
    segments: tuple[Segment, ...]

    def to_date(self, at: Duration) -> Fraction:
        """The bill of the month up to a time, in dollars."""
        return max(Fraction(0), self._since_start(at) - self.included)

    def forecast(self, at: Duration) -> Fraction:
        """The bill of the whole month, if the rest costs as much as the last day."""
        last_day = amount(self.segments, at, DAY) * self.dollars
        left = Fraction(MONTH.seconds - at.seconds, DAY.seconds)
        return max(Fraction(0), self._since_start(at) + left * last_day - self.included)

    def alerts(self, platform: Platform, at: Duration) -> tuple[FiringAlert, ...]:
        """The ticket and the page of all products at a time."""
        used = self.to_date(at) / self.budget
        thresholds = ((TICKET, platform.cost.warning.amount), (PAGE, Fraction(1)))
        return tuple(firing(each, float(used), {PRODUCT: TOTAL}) for each, threshold in thresholds if used > threshold)

    def series(self, platform: Platform) -> InputSeries:
        """The writes or reads of a tenant."""
        return input_series(self.counter, {**tenants(platform)[0], **routes(platform)[0]}, *self.segments)

    def _since_start(self, at: Duration) -> Fraction:
        return amount(self.segments, at, at if at > hours(1) else hours(2)) * self.dollars


def bill(platform: Platform, *segments: Segment, counter: Counter = KV_WRITES) -> Bill:
    """The bill of a platform that writes to KV, or reads there, and uses nothing else."""
    (unit,) = (unit for unit in COST.units if counter in unit.counters)
    budget = budget_of_all(platform.cost.month)
    return Bill(counter, budget, price(platform, counter), unit.included_dollars(platform.unit_prices), segments)


def costing(platform: Platform, dollars: Fraction) -> Fraction:
    """The whole number of writes that cost so much, at most."""
    return Fraction(math.floor(dollars / price(platform, KV_WRITES)))


@alert_test(
    "MonthlyCost",
    TICKET,
    PAGE,
    covers=(FIRES, BEFORE_FOR, OTHERS_UNAFFECTED),
    id="budget_of_the_month_spent_in_two_hours",
)
def budget_of_the_month_spent_in_two_hours(platform: Platform) -> Scenario | NotPossible:
    """KV writes cost the budget of all products and the included amount in two hours: the ticket fires at {ticket},
    the page at {page}. A product without a budget of its own has no alert."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    all_of_it = bill(platform)
    a_minute = costing(platform, (all_of_it.budget + all_of_it.included) * Fraction(1, 121))
    course = bill(platform, count(a_minute, hours(3)))
    warning, step = platform.cost.warning.amount, FIVE_MINUTES
    ticket = first_evaluation(lambda time: course.to_date(time) > warning * course.budget, step, step)
    page = first_evaluation(lambda time: course.to_date(time) > course.budget, step, step)
    times = sorted({ticket - step, ticket, page - step, page, hours(3)})
    return scenario(
        course.series(platform),
        *(expect(time, course.alerts(platform, time)) for time in times),
        evaluation_interval=step,
        claim={"ticket": ticket, "page": page},
    )


@alert_test("MonthlyCost", TICKET, PAGE, covers=(RECOVERS,), id="new_month_begins_at_0")
def new_month_begins_at_0(platform: Platform) -> Scenario | NotPossible:
    """The budget of a month is spent in the second half of its first day, and nothing on the others: the ticket
    and the page fire until the month ends."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    if not platform.backend.sums_growth:
        return not_possible("bills are sums of increases of five minutes, and this test evaluates every six hours")
    all_of_it, step = bill(platform), hours(6)
    a_minute = costing(platform, (all_of_it.budget * 2 + all_of_it.included) / 720)
    course = bill(platform, count(0, hours(12)), count(a_minute, hours(12)), count(0, MONTH - hours(15)))
    return scenario(
        course.series(platform),
        *(expect(time, course.alerts(platform, time)) for time in (days(1), days(2), MONTH - step)),
        expect_none(MONTH + step),
        evaluation_interval=step,
        samples_every=FIVE_MINUTES,
    )


@alert_test("MonthlyCost", TICKET, PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="month_just_below_warning")
def month_just_below_warning(platform: Platform) -> Scenario | NotPossible:
    """KV writes cost just less than the warning and the included amount in a few hours, through restarts: does not
    fire."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    all_of_it = bill(platform)
    dollars = all_of_it.budget * just_below(platform.cost.warning.amount) + all_of_it.included
    part = (
        count(costing(platform, dollars / 400), minutes(202)),
        Restart(),
        count(costing(platform, dollars / 400), minutes(198)),
    )
    course = bill(platform, *part, count(0, hours(2)))
    return scenario(
        course.series(platform),
        *(expect_none(time) for time in (minutes(200), minutes(205), minutes(400), minutes(500))),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("MonthlyCost", PAGE, covers=(FIRES, BEFORE_FOR), id="exactly_the_budget_of_the_month")
def exactly_the_budget_of_the_month(platform: Platform) -> Scenario | NotPossible:
    """After {at}, the bill of KV reads is exactly the budget of all products: the page fires five minutes later."""
    return exactly(platform, Fraction(1), 43)


@alert_test("MonthlyCost", TICKET, covers=(FIRES, BEFORE_FOR), id="exactly_the_warning_of_the_month")
def exactly_the_warning_of_the_month(platform: Platform) -> Scenario | NotPossible:
    """After {at}, the bill of KV reads is exactly the warning: the ticket fires five minutes later."""
    return exactly(platform, platform.cost.warning.amount, 5)


def exactly(platform: Platform, fraction: Fraction, ticks: int) -> Scenario | NotPossible:
    """KV reads whose bill is exactly a fraction of the budget of all products after so many times five minutes, in
    floating point, too. Writes are counted, and none is made."""
    if not price(platform, KV_READS):
        return not_possible("the platform pays nothing for KV reads")
    all_of_it = bill(platform, counter=KV_READS)
    of_tick = (all_of_it.budget * fraction + all_of_it.included) / ticks
    reads, at = of_tick / 5 / all_of_it.dollars, FIVE_MINUTES * ticks
    if reads.denominator > 1 or of_tick.denominator > 1 or float(all_of_it.dollars) * float(reads * 5) != of_tick:
        return not_possible("no whole number of KV reads costs whole dollars in five minutes, and the budget")
    course = bill(platform, count(reads, at + FIVE_MINUTES), counter=KV_READS)
    return scenario(
        course.series(platform),
        bill(platform, count(0, at + FIVE_MINUTES)).series(platform),
        *(expect(time, course.alerts(platform, time)) for time in (at, at + FIVE_MINUTES)),
        evaluation_interval=FIVE_MINUTES,
        claim={"at": at},
    )


def pending(platform: Platform) -> int:
    """The `for` of the forecast in seconds."""
    return pending_seconds(monthly_cost_forecast.rule(platform))


@alert_test(
    "MonthlyCostForecast",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="expensive_hours_are_forecast_for_a_day",
)
def expensive_hours_are_forecast_for_a_day(platform: Platform) -> Scenario | NotPossible:
    """KV writes cost a tenth of the budget of all products in five hours: fires at {fires}, and no longer when these
    hours are out of the last day, at {resolves}."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    all_of_it, step = bill(platform), FIVE_MINUTES
    a_minute = costing(platform, (all_of_it.budget / 10 + all_of_it.included) / 300)
    course = bill(platform, count(a_minute, hours(5)), count(0, hours(30)))

    def is_over(time: Duration) -> bool:
        return course.forecast(time) > course.budget

    true_from = first_evaluation(is_over, step, step)
    fires = multiple(true_from.seconds + pending(platform), step)
    resolves = first_evaluation(lambda time: not is_over(time), DAY, step)
    return scenario(
        course.series(platform),
        expect_none(fires - step),
        *(
            expect_firing(time, firing(TICKET, float(course.forecast(time)), {PRODUCT: TOTAL}))
            for time in (fires, hours(20), resolves - step)
        ),
        expect_none(resolves),
        evaluation_interval=step,
        claim={"fires": fires, "resolves": resolves},
    )


@alert_test("MonthlyCostForecast", TICKET, covers=(FIRES, RECOVERS), id="forecast_of_exactly_the_budget")
def forecast_of_exactly_the_budget(platform: Platform) -> Scenario | NotPossible:
    """The first hour's KV reads cost {spent}, of which the forecast is exactly the budget of all products at {at}:
    fires until five minutes before."""
    if not price(platform, KV_READS):
        return not_possible("the platform pays nothing for KV reads")
    all_of_it, hour = bill(platform, counter=KV_READS), minutes(60)
    for spent in range(12, int(all_of_it.budget) + 1, 12):
        at = (32 - (all_of_it.budget + all_of_it.included) / spent) * DAY.seconds
        reads = Fraction(spent, 60) / all_of_it.dollars
        is_whole = reads.denominator == 1 and at.denominator == 1 and at % FIVE_MINUTES.seconds == 0
        if is_whole and hours(4).seconds <= at < DAY.seconds:
            course, resolves = bill(platform, count(reads, hour), count(0, DAY), counter=KV_READS), seconds(int(at))
            last = resolves - FIVE_MINUTES
            return scenario(
                course.series(platform),
                expect_firing(last, firing(TICKET, float(course.forecast(last)), {PRODUCT: TOTAL})),
                expect_none(resolves),
                evaluation_interval=FIVE_MINUTES,
                claim={"spent": Quantity(Fraction(spent), DOLLARS), "at": resolves},
            )
    return not_possible("no whole number of dollars is forecast to be exactly the budget")


@alert_test("MonthlyCostForecast", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="steady_month_within_budget")
def steady_month_within_budget(platform: Platform) -> Scenario | NotPossible:
    """KV writes cost 95% of the budget of all products and the included amount in the month, through restarts: does
    not fire in its first days."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    all_of_it = bill(platform)
    rate = costing(platform, (all_of_it.budget * Fraction(95, 100) + all_of_it.included) / (31 * 1440))
    parts = (hours(20) + minutes(5), hours(15), hours(13) - minutes(5))
    course = bill(platform, *(each for part in parts for each in (count(rate, part), Restart())))
    return scenario(
        course.series(platform),
        *(expect_none(hours(hour)) for hour in (12, 24, 36, 48)),
        evaluation_interval=minutes(30),
        samples_every=FIVE_MINUTES,
    )
