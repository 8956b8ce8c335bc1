"""Alert tests of ErrorBudgetBurn: windows of an hour and six hours (page) and three days (ticket)."""

from __future__ import annotations

import math
from fractions import Fraction

from alerts.tests.budget_series import RouteSeries, after_peak, budget_alerts, error_budget
from alerts.tests.names import Labels, routes, tenants
from alerts.tests.ratio_alert import MINIMUM_OF_ONE, NO_FEWER_ERRORS, share
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    NotPossible,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    not_possible,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.rates import just_below, rate_of
from generator.dsl.units import Duration, hours, minutes

FIVE_MINUTES = minutes(5)  # long windows are sums at multiples of 5 minutes
BLOCKS_OF_HOUR, BLOCKS_OF_SIX_HOURS = 12, 72


def names(platform: Platform) -> tuple[Labels, Labels, Labels]:
    """A tenant on the first route, another tenant on it, and the first one on another route."""
    first, second = tenants(platform)
    route, other_route = routes(platform)
    return {**first, **route}, {**second, **route}, {**first, **other_route}


def fifth_above(threshold: Fraction) -> Fraction:
    """A ratio 20 % above a threshold, or halfway between the threshold and 1."""
    return min(threshold * 6 / 5, (1 + threshold) / 2)


def blocks_above(ratio: Fraction, threshold: Fraction, of: int) -> int:
    """How many of a window's 5-minute increases need a ratio, the others none, until the window is above a
    threshold."""
    return math.floor(of * threshold / ratio) + 1


def with_restarts(per_minute: Fraction) -> tuple[Segment, ...]:
    """A constant rate for two hours, with restarts of the reporting process between multiples of five minutes."""
    return (
        count(per_minute, minutes(62)),
        Restart(),
        count(per_minute, minutes(18)),
        Restart(),
        count(per_minute, minutes(40)),
    )


@alert_test("ErrorBudgetBurn", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="burn_over_one_hour")
def burn_over_one_hour(platform: Platform) -> Scenario:
    """A route fails {ratio} of its requests from {start} to {end}, then exactly {threshold}: fires from {fires} to
    {end}, never for another route at {other}."""
    budget, (labels, _, on_other), threshold = error_budget(platform), names(platform), error_budget(platform).fast
    ratio, start, end = fifth_above(threshold), hours(2), hours(3)
    rate, easing = budget.busy(ratio, threshold), minutes(30)
    calls = after_peak(rate, count(rate, hours(2) + easing))
    failures = count(0, start), count(rate * ratio, end - start), count(rate * threshold, easing)
    others = count(0, hours(1)), count(rate * just_below(threshold), hours(2) + easing)
    fires = start + FIVE_MINUTES * blocks_above(ratio, threshold, BLOCKS_OF_HOUR)
    alerts = budget_alerts(platform, RouteSeries(calls, failures))
    return scenario(
        *alerts.route.series(labels),
        *RouteSeries(calls, others).series(on_other),
        expect_none(start),
        expect_none(fires - FIVE_MINUTES),
        *(expect_firing(time, alerts.page(time)) for time in sorted({fires, end})),
        expect_none(end + FIVE_MINUTES),  # the hour is above the threshold, the last five minutes exactly at it
        expect_none(end + easing),
        evaluation_interval=FIVE_MINUTES,
        claim={
            "ratio": share(ratio),
            "threshold": share(threshold),
            "other": share(just_below(threshold)),
            "start": start,
            "end": end,
            "fires": fires,
        },
    )


