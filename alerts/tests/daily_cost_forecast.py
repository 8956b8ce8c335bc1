"""Alert tests of DailyCostForecast: the platform's bill of 24 hours will be above a budget."""

from fractions import Fraction

from alerts.cost import daily_cost_forecast
from alerts.tests.cost import TokenUser
from alerts.tests.daily_cost import (
    AT,
    TokensAndWrites,
    bill_of,
    close_to,
    units_above,
    used,
    within_included,
    writes_costing,
)
from alerts.tests.product_budgets import TOTAL, budget_of_all, over_budgets
from alerts.tests.runaway import FREE, price
from alerts.tests.tenant_cost import EXTRAPOLATED
from contract.labels import PRODUCT
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
    FiringAlert,
    NotPossible,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    not_applicable,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES, ONE_MINUTE, first_evaluation, multiple, pending_seconds
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, days, hours, minutes

BATCH, WEEK = minutes(30), days(7)
FORECAST_OF = 7
"""A forecast, of costs that began within the hour: those, and six times as much."""
SEEN = minutes(50)
"""After so long, costs are close to a budget by forecast."""

LOW_TRAFFIC_HAS_A_LOW_FORECAST = not_applicable(
    "DailyCostForecast",
    TICKET,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: the forecast of low traffic is low.",
)


def pending(platform: Platform) -> int:
    """The `for` of the alert in seconds."""
    return pending_seconds(daily_cost_forecast.rule(platform))


def writer(platform: Platform, *segments: Segment) -> TokenUser:
    """All writes to KV, whose budget is that of all products, in writes."""
    budget = budget_of_all(platform.cost.day) / price(platform, KV_WRITES)
    return TokenUser({PRODUCT: TOTAL}, budget, segments)


def ticket(platform: Platform, user: TokenUser, at: Duration) -> FiringAlert:
    """The ticket of all products, whose value is the forecast in dollars."""
    return firing(TICKET, float(user.forecast(at) * price(platform, KV_WRITES)), user.labels)


@alert_test(
    "DailyCostForecast",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="new_level_of_cost",
)
def new_level_of_cost(platform: Platform) -> Scenario | NotPossible:
    """KV writes cost 0.4% of the budget of all products a minute until {fires}: the ticket fires from then to {last}. A
    product without a budget of its own has no alert."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    rate = writes_costing(platform, budget_of_all(platform.cost.day) / 250)
    steady = writer(platform, count(rate, hours(6)))
    true_from = first_evaluation(lambda time: steady.forecast(time) > steady.budget, ONE_MINUTE, ONE_MINUTE)
    fires = multiple(true_from.seconds + pending(platform), ONE_MINUTE)
    user = writer(platform, count(rate, fires), count(0, hours(2)))
    resolves = first_evaluation(lambda time: user.forecast(time) <= user.budget, fires, ONE_MINUTE)
    last = resolves - ONE_MINUTE
    return scenario(
        used(platform, KV_WRITES, *user.tokens),
        expect_none(fires - ONE_MINUTE),
        *(expect_firing(time, ticket(platform, user, time)) for time in sorted({fires, last})),
        expect_none(resolves),
        claim={"fires": fires, "last": last},
    )


@alert_test("DailyCostForecast", TICKET, covers=(FIRES, RECOVERS), id="forecast_of_exactly_the_budget_of_the_day")
def forecast_of_exactly_the_budget_of_the_day(platform: Platform) -> Scenario | NotPossible:
    """The budget of all products is spent in 50 minutes, and nothing later: the forecast is exactly the budget from
    {resolves} on, and the ticket fires until five minutes before."""
    if not platform.backend.sums_growth:
        return not_possible(EXTRAPOLATED)
    dollars, budget = price(platform, KV_WRITES), budget_of_all(platform.cost.day)
    of_tick = budget / 10
    rate = of_tick / 5 / dollars if dollars else Fraction(1, 2)
    if {rate.denominator, of_tick.denominator} != {1} or float(dollars) * float(rate * 5) != of_tick:
        return not_possible("no whole number of KV writes costs whole dollars in five minutes, and the budget")
    user = writer(platform, count(rate, minutes(50)), count(0, hours(3)))
    resolves = first_evaluation(lambda time: user.forecast(time) <= user.budget, minutes(50), FIVE_MINUTES)
    last = resolves - FIVE_MINUTES
    return scenario(
        used(platform, KV_WRITES, *user.tokens),
        expect_firing(last, ticket(platform, user, last)),
        *(expect_none(time) for time in (resolves, resolves + FIVE_MINUTES * 3)),
        evaluation_interval=FIVE_MINUTES,
        claim={"resolves": resolves},
    )


@alert_test("DailyCostForecast", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="steady_day_within_budget")
def steady_day_within_budget(platform: Platform) -> Scenario | NotPossible:
    """KV writes cost 86.4% of the budget of all products in a day, through two restarts: does not fire."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    rate = writes_costing(platform, budget_of_all(platform.cost.day) * Fraction(864, 1000) / 1440)
    parts = hours(12) + FIVE_MINUTES, hours(8), hours(6) - FIVE_MINUTES
    return scenario(
        used(platform, KV_WRITES, *(each for part in parts for each in (count(rate, part), Restart()))),
        *(expect_none(hours(hour)) for hour in (13, 18, 21, 24, 26)),
        evaluation_interval=BATCH,
        samples_every=FIVE_MINUTES,
    )


