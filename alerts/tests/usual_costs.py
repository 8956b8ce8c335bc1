"""Alert tests of DailyCostForecast in which costs come in batches: those of every day and of every week are usual."""

from fractions import Fraction

from alerts.tests.daily_cost import used
from alerts.tests.daily_cost_forecast import pending
from alerts.tests.names import HOSTILE_TENANT, Labels, route_of_last_service, routes, unlisted_tenant
from alerts.tests.product_budgets import TOTAL, budget_of_all, over_budgets
from alerts.tests.runaway import price
from alerts.tests.spend import priced
from alerts.tests.tenant_cost import EXTRAPOLATED
from alerts.tests.tenant_cost_forecast import batch_from_0, power_of_two
from alerts.tests.two_days import AI, KV, included_dollars
from contract.ai import TOKENS
from contract.api import REQUESTS
from contract.labels import MODEL
from contract.storage import KV_WRITES
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import (
    FIRES,
    OTHERS_UNAFFECTED,
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
from generator.dsl.alert_timing import FIVE_MINUTES, amount
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import at_most
from generator.dsl.units import Duration, days, hours, minutes
from generator.frozen import frozen

BATCH, DAY, SIXTH, SEVENTH = minutes(30), days(1), days(6), days(7)
GROWN, LATE, END = SEVENTH + hours(14), SEVENTH + hours(20), SEVENTH + hours(21)
WORKERS = "workers"
PARTS = 48
"""Of the budget of all products, one sample of a batch costs such a part or up to twice as much."""


@frozen
class Batches:
    """Series with batches, the product that they are billed by, and what each count costs."""

    product: str
    dollars: Fraction
    series: tuple[InputSeries, ...]

    def forecast(self, at: Duration) -> Fraction:
        """What 18 hours and six times the last hour cost. A series without samples has no batch in the last hour."""
        segments = [each.segments for each in self.series]
        last = (amount(each, at, hours(1), FIVE_MINUTES) for each in segments)
        return self.dollars * (sum(amount(each, at, hours(18)) for each in segments) + 6 * sum(last))


def two_thirds(platform: Platform, labels: Labels, before: Duration, now: Duration, *, of_tokens: bool) -> Batches:
    """A tenant that uses exactly 1.5 times as much in a batch as before, of tokens or of writes."""
    (kind, *_) = priced(platform) if of_tokens else (None,)
    dollars = price(platform, KV_WRITES) if kind is None else kind.price
    counter, model = (KV_WRITES, {}) if kind is None else (kind.counter, {MODEL: kind.model})
    of_samples = power_of_two(budget_of_all(platform.cost.day) / dollars / PARTS)
    series = (
        input_series(counter, {**labels, **route, **model}, *batch_from_0(of_samples * parts, start, END))
        for start, parts, route in ((before, 2, routes(platform)[0]), (now, 3, route_of_last_service(platform)))
    )
    return Batches(KV if kind is None else AI, dollars, tuple(series))


def batches_of(platform: Platform, product: str, counter: Counter, *batches: tuple[Duration, Fraction]) -> Batches:
    """A tenant with batches of half an hour: when each begins, and the part of the budget that it costs."""
    dollars = price(platform, counter)
    segments: list[Segment] = []
    seconds, budget = 0, budget_of_all(platform.cost.day)
    for start, part in (*batches, (END, Fraction(0))):
        idle = Duration(start.seconds - seconds)
        segments += [count(0, idle), count(at_most(budget * part / 30 / dollars), BATCH)]
        seconds = start.seconds + BATCH.seconds
    return Batches(product, dollars, (used(platform, counter, *segments),))


@alert_test("DailyCostForecast", TICKET, covers=(FIRES, OTHERS_UNAFFECTED), id="batches_of_every_day_and_week")
def batches_of_every_day_and_week(platform: Platform) -> Scenario | NotPossible:
    """After a week, batches will cost more than the budget of all products: the ticket fires for one that was half as
    large at this time of the day before and of a week ago, and for one that was 2.5 hours earlier on these days; never
    for one that was two thirds as large half an hour earlier a week ago, or a day before, nor for one of one product
    that was as large in two together."""
    if not price(platform, KV_WRITES) or not price(platform, REQUESTS):
        return not_possible("the platform pays nothing for KV writes or for requests")
    if pending(platform) > BATCH.seconds:
        return not_possible("the alert waits for longer than the batch is seen")
    if not platform.backend.sums_growth:
        return not_possible(EXTRAPOLATED)
    weekly = hours(3), SEVENTH + hours(3) + BATCH
    daily = SIXTH + hours(8) + BATCH, SEVENTH + hours(9)
    full, half, together = Fraction(1, 4), Fraction(1, 8), SIXTH + hours(6)
    # Before the last two: half as much at the time of the first, and as much 2.5 hours before the second.
    first_day = (GROWN - SEVENTH, half), (LATE - SEVENTH - BATCH * 5, full)
    day_before = (together, half), (GROWN - DAY, half), (LATE - DAY - BATCH * 5, full)
    batches = (
        two_thirds(platform, HOSTILE_TENANT, *weekly, of_tokens=bool(priced(platform))),
        two_thirds(platform, unlisted_tenant(platform), *daily, of_tokens=False),
        batches_of(
            platform, KV, KV_WRITES, *first_day, *day_before, (together + DAY, full), (GROWN, full), (LATE, full)
        ),
        batches_of(platform, WORKERS, REQUESTS, (together, half)),
    )
    quiet = [start + BATCH * step for start in (weekly[1], together + DAY, daily[1]) for step in (1, 2, 3)]
    return scenario(
        *(series for each in batches for series in each.series),
        *(expect_none(time) for time in quiet),
        *(
            expect(time, [*over_budgets(platform.cost.day, bill_forecast(platform, batches, time))])
            for time in (GROWN + BATCH * 2, LATE + BATCH * 2)
        ),
        evaluation_interval=BATCH,
        samples_every=FIVE_MINUTES,
    )


def bill_forecast(platform: Platform, batches: tuple[Batches, ...], at: Duration) -> dict[str, Fraction]:
    """The forecast of KV, whose batches are the last ones, and of all products, after what a day includes."""
    forecast = {AI: -included_dollars(platform, TOKENS), KV: Fraction(0), WORKERS: Fraction(0)}
    for each in batches:
        forecast[each.product] += each.forecast(at)
    return {KV: forecast[KV], TOTAL: forecast[KV] + forecast[WORKERS] + max(Fraction(0), forecast[AI])}