@alert_test("ErrorBudgetBurn", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="burn_over_six_hours")
def burn_over_six_hours(platform: Platform) -> Scenario:
    """A route fails {ratio} from {start} on, then exactly {threshold} from {eases} on: fires from {fires} to {last},
    never for another route at {other}."""
    budget, (labels, _, on_other), threshold = error_budget(platform), names(platform), error_budget(platform).medium
    ratio, start, easing = fifth_above(threshold), hours(2), minutes(35)
    fires = start + FIVE_MINUTES * blocks_above(ratio, threshold, BLOCKS_OF_SIX_HOURS)
    rate, burning = budget.busy(ratio, threshold), fires - start
    calls = after_peak(rate, count(rate, hours(1) + burning + easing))
    failures = count(0, start), count(rate * ratio, burning), count(rate * threshold, easing)
    others = count(0, hours(1)), count(rate * just_below(threshold), hours(1) + burning + easing)
    alerts, last = budget_alerts(platform, RouteSeries(calls, failures)), fires + minutes(25)
    return scenario(
        *alerts.route.series(labels),
        *RouteSeries(calls, others).series(on_other),
        expect_none(hours(4)),
        expect_none(fires - FIVE_MINUTES),
        *(expect_firing(time, alerts.page(time, by_six_hours=True)) for time in (fires, last)),
        # Six hours are above the threshold, the last half hour is exactly at it.
        expect_none(last + FIVE_MINUTES),
        evaluation_interval=FIVE_MINUTES,
        claim={
            "ratio": share(ratio),
            "threshold": share(threshold),
            "other": share(just_below(threshold)),
            "start": start,
            "eases": fires,
            "fires": fires,
            "last": last,
        },
    )


@alert_test(
    "ErrorBudgetBurn", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="burn_over_three_days"
)
def burn_over_three_days(platform: Platform) -> Scenario:
    """A route fails {ratio} of its requests for three days: fires from {fires} to {last}, never for another route at
    {other}."""
    budget, (labels, _, on_other), threshold = error_budget(platform), names(platform), error_budget(platform).slow
    # 71 hours at 120 % of the threshold and an hour of 14.2 times the requests without errors are exactly at it. The
    # next five minutes take twelfths of the busy hour out.
    ratio, other = threshold * 6 / 5, just_below(threshold)
    rate, burning, busy_hour = budget.busy(ratio, other / 2), hours(71) + FIVE_MINUTES, Fraction(142, 10)
    calls = count(rate * busy_hour, hours(1)), count(rate, burning + hours(1))
    failures = count(0, hours(1)), count(rate * ratio, burning), count(0, hours(1))
    # The other route at last fails four times the threshold: too much for six hours, not for three days.
    other_calls = count(rate * 10, hours(1)), count(rate, burning + hours(1))
    other_failures = (
        count(rate * 10 * other, hours(1)),
        count(rate * other, burning),
        count(rate * threshold * 4, hours(1)),
    )
    alerts, fires, last = budget_alerts(platform, RouteSeries(calls, failures)), hours(72) + FIVE_MINUTES, hours(73)
    return scenario(
        *alerts.route.series(labels),
        *RouteSeries(other_calls, other_failures).series(on_other),
        expect_none(hours(24)),
        expect_none(hours(72)),
        *(expect_firing(time, alerts.ticket(time)) for time in (fires, last)),
        expect_none(last + FIVE_MINUTES),  # 60 of 72 times 120 % of the threshold are exactly at it in six hours
        evaluation_interval=FIVE_MINUTES,
        claim={"ratio": share(ratio), "other": share(other), "fires": fires, "last": last},
    )


@alert_test("ErrorBudgetBurn", PAGE, covers=(BELOW_THRESHOLD,), id="short_error_bursts")
def short_error_bursts(platform: Platform) -> Scenario:
    """{ratio} of requests fail for five minutes of each hour, which are {of_hour} of the hour: does not fire."""
    budget, (labels, *_) = error_budget(platform), names(platform)
    ratio = min(budget.fast * 10, Fraction(1))
    rate = budget.busy(ratio)
    burst = count(rate * ratio, FIVE_MINUTES), count(0, minutes(55))
    calls = RouteSeries(after_peak(rate, count(rate, hours(3))), (count(0, hours(2)), *burst, *burst))
    return scenario(
        *calls.series(labels),
        *(expect_none(minutes(minute)) for minute in (120, 125, 130, 150, 180, 185, 210, 240)),
        evaluation_interval=FIVE_MINUTES,
        claim={"ratio": share(ratio), "of_hour": share(ratio / 12)},
    )


