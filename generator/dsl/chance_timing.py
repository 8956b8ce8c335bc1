"""When the condition that failures are too many to be chance is true, from events a minute, for alert tests.

It follows the definition, evaluated each minute over samples of a minute as Prometheus evaluates the rules: an
increase is extrapolated, a longer window is a sum of the increases at the multiples of 5 minutes in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from generator.dsl.alert_test import ConstantRate, NoSamples, RandomCounts, Segment
from generator.dsl.chance import (
    ALLOWED,
    ENOUGH_PER_HOUR,
    EXCEEDED_FOR,
    FAILING_FOR,
    FAILING_STEPS,
    HOUR,
    LONGEST,
    MARGIN,
    MOST,
    REMEMBERED,
    SHORTEST,
    STILL_FAILING,
    STILL_FAILING_SPARSE,
    STILL_FAILING_STEPS,
    offset_of,
)
from generator.dsl.units import Duration
from generator.frozen import frozen

STEP = SHORTEST.seconds // 60
SAMPLES = STEP - 1
"""A window of 5 minutes has 5 samples of a minute, which are 4 minutes apart."""


@frozen
class MinuteCounter:
    """What a counter counts in each minute of a test, `counted[0]` in the first, and its last minute with a sample
    (None: all have one)."""

    counted: tuple[Fraction, ...]
    last: int | None = None

    @cached_property
    def _parts(self) -> int:
        """Into how many parts an event is divided, so that each count is a whole number of them."""
        return math.lcm(*{each.denominator for each in self.counted})

    @cached_property
    def _totals(self) -> list[int]:
        return list(accumulate(_in_parts(self.counted, self._parts), initial=0))

    def increase(self, minute: int) -> Fraction | None:
        """The increase over 5 minutes that Prometheus shows at a minute; None before there are two samples."""
        if minute < 1:
            return None
        first, last = max(0, minute - SAMPLES), minute if self.last is None else min(minute, self.last)
        before, measured = self._totals[first], last - first
        if measured <= 0:
            return None
        counted = self._totals[last] - before
        # In halves of an interval: with more than a sample missing, Prometheus assumes that the series begins or ends
        # half an interval away. It does not assume that a counter was below 0.
        to_start = 2 if first == minute - SAMPLES else 1
        to_end = 2 * (minute - last) if minute - last <= 1 else 1
        outside = counted * to_end + min(counted * to_start, 2 * measured * before)
        return Fraction(2 * measured * counted + outside, 2 * measured * self._parts)

    @cached_property
    def increases(self) -> list[Fraction | None]:
        """The increase over 5 minutes at each minute, the start included."""
        return [self.increase(minute) for minute in range(len(self._totals))]

    def between_samples(self, minute: int) -> Fraction:
        """What is counted between the first and the last sample of the 5 minutes up to a minute."""
        last = minute if self.last is None else min(minute, self.last)
        return Fraction(self._totals[last] - self._totals[max(0, minute - SAMPLES)], self._parts)


@frozen
class MinutesAbove:
    """What a histogram observes above a bound, as it is recorded: all observations without those within the bound."""

    observations: MinuteCounter
    within: MinuteCounter

    @cached_property
    def increases(self) -> list[Fraction | None]:
        """The increase over 5 minutes at each minute, the start included."""
        return [
            None if of_all is None or within is None else of_all - within
            for of_all, within in zip(self.observations.increases, self.within.increases, strict=True)
        ]


@frozen
class FractionAbove:
    """What a native histogram observes above a bound, as it is recorded: the fraction of all observations, whose
    increase is extrapolated as a whole."""

    observations: MinuteCounter
    within: MinuteCounter

    @cached_property
    def increases(self) -> list[Fraction | None]:
        """The increase over 5 minutes at each minute, the start included."""
        return [
            of_all and of_all * (1 - self._share_within(minute))
            for minute, of_all in enumerate(self.observations.increases)
        ]

    def _share_within(self, minute: int) -> Fraction:
        return self.within.between_samples(minute) / self.observations.between_samples(minute)


def minute_counter(segments: Iterable[Segment]) -> MinuteCounter:
    """A counter of segments that are whole minutes, without restarts and with samples until its end, if that comes."""
    counted: list[Fraction] = []
    last: int | None = None
    for segment in segments:
        match segment:
            case ConstantRate(per_minute=per_minute, duration=duration):
                counted += [per_minute] * (duration.seconds // 60)
            case RandomCounts(counted=events):
                counted += map(Fraction, events)
            case NoSamples(duration=duration):
                last = len(counted) if last is None else last
                counted += [Fraction(0)] * (duration.seconds // 60)
    return MinuteCounter(tuple(counted), last)


@frozen
class ChanceTimes:
    """When the condition is true of a tenant's requests and failures, and the values that it has."""

    requests: MinuteCounter
    failures: MinuteCounter | MinutesAbove | FractionAbove
    threshold: Fraction

    @cached_property
    def values(self) -> list[float | None]:
        """The value of the condition at each minute; None where it is false."""
        return [self._value(minute) for minute in range(len(self.failures.increases))]

    def firing(self, keep_firing: Duration) -> list[int | None]:
        """For each minute the last one at which the condition was true, where the alert fires; None where it does
        not."""
        result: list[int | None] = []
        for minute, value in enumerate(self.values):
            last = result[-1] if result else None
            if value is not None:
                result.append(minute)
            else:
                # keep_firing_for begins at the first evaluation at which the condition is false.
                kept = last is not None and minute - (last + 1) < keep_firing.seconds // 60
                result.append(last if kept else None)
        return result

    def _value(self, minute: int) -> float | None:
        if self._for(self._above, minute, FAILING_FOR) and self._for(self._exceeded_at_once, minute, EXCEEDED_FOR):
            return self._ratio(SHORTEST, minute)
        if not self._still_failing[minute]:
            return None
        if any(self._exceeded_hour[max(0, minute - REMEMBERED.seconds // 60 + 1) : minute + 1]):
            return self._ratio(HOUR, minute) + offset_of(HOUR)
        return self._ratio(LONGEST, minute) + offset_of(LONGEST) if self._exceeded(LONGEST, minute) else None

    @cached_property
    def _above(self) -> list[bool]:
        return [self._is_above(SHORTEST, minute) for minute in range(len(self.failures.increases))]

    @cached_property
    def _exceeded_at_once(self) -> list[bool]:
        return [above and self._is_no_chance(SHORTEST, minute) for minute, above in enumerate(self._above)]

    @cached_property
    def _exceeded_hour(self) -> list[bool]:
        return [self._exceeded(HOUR, minute) for minute in range(len(self.failures.increases))]

    @cached_property
    def _still_failing(self) -> list[bool]:
        return [self._fails_still(minute) for minute in range(len(self.failures.increases))]

    def _exceeded(self, window: Duration, minute: int) -> bool:
        steps = self._steps(window, minute) >= FAILING_STEPS[window]
        return steps and self._is_above(window, minute) and self._is_no_chance(window, minute)

    def _fails_still(self, minute: int) -> bool:
        if not self._is_above(HOUR, minute):
            return False
        if self._steps(STILL_FAILING, minute) >= STILL_FAILING_STEPS:
            return True
        failures, requests = self._counts(HOUR, minute)
        sparse = self._steps(STILL_FAILING_SPARSE, minute) >= STILL_FAILING_STEPS
        if requests >= self._enough_per_hour:
            return False
        return sparse or failures * MOST.denominator >= MOST.numerator * requests

    @cached_property
    def _parts(self) -> int:
        """Into how many parts an event is divided, so that each increase is a whole number of them: whole numbers are
        compared and added ten times as fast as fractions."""
        increases = (*self.failures.increases, *self.requests.increases)
        return math.lcm(*{increase.denominator for increase in increases if increase is not None})

    @cached_property
    def _enough_per_hour(self) -> Fraction:
        return ENOUGH_PER_HOUR * self._parts

    @cached_property
    def _allowed(self) -> Fraction:
        return ALLOWED * self.threshold

    @cached_property
    def _failed(self) -> _Parts:
        return _Parts(self.failures.increases, self._parts)

    @cached_property
    def _sent(self) -> _Parts:
        return _Parts(self.requests.increases, self._parts)

    def _counts(self, window: Duration, minute: int) -> tuple[int, int]:
        """The failures and requests of a window, in parts."""
        return self._failed.over(window, minute), self._sent.over(window, minute)

    def _ratio(self, window: Duration, minute: int) -> float:
        failures, requests = self._counts(window, minute)
        return failures / requests

    def _is_above(self, window: Duration, minute: int) -> bool:
        # The threshold of a tenant is recorded while its requests are, and read an evaluation later.
        if minute < 1 or self.requests.increases[minute - 1] is None:
            return False
        failures, requests = self._counts(window, minute)
        return failures * self.threshold.denominator > self.threshold.numerator * requests

    def _is_no_chance(self, window: Duration, minute: int) -> bool:
        failures, requests = self._counts(window, minute)
        expected = self._allowed.numerator * requests / (self._allowed.denominator * self._parts)
        return math.sqrt(failures / self._parts) > float(MARGIN) + math.sqrt(expected)

    def _steps(self, window: Duration, minute: int) -> int:
        """In how many 5-minute steps of a window the share is above the threshold."""
        steps = _multiples(window, minute)
        if window == LONGEST and minute in steps:
            # The rules of the longest window come before those of the shares, and read them an evaluation later.
            return self._steps_before(minute) - self._steps_before(steps.start) + self._above[max(0, minute - 1)]
        return self._steps_before(minute + 1) - self._steps_before(steps.start)

    def _steps_before(self, minute: int) -> int:
        return self._steps_above[-(-minute // STEP)]

    @cached_property
    def _steps_above(self) -> list[int]:
        return list(accumulate(self._above[::STEP], initial=0))

    @staticmethod
    def _for(states: Sequence[bool], minute: int, duration: Duration) -> bool:
        """Whether something is true at each minute of a time until now."""
        count = duration.seconds // 60
        return minute + 1 >= count and all(states[minute - count + 1 : minute + 1])


class _Parts:
    """The increases at each minute and over longer windows, in whole parts of an event; 0 where there is none."""

    def __init__(self, increases: Sequence[Fraction | None], parts: int) -> None:
        self.increases = _in_parts((0 if each is None else each for each in increases), parts)
        self._totals = list(accumulate(self.increases[::STEP], initial=0))

    def over(self, window: Duration, minute: int) -> int:
        """The increase over 5 minutes, or the sum of those at the multiples of 5 minutes in a longer window."""
        if window == SHORTEST:
            return self.increases[minute]
        return self._totals[minute // STEP + 1] - self._totals[_multiples(window, minute).start // STEP]


def _in_parts(events: Iterable[Fraction | int], parts: int) -> list[int]:
    """Numbers of events in whole parts, of which an event has a multiple of each denominator."""
    return [each.numerator * (parts // each.denominator) for each in events]


def _multiples(window: Duration, minute: int) -> range:
    """The minutes of a window that are multiples of 5."""
    first = max(0, ((minute - window.seconds // 60) // STEP + 1) * STEP)
    return range(first, minute + 1, STEP)
