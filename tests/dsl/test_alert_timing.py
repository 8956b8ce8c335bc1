"""When alerts fire in alert tests, worked out by hand from Prometheus' evaluation of windows, `for` and
keep_firing_for."""

from __future__ import annotations

from fractions import Fraction

import pytest

from generator.dsl.alert_test import Restart, count, no_samples
from generator.dsl.alert_timing import (
    AlertTiming,
    IncidentTimes,
    WindowSteps,
    evaluation_interval,
    extrapolated_increase,
    first_evaluation,
    incident_bounds,
    increase_between,
    timing,
    value_at,
)
from generator.dsl.query import Always, Rule
from generator.dsl.units import Duration, hours, minutes, quantity, seconds
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import ORDERS

MINUTE, FIVE_MINUTES = minutes(1), minutes(5)
RAW = WindowSteps(FIVE_MINUTES, MINUTE)
"""Five samples, between which there are four steps."""
SUM = WindowSteps(hours(1), MINUTE)
"""Twelve recorded 5-minute increases."""


@pytest.mark.parametrize(
    ("window", "interval"),
    [(seconds(30), 5), (seconds(90), 15), (minutes(2), 30), (minutes(5), 60), (minutes(7), 60), (hours(24), 60)],
)
def test_a_window_has_at_least_four_samples(window: Duration, interval: int) -> None:
    """The evaluation interval divides the window, is at most a minute, and at most a quarter of the window."""
    assert evaluation_interval(window) == seconds(interval)


def test_an_alert_is_true_since_its_for_before_it_fires() -> None:
    """With a `for` of 90 seconds and evaluations every minute, what is true from 4:00 fires at 6:00."""
    pending = AlertTiming(RAW, 90, 0)
    assert pending.fires(minutes(4)) == minutes(6)
    assert pending.since(minutes(6)) == minutes(4)


def test_a_short_window_extrapolates_unless_the_counter_was_zero() -> None:
    """Two of four steps are half of a counter that increased before; of one that was 0, the window counts two of
    five."""
    assert RAW.seen(2, from_zero=False) == Fraction(2, 4)
    assert RAW.seen(2) == Fraction(2, 5)
    assert RAW.seen(4) == Fraction(4, 5)
    assert RAW.seen(4, from_zero=False) == RAW.seen(5) == 1
    assert [RAW.left(steps) for steps in range(5)] == [1, Fraction(3, 4), Fraction(1, 2), Fraction(1, 4), 0]


def test_a_long_window_is_a_sum_of_five_minutes() -> None:
    """An hour changes every five minutes by a twelfth."""
    assert (SUM.step, SUM.count) == (FIVE_MINUTES, 12)
    assert SUM.seen(1) == SUM.seen(1, from_zero=False) == Fraction(1, 12)
    assert SUM.left(11) == Fraction(1, 12)
    assert not WindowSteps(minutes(7), MINUTE).is_sum


def test_an_incident_fires_and_resolves() -> None:
    """At 115 % of the threshold all five samples are needed: true from 35 on, firing 6 minutes later. At the first
    sample after the end it is false, and keep_firing_for lasts 5 minutes from there."""
    times = IncidentTimes(AlertTiming(RAW, 360, 300), minutes(30), minutes(50), Fraction(23, 20))
    assert (times.true_from, times.fires) == (minutes(35), minutes(41))
    assert (times.true_until, times.last) == (minutes(50), minutes(55))
    assert times.seen_at(minutes(33)) == Fraction(3, 5)
    assert times.seen_at(minutes(51)) == Fraction(3, 4)


def test_an_incident_far_above_the_threshold_fires_early_and_long() -> None:
    """At ten times the threshold one sample is enough, and the last failing step of three is."""
    times = IncidentTimes(AlertTiming(RAW, 300, 0), minutes(30), minutes(60), Fraction(10))
    assert (times.true_from, times.fires) == (minutes(31), minutes(36))
    assert times.true_until == times.last == minutes(63)


def test_an_incident_in_a_long_window() -> None:
    """At 120 % of the threshold, 11 of 12 parts are needed: true at 55 minutes; after the end, 11 parts are above it
    and 10 exactly at it, which the window has from the tenth minute on."""
    times = IncidentTimes(AlertTiming(SUM, 0, 0), hours(2), hours(3), Fraction(6, 5))
    assert times.fires == minutes(175)
    assert times.true_until == minutes(189)


def test_durations_between_evaluations_end_at_the_next_one() -> None:
    """A `for` of 90 seconds at an interval of a minute is over at the second evaluation."""
    alert = AlertTiming(RAW, 90, 90)
    assert alert.fires(minutes(10)) == minutes(12)
    assert alert.last(minutes(10)) == minutes(12)  # false at 11; kept for 90 seconds from there
    assert AlertTiming(RAW, 0, 0).last(minutes(10)) == minutes(10)