@alert_test("ErrorBudgetBurn", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="just_below_page_threshold")
def just_below_page_threshold(platform: Platform) -> Scenario:
    """A route fails {ratio} of its requests through two restarts: the page does not fire, the ticket does."""
    budget, (labels, *_) = error_budget(platform), names(platform)
    ratio = just_below(budget.medium)
    rate = budget.busy(ratio)
    alerts = budget_alerts(platform, RouteSeries(with_restarts(rate), with_restarts(rate * ratio)))
    return scenario(
        *alerts.route.series(labels),
        *(expect_firing(time, alerts.ticket(time)) for time in map(minutes, (5, 60, 65, 80, 85, 120))),
        evaluation_interval=FIVE_MINUTES,
        claim={"ratio": share(ratio)},
    )


@alert_test("ErrorBudgetBurn", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="just_below_ticket_threshold")
def just_below_ticket_threshold(platform: Platform) -> Scenario:
    """A route fails {ratio} of its requests, over two tenants and through two restarts: does not fire."""
    budget, (labels, second, _) = error_budget(platform), names(platform)
    # One tenant has 60 % of the requests and all of the errors.
    ratio = just_below(budget.slow)
    rate = budget.busy(ratio / 5)
    return scenario(
        *RouteSeries(with_restarts(rate * 3 / 5), with_restarts(rate * ratio)).series(labels),
        *RouteSeries(with_restarts(rate * 2 / 5), with_restarts(Fraction(0))).series(second),
        *(expect_none(minutes(minute)) for minute in (5, 60, 65, 80, 85, 120)),
        evaluation_interval=FIVE_MINUTES,
        claim={"ratio": share(ratio)},
    )


@alert_test("ErrorBudgetBurn", PAGE, TICKET, covers=(LOW_TRAFFIC,), id="fourteen_requests")
def too_few_requests(platform: Platform) -> Scenario | NotPossible:
    """All of {requests} requests in an hour, the only ones of three days, fail: does not fire, because {minimum} are
    the minimum."""
    budget, (labels, *_) = error_budget(platform), names(platform)
    rate = (budget.min_requests - 1) / 50
    if not rate:
        return not_possible(MINIMUM_OF_ONE)
    segments = count(rate, minutes(50)), count(0, hours(7))
    return scenario(
        *RouteSeries(segments, segments).series(labels),
        *(expect_none(minutes(minute)) for minute in (50, 55, 60, 70, 80, 110, 300, 420)),
        evaluation_interval=FIVE_MINUTES,
        claim={"requests": budget.min_requests - 1, "minimum": budget.min_requests},
    )


def just_enough(
    platform: Platform, duration: Duration, threshold: Fraction, before: Duration | None = None
) -> RouteSeries:
    """Requests of which a duration has just the minimum, and which all fail at last: just the minimum of errors, or the
    fewest above a threshold. Before them, an hour with very many requests and some time without any, if given."""
    budget = error_budget(platform)
    rate = rate_of(max(budget.min_requests, budget.min_errors), duration)
    blocks = duration.seconds // FIVE_MINUTES.seconds
    failing = max(math.ceil(budget.min_errors / (rate * 5)), math.floor(threshold * blocks) + 1)
    failing_for = FIVE_MINUTES * failing
    none = (count(0, duration - failing_for),) if failing < blocks else ()
    end = count(0, hours(6))
    if before is None:
        return RouteSeries((count(rate, duration), end), (*none, count(rate, failing_for), end))
    peak = max(Fraction(200_000), 2 * rate * 60 / budget.slow)
    return RouteSeries(
        (count(math.ceil(peak), hours(1)), count(0, before - hours(1)), count(rate, duration), end),
        (count(0, before), *none, count(rate, failing_for), end),
    )


@alert_test("ErrorBudgetBurn", PAGE, TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS), id="fifteen_requests")
def enough_requests(platform: Platform) -> Scenario:
    """{requests} requests in an hour and their errors are just the minimums: both fire at {fires}; the page ends with
    the requests."""
    budget, (labels, *_) = error_budget(platform), names(platform)
    alerts = budget_alerts(platform, just_enough(platform, hours(1), budget.fast))
    fires = hours(1)
    return scenario(
        *alerts.route.series(labels),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, alerts.page(fires), alerts.ticket(fires)),
        # Without requests, there is no error ratio of five minutes, and at last none of six hours.
        *(expect_firing(time, alerts.ticket(time)) for time in (fires + FIVE_MINUTES, hours(7) - FIVE_MINUTES)),
        expect_none(hours(7)),
        evaluation_interval=FIVE_MINUTES,
        claim={"requests": max(budget.min_requests, budget.min_errors), "fires": fires},
    )


