"""Alert tests of TenantHighErrorRate: one condition from a few requests an hour to thousands a minute, with noise."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from alerts.errors import tenant_high_error_rate
from alerts.tests.names import Labels, routes, tenants
from alerts.tests.request_series import errors, requests
from contract.labels import TENANT
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Expectation,
    InputSeries,
    NotPossible,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    expect_tickets,
    firing,
    no_samples,
    not_possible,
    scenario,
)
from generator.dsl.chance import ALLOWED, HOUR, LONGEST, MARGIN, SHORTEST
from generator.dsl.chance_timing import ChanceTimes, minute_counter
from generator.dsl.platform import Platform
from generator.dsl.random_traffic import random_traffic
from generator.dsl.rates import just_below
from generator.dsl.units import RATIO, Duration, Quantity, hours, minutes

ALL, NONE = Fraction(1), Fraction(0)
TOO_LENIENT = "with so high a threshold, so few failures may be chance"


@dataclass(frozen=True)
class FailingTenant:
    """A tenant of the platform, and another one beside it, with the threshold of the first."""

    labels: Labels
    other: Labels
    threshold: Fraction
    keep_firing: Duration

    @property
    def failing_share(self) -> Fraction:
        """A share halfway between the threshold and 1."""
        return (1 + self.threshold) / 2

    def enough(self, share: Fraction, window: Duration, times: int) -> int:
        """Whole requests a minute, so many times as many as a window needs for a share to be no chance."""
        distance = math.sqrt(share) - math.sqrt(ALLOWED * self.threshold)
        return math.ceil(times * (MARGIN / Fraction(distance)) ** 2 * 60 / window.seconds)

    def is_no_chance(self, failures: int, share: Fraction = ALL) -> bool:
        """Whether so many failures, which are a share of all requests, are too many to be chance."""
        return math.sqrt(failures) > MARGIN + math.sqrt(ALLOWED * self.threshold * failures / share)

    def series(self, of_requests: Sequence[Segment], of_errors: Sequence[Segment]) -> tuple[InputSeries, ...]:
        """The tenant's requests and errors; the other one sends as many requests, and none of them fails."""
        silent = sum(segment.duration.seconds for segment in of_requests if not isinstance(segment, Restart))
        return (
            requests(self.labels, *of_requests),
            errors(self.labels, *of_errors),
            requests(self.other, *of_requests),
            errors(self.other, count(0, Duration(silent))),
        )

    def times(self, of_requests: Iterable[Segment], of_errors: Iterable[Segment]) -> ChanceTimes:
        """When the condition of the alert is true for the tenant."""
        return ChanceTimes(minute_counter(of_requests), minute_counter(of_errors), self.threshold)


def tenant(platform: Platform) -> FailingTenant:
    """The first tenant on the first route."""
    first, second = tenants(platform, platform.errors.tenant)
    threshold = platform.errors.tenant.value_for(first[TENANT])
    keep_firing = tenant_high_error_rate.rule(platform).keep_firing
    assert threshold is not None, "thresholds on errors have a default"
    assert keep_firing is not None, "the condition keeps the alert firing"
    route, _ = routes(platform)
    return FailingTenant({**first, **route}, {**second, **route}, threshold.amount, keep_firing)


@dataclass(frozen=True)
class FirstAlert:
    """The first alert of a test: the minutes at which it begins and ends to fire, and its values."""

    labels: Labels
    values: Sequence[float | None]
    firing: Sequence[int | None]

    @property
    def fires(self) -> int:
        """The first minute at which it fires."""
        return next(minute for minute, last in enumerate(self.firing) if last is not None)

    @property
    def last(self) -> int:
        """The last minute at which it fires without a pause."""
        ends = (minute for minute in range(self.fires, len(self.firing)) if self.firing[minute] is None)
        return next(ends, len(self.firing)) - 1

    def at(self, minute: int) -> Expectation:
        """What fires at a minute: while `keep_firing_for` alone makes it fire, with its last value."""
        last = self.firing[minute]
        if last is None:
            return expect_none(minutes(minute))
        value = self.values[last]
        assert value is not None
        ended = None if last == minute else minutes(last)
        return expect_firing(minutes(minute), firing(TICKET, value, self.labels, condition_ended=ended))

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """It does not fire before, fires from its first to its last minute, and not after."""
        ended = self.firing[self.last]
        assert ended is not None
        at = sorted({self.fires - 1, self.fires, ended, ended + 1, self.last, self.last + 1})
        return tuple(self.at(minute) for minute in at if minute < len(self.firing))


def incident(of: FailingTenant, of_requests: Sequence[Segment], of_errors: Sequence[Segment]) -> FirstAlert | None:
    """The alert that a tenant's requests and errors cause, if they do."""
    times = of.times(of_requests, of_errors)
    firing_at = times.firing(of.keep_firing)
    return FirstAlert(of.labels, times.values, firing_at) if any(each is not None for each in firing_at) else None


