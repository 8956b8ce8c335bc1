"""Alert tests of CostRunaway: loops that cost much more than ever, and launches that do not."""

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from alerts.cost import cost_runaway_page, cost_runaway_ticket
from alerts.tests.all_units import UnitSeries, all_units
from alerts.tests.names import Labels, routes, tenants
from contract.api import REQUESTS
from contract.billing import COST
from contract.labels import PRODUCT
from contract.storage import D1_ROWS_WRITTEN, DO_ALARMS, DO_ROWS_WRITTEN, KV_LISTS, KV_WRITES
from generator.dsl.alert import PAGE, TICKET, Alert
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
    input_series,
    no_samples,
    not_applicable,
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES, ONE_MINUTE, extrapolated_increase, first_evaluation, multiple
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, Quantity, days, hours, minutes
from generator.frozen import frozen

OF_A_LOOP = 72_000
"""KV writes a minute of a queue consumer that sends to its own queue, as published in 2026."""
OF_AN_ALARM = 20_000
"""Alarms a minute of a Durable Object whose alarm sets itself at once."""
PACE = days(1) / minutes(5)
FREE = "the platform pays nothing for KV writes"
PEAK = hours(1)
STEP = minutes(15)
"""Between the evaluations of tests that last a week: a rule is evaluated thousands of times in them."""
WEEK = days(7) + hours(12)
"""A product that is older than a week and six hours has a history."""

LOW_TRAFFIC_COSTS_LITTLE = not_applicable(
    "CostRunaway",
    TICKET,
    PAGE,
    covers=(LOW_TRAFFIC,),
    reason="The alert is about an amount, not a ratio: low traffic costs little.",
)


@frozen
class Loop:
    """A counter over time, and what each count costs."""

    counter: Counter
    product: str
    dollars: Fraction
    segments: tuple[Segment, ...]

    def pace(self, at: Duration) -> Fraction:
        """What a day costs at the pace of the five minutes before a time."""
        return extrapolated_increase(self.segments, at, FIVE_MINUTES) * self.dollars * PACE

    def is_above(self, dollars: Fraction, at: Duration) -> bool:
        """Whether the pace is above so many dollars a day."""
        return self.pace(at) > dollars

    def alerts(self, platform: Platform, at: Duration) -> tuple[FiringAlert, ...]:
        """The ticket and the page whose thresholds the pace is above."""
        pace = self.pace(at)
        return tuple(
            firing(alert.severity, float(pace), {PRODUCT: self.product})
            for alert in (cost_runaway_ticket, cost_runaway_page)
            if pace > threshold(platform, alert)
        )


def threshold(platform: Platform, alert: Alert) -> Fraction:
    """The dollars a day from which on the ticket or the page fires."""
    (comparison, *_) = alert.rule(platform).condition.comparisons()
    assert isinstance(comparison.threshold, Quantity)
    return comparison.threshold.amount


def price(platform: Platform, counter: Counter) -> Fraction:
    """What each count costs, of a counter with a price of its own."""
    (unit,) = (unit for unit in COST.units if counter in unit.counters)
    dollars = unit.dollars(platform.unit_prices)
    assert dollars is not None
    return dollars


def rate_at(platform: Platform, dollars_a_day: Fraction) -> Fraction:
    """The KV writes a minute that cost so much a day, at most."""
    return Fraction(math.floor(dollars_a_day / 1440 / price(platform, KV_WRITES)))


def loop(platform: Platform) -> Fraction:
    """The KV writes a minute of a loop: as published, or more where the platform's threshold of the page is higher."""
    dear = threshold(platform, cost_runaway_page) * Fraction(102, 100)
    return max(Fraction(OF_A_LOOP), rate_at(platform, dear))


def kv_writes(platform: Platform, *segments: Segment) -> Loop:
    """KV writes over time."""
    return Loop(KV_WRITES, "kv", price(platform, KV_WRITES), segments)


def labels(platform: Platform) -> Labels:
    """The first tenant on the first route."""
    return {**tenants(platform)[0], **routes(platform)[0]}


