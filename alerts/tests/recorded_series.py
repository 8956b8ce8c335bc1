"""Alert tests of counters of which rules record nothing, because their samples are too far apart."""

from fractions import Fraction

from alerts.telemetry import recorded_series_missing
from alerts.tests.names import Labels, models, routes, tenants, unused
from alerts.tests.store_series import stores
from contract.ai import AI_REQUESTS
from contract.api import REQUESTS
from contract.labels import ROUTE, SERVICE
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
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
    scenario,
)
from generator.dsl.alert_timing import FIVE_MINUTES, ONE_MINUTE, multiple
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, hours, minutes

PER_MINUTE = Fraction(60)


def sparse(per_minute: Fraction, times: int) -> tuple[Segment, ...]:
    """A sample every five minutes, so often: a window of five minutes has one, and an increase needs two."""
    return (no_samples(FIVE_MINUTES - ONE_MINUTE), count(per_minute, ONE_MINUTE)) * times


def pending(platform: Platform) -> Duration:
    """How long nothing is recorded before the alert fires, in whole evaluations."""
    waiting = recorded_series_missing.rule(platform).pending
    return ONE_MINUTE if waiting is None else multiple(waiting.seconds, ONE_MINUTE)


def other_service(platform: Platform) -> Labels:
    """Requests of another service than the first route's."""
    return {ROUTE: ROUTE.fallback, SERVICE: unused(("another-worker",), tuple(platform.services))[0]}


def nothing_recorded(platform: Platform, *counters: Counter, more: Labels | None = None) -> Scenario:
    """Samples of these counters are five minutes apart from {sparse} on, regular from {regular} on; those of another
    service are regular. Nothing is recorded once the last regular sample but one is five minutes old."""
    (tenant, _), (route, _), extra = tenants(platform), routes(platform), more or {}
    starts, times = minutes(30), (pending(platform).seconds + 1800) // FIVE_MINUTES.seconds
    back = starts + FIVE_MINUTES * times
    end = back + minutes(30)
    segments = count(PER_MINUTE, starts), *sparse(PER_MINUTE, times), count(PER_MINUTE, end - back)
    # The sample at `starts` is the only one of the window that begins a minute before it.
    fires = starts + FIVE_MINUTES - ONE_MINUTE + pending(platform)
    ticket = firing(TICKET, 1, {SERVICE: route[SERVICE]})
    other = {**tenant, **other_service(platform), **extra}
    return scenario(
        *(input_series(counter, {**tenant, **route, **extra}, *segments) for counter in counters),
        *(input_series(counter, other, count(PER_MINUTE, end)) for counter in counters),
        expect_none(fires - ONE_MINUTE),
        expect_firing(fires, ticket),
        expect_firing(back, ticket),
        expect_none(back + ONE_MINUTE),
        expect_none(end),
        claim={"sparse": starts, "regular": back, "fires": fires},
    )


@alert_test(
    "RecordedSeriesMissing",
    TICKET,
    covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED),
    id="requests_are_not_recorded",
)
def requests_are_not_recorded(platform: Platform) -> Scenario:
    """Samples of a service's requests are five minutes apart from {sparse} to {regular}: fires from {fires} on until
    then, for this service alone."""
    return nothing_recorded(platform, REQUESTS)


@alert_test("RecordedSeriesMissing", TICKET, covers=(FIRES, RECOVERS), id="model_calls_are_not_recorded")
def model_calls_are_not_recorded(platform: Platform) -> Scenario:
    """Samples of a service's calls to models are five minutes apart from {sparse} to {regular}: fires from {fires} on
    until then."""
    return nothing_recorded(platform, AI_REQUESTS, more=models(platform)[0])


def service_of_each_kind(platform: Platform) -> list[tuple[Counter, Labels]]:
    """The counters of calls to stores, each with the labels of a tenant's requests to a service of its own."""
    counters = [counter for store in stores(platform) for counter in store.calls]
    names = unused(tuple(f"worker-{number}" for number in range(len(counters))), tuple(platform.services))
    tenant = tenants(platform)[0]
    return [
        (counter, {**tenant, ROUTE: ROUTE.fallback, SERVICE: name})
        for counter, name in zip(counters, names, strict=True)
    ]


@alert_test("RecordedSeriesMissing", TICKET, covers=(FIRES,), id="store_calls_are_not_recorded")
def store_calls_are_not_recorded(platform: Platform) -> Scenario:
    """Samples of calls to the stores are five minutes apart from the start on, each kind of them of another service:
    fires for each of these services."""
    times = (pending(platform).seconds + 1800) // FIVE_MINUTES.seconds
    series = service_of_each_kind(platform)
    return scenario(
        *(input_series(counter, own, *sparse(PER_MINUTE, times)) for counter, own in series),
        expect_firing(FIVE_MINUTES * times, *(firing(TICKET, 1, {SERVICE: own[SERVICE]}) for _, own in series)),
    )


@alert_test(
    "RecordedSeriesMissing", TICKET, covers=(BELOW_THRESHOLD, LOW_TRAFFIC, COUNTER_RESET), id="idle_service_is_recorded"
)
def idle_service_is_recorded(platform: Platform) -> Scenario:
    """A service without requests and calls to models, and services without calls of each kind to stores, report their
    counters, through a restart: does not fire."""
    labels = {**tenants(platform)[0], **routes(platform)[0]}
    idle = count(0, hours(1)), Restart(), count(0, hours(1))
    return scenario(
        input_series(REQUESTS, labels, *idle),
        input_series(AI_REQUESTS, {**labels, **models(platform)[0]}, *idle),
        *(input_series(counter, own, *idle) for counter, own in service_of_each_kind(platform)),
        *map(expect_none, (minutes(30), hours(1), hours(1) + minutes(5), hours(2))),
    )
