"""Scenarios of one tenant's calls that fail, many or few of them, on two routes alike."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from alerts.tests.names import Labels
from alerts.tests.small_tenants import TOO_LENIENT, FailingTenant, incident, share
from generator.dsl.alert import TICKET, Alert
from generator.dsl.alert_test import (
    ConstantRate,
    InputSeries,
    NotPossible,
    Restart,
    Scenario,
    Segment,
    count,
    expect_none,
    expect_tickets,
    input_series,
    not_possible,
    scenario,
)
from generator.dsl.chance import LONGEST, SHORTEST
from generator.dsl.chance_timing import ChanceTimes, minute_counter
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import just_below
from generator.dsl.units import Duration, hours, minutes

SINCE, UNTIL, LENGTH = minutes(30), minutes(50), minutes(100)
EVERY = minutes(20)


@dataclass(frozen=True)
class FailingCalls(FailingTenant):
    """A tenant whose calls fail, on two routes alike. The rates of a test are those of each of the counters that its
    calls have, on each route."""

    calls: tuple[Counter, ...]
    errors: Counter
    both_routes: tuple[Labels, Labels]

    @property
    def counters(self) -> int:
        """How many series count the tenant's calls."""
        return len(self.calls) * len(self.both_routes)

    def series(self, of_calls: Sequence[Segment], of_errors: Sequence[Segment]) -> tuple[InputSeries, ...]:
        silent = (
            count(0, Duration(sum(each.duration.seconds for each in of_calls if isinstance(each, ConstantRate)))),
        )
        return (*self._series(self.labels, of_calls, of_errors), *self._series(self.other, of_calls, silent))

    def times(self, of_calls: Iterable[Segment], of_errors: Iterable[Segment]) -> ChanceTimes:
        calls = minute_counter(multiplied(of_calls, self.counters))
        failures = minute_counter(multiplied(of_errors, len(self.both_routes)))
        return ChanceTimes(calls, failures, self.threshold)

    def enough_for_each(self, failing: Fraction) -> int:
        """Calls a minute of each counter, so many that a share of them is no chance within minutes."""
        return math.ceil(Fraction(self.enough(failing, SHORTEST, 4), self.counters))

    def failing(self, rate: Fraction | int, failing: Fraction) -> Fraction:
        """Errors a minute on each route, where this share of the calls fails."""
        return rate * failing * len(self.calls)

    def _series(
        self, labels: Labels, of_calls: Sequence[Segment], of_errors: Sequence[Segment]
    ) -> tuple[InputSeries, ...]:
        counted = (*((each, of_calls) for each in self.calls), (self.errors, of_errors))
        known = {label: value for label, value in labels.items() if label in self.errors.labels}
        return tuple(
            input_series(counter, {**known, **route}, *segments)
            for route in self.both_routes
            for counter, segments in counted
        )


def multiplied(segments: Iterable[Segment], factor: int) -> tuple[Segment, ...]:
    """Segments with so many times their rates."""
    return tuple(
        replace(each, per_minute=each.per_minute * factor) if isinstance(each, ConstantRate) else each
        for each in segments
    )


def keeps_firing(alert: Alert, platform: Platform) -> Duration:
    """How long an alert fires on after its condition."""
    result = alert.rule(platform).keep_firing
    assert result is not None, "the condition keeps the alert firing"
    return result


def calls_fail(of: FailingCalls) -> Scenario:
    """A share of many calls fails for a while."""
    rate = of.enough_for_each(of.failing_share)
    of_calls = (count(rate, LENGTH),)
    failures = count(of.failing(rate, of.failing_share), UNTIL - SINCE)
    of_errors = (count(0, SINCE), failures, count(0, LENGTH - UNTIL))
    alert = incident(of, of_calls, of_errors)
    assert alert is not None, "so many failures are no chance"
    return scenario(
        *of.series(of_calls, of_errors),
        *alert.expectations,
        expect_tickets(1, LENGTH, TICKET, of.labels),
        claim={
            "share": share(of.failing_share),
            "calls": rate * of.counters,
            "start": SINCE,
            "end": UNTIL,
            "fires": minutes(alert.fires),
            "last": minutes(alert.last),
        },
    )


def few_calls_fail(of: FailingCalls) -> Scenario | NotPossible:
    """All of the few calls fail for hours."""
    if not of.is_no_chance(of.counters * (LONGEST.seconds // EVERY.seconds)):
        return not_possible(TOO_LENIENT)
    end, length = minutes(160), minutes(260)
    if not of.is_no_chance(of.counters * (end.seconds // EVERY.seconds)):
        end, length = hours(8), hours(11)
    call = (count(0, EVERY - minutes(1)), count(1, minutes(1)))
    failure = (count(0, EVERY - minutes(1)), count(len(of.calls), minutes(1)))
    of_calls = call * (length.seconds // EVERY.seconds)
    of_errors = (*failure * (end.seconds // EVERY.seconds), count(0, length - end))
    alert = incident(of, of_calls, of_errors)
    assert alert is not None, "hours of failures are no chance"
    return scenario(
        *of.series(of_calls, of_errors),
        *alert.expectations,
        expect_tickets(1, length, TICKET, of.labels),
        claim={
            "calls": of.counters,
            "apart": EVERY.text(),
            "end": end,
            "fires": minutes(alert.fires),
            "last": minutes(alert.last),
        },
    )


def just_below_the_threshold(of: FailingCalls) -> Scenario:
    """Almost as many calls fail as the threshold allows, through two restarts."""
    below = just_below(of.threshold)
    rate = below.denominator * math.ceil(Fraction(60, below.denominator))

    def restarted(per_minute: Fraction) -> tuple[Segment, ...]:
        first, second = minutes(30), minutes(8)
        rest = LENGTH - first - second
        return count(per_minute, first), Restart(), count(per_minute, second), Restart(), count(per_minute, rest)

    return scenario(
        *of.series(restarted(Fraction(rate)), restarted(of.failing(rate, below))),
        *map(expect_none, map(minutes, (12, 31, 34, 39, 44, 60, 100))),
        expect_tickets(0, LENGTH, TICKET, of.labels),
        claim={"share": share(below)},
    )


def single_failures(of: FailingCalls) -> Scenario:
    """One call fails on each of two routes, and again an hour later."""
    first, second, length = minutes(40), minutes(100), hours(2)
    call = (count(0, EVERY - minutes(1)), count(1, minutes(1)))
    a_minute = minutes(1)
    of_errors = (
        count(0, first - a_minute),
        count(1, a_minute),
        count(0, second - first - a_minute),
        count(1, a_minute),
        count(0, length - second),
    )
    return scenario(
        *of.series(call * (length.seconds // EVERY.seconds), of_errors),
        *map(expect_none, (first, first + minutes(5), second, second + minutes(5), length)),
        expect_tickets(0, length, TICKET, of.labels),
        claim={"calls": of.counters, "apart": EVERY.text()},
    )