def share(of: Fraction) -> Quantity:
    """A share for a claim."""
    return Quantity(of, RATIO)


@alert_test(
    "TenantHighErrorRate", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS, OTHERS_UNAFFECTED), id="one_tenant_fails"
)
def one_tenant_fails(platform: Platform) -> Scenario:
    """A tenant fails {share} of {requests} requests a minute from {start} to {end}: fires from {fires} to {last}, never
    for the other tenant."""
    of = tenant(platform)
    rate = of.enough(of.failing_share, SHORTEST, 4)
    start, end, length = minutes(30), minutes(60), hours(3)
    of_requests = (count(rate, length),)
    of_errors = (count(0, start), count(rate * of.failing_share, end - start), count(0, length - end))
    alert = incident(of, of_requests, of_errors)
    assert alert is not None, "so many failures are no chance"
    return scenario(
        *of.series(of_requests, of_errors),
        *alert.expectations,
        expect_tickets(1, length, TICKET, of.labels),
        claim={
            "share": share(of.failing_share),
            "requests": rate,
            "start": start,
            "end": end,
            "fires": minutes(alert.fires),
            "last": minutes(alert.last),
        },
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(FIRES, BEFORE_FOR), id="tenant_just_above_threshold")
def tenant_just_above_threshold(platform: Platform) -> Scenario:
    """A tenant fails {share} of {requests} requests a minute from {start} to {end}, a little more than its threshold:
    fires from {fires} to {last}."""
    of = tenant(platform)
    above = min(of.threshold * Fraction(9, 8), of.failing_share)
    whole = above.denominator
    rate = math.ceil(Fraction(of.enough(above, SHORTEST, 4), whole)) * whole
    start, end, length = minutes(30), minutes(60), hours(2)
    of_requests = (count(rate, length),)
    of_errors = (count(0, start), count(rate * above, end - start), count(0, length - end))
    alert = incident(of, of_requests, of_errors)
    assert alert is not None, "so many failures are no chance"
    return scenario(
        *of.series(of_requests, of_errors),
        *alert.expectations,
        claim={
            "share": share(above),
            "requests": rate,
            "start": start,
            "end": end,
            "fires": minutes(alert.fires),
            "last": minutes(alert.last),
        },
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(FIRES, RECOVERS), id="failing_tenant_stops_reporting")
def failing_tenant_stops_reporting(platform: Platform) -> Scenario:
    """A tenant fails {share} of its requests and its series end at {stops}: one ticket, which has ended at {ended}."""
    of = tenant(platform)
    rate, stops = of.enough(of.failing_share, SHORTEST, 4), minutes(60)
    ended = stops + SHORTEST + of.keep_firing + minutes(5)
    of_requests = (count(rate, stops), no_samples(ended - stops))
    of_errors = (count(rate * of.failing_share, stops), no_samples(ended - stops))
    alert = incident(of, of_requests, of_errors)
    assert alert is not None, "so many failures are no chance"
    return scenario(
        *of.series(of_requests, of_errors),
        alert.at(alert.fires),
        alert.at(stops.seconds // 60),
        expect_tickets(1, ended, TICKET, of.labels),
        expect_none(ended),
        claim={"share": share(of.failing_share), "stops": stops, "ended": ended},
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(FIRES, RECOVERS), id="one_request_a_minute_fails")
def one_request_a_minute_fails(platform: Platform) -> Scenario | NotPossible:
    """All requests of a tenant fail, one a minute, from {start} to {end}: fires from {fires} to {last}, one ticket."""
    of = tenant(platform)
    if not of.is_no_chance(HOUR.seconds // 60):
        return not_possible(TOO_LENIENT)
    start, end, length = hours(1), hours(3), hours(5)
    of_requests = (count(1, length),)
    of_errors = (count(0, start), count(1, end - start), count(0, length - end))
    alert = incident(of, of_requests, of_errors)
    assert alert is not None, "an hour of failures is no chance"
    return scenario(
        *of.series(of_requests, of_errors),
        *alert.expectations,
        expect_tickets(1, length, TICKET, of.labels),
        claim={"start": start, "end": end, "fires": minutes(alert.fires), "last": minutes(alert.last)},
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(FIRES, RECOVERS), id="three_requests_an_hour_fail")
def three_requests_an_hour_fail(platform: Platform) -> Scenario | NotPossible:
    """All requests of a tenant fail, one every {apart}, until {end}: fires from {fires} to {last}, one ticket."""
    of, apart = tenant(platform), minutes(20)
    if not of.is_no_chance(LONGEST.seconds // apart.seconds):
        return not_possible(TOO_LENIENT)
    end, length = hours(8), hours(11)
    request = (count(0, apart - minutes(1)), count(1, minutes(1)))
    of_requests, of_errors = (
        request * (length.seconds // apart.seconds),
        (*request * (end.seconds // apart.seconds), count(0, length - end)),
    )
    alert = incident(of, of_requests, of_errors)
    assert alert is not None, "six hours of failures are no chance"
    return scenario(
        *of.series(of_requests, of_errors),
        *alert.expectations,
        expect_tickets(1, length, TICKET, of.labels),
        claim={
            "apart": apart.text(),
            "end": end,
            "fires": minutes(alert.fires),
            "last": minutes(alert.last),
        },
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(FIRES, RECOVERS), id="random_failures_are_one_ticket")
def random_failures_are_one_ticket(platform: Platform) -> Scenario:
    """A tenant sends {requests} requests a minute at random, of which {share} fail for {lasts}: one ticket."""
    of = tenant(platform)
    rate = Fraction(of.enough(of.failing_share, HOUR, 4))
    quiet, lasts, length = hours(1), hours(4), hours(7)
    phases = [random_traffic(rate, part, time, seed=7) for part, time in ((NONE, quiet), (of.failing_share, lasts))]
    phases.append(random_traffic(rate, NONE, length - quiet - lasts, seed=8))
    of_requests, of_errors = zip(*phases, strict=True)
    return scenario(
        *of.series(of_requests, of_errors),
        expect_none(quiet),
        expect_tickets(1, quiet + lasts, TICKET, of.labels),
        expect_tickets(1, length, TICKET, of.labels),
        expect_none(length),
        claim={"requests": rate, "share": share(of.failing_share), "lasts": lasts.text()},
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(BELOW_THRESHOLD,), id="random_failures_below_the_threshold")
def random_failures_below_the_threshold(platform: Platform) -> Scenario:
    """{share} of a tenant's {requests} requests a minute fail at random for {lasts}: no ticket."""
    of, lasts = tenant(platform), hours(4)
    below, rate = of.threshold * ALLOWED, 15
    of_requests, of_errors = random_traffic(rate, below, lasts, seed=4)
    return scenario(
        *of.series((of_requests,), (of_errors,)),
        expect_none(lasts),
        expect_tickets(0, lasts, TICKET, of.labels),
        claim={"requests": rate, "share": share(below), "lasts": lasts.text()},
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="tenant_just_below_threshold")
def tenant_just_below_threshold(platform: Platform) -> Scenario:
    """A tenant fails {share} of its requests all the time, through two restarts: does not fire."""
    of, length = tenant(platform), hours(2)
    below = just_below(of.threshold)
    rate = below.denominator * math.ceil(Fraction(60, below.denominator))

    def restarted(per_minute: Fraction) -> tuple[Segment, ...]:
        first, second = minutes(30), minutes(8)
        rest = length - first - second
        return count(per_minute, first), Restart(), count(per_minute, second), Restart(), count(per_minute, rest)

    return scenario(
        *of.series(restarted(Fraction(rate)), restarted(below * rate)),
        *map(expect_none, map(minutes, (11, 12, 31, 34, 36, 39, 44, 60, 120))),
        expect_tickets(0, length, TICKET, of.labels),
        claim={"share": share(below)},
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(LOW_TRAFFIC,), id="one_operation_is_retried")
def one_operation_is_retried(platform: Platform) -> Scenario:
    """An operation fails with its five retries within a minute, and another one {apart} later: does not fire."""
    of, apart, length = tenant(platform), hours(2), hours(5)
    pause = (count(0, apart), count(6, minutes(1)))
    again = apart * 2 + minutes(2)
    segments = (*pause, *pause, count(0, length - again))
    return scenario(
        *of.series(segments, segments),
        *map(expect_none, (apart + minutes(1), apart + minutes(8), again, length)),
        expect_tickets(0, length, TICKET, of.labels),
        claim={"apart": apart.text()},
    )


@alert_test("TenantHighErrorRate", TICKET, covers=(LOW_TRAFFIC,), id="single_failures")
def single_failures(platform: Platform) -> Scenario:
    """A tenant sends a request every {apart}, and two of them fail, hours apart: does not fire."""
    of, apart, length = tenant(platform), minutes(20), hours(6)
    request = (count(0, apart - minutes(1)), count(1, minutes(1)))
    first, second = hours(2), hours(5)
    of_errors = (
        count(0, first - minutes(1)),
        count(1, minutes(1)),
        count(0, second - first - minutes(1)),
        count(1, minutes(1)),
        count(0, length - second),
    )
    return scenario(
        *of.series(request * (length.seconds // apart.seconds), of_errors),
        *map(expect_none, (first, first + minutes(5), second, second + minutes(5), length)),
        expect_tickets(0, length, TICKET, of.labels),
        claim={"apart": apart.text()},
    )