def close_forecast(platform: Platform, course: TokensAndWrites | NotPossible, is_over: bool) -> Scenario | NotPossible:
    """Tokens and writes whose forecast is close to a budget at 50 minutes, and what fires five minutes later."""
    if isinstance(course, NotPossible):
        return course
    if not 0 < pending(platform) <= FIVE_MINUTES.seconds:
        return not_possible("the alert does not fire five minutes after its condition is true")
    at, forecast = SEEN + FIVE_MINUTES, course.bill(Fraction(55) * FORECAST_OF)
    before = [*over_budgets(platform.cost.day, course.bill(Fraction(50) * FORECAST_OF))]
    if before and not is_over:
        return not_possible("a product is over its own budget")
    fires = [each.labels for each in before]
    alerts = [each for each in over_budgets(platform.cost.day, forecast) if each.labels in fires]
    return scenario(
        *course.series(platform, lasts=at),
        expect_none(SEEN),
        expect_firing(at, *alerts) if alerts else expect_none(at),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("DailyCostForecast", TICKET, covers=(FIRES,), id="forecast_above_what_is_included")
def forecast_above_what_is_included(platform: Platform) -> Scenario | NotPossible:
    """Tokens and writes will cost just more than the budgets, after what a day includes: fires five minutes later."""
    return close_forecast(platform, close_to(platform, Fraction(1), 1, 50 * FORECAST_OF), is_over=True)


@alert_test("DailyCostForecast", TICKET, covers=(BELOW_THRESHOLD,), id="forecast_below_what_is_included")
def forecast_below_what_is_included(platform: Platform) -> Scenario | NotPossible:
    """Tokens and writes will cost just less than the budgets, after what a day includes: does not fire five minutes
    later."""
    return close_forecast(platform, close_to(platform, Fraction(1), -1, 50 * FORECAST_OF), is_over=False)


@alert_test("DailyCostForecast", TICKET, covers=(FIRES,), id="forecast_of_included_tokens")
def forecast_of_included_tokens(platform: Platform) -> Scenario | NotPossible:
    """Tokens will cost half of what a day includes, and KV writes just more than the budget: fires, because what is
    left of the tokens is not subtracted from the writes."""
    return close_forecast(platform, within_included(platform, Fraction(1), 50 * FORECAST_OF), is_over=True)


@alert_test("DailyCostForecast", TICKET, covers=(FIRES,), id="every_unit_of_a_day_is_forecast")
def every_unit_of_a_day_is_forecast(platform: Platform) -> Scenario:
    """In three hours, all units cost more than the budget of all products, for two tenants in two services, through a
    restart in the last one: the forecast is three times as much, without what a day includes."""
    series = units_above(platform, platform.cost.day, AT)
    return scenario(
        *(each.during(count(each.rate, AT - BATCH), Restart(), count(each.rate, BATCH)) for each in series),
        expect_firing(AT, *over_budgets(platform.cost.day, bill_of(platform, series, AT * 3))),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("DailyCostForecast", TICKET, covers=(FIRES,), id="telemetry_ends_above_the_budget")
def telemetry_ends_above_the_budget(platform: Platform) -> Scenario | NotPossible:
    """In an hour, all units cost more than the budget of all products; then all telemetry ends: fires with what was
    used, because nothing more is forecast."""
    hour, at = hours(1), hours(3)
    if not platform.backend.sums_growth:
        return not_possible(EXTRAPOLATED)
    if pending(platform) > hour.seconds:
        return not_possible("the alert waits for longer than an hour")
    series = units_above(platform, platform.cost.day, hour)
    alerts = [*over_budgets(platform.cost.day, bill_of(platform, series, hour))]
    return scenario(
        *(each.during(count(each.rate, hour)) for each in series),
        expect_firing(at, *alerts),
        evaluation_interval=FIVE_MINUTES,
    )