def fires_after(alert: Alert, platform: Platform, true_from: Duration, interval: Duration) -> Duration:
    """The evaluation at which the alert fires, if its condition is true from an evaluation on."""
    pending = alert.rule(platform).pending
    return true_from if pending is None else true_from + multiple(pending.seconds, interval)


@alert_test(
    "CostRunaway",
    TICKET,
    PAGE,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="queue_loop_writes_kv",
)
def queue_loop_writes_kv(platform: Platform) -> Scenario | NotPossible:
    """A queue consumer writes {writes} KV entries a minute from {starts} on, a hundred before: the ticket and the page
    fire at {fires}, until it is stopped after an hour. Steady requests do not fire."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    starts, lasts, writes = WEEK, hours(1), loop(platform)
    course = kv_writes(platform, count(100, starts), count(writes, lasts), count(100, hours(1)))
    fires = fires_after(cost_runaway_page, platform, starts + STEP, STEP)
    ends = starts + lasts
    return scenario(
        input_series(KV_WRITES, labels(platform), *course.segments),
        input_series(REQUESTS, labels(platform), count(10_000, ends + hours(1))),
        expect_none(fires - STEP),
        expect_firing(fires, *course.alerts(platform, fires)),
        expect_firing(ends, *course.alerts(platform, ends)),
        expect_none(ends + STEP),
        evaluation_interval=STEP,
        claim={"writes": writes, "starts": starts, "fires": fires},
    )


@alert_test("CostRunaway", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="queue_loop_after_a_week_of_history")
def queue_loop_after_a_week_of_history(platform: Platform) -> Scenario | NotPossible:
    """A queue consumer writes {writes} KV entries a minute from {starts} on, a hundred a minute for more than a week
    before: the ticket and the page fire at {fires}, within ten minutes, even if rules are evaluated every five minutes
    alone."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    starts, writes = WEEK, loop(platform)
    course = kv_writes(platform, count(100, starts), count(writes, minutes(15)))
    is_dear = partial(course.is_above, threshold(platform, cost_runaway_page))
    true_from = first_evaluation(is_dear, starts, FIVE_MINUTES)
    fires = fires_after(cost_runaway_page, platform, true_from, FIVE_MINUTES)
    if fires > starts + minutes(10):
        return not_possible("the platform's `for` is longer than an evaluation")
    return scenario(
        input_series(KV_WRITES, labels(platform), *course.segments),
        expect_none(starts),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, *course.alerts(platform, fires)),
        evaluation_interval=FIVE_MINUTES,
        claim={"writes": writes, "starts": starts, "fires": fires},
    )


@alert_test("CostRunaway", TICKET, covers=(FIRES, BEFORE_FOR), id="worker_writes_rows_of_d1")
def worker_writes_rows_of_d1(platform: Platform) -> Scenario | NotPossible:
    """D1 is used for the first time, and a Worker writes {counts} rows a minute from {starts} on: the ticket fires at
    {fires}."""
    return loop_of_one_unit(platform, D1_ROWS_WRITTEN, "d1", 100_000)


@alert_test("CostRunaway", TICKET, covers=(FIRES, BEFORE_FOR), id="worker_lists_keys")
def worker_lists_keys(platform: Platform) -> Scenario | NotPossible:
    """KV is used for the first time, and a Worker lists its keys {counts} times a minute from {starts} on: the ticket
    fires at {fires}."""
    return loop_of_one_unit(platform, KV_LISTS, "kv", 20_000)


def loop_of_one_unit(platform: Platform, counter: Counter, product: str, at_least: int) -> Scenario | NotPossible:
    """A product is used for the first time, and one of its units is counted so many times a minute, or as often as the
    ticket needs."""
    of_one = price(platform, counter)
    if not of_one:
        return not_possible(f"the platform pays nothing for {counter.name}")
    starts, dear = minutes(30), threshold(platform, cost_runaway_ticket)
    counts = max(Fraction(at_least), Fraction(math.ceil(dear * Fraction(102, 100) / 1440 / of_one)))
    course = Loop(counter, product, of_one, (count(0, starts), count(counts, minutes(20))))
    true_from = first_evaluation(partial(course.is_above, dear), starts, ONE_MINUTE)
    fires = fires_after(cost_runaway_ticket, platform, true_from, ONE_MINUTE)
    if fires > starts + minutes(10) or len(course.alerts(platform, fires)) > 1:
        return not_possible("the platform's `for` or thresholds of the two severities differ")
    return scenario(
        input_series(counter, labels(platform), *course.segments),
        expect_none(fires - ONE_MINUTE),
        expect_firing(fires, *course.alerts(platform, fires)),
        claim={"counts": counts, "starts": starts, "fires": fires},
    )


