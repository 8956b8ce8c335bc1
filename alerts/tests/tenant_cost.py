"""Alert tests of TenantCost: what a tenant uses costs more than its budget in dollars."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from alerts.tests.names import Labels, route_of_last_service, routes, tenants, unlisted_tenant
from alerts.tests.runaway import FREE, price
from alerts.tests.spend import priced
from contract.billing import COST
from contract.labels import MODEL, TENANT
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
    expect_none,
    firing,
    input_series,
    not_applicable,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES, amount, first_evaluation
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import just_below
from generator.dsl.units import Duration, hours, minutes
from generator.frozen import frozen

DAY = hours(24)
EXTRAPOLATED = "bills are increases of raw counters, which are extrapolated"
TOO_EARLY = "the ticket's threshold is below the cost of five minutes of any rate that uses the budget"
LOW_TRAFFIC_COSTS_LITTLE = not_applicable(
    "TenantCost",
    TICKET,
    PAGE,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: a tenant with low traffic is far below its budget.",
)


@frozen
class Spender:
    """A tenant that writes to KV, its budget in dollars, and what each write costs."""

    labels: Labels
    budget: Fraction
    dollars: Fraction
    segments: tuple[Segment, ...]

    def used(self, at: Duration) -> Fraction:
        """The fraction of the budget that is used in the day that ends at a time."""
        return amount(self.segments, at, DAY) * self.dollars / self.budget

    def is_over(self, fraction: Fraction, at: Duration) -> bool:
        """Whether more than a fraction of the budget is used."""
        return self.used(at) > fraction

    def is_clear(self, at: Duration) -> bool:
        """Whether the percentage that is used is not just between two of the four digits that a text shows: a sum in
        floating point rounds that up or down."""
        used = self.used(at)
        decimals = next(count for count in (3, 4, 5, 6) if used * Fraction(10**count) >= 1000 or count == 6)
        return abs(used * Fraction(10**decimals) % 1 - Fraction(1, 2)) > Fraction(1, 10000)

    def alerts(self, platform: Platform, at: Duration) -> tuple[FiringAlert, ...]:
        """The ticket and the page of this tenant at a time."""
        thresholds = ((TICKET, platform.cost.warning.amount), (PAGE, Fraction(1)))
        used = self.used(at)
        return tuple(firing(each, float(used), self.labels) for each, threshold in thresholds if used > threshold)

    def series(self, platform: Platform) -> InputSeries:
        """The writes on the first route."""
        return input_series(KV_WRITES, {**self.labels, **routes(platform)[0]}, *self.segments)


def budget_of(platform: Platform, labels: Labels) -> Fraction:
    """The budget of a tenant in dollars."""
    budget = platform.cost.tenant_dollars.value_for(labels[TENANT])
    assert budget is not None, "budgets in dollars have a default"
    return budget.amount


def rate_of(platform: Platform, labels: Labels, of_budget: Fraction) -> Fraction:
    """The whole number of writes a minute that cost a fraction of a tenant's budget, at most."""
    return Fraction(math.floor(budget_of(platform, labels) * of_budget / price(platform, KV_WRITES)))


def spender(platform: Platform, labels: Labels, *segments: Segment) -> Spender:
    """A tenant that writes to KV."""
    return Spender(labels, budget_of(platform, labels), price(platform, KV_WRITES), segments)


@frozen
class Spent:
    """What writes at a rate until its budget is spent, when its ticket and its page fire and resolve, and the time
    between two evaluations."""

    user: Spender
    ticket: Duration
    page: Duration
    ends: Duration
    resolves: Duration
    step: Duration

    @property
    def times(self) -> list[Duration]:
        """The evaluations at which an alert fires or resolves, those before them, and the end of the first day."""
        changes = (self.ticket, self.page, self.ends, self.resolves)
        return sorted({*changes, *(each - self.step for each in changes), DAY})


def spent(user: Spender, rate: Fraction, warning: Fraction, step: Duration = FIVE_MINUTES) -> Spent:
    """What writes so many entries a minute until its budget is spent."""
    steady = replace(user, segments=(count(rate, DAY),))
    ticket = first_evaluation(lambda time: steady.is_over(warning, time), step, step)
    page = first_evaluation(lambda time: steady.is_over(Fraction(1), time), step, step)
    user = replace(user, segments=(count(rate, page), count(0, DAY + step * 12)))
    ends = first_evaluation(lambda time: not user.is_over(Fraction(1), time), DAY, step)
    resolves = first_evaluation(lambda time: not user.is_over(warning, time), DAY, step)
    return Spent(user, ticket, page, ends, resolves, step)


def clear(user: Spender, rate: Fraction, warning: Fraction, step: Duration = FIVE_MINUTES) -> Spent:
    """What writes so many entries a minute, or a few less, so that no percentage is between two texts."""
    courses = (spent(user, rate - less, warning, step) for less in range(100))
    return next(each for each in courses if all(map(each.user.is_clear, each.times)))


