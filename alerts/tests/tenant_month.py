"""Alert tests of TenantMonthlyCost and TenantMonthlyCostForecast: what a tenant used costs more than its budget of a
calendar month.

Tests begin on the first of January 1970, which has 31 days.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

from alerts.cost import tenant_monthly_cost_forecast
from alerts.tests.all_units import UnitSeries, all_units
from alerts.tests.names import HOSTILE_TENANT, Labels, routes, tenants, unlisted_tenant
from alerts.tests.runaway import FREE, price
from contract.labels import TENANT
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
    no_samples,
    not_applicable,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES, amount, first_evaluation, multiple, pending_seconds
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import just_below
from generator.dsl.units import Duration, days, hours, minutes
from generator.frozen import frozen

MONTH, DAY = days(31), days(1)
OF_TICKS = "bills are sums of increases of five minutes, and this test evaluates more rarely"

LOW_TRAFFIC_COSTS_LITTLE = not_applicable(
    "TenantMonthlyCost",
    TICKET,
    PAGE,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: a tenant with low traffic is far below its budget.",
)
LOW_TRAFFIC_HAS_A_LOW_FORECAST = not_applicable(
    "TenantMonthlyCostForecast",
    TICKET,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: the forecast of low traffic is low.",
)


@frozen
class MonthOfTenant:
    """A tenant that uses a counter over time, its budget of a month, and what each count costs, in dollars."""

    labels: Labels
    counter: Counter
    budget: Fraction
    dollars: Fraction
    segments: tuple[Segment, ...]

    def to_date(self, at: Duration) -> Fraction:
        """What the tenant cost since the month began."""
        return amount(self.segments, at, at if at > hours(1) else hours(2)) * self.dollars

    def forecast(self, at: Duration) -> Fraction:
        """What the tenant costs in the whole month, if the rest costs as much as the last day."""
        left = Fraction(MONTH.seconds - at.seconds, DAY.seconds)
        return self.to_date(at) + left * amount(self.segments, at, DAY) * self.dollars

    def alerts(self, platform: Platform, at: Duration) -> tuple[FiringAlert, ...]:
        """The ticket and the page at a time."""
        used = self.to_date(at) / self.budget
        return of_budget(platform, used, self.labels)

    def ticket(self, at: Duration) -> FiringAlert:
        """The ticket of the forecast at a time."""
        return firing(TICKET, float(self.forecast(at)), self.labels)

    def series(self, platform: Platform) -> InputSeries:
        """The counter on the first route."""
        return input_series(self.counter, {**self.labels, **routes(platform)[0]}, *self.segments)


def of_budget(platform: Platform, used: Fraction, labels: Labels) -> tuple[FiringAlert, ...]:
    """The ticket and the page of a tenant that used a fraction of its budget."""
    thresholds = ((TICKET, platform.cost.warning.amount), (PAGE, Fraction(1)))
    return tuple(firing(each, float(used), labels) for each, threshold in thresholds if used > threshold)


def month_budget_of(platform: Platform, labels: Labels) -> Fraction:
    """The budget of a tenant for a month in dollars."""
    budget = platform.cost.tenant_month.value_for(labels[TENANT])
    assert budget is not None, "budgets in dollars have a default"
    return budget.amount


def month_of(platform: Platform, labels: Labels, *segments: Segment, counter: Counter = KV_WRITES) -> MonthOfTenant:
    """A tenant that writes to KV, or reads there."""
    return MonthOfTenant(labels, counter, month_budget_of(platform, labels), price(platform, counter), segments)


def writes(platform: Platform, labels: Labels, of_budget: Fraction) -> Fraction:
    """The whole number of writes that cost a fraction of a tenant's budget, at most."""
    return Fraction(math.floor(month_budget_of(platform, labels) * of_budget / price(platform, KV_WRITES)))