@alert_test("CostRunaway", TICKET, covers=(FIRES, BEFORE_FOR), id="alarm_sets_itself_at_once")
def alarm_sets_itself_at_once(platform: Platform) -> Scenario | NotPossible:
    """A new Durable Object's alarm sets itself at once and writes a row, {alarms} times a minute from {starts} on: the
    ticket fires at {fires}. As many rows are written a minute as alarms run, and each run sets the next alarm, which is
    a row more: a run is a request and two rows."""
    of_alarm = price(platform, DO_ALARMS) + 2 * price(platform, DO_ROWS_WRITTEN)
    if not of_alarm:
        return not_possible("the platform pays nothing for Durable Objects")
    starts, dear = minutes(30), threshold(platform, cost_runaway_ticket)
    alarms = max(Fraction(OF_AN_ALARM), Fraction(math.ceil(dear * Fraction(102, 100) / 1440 / of_alarm)))
    course = Loop(DO_ALARMS, "durable_objects", of_alarm, (count(0, starts), count(alarms, minutes(20))))
    true_from = first_evaluation(partial(course.is_above, dear), starts, ONE_MINUTE)
    fires = fires_after(cost_runaway_ticket, platform, true_from, ONE_MINUTE)
    if fires > starts + minutes(10) or len(course.alerts(platform, fires)) > 1:
        return not_possible("the platform's `for` or thresholds of the two severities differ")
    return scenario(
        input_series(DO_ALARMS, labels(platform), *course.segments),
        input_series(DO_ROWS_WRITTEN, labels(platform), count(0, starts), count(2 * alarms, minutes(20))),
        expect_none(fires - ONE_MINUTE),
        expect_firing(fires, *course.alerts(platform, fires)),
        claim={"alarms": alarms, "starts": starts, "fires": fires},
    )


@alert_test("CostRunaway", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="queue_loop_of_a_new_product")
def queue_loop_of_a_new_product(platform: Platform) -> Scenario | NotPossible:
    """KV is used for the first time, and a loop writes {writes} entries a minute from {starts} on: the ticket fires at
    {ticket}, the page at {page}, both within ten minutes."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    starts, writes = minutes(30), loop(platform)
    course = kv_writes(platform, count(0, starts), count(writes, minutes(20)))
    times = {}
    for alert in (cost_runaway_ticket, cost_runaway_page):
        is_dear = partial(course.is_above, threshold(platform, alert))
        true_from = first_evaluation(is_dear, starts, ONE_MINUTE)
        times[alert.severity] = fires_after(alert, platform, true_from, ONE_MINUTE)
    ticket, page = times[TICKET], times[PAGE]
    if ticket >= page or page > starts + minutes(10):
        return not_possible("the platform's `for` or thresholds of the two severities differ")
    (first, *_) = course.alerts(platform, ticket)
    return scenario(
        input_series(KV_WRITES, labels(platform), *course.segments),
        expect_none(ticket - ONE_MINUTE),
        expect_firing(ticket, first),
        expect_firing(page - ONE_MINUTE, *course.alerts(platform, page - ONE_MINUTE)[:1]),
        expect_firing(page, *course.alerts(platform, page)),
        claim={"writes": writes, "starts": starts, "ticket": ticket, "page": page},
    )


def loops_of_all_units(platform: Platform, length: Duration) -> Iterator[tuple[Loop, UnitSeries]]:
    """Each unit that the platform counts, as series that cost three fifths of the ticket's threshold each, and restart
    two minutes before their end."""
    dollars = threshold(platform, cost_runaway_ticket) * Fraction(3, 5) / 1440
    for each in all_units(platform, dollars):
        segments = count(each.rate, length - minutes(2)), Restart(), count(each.rate, minutes(2))
        yield Loop(each.counter, each.unit.product, each.price, segments), each


@alert_test("CostRunaway", TICKET, covers=(FIRES,), id="every_product_runs_away")
def every_product_runs_away(platform: Platform) -> Scenario:
    """Every unit that the platform counts costs more than the ticket's threshold from the start on, for two tenants in
    two services, through a restart: the ticket of each product fires, with the cost of all of its units."""
    at = fires_after(cost_runaway_ticket, platform, minutes(10), ONE_MINUTE)
    loops = [*loops_of_all_units(platform, at)]
    paces: dict[str, Fraction] = {}
    for course, _ in loops:
        paces[course.product] = paces.get(course.product, Fraction(0)) + course.pace(at)
    dear = [(product, pace) for product, pace in paces.items() if pace > threshold(platform, cost_runaway_ticket)]
    return scenario(
        *(each.during(*course.segments) for course, each in loops),
        expect_firing(at, *(firing(TICKET, float(pace), {PRODUCT: product}) for product, pace in dear)),
    )


@alert_test("CostRunaway", TICKET, PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="launch_below_the_threshold")
def launch_below_the_threshold(platform: Platform) -> Scenario | NotPossible:
    """KV is used for the first time and costs 99% of the ticket's threshold a day, through restarts: does not fire."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    rate = rate_at(platform, threshold(platform, cost_runaway_ticket) * Fraction(99, 100))
    segments = count(0, minutes(30)), count(rate / 2, minutes(32)), Restart(), count(rate / 2, minutes(28))
    second = {**tenants(platform)[1], **routes(platform)[1]}
    return scenario(
        input_series(KV_WRITES, labels(platform), *segments),
        input_series(KV_WRITES, second, *segments),
        input_series(REQUESTS, second, count(100, hours(1) + minutes(30))),
        *(expect_none(minutes(minute)) for minute in (35, 40, 60, 65, 70, 90)),
        evaluation_interval=FIVE_MINUTES,
    )


