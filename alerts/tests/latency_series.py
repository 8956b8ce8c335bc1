"""Input series of requests with their latencies, and what the tests of an alert on their 95th percentile derive from
it.

The 95th percentile is above a threshold where more than 5 % of the requests are slower. The alert's value is their
share. The shares of the tests are 1/16, 1/8 and 1/4, which have an exact binary form.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction

from alerts.tests.names import Labels
from alerts.tests.phases import Phases
from generator.dsl.alert import Alert, Severity
from generator.dsl.alert_test import (
    Expectation,
    InputSeries,
    Restart,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    observe,
)
from generator.dsl.alert_timing import AlertTiming, IncidentTimes, timing
from generator.dsl.metrics import P95, Counter, Histogram
from generator.dsl.platform import Platform
from generator.dsl.rates import rate_of
from generator.dsl.units import MILLISECONDS, Duration, Quantity
from generator.frozen import frozen

ABOVE_P95 = 1 - Fraction(str(P95))
"""The share of requests above the quantile."""


@frozen
class Latencies:
    """Requests per minute: those that are faster than a threshold, those just within it, and slow ones above it."""

    fast: Fraction
    slow: Fraction
    within: Fraction = Fraction(0)

    @property
    def requests(self) -> Fraction:
        """All requests."""
        return self.fast + self.within + self.slow

    @property
    def slow_share(self) -> Fraction:
        """The share of the slow requests."""
        return self.slow / self.requests

    def split(self, first: int, second: int) -> tuple[Latencies, Latencies]:
        """The same requests in two parts of these proportions."""

        def part(weight: int) -> Latencies:
            of_all = Fraction(weight, first + second)
            return Latencies(self.fast * of_all, self.slow * of_all, self.within * of_all)

        return part(first), part(second)

    def without_incident(self) -> Latencies:
        """As many requests, all of them fast."""
        return Latencies(self.requests, Fraction(0))


LatencySegment = tuple[Latencies, Duration]
"""A time with constant rates of requests."""


@frozen
class LatencyAlert:
    """An alert on the 95th percentile of a latency, with enough requests in its window.

    `threshold` is a bound of the histogram's buckets, in milliseconds. Slow requests lie in the bucket above it.
    """

    timing: AlertTiming
    threshold: Fraction
    counter: Counter
    histogram: Histogram
    min_requests: Fraction

    @property
    def next_bound(self) -> Fraction:
        """The upper bound of the bucket above the threshold."""
        return Fraction(next(bound for bound in self.histogram.buckets if bound > self.threshold))

    @property
    def slow(self) -> Fraction:
        """A latency above the threshold, in the middle of its bucket."""
        return (self.threshold + self.next_bound) / 2

    @property
    def within(self) -> Fraction:
        """A latency just within the threshold."""
        return self.threshold * 4 / 5

    @property
    def fast(self) -> Fraction:
        """A latency far below the threshold."""
        return self.threshold / 5

    def scaled(self, *parts: Latencies) -> tuple[Latencies, ...]:
        """As many times these requests that each step of the window has the minimum, of each part."""
        fewest = min(part.requests for part in parts) * self.timing.steps.step.seconds / 60
        times = max(1, math.ceil(self.min_requests / fewest))
        return tuple(Latencies(part.fast * times, part.slow * times, part.within * times) for part in parts)

    def share_after_change(self, before: Latencies, after: Latencies, elapsed: Duration) -> float:
        """The share of slow requests in the window some time after it changed."""
        steps = elapsed.seconds // self.timing.steps.step.seconds
        seen = self.timing.steps.seen(steps, from_zero=False)
        return float(before.slow_share + (after.slow_share - before.slow_share) * seen)

    def fires_after(
        self, during: Phases, at: Latencies, above: Latencies, severity: Severity, labels: Labels, *later: Duration
    ) -> tuple[Expectation, ...]:
        """The alert fires after the share of slow requests rose above 5 %, and at later times too."""
        fires = self.timing.fires_after_change(during.start)
        times = sorted({fires, *(max(fires, time) for time in later), during.length})
        values = {time: self.share_after_change(at, above, time - during.start) for time in times}
        return (
            expect_none(during.start),
            expect_none(self.timing.before(fires)),
            *(expect_firing(time, firing(severity, value, labels)) for time, value in values.items()),
        )

    def incident(self, during: Phases, slow_share: Fraction) -> IncidentTimes:
        """When the alert fires because of an incident in which a share of requests is slow."""
        return IncidentTimes(self.timing, during.start, during.end, slow_share / ABOVE_P95, from_zero=False)

    def share_in(self, times: IncidentTimes, time: Duration) -> float:
        """The share of slow requests in the window during an incident."""
        return float(times.excess * ABOVE_P95 * times.seen_at(time))

    def series(self, labels: Labels, *segments: LatencySegment | Restart) -> tuple[InputSeries, ...]:
        """A series of the counter with all requests, and one of the histogram for each latency."""
        parts = [segment for segment in segments if not isinstance(segment, Restart)]
        counted = input_series(
            self.counter,
            labels,
            *(each if isinstance(each, Restart) else count(each[0].requests, each[1]) for each in segments),
        )
        rates: Mapping[Fraction, str] = {self.fast: "fast", self.within: "within", self.slow: "slow"}
        observed = (
            input_series(
                self.histogram,
                labels,
                *(
                    each if isinstance(each, Restart) else observe(getattr(each[0], name), latency, each[1])
                    for each in segments
                ),
            )
            for latency, name in rates.items()
            if any(getattr(latencies, name) for latencies, _ in parts)
        )
        return (counted, *observed)

    def just_enough(self) -> tuple[Latencies, Duration]:
        """Requests of which a window has just the minimum, a quarter of them slow, and when the alert fires if a test
        begins with them."""
        rate = rate_of(self.min_requests, self.timing.window)
        fraction = self.min_requests / (rate * self.timing.window.seconds / 60)
        return Latencies(rate * 3 / 4, rate / 4), self.timing.fires_from_start(fraction)

    def too_few(self) -> Latencies | None:
        """Slow requests, one less than the minimum in a window. None: the minimum is 1."""
        rate = (self.min_requests - 1) * 60 / self.timing.window.seconds
        return Latencies(Fraction(0), rate) if rate else None

    @property
    def claim(self) -> Mapping[str, Quantity | Fraction | str]:
        """What a claim says about the threshold and the minimum."""
        return {
            "threshold": Quantity(self.threshold, MILLISECONDS),
            "slow": Quantity(self.slow, MILLISECONDS),
            "minimum": self.min_requests,
            "fewer": self.min_requests - 1,
            "window": self.timing.window.text(),
        }


def latency_alert(
    alert: Alert, platform: Platform, threshold: Quantity, counter: Counter, histogram: Histogram
) -> LatencyAlert:
    """An alert on a latency on a platform, with the threshold for the series of its tests."""
    times = timing(alert.rule(platform))
    return LatencyAlert(times, threshold.amount, counter, histogram, platform.min_requests.amount)


def constant(during: Phases, latencies: Latencies) -> LatencySegment:
    """Constant rates for the whole test."""
    return latencies, during.length


def incident(during: Phases, slow: Latencies) -> tuple[LatencySegment, ...]:
    """Slow requests during the incident, as many fast ones before and after."""
    normal = slow.without_incident()
    before, time, after = during.start, during.end - during.start, during.length - during.end
    return (normal, before), (slow, time), (normal, after)


def with_restarts(
    during: Phases, before: Latencies, after: Latencies, *restarts: Duration
) -> tuple[LatencySegment | Restart, ...]:
    """Rates that change where the incident would begin, with restarts at these times after the change."""
    segments: list[LatencySegment | Restart] = [(before, during.start)]
    time = during.start
    for restart in restarts:
        segments += [(after, during.start + restart - time), Restart()]
        time = during.start + restart
    return (*segments, (after, during.length - time))


def slow_share(parts: Iterable[Latencies]) -> Fraction:
    """The share of slow requests of all parts together."""
    together = tuple(parts)
    return sum((part.slow for part in together), Fraction(0)) / sum(part.requests for part in together)


def shares(requests: int, slow: int, within: int = 0) -> Latencies:
    """So many requests per minute, of which some are slow, and some just within the threshold."""
    return Latencies(Fraction(requests - slow - within), Fraction(slow), Fraction(within))
