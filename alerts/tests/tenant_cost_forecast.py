"""Alert tests of TenantCostForecast: a tenant's cost will exceed its budget in dollars within the day."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from alerts.cost import tenant_cost_forecast
from alerts.tests.cost import TokenUser, restarting, with_restarts
from alerts.tests.names import HOSTILE_TENANT, Labels, route_of_last_service, routes, tenants, unlisted_tenant
from alerts.tests.runaway import FREE, price
from alerts.tests.tenant_cost import EXTRAPOLATED, budget_of
from contract.api import REQUESTS
from contract.storage import KV_WRITES
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    ConstantRate,
    FiringAlert,
    InputSeries,
    NotPossible,
    Scenario,
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    no_samples,
    not_applicable,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES, first_evaluation, multiple, pending_seconds
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import at_most
from generator.dsl.units import Duration, hours, minutes
from generator.frozen import frozen

DAY, BATCH = hours(24), minutes(30)
NOTHING = Fraction(0)

LOW_TRAFFIC_HAS_A_LOW_FORECAST = not_applicable(
    "TenantCostForecast",
    TICKET,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: the forecast of low traffic is low.",
)


def writer(platform: Platform, labels: Labels, *course: tuple[Fraction, Duration]) -> TokenUser:
    """A tenant whose KV writes cost fractions of its budget a minute, each for a duration. Its budget is in writes."""
    budget = budget_of(platform, labels) / price(platform, KV_WRITES)
    return TokenUser(labels, budget, tuple(count(at_most(part * budget), duration) for part, duration in course))


def writes(platform: Platform, user: TokenUser) -> InputSeries:
    """The KV writes of a tenant on the first route."""
    return input_series(KV_WRITES, {**user.labels, **routes(platform)[0]}, *user.tokens)


def ticket(platform: Platform, user: TokenUser, at: Duration) -> FiringAlert:
    """The ticket of a tenant, whose value is its forecast in dollars."""
    return firing(TICKET, float(user.forecast(at) * price(platform, KV_WRITES)), user.labels)


def is_over(user: TokenUser, at: Duration) -> bool:
    """Whether the forecast is above the budget."""
    return user.forecast(at) > user.budget


def pending(platform: Platform) -> int:
    """The `for` of the alert in seconds."""
    return pending_seconds(tenant_cost_forecast.rule(platform))


@alert_test(
    "TenantCostForecast",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="cost_triples_in_the_last_hour",
)
def cost_triples_in_the_last_hour(platform: Platform) -> Scenario | NotPossible:
    """A tenant's cost triples from {from} on, through restarts: fires from {fires} to {last}, never for the other
    tenant."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    first, second = tenants(platform, platform.cost.tenant_dollars)
    # A 2,000th of the budget a minute is 72 % of it in a day.
    normal, starts, lasts = Fraction(1, 2000), hours(20), hours(1) + multiple(pending(platform), FIVE_MINUTES)
    course = (normal, hours(10)), (normal, hours(10)), (normal * 3, minutes(20)), (normal * 3, lasts - minutes(20))
    user = restarting(writer(platform, second, *course, (normal, hours(1))))
    other = writer(platform, first, (Fraction(3, 5000), starts + lasts + hours(1)))
    true_from = first_evaluation(lambda time: is_over(user, time), starts, FIVE_MINUTES)
    fires = multiple(true_from.seconds + pending(platform), FIVE_MINUTES)
    resolves = first_evaluation(lambda time: not is_over(user, time), starts + lasts, FIVE_MINUTES)
    last = resolves - FIVE_MINUTES
    return scenario(
        writes(platform, user),
        writes(platform, other),
        expect_none(fires - FIVE_MINUTES),
        *(expect_firing(time, ticket(platform, user, time)) for time in sorted({fires, starts + lasts, last})),
        expect_none(resolves),
        evaluation_interval=FIVE_MINUTES,
        claim={"from": starts, "fires": fires, "last": last},
    )


