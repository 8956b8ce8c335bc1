"""Stories: what happens, minute by minute, to a series that there is, and what is heard of it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    ClockValues,
    ConstantRate,
    Coverage,
    Expectation,
    FiringAlert,
    InputSeries,
    NoSamples,
    NotApplicable,
    Restart,
    Scenario,
    Segment,
    alert_test,
    clock,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    no_samples,
    not_applicable,
    observe,
    scenario,
)
from generator.dsl.metrics import Metric
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, hours, minutes, seconds
from tests.dsl.nouns import ABSENT, BELL, GUEST, ORDERS, TABLE, WAIT
from tests.dsl.refused import refused

HERE = {GUEST: "a", TABLE: "1"}
NOW = minutes(1)
KINDS = "count() a counter, observe() a histogram, let a gauge be ticking()"


def test_acts_are_exact() -> None:
    """A third of an order a minute is a third, and a tenth of a millisecond a tenth."""
    assert count("1/3", hours(1)) == ConstantRate(Fraction(1, 3), hours(1))
    assert count(0.1, hours(1)) == ConstantRate(Fraction(1, 10), hours(1))
    assert observe(60, 0.1, hours(1)) == ConstantRate(Fraction(60), hours(1), Fraction(1, 10))
    assert (no_samples(NOW), clock(NOW)) == (NoSamples(NOW), ClockValues(NOW))


def test_a_counter_never_falls() -> None:
    """Less than nothing a minute is refused, of a histogram too; nothing at all is not."""
    assert count(0, NOW) == ConstantRate(Fraction(0), NOW)
    said = "a counter grows by -1 a minute; give 0 or more; only a Restart() takes it back"
    assert refused(lambda: count(-1, NOW)) == refused(lambda: observe(-1, 5, NOW)) == said


def test_a_flow_is_of_one_series() -> None:
    """Its labels are told by name, its acts in their order."""
    segments = (count(1, NOW), Restart(), no_samples(NOW), count(2, NOW))
    assert input_series(ORDERS, HERE, *segments) == InputSeries(ORDERS, {"guest_id": "a", "table": "1"}, segments)


def test_a_label_that_the_metric_lacks_or_misses_is_refused() -> None:
    """One that it does not have gets the nearest it has; one that is not given is asked for."""
    assert refused(lambda: input_series(ORDERS, {**HERE, ABSENT: "1"}, count(1, NOW))) == (
        'orders_total has no label tabel; did you mean "table"? Use it, or declare "tabel"'
    )
    assert refused(lambda: input_series(ORDERS, {TABLE: "1"}, count(1, NOW))) == (
        "a series of orders_total without guest_id; give it a guest_id"
    )


def test_a_flow_without_acts_is_refused() -> None:
    """A series to which nothing happens is not there."""
    assert refused(lambda: input_series(ORDERS, HERE)) == (
        "nothing happens to orders_total; say what it does, as count(0, hours(1))"
    )


@pytest.mark.parametrize(
    ("metric", "act", "kind"),
    [
        (ORDERS, observe(1, 5, NOW), "counter"),
        (ORDERS, clock(NOW), "counter"),
        (WAIT, count(1, NOW), "histogram"),
        (WAIT, clock(NOW), "histogram"),
        (BELL, count(1, NOW), "gauge"),
        (BELL, observe(1, 5, NOW), "gauge"),
    ],
)
def test_what_a_metric_cannot_do_is_refused(metric: Metric, segment: Segment, kind: str) -> None:
    """A counter counts, a histogram observes, a gauge of time goes with the clock, even among acts that fit."""
    labels = dict.fromkeys(metric.labels, "1")
    assert (
        refused(lambda: input_series(metric, labels, no_samples(NOW), segment)) == f"{metric.name} is a {kind}; {KINDS}"
    )


@pytest.mark.parametrize(("metric", "act"), [(ORDERS, count(1, NOW)), (WAIT, observe(1, 5, NOW)), (BELL, clock(NOW))])
def test_any_metric_may_be_silent_and_start_anew(metric: Metric, segment: Segment) -> None:
    """Whatever it is, its reporter can stop and begin again."""
    labels = dict.fromkeys(metric.labels, "1")
    assert input_series(metric, labels, segment, no_samples(NOW), Restart(), segment).segments == (
        segment,
        NoSamples(NOW),
        Restart(),
        segment,
    )


def test_what_is_heard_names_its_labels() -> None:
    """A share is told between 0 and 1; an alert without labels has none; quiet is an expectation too."""
    assert firing(TICKET, 0.1, {TABLE: "1"}) == FiringAlert(TICKET, 0.1, {"table": "1"})
    assert firing(PAGE, 1) == FiringAlert(PAGE, 1, {})
    assert expect_firing(minutes(40), firing(PAGE, 1)) == Expectation(minutes(40), (FiringAlert(PAGE, 1, {}),))
    assert expect_none(minutes(30)) == Expectation(minutes(30), ())


def test_a_plot_is_sorted_by_its_moments() -> None:
    """Flows and expectations may be written in any order."""
    orders = input_series(ORDERS, HERE, count(1, hours(1)))
    assert scenario(expect_none(minutes(60)), orders, expect_none(minutes(30))) == Scenario(
        (orders,), (expect_none(minutes(30)), expect_none(minutes(60))), minutes(1)
    )


@pytest.mark.parametrize(("every", "sampled"), [(seconds(30), seconds(30)), (minutes(1), minutes(1)), (hours(1), NOW)])
def test_series_are_sampled_each_minute_at_least(evaluation_interval: Duration, sample_interval: Duration) -> None:
    """However seldom rules are evaluated: an increase over 5 minutes needs two samples."""
    assert scenario(evaluation_interval=evaluation_interval).sample_interval == sample_interval


@pytest.mark.parametrize(
    ("speak", "between", "step"),
    [
        (lambda: scenario(input_series(ORDERS, HERE, count(1, seconds(90)))), "90s", "1m"),
        (lambda: scenario(input_series(ORDERS, HERE, no_samples(seconds(59)))), "59s", "1m"),
        (lambda: scenario(input_series(BELL, {TABLE: "1"}, clock(seconds(61)))), "61s", "1m"),
        (lambda: scenario(expect_none(seconds(90))), "90s", "1m"),
        (lambda: scenario(expect_none(minutes(12)), evaluation_interval=minutes(5)), "12m", "5m"),
    ],
)
def test_what_falls_between_two_steps_is_refused(speak: Callable[[], object], between: str, step: str) -> None:
    """An act that ends between two samples would be cut short, and nothing is heard between two evaluations."""
    assert refused(speak) == f"{between} falls between two steps of {step}; tell it in multiples of {step}"


def test_an_act_may_end_between_two_evaluations() -> None:
    """Series are sampled each minute, though rules are evaluated every five."""
    assert scenario(
        input_series(ORDERS, HERE, count(1, minutes(12))), expect_none(minutes(10)), evaluation_interval=minutes(5)
    ).evaluation_interval == minutes(5)


def test_a_story_is_made_of_a_function() -> None:
    """Its claim is the docstring in one line; it knows its alert, its severities, what it shows and where it stands."""

    def spilling(platform: Platform) -> Scenario:
        """Half is spilt
        from minute 30 on."""
        return scenario()

    made = alert_test("SpiltOrders", PAGE, TICKET, covers=(Coverage.FIRES,), id="spilling")(spilling)
    assert (made.alert, made.severities, made.covers) == ("SpiltOrders", (PAGE, TICKET), (Coverage.FIRES,))
    assert (made.id, made.module) == ("spilling", "tests.dsl.test_alert_test")
    assert made.claim == "Half is spilt from minute 30 on."
    assert made.where == f"tests/dsl/test_alert_test.py:{spilling.__code__.co_firstlineno} spilling"
    assert made.build is spilling


def test_a_story_without_a_docstring_is_refused() -> None:
    """It would claim nothing."""

    def spilling(platform: Platform) -> Scenario:
        return scenario()

    said = "the story spilling has no docstring; claim in a sentence what it shows"
    assert refused(lambda: alert_test("SpiltOrders", PAGE, covers=(Coverage.FIRES,), id="spilling")(spilling)) == said


def test_a_story_that_makes_no_sense_is_declared() -> None:
    """With the alert, its severities, the kinds, and the reason."""
    declared = not_applicable(
        "Watchdog", PAGE, TICKET, covers=(Coverage.BELOW_THRESHOLD, Coverage.BEFORE_FOR), reason="It always fires."
    )
    assert declared == NotApplicable(
        "Watchdog", (PAGE, TICKET), (Coverage.BELOW_THRESHOLD, Coverage.BEFORE_FOR), "It always fires."
    )


def test_an_alert_is_owed_seven_kinds_of_story() -> None:
    """The ones that law 4 lists."""
    assert {covers.value for covers in Coverage} == {
        "fires in time",
        "quiet just below",
        "quiet before its time",
        "recovers",
        "quiet at low traffic",
        "quiet through a counter reset",
        "does not touch another",
    }