@alert_test("CostRunaway", TICKET, PAGE, covers=(FIRES, RECOVERS), id="long_loop_becomes_history")
def long_loop_becomes_history(platform: Platform) -> Scenario | NotPossible:
    """A loop writes {writes} KV entries a minute from {starts} on, and is not stopped: the ticket and the page fire for
    six hours, the last time at {last}. Then the loop is what KV costs."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    starts, writes = WEEK, loop(platform)
    course = kv_writes(platform, count(100, starts), count(writes, hours(7)))
    # What the loop costs is recorded after it started, for the first time at the next evaluation.
    last = starts + hours(6)
    return scenario(
        input_series(KV_WRITES, labels(platform), *course.segments),
        expect_firing(last, *course.alerts(platform, last)),
        expect_none(last + STEP),
        expect_none(starts + hours(7)),
        evaluation_interval=STEP,
        claim={"writes": writes, "starts": starts, "last": last},
    )


def exactly_ten_times(platform: Platform, alert: Alert) -> Scenario | NotPossible:
    """KV writes cost a bit more than the threshold of an alert, and exactly ten times as much as in the week before,
    also in floating point."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    tenth = int(rate_at(platform, threshold(platform, alert) * Fraction(11, 100)))
    of_one = float(price(platform, KV_WRITES))
    before = next(each for each in range(tenth, tenth + 1000) if of_one * (50 * each) == 10 * (of_one * (5 * each)))
    course = kv_writes(platform, count(before, WEEK), count(10 * before, hours(1)))
    fires = fires_after(alert, platform, WEEK + STEP, STEP)
    return scenario(
        input_series(KV_WRITES, labels(platform), *course.segments),
        expect_none(fires - STEP),
        expect_firing(fires, *course.alerts(platform, fires)),
        evaluation_interval=STEP,
        claim={"before": before, "fires": fires},
    )


@alert_test("CostRunaway", TICKET, covers=(FIRES, BEFORE_FOR), id="ten_times_the_highest_opens_a_ticket")
def ten_times_the_highest_opens_a_ticket(platform: Platform) -> Scenario | NotPossible:
    """{before} KV writes a minute become exactly ten times as many, which cost 110% of the ticket's threshold: the
    ticket alone fires at {fires}."""
    return exactly_ten_times(platform, cost_runaway_ticket)


