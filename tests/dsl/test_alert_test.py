"""Stories: what happens, minute by minute, to a series that there is, and what is heard of it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    Act,
    Expected,
    Flow,
    Plot,
    Restart,
    Senseless,
    Shows,
    Silence,
    Stretch,
    Ticking,
    Told,
    count,
    flow,
    heard,
    observe,
    plot,
    quiet,
    senseless,
    silence,
    story,
    ticking,
    told,
)
from generator.dsl.metric import Metric
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, hours, minutes, seconds
from tests.dsl.nouns import ABSENT, BELL, GUEST, ORDERS, TABLE, WAIT
from tests.dsl.refused import refused

HERE = {GUEST: "a", TABLE: "1"}
NOW = minutes(1)
KINDS = "count() a counter, observe() a histogram, let a gauge be ticking()"


def test_acts_are_exact() -> None:
    """A third of an order a minute is a third, and a tenth of a millisecond a tenth."""
    assert count("1/3", hours(1)) == Stretch(Fraction(1, 3), hours(1))
    assert count(0.1, hours(1)) == Stretch(Fraction(1, 10), hours(1))
    assert observe(60, 0.1, hours(1)) == Stretch(Fraction(60), hours(1), Fraction(1, 10))
    assert (silence(NOW), ticking(NOW)) == (Silence(NOW), Ticking(NOW))


def test_a_counter_never_falls() -> None:
    """Less than nothing a minute is refused, of a histogram too; nothing at all is not."""
    assert count(0, NOW) == Stretch(Fraction(0), NOW)
    said = "a counter grows by -1 a minute; give 0 or more; only a Restart() takes it back"
    assert refused(lambda: count(-1, NOW)) == refused(lambda: observe(-1, 5, NOW)) == said


def test_a_flow_is_of_one_series() -> None:
    """Its labels are told by name, its acts in their order."""
    acts = (count(1, NOW), Restart(), silence(NOW), count(2, NOW))
    assert flow(ORDERS, HERE, *acts) == Flow(ORDERS, {"guest_id": "a", "table": "1"}, acts)


def test_a_label_that_the_metric_lacks_or_misses_is_refused() -> None:
    """One that it does not have gets the nearest it has; one that is not given is asked for."""
    assert refused(lambda: flow(ORDERS, {**HERE, ABSENT: "1"}, count(1, NOW))) == (
        'orders_total has no label tabel; did you mean "table"? Use it, or declare "tabel"'
    )
    assert refused(lambda: flow(ORDERS, {TABLE: "1"}, count(1, NOW))) == (
        "a series of orders_total without guest_id; give it a guest_id"
    )


def test_a_flow_without_acts_is_refused() -> None:
    """A series to which nothing happens is not there."""
    assert refused(lambda: flow(ORDERS, HERE)) == (
        "nothing happens to orders_total; say what it does, as count(0, hours(1))"
    )


@pytest.mark.parametrize(
    ("metric", "act", "kind"),
    [
        (ORDERS, observe(1, 5, NOW), "counter"),
        (ORDERS, ticking(NOW), "counter"),
        (WAIT, count(1, NOW), "histogram"),
        (WAIT, ticking(NOW), "histogram"),
        (BELL, count(1, NOW), "gauge"),
        (BELL, observe(1, 5, NOW), "gauge"),
    ],
)
def test_what_a_metric_cannot_do_is_refused(metric: Metric, act: Act, kind: str) -> None:
    """A counter counts, a histogram observes, a gauge of time goes with the clock, even among acts that fit."""
    labels = dict.fromkeys(metric.labels, "1")
    assert refused(lambda: flow(metric, labels, silence(NOW), act)) == f"{metric.name} is a {kind}; {KINDS}"


@pytest.mark.parametrize(("metric", "act"), [(ORDERS, count(1, NOW)), (WAIT, observe(1, 5, NOW)), (BELL, ticking(NOW))])
def test_any_metric_may_be_silent_and_start_anew(metric: Metric, act: Act) -> None:
    """Whatever it is, its reporter can stop and begin again."""
    labels = dict.fromkeys(metric.labels, "1")
    assert flow(metric, labels, act, silence(NOW), Restart(), act).acts == (act, Silence(NOW), Restart(), act)


def test_what_is_heard_names_its_labels() -> None:
    """A share is told between 0 and 1; an alert without labels has none; quiet is an expectation too."""
    assert told(TICKET, 0.1, {TABLE: "1"}) == Told(TICKET, 0.1, {"table": "1"})
    assert told(PAGE, 1) == Told(PAGE, 1, {})
    assert heard(minutes(40), told(PAGE, 1)) == Expected(minutes(40), (Told(PAGE, 1, {}),))
    assert quiet(minutes(30)) == Expected(minutes(30), ())


def test_a_plot_is_sorted_by_its_moments() -> None:
    """Flows and expectations may be written in any order."""
    orders = flow(ORDERS, HERE, count(1, hours(1)))
    assert plot(quiet(minutes(60)), orders, quiet(minutes(30))) == Plot(
        (orders,), (quiet(minutes(30)), quiet(minutes(60))), minutes(1)
    )


@pytest.mark.parametrize(("every", "sampled"), [(seconds(30), seconds(30)), (minutes(1), minutes(1)), (hours(1), NOW)])
def test_series_are_sampled_each_minute_at_least(every: Duration, sampled: Duration) -> None:
    """However seldom rules are evaluated: an increase over 5 minutes needs two samples."""
    assert plot(every=every).sampled == sampled


@pytest.mark.parametrize(
    ("speak", "between", "step"),
    [
        (lambda: plot(flow(ORDERS, HERE, count(1, seconds(90)))), "90s", "1m"),
        (lambda: plot(flow(ORDERS, HERE, silence(seconds(59)))), "59s", "1m"),
        (lambda: plot(flow(BELL, {TABLE: "1"}, ticking(seconds(61)))), "61s", "1m"),
        (lambda: plot(quiet(seconds(90))), "90s", "1m"),
        (lambda: plot(quiet(minutes(12)), every=minutes(5)), "12m", "5m"),
    ],
)
def test_what_falls_between_two_steps_is_refused(speak: Callable[[], object], between: str, step: str) -> None:
    """An act that ends between two samples would be cut short, and nothing is heard between two evaluations."""
    assert refused(speak) == f"{between} falls between two steps of {step}; tell it in multiples of {step}"


def test_an_act_may_end_between_two_evaluations() -> None:
    """Series are sampled each minute, though rules are evaluated every five."""
    assert plot(flow(ORDERS, HERE, count(1, minutes(12))), quiet(minutes(10)), every=minutes(5)).every == minutes(5)


def test_a_story_is_made_of_a_function() -> None:
    """Its claim is the docstring in one line; it knows its alert, its severities, what it shows and where it stands."""

    def spilling(platform: Platform) -> Plot:
        """Half is spilt
        from minute 30 on."""
        return plot()

    made = story("SpiltOrders", PAGE, TICKET, shows=(Shows.FIRES,))(spilling)
    assert (made.alert, made.severities, made.shows) == ("SpiltOrders", (PAGE, TICKET), (Shows.FIRES,))
    assert (made.name, made.module) == ("spilling", "tests.dsl.test_alert_test")
    assert made.claim == "Half is spilt from minute 30 on."
    assert made.where == f"tests/dsl/test_alert_test.py:{spilling.__code__.co_firstlineno} spilling"
    assert made.tells is spilling


def test_a_story_without_a_docstring_is_refused() -> None:
    """It would claim nothing."""

    def spilling(platform: Platform) -> Plot:
        return plot()

    said = "the story spilling has no docstring; claim in a sentence what it shows"
    assert refused(lambda: story("SpiltOrders", PAGE, shows=(Shows.FIRES,))(spilling)) == said


def test_a_story_that_makes_no_sense_is_declared() -> None:
    """With the alert, its severities, the kinds, and the reason."""
    declared = senseless("Watchdog", PAGE, TICKET, shows=(Shows.BELOW, Shows.BEFORE), reason="It always fires.")
    assert declared == Senseless("Watchdog", (PAGE, TICKET), (Shows.BELOW, Shows.BEFORE), "It always fires.")


def test_an_alert_is_owed_seven_kinds_of_story() -> None:
    """The ones that law 4 lists."""
    assert {shows.value for shows in Shows} == {
        "fires in time",
        "quiet just below",
        "quiet before its time",
        "recovers",
        "quiet at low traffic",
        "quiet through a counter reset",
        "does not touch another",
    }