@alert_test(
    "TenantMonthlyCost",
    TICKET,
    PAGE,
    covers=(FIRES, BEFORE_FOR, OTHERS_UNAFFECTED),
    id="budget_of_a_tenant_spent_in_two_hours",
)
def budget_of_a_tenant_spent_in_two_hours(platform: Platform) -> Scenario | NotPossible:
    """A tenant's KV writes cost its budget of the month in two hours: the ticket fires at {ticket}, the page at {page}.
    Another tenant stays below the warning."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    first, second = tenants(platform, platform.cost.tenant_month)
    course = month_of(platform, first, count(writes(platform, first, Fraction(1, 121)), hours(3)))
    warning, step = platform.cost.warning.amount, FIVE_MINUTES
    other = month_of(platform, second, count(writes(platform, second, just_below(warning) / 180), hours(3)))
    ticket = first_evaluation(lambda time: course.to_date(time) > warning * course.budget, step, step)
    page = first_evaluation(lambda time: course.to_date(time) > course.budget, step, step)
    times = sorted({ticket - step, ticket, page - step, page, hours(3)})
    return scenario(
        course.series(platform),
        other.series(platform),
        *(expect(time, course.alerts(platform, time)) for time in times),
        evaluation_interval=step,
        claim={"ticket": ticket, "page": page},
    )


@alert_test("TenantMonthlyCost", TICKET, PAGE, covers=(RECOVERS,), id="tenants_begin_a_new_month_at_0")
def tenants_begin_a_new_month_at_0(platform: Platform) -> Scenario | NotPossible:
    """A tenant spends twice its budget on the first day of a month, and nothing on the others: the ticket and the page
    fire until the month ends."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    if not platform.backend.sums_growth:
        return not_possible(OF_TICKS)
    tenant, step = unlisted_tenant(platform), hours(6)
    a_minute = writes(platform, tenant, Fraction(2, 600))
    use = month_of(platform, tenant, count(a_minute, hours(10)), count(0, MONTH - hours(5)))
    return scenario(
        use.series(platform),
        *(expect(time, use.alerts(platform, time)) for time in (hours(12), days(4), MONTH - step)),
        expect_none(MONTH + step),
        evaluation_interval=step,
        samples_every=FIVE_MINUTES,
    )


@alert_test("TenantMonthlyCost", TICKET, PAGE, covers=(FIRES,), id="rules_are_not_evaluated_for_36_hours")
def rules_are_not_evaluated_for_36_hours(platform: Platform) -> Scenario | NotPossible:
    """Each unit that two tenants use costs more than their budgets in an hour: the ticket and the page fire with all of
    it after no rule was evaluated for a day and a half."""
    return rare_evaluations(platform, hours(36), is_kept=True)


@alert_test("TenantMonthlyCost", TICKET, PAGE, covers=(RECOVERS,), id="rules_are_not_evaluated_for_60_hours")
def rules_are_not_evaluated_for_60_hours(platform: Platform) -> Scenario | NotPossible:
    """Each unit that two tenants use costs more than their budgets in an hour, and then no rule is evaluated for two
    days and a half: the month begins again."""
    return rare_evaluations(platform, hours(60), is_kept=False)


def rare_evaluations(platform: Platform, step: Duration, is_kept: bool) -> Scenario | NotPossible:
    """Tenants use every unit in the hour before the first of two evaluations; the totals are kept until the other, or
    not."""
    if not platform.backend.sums_growth:
        return not_possible(OF_TICKS)
    used = units_of_tenants(platform, Fraction(6, 250))
    alerts = alerts_of(platform, [(each, each.rate * 50) for each in used])
    idle = no_samples(step - minutes(55)), count(0, FIVE_MINUTES)
    return scenario(
        *(each.during(*idle, count(each.rate, minutes(50)), count(0, step)) for each in used),
        expect(step, alerts),
        expect(step * 2, alerts if is_kept else ()),
        evaluation_interval=step,
        samples_every=FIVE_MINUTES,
    )


def units_of_tenants(platform: Platform, of_budget: Fraction) -> list[UnitSeries]:
    """Every unit that the platform counts by tenant, of two tenants: each costs a fraction of the larger budget a
    minute."""
    budgets = {each[TENANT]: month_budget_of(platform, each) for each in tenants(platform)}
    units = all_units(platform, max(budgets.values()) * of_budget)
    return [each for each in units if each.labels.get(TENANT) in budgets]


def alerts_of(platform: Platform, counted: Sequence[tuple[UnitSeries, Fraction]]) -> list[FiringAlert]:
    """The alerts of tenants by what each of their units counted."""
    costs: dict[str, Fraction] = {}
    for each, number in counted:
        name = each.labels[TENANT]
        costs[name] = costs.get(name, Fraction(0)) + number * each.price
    budgets = {name: month_budget_of(platform, {TENANT: name}) for name in costs}
    return [
        alert for name, cost in costs.items() for alert in of_budget(platform, cost / budgets[name], {TENANT: name})
    ]