@alert_test("CostRunaway", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="ten_times_the_highest_pages")
def ten_times_the_highest_pages(platform: Platform) -> Scenario | NotPossible:
    """{before} KV writes a minute become exactly ten times as many, which cost 110% of the page's threshold: the
    ticket and the page fire at {fires}."""
    return exactly_ten_times(platform, cost_runaway_page)


def after_a_peak(platform: Platform, starts: Duration) -> Loop:
    """KV writes that cost a fifth of the page's threshold from the 15th to the 75th minute, far less after that, and
    nine times as much as in the peak from a time on."""
    dear = rate_at(platform, threshold(platform, cost_runaway_page) / 5)
    return kv_writes(
        platform,
        count(1, STEP),
        count(dear, PEAK),
        count(1, starts - STEP - PEAK),
        count(dear * 9, hours(7)),
    )


@alert_test("CostRunaway", TICKET, PAGE, covers=(BELOW_THRESHOLD,), id="nine_times_the_highest_of_a_week")
def nine_times_the_highest_of_a_week(platform: Platform) -> Scenario | NotPossible:
    """KV writes cost nine times as much from {starts} on as in the most expensive hour of the week before: does not
    fire."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    starts = days(7) + hours(1)
    return scenario(
        input_series(KV_WRITES, labels(platform), *after_a_peak(platform, starts).segments),
        *(expect_none(starts + after) for after in (STEP, hours(1), hours(6))),
        evaluation_interval=STEP,
        claim={"starts": starts},
    )


@alert_test("CostRunaway", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="peak_of_more_than_a_week_ago")
def peak_of_more_than_a_week_ago(platform: Platform) -> Scenario | NotPossible:
    """KV writes cost nine times as much from {starts} on as in an hour that ended a week and six hours before, and far
    more than ever since: the ticket and the page fire at {fires}."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    starts = STEP + PEAK + days(7) + hours(6)
    course = after_a_peak(platform, starts)
    fires = fires_after(cost_runaway_page, platform, starts + STEP, STEP)
    return scenario(
        input_series(KV_WRITES, labels(platform), *course.segments),
        expect_none(fires - STEP),
        expect_firing(fires, *course.alerts(platform, fires)),
        evaluation_interval=STEP,
        claim={"starts": starts, "fires": fires},
    )


@alert_test("CostRunaway", TICKET, PAGE, covers=(FIRES, RECOVERS), id="young_product_has_no_history")
def young_product_has_no_history(platform: Platform) -> Scenario | NotPossible:
    """KV is used for the first time, and costs as much all the time: the ticket and the page fire for a week, because
    there is none to compare with, the last time at {last}."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    last = days(7)
    course = kv_writes(platform, count(loop(platform), last + hours(1)))
    return scenario(
        input_series(KV_WRITES, labels(platform), *course.segments),
        *(expect_firing(time, *course.alerts(platform, time)) for time in (hours(1), days(6), last)),
        expect_none(last + STEP),
        expect_none(last + hours(1)),
        evaluation_interval=STEP,
        claim={"last": last},
    )


@alert_test("CostRunaway", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="gap_a_week_ago")
def gap_a_week_ago(platform: Platform) -> Scenario | NotPossible:
    """KV costs as much all the time, and a week ago there was no telemetry for 28 hours. A day of it is bridged: at
    {bridged}, nothing fires; at {unknown} no value of that week is known, and the ticket and the page fire."""
    if not price(platform, KV_WRITES):
        return not_possible(FREE)
    starts, lasts = hours(12), hours(28)
    bridged, unknown = days(7) + starts + hours(17), days(7) + starts + lasts - hours(1)
    course = kv_writes(platform, count(loop(platform), unknown - starts - lasts))
    at_end = kv_writes(platform, count(loop(platform), unknown))
    return scenario(
        input_series(
            KV_WRITES,
            labels(platform),
            count(loop(platform), starts),
            no_samples(lasts),
            *course.segments,
        ),
        expect_none(bridged),
        expect_firing(unknown, *at_end.alerts(platform, unknown)),
        evaluation_interval=STEP,
        claim={"bridged": bridged, "unknown": unknown},
    )
