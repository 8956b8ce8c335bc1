"""When an alert fires in an alert test: times that follow from its window, `for`, `keep_firing_for` and evaluations.

Prometheus evaluates rules at intervals, and a window has a sample at the end of each of its steps. Windows of 5 minutes
and less, and amounts of up to an hour, are increases of raw counters, with a step of one sample; longer windows of
shares that are multiples of 5 minutes are sums of recorded 5-minute increases, with a step of 5 minutes. Amounts over
more than an hour are sums of growth, with a step of one evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from generator.dsl.alert_test import ConstantRate, NoSamples, Restart, Segment
from generator.dsl.query import Rule, WithoutPrice
from generator.dsl.server_counters import ServerIncrease
from generator.dsl.units import Duration, hours, minutes, seconds
from generator.errors import DefinitionError
from generator.frozen import frozen

ONE_MINUTE, FIVE_MINUTES = minutes(1), minutes(5)
SAMPLE_INTERVALS = tuple(map(seconds, (60, 30, 15, 10, 5, 3, 2, 1)))
LONGEST_PACE = hours(1)
"""Amounts over longer windows are sums of what counters grew between evaluations."""
FEWEST_STEPS = 4
"""A window has at least so many samples, where samples of a second allow it."""


def multiple(duration: int, of: Duration) -> Duration:
    """The first multiple that is not earlier than a number of seconds, at least one."""
    return of * max(1, -(-duration // of.seconds))


def evaluation_interval(window: Duration) -> Duration:
    """The evaluation interval of the tests of a window: a minute, or less where a minute would be a large part of
    it."""
    fitting = (each for each in SAMPLE_INTERVALS if window.seconds % each.seconds == 0)
    return next((each for each in fitting if window / each >= FEWEST_STEPS), SAMPLE_INTERVALS[-1])


@frozen
class WindowSteps:
    """The steps of a window, at the end of which an increase is seen; `of_amount` is whether it is one of an amount."""

    window: Duration
    interval: Duration
    of_amount: bool = False

    @property
    def is_sum(self) -> bool:
        """Whether the window is a sum of recorded 5-minute increases."""
        return not self.of_amount and self.window > FIVE_MINUTES and self.window.seconds % FIVE_MINUTES.seconds == 0

    @property
    def step(self) -> Duration:
        """The time between two values that differ."""
        return FIVE_MINUTES if self.is_sum else self.interval

    @property
    def count(self) -> int:
        """The number of steps of the window."""
        return self.window.seconds // self.step.seconds

    def seen(self, steps: int, *, from_zero: bool = True) -> Fraction:
        """The fraction of a new rate that the window shows some steps after the rate began.

        A raw window has one step fewer between its first and last sample, and extrapolates to its start, unless a
        counter was 0 at the first sample (`from_zero`): then it counts just the steps.
        """
        if steps >= self.count:
            return Fraction(1)
        return Fraction(min(steps, self._measured(from_zero)), self._measured(from_zero))

    def left(self, steps: int) -> Fraction:
        """The fraction of an old rate that the window shows some steps after the rate ended."""
        measured = self._measured(from_zero=False)
        return Fraction(max(0, measured - steps), measured)

    def steps_until(self, is_seen: Callable[[Fraction], bool], *, from_zero: bool = True) -> int:
        """After how many steps the fraction that is seen of a new rate is enough for a condition."""
        return next(steps for steps in range(1, self.count + 1) if is_seen(self.seen(steps, from_zero=from_zero)))

    def _measured(self, from_zero: bool) -> int:
        return self.count if self.is_sum or from_zero else self.count - 1


@frozen
class AlertTiming:
    """When an alert fires after its condition is true, in a test with this evaluation interval."""

    steps: WindowSteps
    for_: int
    keep_firing: int

    @property
    def interval(self) -> Duration:
        """The evaluation interval."""
        return self.steps.interval

    @property
    def window(self) -> Duration:
        """The window of the condition."""
        return self.steps.window

    def fires(self, true_from: Duration) -> Duration:
        """The evaluation at which the alert fires, if its condition is true from an evaluation on."""
        return multiple(true_from.seconds + self.for_, self.interval)

    def since(self, fires: Duration) -> Duration:
        """The evaluation at which the condition became true of an alert that begins to fire at one."""
        return self.interval * ((fires.seconds - self.for_) // self.interval.seconds)

    def last(self, true_until: Duration) -> Duration:
        """The last evaluation at which the alert fires, if its condition was last true at an evaluation."""
        first_false = true_until + self.interval
        return multiple(first_false.seconds + self.keep_firing, self.interval) - self.interval

    def before(self, time: Duration) -> Duration:
        """The evaluation before one."""
        return time - self.interval

    def after(self, time: Duration) -> Duration:
        """The evaluation after one."""
        return time + self.interval

    def fires_from_start(self, fraction: Fraction = Fraction(1)) -> Duration:
        """The evaluation at which the alert fires if a test begins with a constant rate, and its condition is true as
        soon as the window has a fraction of what it will have."""
        return self.fires(self.steps.step * self.steps.steps_until(lambda seen: seen >= fraction))

    def fires_after_change(self, change: Duration) -> Duration:
        """The evaluation at which the alert fires if its condition is true with the first step after a change."""
        return self.fires(change + self.steps.step)


def timing(rule: Rule, *others: Rule) -> AlertTiming:
    """The timing of an alert whose queries have one window, in a test with these other alerts.

    Raises DefinitionError for any other alert.
    """
    intervals = [evaluation_interval(single_window(each)) for each in (rule, *others)]
    is_raw = any(isinstance(query, ServerIncrease) for query in rule.condition.queries())
    steps = WindowSteps(single_window(rule), min(intervals), is_raw or isinstance(rule.condition, WithoutPrice))
    return AlertTiming(steps, pending_seconds(rule), rule.keep_firing.seconds if rule.keep_firing is not None else 0)


def pending_seconds(rule: Rule) -> int:
    """The `for` of a rule in seconds, 0 without one."""
    return rule.pending.seconds if rule.pending is not None else 0


def single_window(rule: Rule) -> Duration:
    """The window of all queries of a rule. Raises DefinitionError where there are several."""
    if rule.window is None:
        raise DefinitionError("the rule has no single window", "work out the times of its tests from its own windows")
    return rule.window


@frozen
class IncidentTimes:
    """When an alert fires because of an incident that begins at `start` and ends at `end`.

    `excess` is the incident's value divided by the threshold, or what must be seen of it: the condition is true while
    the fraction of the incident in the window times `excess` is above 1. `from_zero` is whether what the incident
    counts was 0 before it.
    """

    alert: AlertTiming
    start: Duration
    end: Duration
    excess: Fraction
    from_zero: bool = True

    @property
    def steps_to_fire(self) -> int:
        """After how many steps of the incident the condition is true."""
        return self.alert.steps.steps_until(lambda seen: seen * self.excess > 1, from_zero=self.from_zero)

    @property
    def steps_to_end(self) -> int:
        """For how many steps after the incident the condition is still true."""
        steps = self.alert.steps
        return next(count for count in range(steps.count + 1) if steps.left(count + 1) * self.excess <= 1)

    @property
    def true_from(self) -> Duration:
        """The first evaluation at which the condition is true."""
        return self.start + self.alert.steps.step * self.steps_to_fire

    @property
    def true_until(self) -> Duration:
        """The last evaluation at which the condition is true."""
        return self.end + self.alert.steps.step * (self.steps_to_end + 1) - self.alert.interval

    def seen_at(self, time: Duration) -> Fraction:
        """The fraction of the incident that the window shows at an evaluation after its start."""
        steps = self.alert.steps
        if time > self.end:
            return steps.left((time.seconds - self.end.seconds) // steps.step.seconds)
        return steps.seen((time.seconds - self.start.seconds) // steps.step.seconds, from_zero=self.from_zero)

    @property
    def fires(self) -> Duration:
        """The first evaluation at which the alert fires."""
        return self.alert.fires(self.true_from)

    @property
    def last(self) -> Duration:
        """The last evaluation at which the alert fires."""
        return self.alert.last(self.true_until)

    @property
    def claim(self) -> Mapping[str, Duration]:
        """The times that a claim names."""
        return {"start": self.start, "end": self.end, "fires": self.fires, "last": self.last}


def incident_bounds(*alerts: AlertTiming, shortest: Duration) -> tuple[Duration, Duration]:
    """When an incident begins and ends in which each of these alerts fires: after half an hour or a longer window of
    normal traffic, for at least `shortest`, and for long enough that the alert fires a while before it ends."""
    window = max(alert.window.seconds for alert in alerts)
    for_ = max(alert.for_ for alert in alerts)
    start = multiple(max(window, 30 * 60), FIVE_MINUTES)
    return start, start + multiple(max(window + for_ + 5 * 60, shortest.seconds), FIVE_MINUTES)


def increase_between(segments: Iterable[Segment], start: int, end: int) -> Fraction:
    """What a counter of these segments counts between two seconds of a test, through restarts."""
    total: Fraction | int = 0  # the sum of increases per minute times seconds
    time = 0
    for segment in segments:
        match segment:
            case ConstantRate(per_minute=per_minute, duration=duration):
                overlap = min(end, time + duration.seconds) - max(start, time)
                if overlap > 0:
                    total += (per_minute.numerator if per_minute.denominator == 1 else per_minute) * overlap
                time += duration.seconds
            case NoSamples(duration=duration):
                time += duration.seconds
    return Fraction(total, 60)


def value_at(segments: Iterable[Segment], at: int) -> Fraction:
    """The value of a counter of these segments at a second of a test: what it counted since its last restart."""
    value, time = Fraction(0), 0
    for segment in segments:
        if time >= at:
            break
        match segment:
            case Restart():
                value = Fraction(0)
            case ConstantRate(per_minute=per_minute, duration=duration):
                value += per_minute * (min(at, time + duration.seconds) - time) / 60
                time += duration.seconds
            case NoSamples(duration=duration):
                time += duration.seconds
    return value


def extrapolated_increase(
    segments: Sequence[Segment], at: Duration, window: Duration, sample_interval: Duration = ONE_MINUTE
) -> Fraction:
    """What `increase` shows of a counter of these segments, which has all of its samples: from the first sample in the
    window, extrapolated to the window's start, or to where the counter would have been 0 if that is later. Raises
    DefinitionError after the last sample, where the increase would be extrapolated to the window's end."""
    lasts = sum(segment.duration.seconds for segment in segments if not isinstance(segment, Restart))
    if at.seconds > lasts:
        raise DefinitionError(
            f"the series ends {at - seconds(lasts)} before the evaluation at {at}", "let it last longer"
        )
    start, interval = at.seconds - window.seconds, sample_interval.seconds
    first = max(0, start + interval)
    counted = increase_between(segments, first, at.seconds)
    if not counted:
        return counted
    measured = at.seconds - first
    # With more than a sample missing, Prometheus assumes that the series began half an interval before its first one.
    to_start = first - start if first > 0 else Fraction(interval, 2)
    to_zero = measured * value_at(segments, first) / counted
    return counted * (measured + min(to_start, to_zero)) / measured


def amount(
    segments: Sequence[Segment], at: Duration, window: Duration, sample_interval: Duration = ONE_MINUTE
) -> Fraction:
    """What an amount over a window shows of a counter of these segments, which has all of its samples: what it counted
    between evaluations at the window's start and end, or the increase of a window of up to an hour. Raises
    DefinitionError as `extrapolated_increase` does."""
    if window <= LONGEST_PACE:
        return extrapolated_increase(segments, at, window, sample_interval)
    return increase_between(segments, max(0, at.seconds - window.seconds), at.seconds)


def first_evaluation(is_true: Callable[[Duration], bool], after: Duration, interval: Duration) -> Duration:
    """The first evaluation after a time at which a condition is true; searched for a week."""
    times = (after + interval * count for count in range(1, 7 * 86400 // interval.seconds))
    first = next((time for time in times if is_true(time)), None)
    if first is None:
        raise DefinitionError(f"the condition is not true within a week after {after}", "change the input series")
    return first