@alert_test("ErrorBudgetBurn", PAGE, TICKET, covers=(FIRES, BEFORE_FOR), id="fifteen_requests_in_two_hours")
def enough_requests_in_two_hours(platform: Platform) -> Scenario:
    """{requests} requests in two hours and their errors are just the minimums of six hours, but not of one: both fire
    at {fires}."""
    budget, (labels, *_) = error_budget(platform), names(platform)
    alerts = budget_alerts(platform, just_enough(platform, hours(2), budget.medium))
    fires = hours(2)
    return scenario(
        *alerts.route.series(labels),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, alerts.page(fires, by_six_hours=True), alerts.ticket(fires)),
        evaluation_interval=FIVE_MINUTES,
        claim={"requests": max(budget.min_requests, budget.min_errors), "fires": fires},
    )


@alert_test("ErrorBudgetBurn", PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS), id="fifteen_requests_after_peak")
def enough_requests_after_peak(platform: Platform) -> Scenario:
    """{requests} requests in an hour after a peak and their errors are just the minimums: fires at {fires} for that
    hour alone."""
    budget, (labels, *_) = error_budget(platform), names(platform)
    alerts = budget_alerts(platform, just_enough(platform, hours(1), budget.fast, before=hours(2)))
    fires = hours(3)
    return scenario(
        *alerts.route.series(labels),
        expect_none(fires - FIVE_MINUTES),
        expect_firing(fires, alerts.page(fires)),
        expect_none(fires + FIVE_MINUTES),
        evaluation_interval=FIVE_MINUTES,
        claim={"requests": max(budget.min_requests, budget.min_errors), "fires": fires},
    )


@alert_test("ErrorBudgetBurn", PAGE, TICKET, covers=(LOW_TRAFFIC,), id="nine_errors")
def too_few_errors(platform: Platform) -> Scenario | NotPossible:
    """{errors} of {requests} requests in an hour, the only ones of three days, fail: does not fire, because {minimum}
    errors are the minimum."""
    budget, (labels, *_) = error_budget(platform), names(platform)
    failed = budget.min_errors - 1
    called = max(budget.min_requests, failed / min(max(Fraction(3, 10), budget.fast * 9 / 5), (1 + budget.fast) / 2))
    if failed / called <= budget.fast:
        return not_possible(NO_FEWER_ERRORS)
    rest = count(0, hours(7))
    calls = RouteSeries((count(rate_of(called, hours(1)), hours(1)), rest), (count(failed / 60, hours(1)), rest))
    return scenario(
        *calls.series(labels),
        *(expect_none(minutes(minute)) for minute in (50, 55, 60, 65, 80, 300, 420)),
        evaluation_interval=FIVE_MINUTES,
        claim={"errors": failed, "requests": round(called, 2), "minimum": budget.min_errors},
    )


@alert_test("ErrorBudgetBurn", PAGE, covers=(FIRES, RECOVERS), id="burn_stops")
def burn_stops(platform: Platform) -> Scenario:
    """A route fails {ratio} of its requests for an hour, then {above}, then exactly its budget of {budget}: fires until
    five minutes are at the budget."""
    # Half an hour stays above the threshold: without the condition on five minutes the page would fire for longer.
    budget, (labels, *_) = error_budget(platform), names(platform)
    ratio, above = budget.medium * 2, budget.ratio * 6 / 5
    rate = budget.busy(ratio, above, budget.ratio)
    failures = (
        count(rate * ratio, hours(1)),
        count(rate * above, FIVE_MINUTES),
        count(rate * budget.ratio, minutes(15)),
    )
    alerts, end = budget_alerts(platform, RouteSeries((count(rate, minutes(80)),), failures)), minutes(70)
    return scenario(
        *alerts.route.series(labels),
        *(
            expect_firing(time, alerts.page(time, by_six_hours=True), alerts.ticket(time))
            for time in (hours(1), end - FIVE_MINUTES)
        ),
        expect_firing(end, alerts.ticket(end)),
        evaluation_interval=FIVE_MINUTES,
        claim={"ratio": share(ratio), "above": share(above), "budget": share(budget.ratio)},
    )