@alert_test(
    "TenantCost", TICKET, PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="budget_spent_in_two_hours"
)
def budget_spent_in_two_hours(platform: Platform) -> Scenario | NotPossible:
    """A tenant's KV writes cost its budget in {duration}: the ticket fires at {ticket}, the page at {page}; both
    resolve after a day. Another tenant stays below the warning."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    if not platform.backend.sums_growth:
        return not_possible(EXTRAPOLATED)
    (first, second), warning = tenants(platform, platform.cost.tenant_dollars), platform.cost.warning.amount
    if warning <= Fraction(1, 20):
        return not_possible(TOO_EARLY)
    rate = rate_of(platform, first, Fraction(1, 126))
    course = clear(spender(platform, first), rate, warning)
    below = rate_of(platform, second, just_below(warning) / 1440)
    other = spender(platform, second, count(below, course.page + hours(25)))
    return scenario(
        course.user.series(platform),
        other.series(platform),
        *(expect(time, course.user.alerts(platform, time)) for time in course.times),
        evaluation_interval=FIVE_MINUTES,
        claim={"duration": course.page, "ticket": course.ticket, "page": course.page},
    )


@alert_test("TenantCost", TICKET, PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="cost_just_below_warning")
def cost_just_below_warning(platform: Platform) -> Scenario | NotPossible:
    """Each tenant's KV writes cost 90% of the warning in a day, through two restarts: does not fire."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    used = just_below(platform.cost.warning.amount) / 1440
    users = []
    for labels in (*tenants(platform, platform.cost.tenant_dollars), unlisted_tenant(platform)):
        rate = rate_of(platform, labels, used)
        parts = (hours(12) + minutes(2), hours(8), hours(6) - minutes(2))
        segments = [each for part in parts for each in (count(rate, part), Restart())]
        users.append(spender(platform, labels, *segments))
    return scenario(
        *(user.series(platform) for user in users),
        *(expect_none(hours(hour)) for hour in (13, 21, 24, 26)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("TenantCost", TICKET, PAGE, covers=(FIRES,), id="exactly_the_budget")
def exactly_the_budget(platform: Platform) -> Scenario | NotPossible:
    """After {at}, the KV reads of one tenant cost exactly its budget, and those of another exactly the warning: the
    page and the other's ticket fire five minutes later."""
    first, second = tenants(platform, platform.cost.tenant_dollars)
    of_one, at = price(platform, KV_READS), minutes(125)
    users = []
    for labels, threshold in ((first, Fraction(1)), (second, platform.cost.warning.amount)):
        reads = budget_of(platform, labels) * threshold / of_one if of_one else Fraction(1, 2)
        exact = float(of_one) * float(reads) / float(budget_of(platform, labels)) == float(threshold)
        if not exact or (reads / 125).denominator > 1:
            return not_possible("no whole number of KV reads a minute costs exactly the budget")
        users.append(Spender(labels, budget_of(platform, labels), of_one, (count(reads / 125, hours(3)),)))
    return scenario(
        *(input_series(KV_READS, {**user.labels, **routes(platform)[0]}, *user.segments) for user in users),
        *(
            expect(time, [alert for user in users for alert in user.alerts(platform, time)])
            for time in (at, at + FIVE_MINUTES)
        ),
        evaluation_interval=FIVE_MINUTES,
        claim={"at": at},
    )


@alert_test("TenantCost", TICKET, PAGE, covers=(FIRES,), id="every_unit_costs_a_tenant")
def every_unit_costs_a_tenant(platform: Platform) -> Scenario | NotPossible:
    """A tenant uses every unit that the platform counts for tenants for 26 hours, each for half of its budget in a day
    and in two services, through a restart: the ticket and the page fire with the cost of all of them."""
    tenant, at = unlisted_tenant(platform), hours(26)
    dollars = budget_of(platform, tenant) / 2 / 2 / 1440
    total, series = Fraction(0), []
    for counter, of_one, more in prices_of_tenants(platform):
        half = count(math.floor(dollars / of_one), at - hours(13))
        segments = half, Restart(), half
        total += 2 * amount(segments, at, DAY) * of_one
        for route in (routes(platform)[0], route_of_last_service(platform)):
            series.append(input_series(counter, {**tenant, **route, **more}, *segments))
    used = total / budget_of(platform, tenant)
    if used <= 1:
        return not_possible("fewer than three units have a price")
    alerts = [firing(each, float(used), tenant) for each in (TICKET, PAGE)]
    return scenario(*series, expect(at, alerts), evaluation_interval=FIVE_MINUTES)


def prices_of_tenants(platform: Platform) -> Iterator[tuple[Counter, Fraction, Labels]]:
    """Each counter of a tenant that costs something, what each count costs, and the labels that it has besides."""
    for unit in COST.units:
        of_one = unit.dollars(platform.unit_prices)
        kinds = {each.counter: each for each in priced(platform)}.values()
        of_tokens: list[tuple[Counter, Fraction, Labels]] = [
            (each.counter, each.price, {MODEL: each.model}) for each in kinds
        ]
        for kind in of_tokens if of_one is None else [(counter, of_one, {}) for counter in unit.counters]:
            if unit.is_used(platform.stores) and TENANT in kind[0].labels and kind[1]:
                yield kind