def test_a_test_that_begins_with_a_rate_fires_when_enough_is_counted() -> None:
    """Four fifths of a window are counted at minute 4, and all of it at 5."""
    alert = AlertTiming(RAW, 600, 0)
    assert alert.fires_from_start() == minutes(15)
    assert alert.fires_from_start(Fraction(4, 5)) == minutes(14)
    assert alert.fires_after_change(minutes(30)) == minutes(41)


def test_the_timing_of_a_rule() -> None:
    """Window and durations are the rule's; the tests of several alerts have the shortest interval of theirs."""
    rule, short = (ORDERS.increase(window).at_least(quantity(1, ORDERS.unit)) for window in (minutes(5), minutes(2)))
    assert timing(rule.for_(minutes(6)).keep_firing_for(minutes(4))) == AlertTiming(RAW, 360, 240)
    assert timing(Rule(rule), Rule(short)).interval == seconds(30)


def test_a_rule_without_a_single_window_has_no_timing() -> None:
    """Watchdog has no window."""
    always = Rule(Always())
    assert definition_error(lambda: timing(always)) == (
        "the rule has no single window; work out the times of its tests from its own windows"
    )


def test_an_incident_is_long_enough_for_every_alert() -> None:
    """It begins after a window of normal traffic, and lasts for the longest window and `for` and five minutes more."""
    short, long = AlertTiming(RAW, 360, 0), AlertTiming(SUM, 1800, 0)
    assert incident_bounds(short, shortest=minutes(20)) == (minutes(30), minutes(50))
    assert incident_bounds(short, long, shortest=minutes(20)) == (hours(1), minutes(60 + 95))


def test_what_is_counted_between_two_times() -> None:
    """A restart loses nothing, and nothing is counted without samples."""
    segments = (
        count(6, minutes(10)),
        Restart(),
        count(12, minutes(10)),
        no_samples(minutes(10)),
        count(1, minutes(10)),
    )
    assert increase_between(segments, 5 * 60, 15 * 60) == 5 * 6 + 5 * 12
    assert increase_between(segments, 0, 3600) == 60 + 120 + 10
    assert increase_between(segments, -60, 30) == 3


def test_the_first_evaluation_at_which_something_is_true() -> None:
    """It is after the given time, at a multiple of the interval after it; what is never true is an error."""
    assert first_evaluation(lambda time: time >= minutes(12), MINUTE, FIVE_MINUTES) == minutes(16)
    assert definition_error(lambda: first_evaluation(lambda _: False, MINUTE, hours(1))) == (
        "the condition is not true within a week after 1m; change the input series"
    )


COURSE = (count(60, minutes(30)), Restart(), count(6, minutes(90)))
"""1,800 until minute 30, and 540 after a restart."""


@pytest.mark.parametrize(("at", "value"), [(0, 0), (10, 600), (30, 1800), (31, 6), (120, 540)])
def test_the_value_of_a_counter_begins_at_zero_after_a_restart(at: int, value: int) -> None:
    """At the moment of the restart, the last sample is that of the old process."""
    assert value_at(COURSE, at * 60) == value


@pytest.mark.parametrize(
    ("at", "window", "shown"),
    [
        # Nothing comes before the test, where the counter was 0.
        (10, 60, Fraction(600)),
        # The first sample is that of minute 1: 59 minutes of it are extrapolated to 60.
        (60, 60, (Fraction(29 * 60) + 30 * 6) * 60 / 59),
        # The first sample is just after the restart: the counter was 0 one minute before.
        (90, 60, Fraction(59 * 6) * 60 / 59),
        # All of the window has one rate.
        (120, 60, Fraction(360)),
    ],
)
def test_an_increase_is_extrapolated_to_the_start_of_its_window(at: int, window: int, shown: Fraction) -> None:
    """From the first sample in it, which is a minute after the start."""
    assert extrapolated_increase(COURSE, minutes(at), minutes(window)) == shown


def test_there_is_no_increase_after_the_last_sample() -> None:
    """Prometheus would extrapolate it to the window's end."""
    assert definition_error(lambda: extrapolated_increase(COURSE, minutes(121), hours(1))) == (
        "the series ends 1m before the evaluation at 121m; let it last longer"
    )


def test_a_window_of_an_amount_has_steps_of_one_sample() -> None:
    """A share of an hour has steps of five minutes."""
    assert WindowSteps(hours(1), MINUTE, of_amount=True).step == MINUTE
    assert SUM.step == FIVE_MINUTES
