"""Input series of requests with their latencies: a counter and a histogram that agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from generator.dsl.alert_test import InputSeries, Restart, count, input_series, observe
from generator.dsl.labels import Label
from generator.dsl.metrics import Counter, Histogram
from generator.dsl.units import Duration, minutes

PerMinute = Mapping[int, int | float]
"""Requests per minute, by their latency in milliseconds."""


@dataclass(frozen=True)
class LatencySegment:
    """A time with constant rates of requests."""

    per_minute: PerMinute
    duration: Duration


def requests_with_latency(
    counter: Counter, histogram: Histogram, labels: Mapping[Label, str], *segments: LatencySegment | Restart
) -> tuple[InputSeries, ...]:
    """A series of the counter with all requests, and one of the histogram for each latency."""
    latencies = sorted(
        {each for segment in segments if isinstance(segment, LatencySegment) for each in segment.per_minute}
    )
    counted = input_series(
        counter,
        labels,
        *(
            segment if isinstance(segment, Restart) else count(_total(segment), segment.duration)
            for segment in segments
        ),
    )
    observed = (
        input_series(
            histogram,
            labels,
            *(
                segment
                if isinstance(segment, Restart)
                else observe(segment.per_minute.get(latency, 0), latency, segment.duration)
                for segment in segments
            ),
        )
        for latency in latencies
    )
    return (counted, *observed)


def _total(segment: LatencySegment) -> str:
    return str(sum(Fraction(str(rate)) for rate in segment.per_minute.values()))


def constant(per_minute: PerMinute) -> LatencySegment:
    """Constant rates for the whole test."""
    return LatencySegment(per_minute, minutes(60))


def incident(normal: PerMinute, slow: PerMinute) -> tuple[LatencySegment, ...]:
    """Slow requests from minute 30 to 50, normal ones before and after."""
    return LatencySegment(normal, minutes(30)), LatencySegment(slow, minutes(20)), LatencySegment(normal, minutes(10))


def with_restarts(before: PerMinute, after: PerMinute) -> tuple[LatencySegment | Restart, ...]:
    """Rates that change at minute 30, with restarts of the reporting process at minutes 38 and 43."""
    return (
        LatencySegment(before, minutes(30)),
        LatencySegment(after, minutes(8)),
        Restart(),
        LatencySegment(after, minutes(5)),
        Restart(),
        LatencySegment(after, minutes(17)),
    )
