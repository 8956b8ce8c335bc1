"""Alert tests of DailyCost: the platform's bill of 24 hours is above a budget, after what each day includes."""

import math
from fractions import Fraction

from alerts.tests.all_units import UnitSeries, all_units
from alerts.tests.names import routes, tenants
from alerts.tests.product_budgets import TOTAL, above_budgets, budget_of_all
from alerts.tests.runaway import FREE, price
from alerts.tests.spend import PricedTokens, priced, tokens
from alerts.tests.tenant_cost import EXTRAPOLATED, Spender, clear
from alerts.tests.two_days import AI, CLOSE, KV, NOTHING_INCLUDED, included_dollars
from contract.ai import TOKENS
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
    input_series,
    not_applicable,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.query import ThresholdTable
from generator.dsl.rates import just_below
from generator.dsl.units import Duration, hours, minutes
from generator.frozen import frozen

AT, HALF_AN_HOUR, TWO_HOURS = hours(3), minutes(30), hours(2)
TICKS = 20
"""Times five minutes after which a budget is spent exactly."""

LOW_TRAFFIC_COSTS_LITTLE = not_applicable(
    "DailyCost",
    TICKET,
    PAGE,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: low traffic costs little.",
)


def of_day(platform: Platform, counter: Counter, *segments: Segment) -> Spender:
    """The platform, which writes to KV or reads there, and its budget of all products."""
    return Spender({PRODUCT: TOTAL}, budget_of_all(platform.cost.day), price(platform, counter), segments)


def used(platform: Platform, counter: Counter, *segments: Segment) -> InputSeries:
    """A counter of a tenant."""
    return input_series(counter, {**tenants(platform)[0], **routes(platform)[0]}, *segments)


def writes_costing(platform: Platform, dollars: Fraction) -> Fraction:
    """The whole number of writes that cost so much, at most."""
    return Fraction(math.floor(dollars / price(platform, KV_WRITES)))