@alert_test("TenantMonthlyCost", TICKET, PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="tenant_below_its_warning")
def tenant_below_its_warning(platform: Platform) -> Scenario | NotPossible:
    """Tenants cost just less than the warning in a few hours, through restarts and without samples for an hour: does
    not fire."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    of_minute, users = just_below(platform.cost.warning.amount) / 400, []
    for labels in (*tenants(platform, platform.cost.tenant_month), HOSTILE_TENANT):
        rate = writes(platform, labels, of_minute)
        course = count(rate, minutes(202)), Restart(), count(rate, minutes(98)), no_samples(hours(1))
        users.append(month_of(platform, labels, *course, count(rate, minutes(100)), count(0, hours(1))))
    return scenario(
        *(user.series(platform) for user in users),
        *(expect_none(minutes(time)) for time in (200, 205, 300, 370, 460, 500)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("TenantMonthlyCost", TICKET, PAGE, covers=(FIRES,), id="exactly_the_month_of_a_tenant")
def exactly_the_month_of_a_tenant(platform: Platform) -> Scenario | NotPossible:
    """After {at}, the KV reads of a tenant cost exactly its budget of the month, and those of another exactly the
    warning: the page and the other's ticket fire five minutes later."""
    at, users, of_one = minutes(150), [], price(platform, KV_READS)
    thresholds = Fraction(1), platform.cost.warning.amount
    for labels, threshold in zip(tenants(platform, platform.cost.tenant_month), thresholds, strict=True):
        of_tick = month_budget_of(platform, labels) * threshold / 30
        reads = of_tick / 5 / of_one if of_one else Fraction(1, 2)
        is_exact = float(of_one) * float(reads * 5) == of_tick
        if reads.denominator > 1 or of_tick.denominator > 1 or not is_exact:
            return not_possible("no whole number of KV reads costs whole dollars in five minutes, and the budget")
        users.append(month_of(platform, labels, count(reads, hours(3)), counter=KV_READS))
    return scenario(
        *(user.series(platform) for user in users),
        *(
            expect(time, [alert for user in users for alert in user.alerts(platform, time)])
            for time in (at, at + FIVE_MINUTES)
        ),
        evaluation_interval=FIVE_MINUTES,
        claim={"at": at},
    )


@alert_test("TenantMonthlyCost", TICKET, PAGE, covers=(FIRES,), id="every_unit_of_a_month")
def every_unit_of_a_month(platform: Platform) -> Scenario:
    """Two tenants use every unit for three hours, one the more and the other the less of a product, the later it is in
    the list: the ticket and the page of each fire with the sum of all products."""
    used, at = units_of_tenants(platform, Fraction(1, 180)), hours(3)
    first, products = used[0].labels[TENANT], list(dict.fromkeys(each.unit.product for each in used))

    def rate(each: UnitSeries) -> Fraction:
        place = products.index(each.unit.product)
        return each.rate * (place + 1 if each.labels[TENANT] == first else len(products) - place)

    return scenario(
        *(each.during(count(rate(each), at)) for each in used),
        expect(at, alerts_of(platform, [(each, rate(each) * 180) for each in used])),
        # More often than growth goes stale, so that rules see what other groups recorded before.
        evaluation_interval=minutes(4) if platform.backend.sums_growth else FIVE_MINUTES,
    )


def pending(platform: Platform) -> int:
    """The `for` of the forecast in seconds."""
    return pending_seconds(tenant_monthly_cost_forecast.rule(platform))