@alert_test("TenantCostForecast", TICKET, covers=(FIRES, BEFORE_FOR), id="new_tenant_exceeds_the_default_budget")
def new_tenant_exceeds_the_default_budget(platform: Platform) -> Scenario | NotPossible:
    """A tenant without a budget of its own begins to write: fires at {fires}."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    end = multiple(50 * 60 + pending(platform), FIVE_MINUTES)
    user = writer(platform, HOSTILE_TENANT, (Fraction(1, 250), end))
    true_from = first_evaluation(lambda time: is_over(user, time), minutes(1), minutes(1))
    fires = multiple(true_from.seconds + pending(platform), minutes(1))
    return scenario(
        writes(platform, user),
        *(() if fires - minutes(1) <= true_from else (expect_none(fires - minutes(1)),)),
        expect_firing(fires, ticket(platform, user, fires)),
        claim={"fires": fires},
    )


@alert_test("TenantCostForecast", TICKET, covers=(FIRES, RECOVERS), id="forecast_of_exactly_the_budget")
def forecast_of_exactly_the_budget(platform: Platform) -> Scenario | NotPossible:
    """A tenant's budget is spent in its first 50 minutes, and nothing later: the forecast is exactly the budget from
    {resolves} on, and the alert fires until five minutes before."""
    if not platform.backend.sums_growth:
        return not_possible(EXTRAPOLATED)
    dollars, labels = price(platform, KV_WRITES), tenants(platform, platform.cost.tenant_dollars)[0]
    of_tick = budget_of(platform, labels) / 10
    rate = of_tick / 5 / dollars if dollars else Fraction(1, 2)
    if rate.denominator > 1 or of_tick.denominator > 1 or float(dollars) * float(rate * 5) != of_tick:
        return not_possible("no whole number of KV writes costs whole dollars in five minutes, and the budget")
    user = TokenUser(labels, rate * 50, (count(rate, minutes(50)), count(0, hours(3))))
    resolves = first_evaluation(lambda time: not is_over(user, time), minutes(50), FIVE_MINUTES)
    last = resolves - FIVE_MINUTES
    return scenario(
        writes(platform, user),
        expect_firing(last, ticket(platform, user, last)),
        *(expect_none(time) for time in (resolves, resolves + FIVE_MINUTES * 3)),
        evaluation_interval=FIVE_MINUTES,
        claim={"resolves": resolves},
    )


@alert_test("TenantCostForecast", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="steady_cost_within_budget")
def steady_cost_within_budget(platform: Platform) -> Scenario | NotPossible:
    """Each tenant costs 86.4% of its budget in a day, through two restarts: does not fire."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    users = []
    for labels in (*tenants(platform, platform.cost.tenant_dollars), unlisted_tenant(platform)):
        user = writer(platform, labels, (Fraction(864, 1000) / 1440, DAY))
        (segment,) = user.tokens
        assert isinstance(segment, ConstantRate)
        users.append(replace(user, tokens=with_restarts(segment.per_minute)))
    return scenario(
        *(writes(platform, user) for user in users),
        *(expect_none(hours(hour)) for hour in (13, 18, 21, 24, 26)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("TenantCostForecast", TICKET, covers=(FIRES, OTHERS_UNAFFECTED), id="batch_of_every_day")
def batch_of_every_day(platform: Platform) -> Scenario | NotPossible:
    """Tenants use a quarter of their budgets in half an hour from {from} on: fires at {fires} for one that used half as
    much a day before, and for one that used as much 2.5 hours earlier on that day; never for one that used five
    sevenths, or two thirds."""
    return batches_after(platform, hours(24))


@alert_test("TenantCostForecast", TICKET, covers=(FIRES, OTHERS_UNAFFECTED), id="batch_of_every_week")
def batch_of_every_week(platform: Platform) -> Scenario | NotPossible:
    """Tenants use a quarter of their budgets in half an hour from {from} on: fires at {fires} for one that used half as
    much a week before, and for one that used as much 2.5 hours earlier on that day; never for one that used five
    sevenths, or two thirds."""
    return batches_after(platform, hours(7 * 24))


def batches_after(platform: Platform, period: Duration) -> Scenario | NotPossible:
    """Four tenants with a batch, each a period after an earlier one; the first evaluation after it is at its end. The
    later batch of one tenant and the earlier one of another are of two products in equal parts."""
    if not price(platform, KV_WRITES) or not price(platform, REQUESTS):
        return not_possible("the platform pays nothing for KV writes or for requests")
    if pending(platform) > BATCH.seconds:
        return not_possible("the alert waits for longer than the batch is seen")
    if not platform.backend.sums_growth:
        return not_possible("bills are sums of increases of five minutes, and this test evaluates each half hour")
    (first, second), now, all_of_it = tenants(platform, platform.cost.tenant_dollars), period + hours(3), Fraction(1)
    half, quarter = all_of_it / 2, Fraction(1, 120)
    grown = in_two_products(platform, second, (hours(3), Fraction(1, 240), all_of_it), (now, quarter, half))
    usual = in_two_products(platform, first, (hours(3), Fraction(1, 168), half), (now, quarter, all_of_it))
    late = in_two_products(platform, HOSTILE_TENANT, (minutes(30), quarter, all_of_it), (now, quarter, all_of_it))
    seen, fires = now + BATCH, now + BATCH + (BATCH if pending(platform) else minutes(0))
    return scenario(
        *(each.series(platform) for parts in (grown, usual, late) for each in parts),
        *two_thirds_before(platform, hours(3), now),
        expect_none(now),
        expect_none(seen),
        expect_firing(fires, *(forecast_ticket(parts, fires) for parts in (grown, late))),
        evaluation_interval=BATCH,
        samples_every=FIVE_MINUTES,
        claim={"from": now, "fires": fires},
    )


@frozen
class Part:
    """What a tenant uses of one product, and what each count costs."""

    counter: Counter
    user: TokenUser
    dollars: Fraction

    def series(self, platform: Platform) -> InputSeries:
        """The counter on the first route."""
        return input_series(self.counter, {**self.user.labels, **routes(platform)[0]}, *self.user.tokens)


def forecast_ticket(parts: tuple[Part, ...], at: Duration) -> FiringAlert:
    """The ticket of a tenant, whose value is the forecast of all that it uses."""
    forecast = sum((each.user.forecast(at) * each.dollars for each in parts), Fraction(0))
    return firing(TICKET, float(forecast), parts[0].user.labels)


def in_two_products(
    platform: Platform, labels: Labels, *batches: tuple[Duration, Fraction, Fraction]
) -> tuple[Part, ...]:
    """A tenant with two batches of half an hour: when each begins, the fraction of the budget that it costs a minute,
    and how much of that are KV writes. Requests are the rest."""
    (start, before, of_writes), (now, later, of_writes_now) = batches
    shares = ((KV_WRITES, of_writes, of_writes_now), (REQUESTS, 1 - of_writes, 1 - of_writes_now))
    parts = []
    for counter, first_share, second_share in shares:
        dollars = price(platform, counter)
        budget = budget_of(platform, labels) / dollars
        rates = (before * first_share, BATCH), (NOTHING, now - start - BATCH), (later * second_share, BATCH)
        course = ((NOTHING, start), *rates, (NOTHING, hours(1)))
        counted = tuple(count(at_most(part * budget), duration) for part, duration in course)
        user = TokenUser(labels, budget, counted, samples_every=FIVE_MINUTES)
        parts.append(Part(counter, user, dollars))
    return tuple(parts)


def two_thirds_before(platform: Platform, before: Duration, now: Duration) -> Iterator[InputSeries]:
    """A tenant that writes exactly 1.5 times as much now as before. Each batch has a series of its own that begins at 0
    in the window of its hour, which nothing is extrapolated to; powers of two are exact in floating point."""
    labels = unlisted_tenant(platform)
    end = now + BATCH + hours(1)
    of_samples = power_of_two(budget_of(platform, labels) / price(platform, KV_WRITES) / 48)
    for start, parts, route in ((before, 2, routes(platform)[0]), (now, 3, route_of_last_service(platform))):
        yield input_series(KV_WRITES, {**labels, **route}, *batch_from_0(of_samples * parts, start, end))


def power_of_two(at_least: Fraction) -> Fraction:
    """The lowest power of two that is not below a number."""
    return Fraction(2 ** math.ceil(math.log2(at_least)))


def batch_from_0(of_samples: Fraction, start: Duration, end: Duration) -> tuple[Segment, ...]:
    """A batch of 20 minutes, five after a series begins at 0: so much is counted in each of four samples."""
    batch = count(of_samples / 5, minutes(20))
    return no_samples(start), count(0, FIVE_MINUTES), batch, count(0, end - start - minutes(25))