@alert_test(
    "DailyCost",
    TICKET,
    PAGE,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="budget_of_the_day_spent_in_half_of_it",
)
def budget_of_the_day_spent_in_half_of_it(platform: Platform) -> Scenario | NotPossible:
    """KV writes cost the budget of all products in {duration}: the ticket fires at {ticket}, the page at {page}; both
    resolve after a day. A product without a budget of its own has no alert."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    if not platform.backend.sums_growth:
        return not_possible(EXTRAPOLATED)
    rate = writes_costing(platform, budget_of_all(platform.cost.day) / 750)
    course = clear(of_day(platform, KV_WRITES), rate, platform.cost.warning.amount, HALF_AN_HOUR)
    return scenario(
        used(platform, KV_WRITES, *course.user.segments),
        *(expect(time, course.user.alerts(platform, time)) for time in course.times),
        evaluation_interval=HALF_AN_HOUR,
        samples_every=FIVE_MINUTES,
        claim={"duration": course.page, "ticket": course.ticket, "page": course.page},
    )


@alert_test("DailyCost", TICKET, PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="day_just_below_warning")
def day_just_below_warning(platform: Platform) -> Scenario | NotPossible:
    """KV writes cost just less than the warning in three hours, through restarts: does not fire."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    dollars = budget_of_all(platform.cost.day) * just_below(platform.cost.warning.amount)
    a_minute = writes_costing(platform, dollars / 180)
    parts = count(a_minute, minutes(92)), Restart(), count(a_minute, minutes(88)), Restart(), count(0, minutes(30))
    return scenario(
        used(platform, KV_WRITES, *parts),
        *(expect_none(time) for time in (minutes(90), minutes(95), AT, minutes(210))),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("DailyCost", TICKET, PAGE, covers=(FIRES,), id="exactly_the_budget_of_the_day")
def exactly_the_budget_of_the_day(platform: Platform) -> Scenario | NotPossible:
    """After {at}, the bill of KV reads is exactly the budget of all products, after {earlier} exactly the warning: the
    page and the ticket fire five minutes later."""
    budget, of_one, warned = budget_of_all(platform.cost.day), price(platform, KV_READS), platform.cost.warning.amount
    of_tick, ticks = budget / TICKS, warned * TICKS
    reads = of_tick / 5 / of_one if of_one else Fraction(1, 2)
    if {reads.denominator, of_tick.denominator} != {1} or float(of_one) * float(reads * 5) != of_tick:
        return not_possible("no whole number of KV reads costs whole dollars in five minutes, and the budget")
    if ticks.denominator > 1:
        return not_possible("no whole number of times five minutes costs the warning")
    course = of_day(platform, KV_READS, count(reads, FIVE_MINUTES * (TICKS + 1)))
    at, earlier = FIVE_MINUTES * TICKS, FIVE_MINUTES * int(ticks)
    return scenario(
        used(platform, KV_READS, *course.segments),
        *(
            expect(time, course.alerts(platform, time))
            for time in sorted({earlier, earlier + FIVE_MINUTES, at, at + FIVE_MINUTES})
        ),
        evaluation_interval=FIVE_MINUTES,
        claim={"at": at, "earlier": earlier},
    )


def units_above(platform: Platform, budgets: ThresholdTable, duration: Duration) -> tuple[UnitSeries, ...]:
    """All units, which cost more than the budget of all products together in a time."""
    dollars = budget_of_all(budgets) * Fraction(3, 2) / len(all_units(platform, Fraction(1)))
    return all_units(platform, dollars / Fraction(duration.seconds, 60))


def bill_of(platform: Platform, series: tuple[UnitSeries, ...], duration: Duration) -> dict[str, Fraction]:
    """What each product, and all of them, cost in a time, after what a day includes."""
    bill: dict[str, Fraction] = {}
    for each in series:
        product = each.unit.product
        bill[product] = bill.get(product, Fraction(0)) + each.dollars * duration.seconds / 60
    of_tokens = bill.get(AI, Fraction(0)) - included_dollars(platform, TOKENS)
    bill[AI] = max(Fraction(0), of_tokens)
    return {**bill, TOTAL: sum(bill.values(), Fraction(0))}


@alert_test("DailyCost", TICKET, PAGE, covers=(FIRES,), id="every_unit_of_a_day")
def every_unit_of_a_day(platform: Platform) -> Scenario:
    """In three hours, all units together cost more than the budget of all products, for two tenants in two services:
    the ticket and the page fire with the sum, without what a day includes."""
    series = units_above(platform, platform.cost.day, AT)
    alerts = [*above_budgets(platform.cost.day, platform.cost.warning, bill_of(platform, series, AT))]
    return scenario(
        *(each.during(count(each.rate, AT)) for each in series),
        expect(AT, alerts),
        evaluation_interval=FIVE_MINUTES,
    )


@frozen
class TokensAndWrites:
    """Tokens and KV writes a minute for some time, what each costs, and what each day includes of tokens, in
    dollars."""

    kind: PricedTokens
    per_minute: Fraction
    writes: Fraction
    of_write: Fraction
    included: Fraction

    def bill(self, in_minutes: Fraction) -> dict[str, Fraction]:
        """The bill of the day after so many minutes."""
        of_tokens = max(Fraction(0), self.kind.price * self.per_minute * in_minutes - self.included)
        of_writes = self.of_write * self.writes * in_minutes
        return {AI: of_tokens, KV: of_writes, TOTAL: of_tokens + of_writes}

    def series(self, platform: Platform, *rest: Segment, lasts: Duration) -> tuple[InputSeries, ...]:
        """Both counters of a tenant."""
        labels = {**tenants(platform)[0], **routes(platform)[0]}
        of_tokens = tokens(self.kind.counter, self.kind.model, labels, count(self.per_minute, lasts), *rest)
        writes = used(platform, KV_WRITES, count(self.writes, lasts), *rest)
        return (of_tokens, writes) if self.writes else (of_tokens,)


def close_to(platform: Platform, fraction: Fraction, sign: int, in_minutes: int) -> TokensAndWrites | NotPossible:
    """Tokens and writes whose bill after some minutes is close to a fraction of the budget of Workers AI, if it has
    one, and to that of all products. Writes are the rest, where the platform has KV and pays for it."""
    included, kinds, of_write = included_dollars(platform, TOKENS), priced(platform), price(platform, KV_WRITES)
    if not (included and kinds):
        return not_possible(NOTHING_INCLUDED)
    own, of_all = platform.cost.day.value_for(AI), budget_of_all(platform.cost.day) * fraction
    has_writes = KV in platform.stores and of_write > 0
    of_tokens = min(of_all, own.amount * fraction) if own is not None else of_all / 2 if has_writes else of_all
    per_minute = kinds[0].costing((of_tokens + included + sign * CLOSE * included) / in_minutes)
    writes = writes_costing(platform, (of_all - of_tokens) / in_minutes) if has_writes else Fraction(0)
    return TokensAndWrites(kinds[0], per_minute, writes, of_write, included)


def within_included(platform: Platform, fraction: Fraction, in_minutes: int) -> TokensAndWrites | NotPossible:
    """Tokens that cost half of what a day includes, and writes that cost just more than a fraction of the budget of
    all products after some minutes."""
    included, kinds, of_write = included_dollars(platform, TOKENS), priced(platform), price(platform, KV_WRITES)
    if not (included and kinds) or KV not in platform.stores or not of_write:
        return not_possible("no tokens are included, or the platform pays nothing for tokens or KV writes")
    dollars = budget_of_all(platform.cost.day) * fraction + included * CLOSE
    per_minute = kinds[0].costing(included / 2 / in_minutes)
    return TokensAndWrites(kinds[0], per_minute, writes_costing(platform, dollars / in_minutes), of_write, included)


@alert_test("DailyCost", TICKET, covers=(FIRES,), id="day_above_what_is_included")
def day_above_what_is_included(platform: Platform) -> Scenario | NotPossible:
    """Tokens and writes cost just more than the warning, after what a day includes: the ticket fires."""
    course = close_to(platform, platform.cost.warning.amount, 1, 120)
    if isinstance(course, NotPossible):
        return course
    alerts = [*above_budgets(platform.cost.day, platform.cost.warning, course.bill(Fraction(120)))]
    return scenario(
        *course.series(platform, lasts=TWO_HOURS), expect_firing(TWO_HOURS, *alerts), evaluation_interval=FIVE_MINUTES
    )


@alert_test("DailyCost", TICKET, covers=(BELOW_THRESHOLD,), id="day_below_what_is_included")
def day_below_what_is_included(platform: Platform) -> Scenario | NotPossible:
    """Tokens and writes cost just less than the warning, after what a day includes: does not fire."""
    course = close_to(platform, platform.cost.warning.amount, -1, 120)
    if isinstance(course, NotPossible):
        return course
    if any(above_budgets(platform.cost.day, platform.cost.warning, course.bill(Fraction(120)))):
        return not_possible("a product is over its own budget")
    return scenario(*course.series(platform, lasts=TWO_HOURS), expect_none(TWO_HOURS), evaluation_interval=FIVE_MINUTES)


@alert_test("DailyCost", TICKET, covers=(FIRES,), id="included_tokens_pay_for_nothing_else")
def included_tokens_pay_for_nothing_else(platform: Platform) -> Scenario | NotPossible:
    """Tokens cost half of what a day includes, and KV writes just more than the warning: the ticket fires, because what
    is left of the tokens is not subtracted from the writes."""
    course = within_included(platform, platform.cost.warning.amount, 120)
    if isinstance(course, NotPossible):
        return course
    alerts = [*above_budgets(platform.cost.day, platform.cost.warning, course.bill(Fraction(120)))]
    return scenario(
        *course.series(platform, lasts=TWO_HOURS), expect_firing(TWO_HOURS, *alerts), evaluation_interval=FIVE_MINUTES
    )