@alert_test(
    "TenantMonthlyCostForecast",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="expensive_hour_of_a_tenant",
)
def expensive_hour_of_a_tenant(platform: Platform) -> Scenario | NotPossible:
    """A tenant's KV writes of an hour cost so much that the forecast is just above its budget: fires at {fires}, and no
    longer when few of the days to come are like that, at {resolves}; never for another tenant, which costs a tenth."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    (first, second), step, of_minute = tenants(platform, platform.cost.tenant_month), FIVE_MINUTES, Fraction(1, 1905)

    def spends(labels: Labels, part: Fraction) -> MonthOfTenant:
        return month_of(platform, labels, count(writes(platform, labels, part), hours(1)), count(0, hours(8)))

    course, other = spends(first, of_minute), spends(second, of_minute / 10)

    def is_over(time: Duration) -> bool:
        return course.forecast(time) > course.budget

    true_from = first_evaluation(is_over, step, step)
    fires = multiple(true_from.seconds + pending(platform), step)
    resolves = first_evaluation(lambda time: not is_over(time), true_from, step)
    if resolves <= fires:
        return not_possible("the alert waits for longer than the forecast is above the budget")
    last = resolves - step
    return scenario(
        course.series(platform),
        other.series(platform),
        expect_none(fires - step),
        *(expect_firing(time, course.ticket(time)) for time in sorted({fires, last})),
        expect_none(resolves),
        evaluation_interval=step,
        claim={"fires": fires, "resolves": resolves},
    )


@alert_test("TenantMonthlyCostForecast", TICKET, covers=(FIRES, RECOVERS), id="forecast_is_exactly_the_budget")
def forecast_is_exactly_the_budget(platform: Platform) -> Scenario | NotPossible:
    """A tenant's KV reads of an hour cost so much that the forecast of the month is exactly its budget at {at}: fires
    until half an hour before."""
    if not price(platform, KV_READS):
        return not_possible("the platform pays nothing for KV reads")
    if not platform.backend.sums_growth:
        return not_possible(OF_TICKS)
    tenant, step = tenants(platform, platform.cost.tenant_month)[0], minutes(30)
    budget, of_one = month_budget_of(platform, tenant), price(platform, KV_READS)
    for spent in range(12, int(budget) + 1, 12):
        at, reads = (32 - budget / spent) * DAY.seconds, Fraction(spent, 60) / of_one
        is_whole = reads.denominator == 1 and at.denominator == 1 and at % step.seconds == 0
        if is_whole and hours(4).seconds <= at < DAY.seconds:
            resolves = Duration(int(at))
            course = month_of(platform, tenant, count(reads, hours(1)), count(0, DAY), counter=KV_READS)
            last = resolves - step
            return scenario(
                course.series(platform),
                expect_firing(last, course.ticket(last)),
                expect_none(resolves),
                evaluation_interval=step,
                samples_every=FIVE_MINUTES,
                claim={"at": resolves},
            )
    return not_possible("no whole number of dollars is forecast to be exactly the budget")


@alert_test("TenantMonthlyCostForecast", TICKET, covers=(FIRES,), id="tenant_that_stopped_above_its_budget")
def tenant_that_stopped_above_its_budget(platform: Platform) -> Scenario | NotPossible:
    """A tenant spends more than its budget in five hours, and then has no series: the forecast is what it spent, until
    the end of the month."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    if not platform.backend.sums_growth:
        return not_possible(OF_TICKS)
    tenant, step = unlisted_tenant(platform), hours(6)
    use = month_of(platform, tenant, count(writes(platform, tenant, Fraction(12, 3000)), hours(5)), count(0, hours(1)))
    spent = float(use.to_date(step))
    return scenario(
        use.series(platform),
        *(expect_firing(time, firing(TICKET, spent, tenant)) for time in (days(2), days(5))),
        evaluation_interval=step,
        samples_every=FIVE_MINUTES,
    )


@alert_test("TenantMonthlyCostForecast", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="steady_month_of_a_tenant")
def steady_month_of_a_tenant(platform: Platform) -> Scenario | NotPossible:
    """Tenants cost 95% of their budgets in the month, through restarts: does not fire in its first days."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    users = []
    for labels in (*tenants(platform, platform.cost.tenant_month), HOSTILE_TENANT):
        rate = writes(platform, labels, Fraction(95, 100) / (31 * 1440))
        parts = (hours(20) + minutes(5), hours(15), hours(13) - minutes(5))
        users.append(month_of(platform, labels, *(each for part in parts for each in (count(rate, part), Restart()))))
    return scenario(
        *(user.series(platform) for user in users),
        *(expect_none(hours(hour)) for hour in (12, 24, 36, 48)),
        evaluation_interval=minutes(30),
        samples_every=FIVE_MINUTES,
    )
