"""Alert tests of StorageErrors."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from alerts.storage import storage_errors_page, storage_errors_ticket
from alerts.tests.names import Labels, route_of_last_service, routes, tenants
from alerts.tests.phases import Phases, phases
from alerts.tests.ratio_alert import MINIMUM_OF_ONE, NO_FEWER_ERRORS, RatioAlert, ratio_alert, share
from alerts.tests.store_series import Course, Store, middle_stores, outer_stores, stores
from generator.dsl.alert import PAGE, TICKET, Severity
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Expectation,
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
    not_possible,
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES, WindowSteps, multiple
from generator.dsl.platform import Platform
from generator.dsl.rates import Traffic
from generator.dsl.units import Duration, Quantity, minutes
from generator.frozen import frozen

HALF_AN_HOUR = minutes(30)
ONE_STORE = "the platform has one store, so there is no other that stays unaffected"
RESTART = minutes(4)
"""A process restarts 4 minutes after a rate changes, or after its last restart."""


def names(platform: Platform) -> tuple[Labels, Labels, Labels]:
    """Both tenants on the second route, and the second one on the last route."""
    first, second = tenants(platform)
    _, route = routes(platform)
    return {**first, **route}, {**second, **route}, {**second, **route_of_last_service(platform)}


def ticket_alert(platform: Platform, store: Store) -> RatioAlert:
    """StorageErrors of a store as a ticket."""
    return ratio_alert(storage_errors_ticket, platform, store.ticket, storage_errors_page)


def page_alert(platform: Platform, store: Store) -> RatioAlert:
    """StorageErrors of a store as a page."""
    return ratio_alert(storage_errors_page, platform, store.page, storage_errors_ticket)


def both_alerts(platform: Platform, store: Store) -> dict[Severity, RatioAlert]:
    """Both alerts of a store, by severity."""
    return {TICKET: ticket_alert(platform, store), PAGE: page_alert(platform, store)}


def longer_window(platform: Platform, store: Store) -> RatioAlert:
    """The alert with the longer window, with the threshold of the page."""
    longer = max(both_alerts(platform, store).values(), key=lambda alert: alert.timing.window)
    return replace(longer, threshold=store.page.amount)


def incident(platform: Platform) -> Phases:
    """The phases of an incident in which both alerts fire: those of every store have the same times."""
    first, *_ = stores(platform)
    return phases(*(alert.timing for alert in both_alerts(platform, first).values()), shortest=HALF_AN_HOUR)


def shares(traffics: Iterable[Traffic]) -> Quantity | str:
    """The error ratios of stores for the claim of a test: one where they are equal."""
    ratios = dict.fromkeys(traffic.ratio for traffic in traffics)
    first, *others = (share(ratio) for ratio in ratios)
    return ", ".join(ratio.text() for ratio in (first, *others)) if others else first


def restarting(during: Phases) -> Course:
    """The same rate all the time, through two restarts."""
    return lambda rate: during.with_restarts(rate, apart=RESTART)


def throughout(during: Phases) -> Course:
    """The same rate all the time."""
    return lambda rate: (during.constant(rate),)


def failing_store(
    platform: Platform, store: Store, traffic: Traffic, during: Phases
) -> tuple[InputSeries | Expectation, ...]:
    """A store fails calls of two tenants and two services during an incident; each alert whose threshold is exceeded
    fires and resolves."""
    larger, rest = traffic.halves()
    parts = zip(names(platform), (larger, *rest.halves()), strict=True)
    series = (store.series(labels, part, throughout(during), during.incident) for labels, part in parts)
    firing_alerts = {
        severity: alert.incident(during, traffic.ratio)
        for severity, alert in both_alerts(platform, store).items()
        if traffic.ratio > alert.threshold
    }
    interval = ticket_alert(platform, store).timing.interval
    bounds = {bound for times in firing_alerts.values() for bound in (times.fires - interval, times.fires, times.last)}
    moments = sorted({*bounds, during.start, during.end, *(bound + interval for bound in bounds)})

    def alerts(time: Duration) -> Iterator[FiringAlert]:
        for severity, times in firing_alerts.items():
            if times.fires <= time <= times.last:
                yield firing(severity, float(traffic.ratio * times.seen_at(time)), store.labels)

    return (*chain.from_iterable(series), *(expect(time, alerts(time)) for time in moments))


@alert_test(
    "StorageErrors",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="vectorize_above_ticket_threshold",
)
def store_above_ticket_threshold(platform: Platform) -> Scenario | NotPossible:
    """{store} fails {ratio} of its calls from {start} to {end}: fires from {fires} to {last}, never for {other} at
    {below}."""
    (store, *others), (labels, *_) = outer_stores(platform), names(platform)
    if not others:
        return not_possible(ONE_STORE)
    other, alert = others[-1], ticket_alert(platform, store)
    during, traffic, below = incident(platform), alert.well_above, ticket_alert(platform, other).just_below
    return scenario(
        *failing_store(platform, store, traffic, during),
        *other.series(labels, below, throughout(during)),
        evaluation_interval=alert.timing.interval,
        claim={
            "store": store.name,
            "other": other.name,
            "ratio": share(traffic.ratio),
            "below": share(below.ratio),
            **alert.incident(during, traffic.ratio).claim,
        },
    )


@alert_test(
    "StorageErrors", TICKET, PAGE, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="kv_above_page_threshold"
)
def store_above_page_threshold(platform: Platform) -> Scenario | NotPossible:
    """{store} fails {ratio} of its calls from {start} to {end}: the page fires from {fires} to {last}, the ticket
    too."""
    (*others, store), (labels, *_) = outer_stores(platform), names(platform)
    if not others:
        return not_possible(ONE_STORE)
    alert = page_alert(platform, store)
    during, traffic = incident(platform), alert.well_above
    healthy = Traffic(traffic.requests, Fraction(0))
    return scenario(
        *failing_store(platform, store, traffic, during),
        *(series for other in others for series in other.series(labels, healthy, throughout(during))),
        evaluation_interval=alert.timing.interval,
        claim={"store": store.name, "ratio": share(traffic.ratio), **alert.incident(during, traffic.ratio).claim},
    )


@frozen
class RisingRatio:
    """An error ratio that rises twice, after equal times; the reporting process restarts after the first rise."""

    requests: Fraction
    ratios: tuple[Fraction, Fraction, Fraction]
    time: Duration
    steps: WindowSteps

    @property
    def end(self) -> Duration:
        """When the series end."""
        return self.time * 3

    def with_restart(self, rate: Fraction) -> tuple[Segment, ...]:
        """A constant rate."""
        return count(rate, self.time + RESTART), Restart(), count(rate, self.end - self.time - RESTART)

    def failures(self, _: Fraction) -> tuple[Segment, ...]:
        """The requests that fail."""
        at_first, then, last = (self.requests * ratio for ratio in self.ratios)
        middle = count(then, RESTART), Restart(), count(then, self.time - RESTART)
        return (count(at_first, self.time), *middle, count(last, self.time))

    def seen_at(self, time: Duration) -> float:
        """The ratio that the window shows."""
        rises = min(2, (time.seconds - 1) // self.time.seconds)
        if not rises:
            return float(self.ratios[0])
        elapsed = time.seconds - rises * self.time.seconds
        seen = self.steps.seen(elapsed // self.steps.step.seconds, from_zero=False)
        before, after = self.ratios[rises - 1], self.ratios[rises]
        return float(before + (after - before) * seen)


def rising_ratio(ticket: RatioAlert, page: RatioAlert) -> RisingRatio:
    """Exactly the threshold of the ticket, then exactly that of the page, then slightly above it."""
    longest = max(each.timing.window.seconds + each.timing.for_ for each in (ticket, page)) + 5 * 60
    at, above = page.at_then_above()
    steps = ticket.timing.steps
    requests = page.minimums.steady(ticket.threshold, steps.step, at.ratio, above.ratio).requests
    time = multiple(max(20 * 60, longest), FIVE_MINUTES)
    return RisingRatio(requests, (ticket.threshold, at.ratio, above.ratio), time, steps)


@alert_test("StorageErrors", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="durable_objects_at_then_above_thresholds")
def store_at_then_above_thresholds(platform: Platform) -> Scenario:
    """{store} fails exactly {ticket}, then {page} from {first} on, then {above} from {second} on: the ticket fires from
    {fires} on, the page from {pages} on."""
    first_store, *others = middle_stores(platform) or outer_stores(platform)[-1:]
    failing = [first_store, *(store for store in others if store.thresholds == first_store.thresholds)]
    (ticket, page), tenants_on_one_route = both_alerts(platform, first_store).values(), names(platform)[:2]
    rising = rising_ratio(ticket, page)
    half = replace(rising, requests=rising.requests / 2)
    first, second, interval = rising.time, rising.time * 2, ticket.timing.interval
    fires, pages = ticket.timing.fires_after_change(first), page.timing.fires_after_change(second)
    moments = {first, fires - interval, fires, fires + minutes(7), second, pages - interval, pages, rising.end}

    def alerts(time: Duration) -> Iterator[FiringAlert]:
        for severity, since in ((TICKET, fires), (PAGE, pages)):
            if time >= since:
                yield from (firing(severity, rising.seen_at(time), store.labels) for store in failing)

    calls = Traffic(half.requests, Fraction(0))
    at_ticket, at_page, above = map(share, rising.ratios)
    return scenario(
        *(
            each
            for store in failing
            for labels in tenants_on_one_route
            for each in store.series(labels, calls, half.with_restart, half.failures)
        ),
        *(expect(time, alerts(time)) for time in sorted(moments)),
        evaluation_interval=interval,
        claim={
            "store": "each of " * (len(failing) > 1) + ", ".join(store.name for store in failing),
            "first": first,
            "second": second,
            "fires": fires,
            "pages": pages,
            "ticket": at_ticket,
            "page": at_page,
            "above": above,
        },
    )


@alert_test("StorageErrors", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="just_below_ticket_threshold")
def just_below_ticket_threshold(platform: Platform) -> Scenario:
    """Every store fails {ratio} of its calls with much traffic, through two restarts: does not fire."""
    (labels, _, other_labels), during = names(platform), incident(platform)
    traffic = {store: ticket_alert(platform, store).just_below for store in stores(platform)}
    *most, last = traffic
    return scenario(
        *(series for store in most for series in store.series(labels, traffic[store], restarting(during))),
        *last.series(other_labels, traffic[last], restarting(during)),
        *map(expect_none, during.throughout(11, 31, 35, 38, 41, 60)),
        evaluation_interval=ticket_alert(platform, last).timing.interval,
        claim={"ratio": shares(traffic.values())},
    )


@alert_test("StorageErrors", PAGE, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="just_below_page_threshold")
def just_below_page_threshold(platform: Platform) -> Scenario:
    """{stores} fail {ratio} of their calls, through two restarts: the page does not fire, whatever the ticket
    does."""
    (labels, *_), during = names(platform), incident(platform)
    traffic = {store: page_alert(platform, store).just_below for store in outer_stores(platform)}
    timing = ticket_alert(platform, next(iter(traffic))).timing
    tickets = [
        firing(TICKET, float(each.ratio), store.labels, since=timing.steps.step)
        for store, each in traffic.items()
        if each.ratio > store.ticket.amount
    ]
    return scenario(
        *(series for store, each in traffic.items() for series in store.series(labels, each, restarting(during))),
        *(
            expect(time, tickets)
            for time in during.throughout(11, 31, 35, 38, 41, 60)
            if time >= timing.fires(timing.steps.step)
        ),
        evaluation_interval=timing.interval,
        claim={"stores": "Two stores" if len(traffic) > 1 else "All stores", "ratio": shares(traffic.values())},
    )


@alert_test("StorageErrors", TICKET, PAGE, covers=(LOW_TRAFFIC,), id="fourteen_calls")
def too_few_calls(platform: Platform) -> Scenario | NotPossible:
    """All of {requests} calls to {stores} in {window} fail: does not fire, because {minimum} are the minimum."""
    failing, (labels, *_) = outer_stores(platform), names(platform)
    alert = longer_window(platform, failing[0])
    during, few = incident(platform), alert.too_few_requests()
    if few is None:
        return not_possible(MINIMUM_OF_ONE)
    busy = Traffic(alert.traffic(Fraction(1)).requests * 100, Fraction(0))
    return scenario(
        *(series for store in failing for series in store.series(labels, few, throughout(during))),
        *(series for store in middle_stores(platform) for series in store.series(labels, busy, throughout(during))),
        *map(expect_none, during.throughout(10, 11, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim={"stores": "two stores" if len(failing) > 1 else failing[0].name, **alert.few_requests_claim},
    )


@alert_test("StorageErrors", TICKET, PAGE, covers=(FIRES, BEFORE_FOR), id="fifteen_calls")
def enough_calls(platform: Platform) -> Scenario:
    """{errors} of {requests} calls to {store} in {window} fail, which are the minimum: fires from {fires} on."""
    (labels, _, other_labels), (*_, store) = names(platform), outer_stores(platform)
    during, page = incident(platform), page_alert(platform, store)
    enough, _ = page.just_enough()
    both = both_alerts(platform, store)
    starts = {severity: alert.fires_from_start(enough) for severity, alert in both.items()}
    fires = {severity: time for severity, time in starts.items() if time is not None}
    alerts = {
        severity: firing(severity, float(enough.ratio), store.labels, since=both[severity].timing.since(time))
        for severity, time in fires.items()
    }
    interval = page.timing.interval
    moments = sorted({moment for time in fires.values() for moment in (time - interval, time)})
    larger, smaller = enough.halves()
    return scenario(
        *store.series(labels, larger, throughout(during)),
        *store.series(other_labels, smaller, throughout(during)),
        *(
            expect(moment, [alerts[each] for each, time in fires.items() if time <= moment])
            for moment in (*moments, during.length)
        ),
        evaluation_interval=interval,
        claim={"store": store.name, **page.enough_claim},
    )


@alert_test("StorageErrors", TICKET, PAGE, covers=(LOW_TRAFFIC,), id="nine_errors")
def too_few_errors(platform: Platform) -> Scenario | NotPossible:
    """{errors} of {requests} calls to {store} in {window} fail: does not fire, because {minimum} errors are the
    minimum."""
    (labels, *_), (*others, store) = names(platform), outer_stores(platform)
    alert = longer_window(platform, store)
    during, few = incident(platform), alert.too_few_errors()
    below = {other: ticket_alert(platform, other).just_below for other in others}
    if few is None:
        return not_possible(NO_FEWER_ERRORS)
    return scenario(
        *store.series(labels, few, throughout(during)),
        *(series for other in others for series in other.series(labels, below[other], throughout(during))),
        *map(expect_none, during.throughout(10, 11, 30, 60)),
        evaluation_interval=alert.timing.interval,
        claim={"store": store.name, **alert.few_errors_claim(few)},
    )
