"""Alert tests: input series in segments, scenarios, and the alerts expected to fire."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from inspect import unwrap

import pytest

from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    AlertTest,
    ClaimValue,
    ClockValues,
    ConstantRate,
    Coverage,
    Expectation,
    FiringAlert,
    InputSeries,
    NoSamples,
    NotApplicable,
    NotPossible,
    Restart,
    Scenario,
    Segment,
    alert_test,
    clock,
    count,
    exists,
    expect_firing,
    expect_none,
    firing,
    input_series,
    no_samples,
    not_applicable,
    not_possible,
    observe,
    scenario,
    time_text,
)
from generator.dsl.metrics import Metric
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, hours, minutes, percent, seconds
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import BELL, GUEST, MISSPELT_TABLE, ORDERS, TABLE, WAIT

LABELS = {GUEST: "a", TABLE: "1"}
MINUTE = minutes(1)
SEGMENTS_BY_TYPE = "use count() for a counter, observe() for a histogram, clock() for a gauge, exists() for alerts"


def test_segments_are_exact() -> None:
    """A third of an order a minute is exactly 1/3, and 0.1 ms exactly 1/10."""
    assert count("1/3", hours(1)) == ConstantRate(Fraction(1, 3), hours(1))
    assert count(0.1, hours(1)) == ConstantRate(Fraction(1, 10), hours(1))
    assert observe(60, 0.1, hours(1)) == ConstantRate(Fraction(60), hours(1), Fraction(1, 10))
    assert (no_samples(MINUTE), clock(MINUTE)) == (NoSamples(MINUTE), ClockValues(MINUTE))


def test_a_negative_increase_is_an_error() -> None:
    """Neither a counter nor a histogram can decrease; an increase of 0 is possible."""
    assert count(0, MINUTE) == ConstantRate(Fraction(0), MINUTE)
    message = "a counter increases by -1 a minute; give 0 or more; Restart() resets a counter"
    assert definition_error(lambda: count(-1, MINUTE)) == message
    assert definition_error(lambda: observe(-1, 5, MINUTE)) == message


def test_an_input_series_has_labels_by_name_and_segments_in_order() -> None:
    """The labels are stored by their names, the segments as they are listed."""
    segments = (count(1, MINUTE), Restart(), no_samples(MINUTE), count(2, MINUTE))
    assert input_series(ORDERS, LABELS, *segments) == InputSeries(ORDERS, {"guest_id": "a", "table": "1"}, segments)


def test_unknown_and_missing_labels_are_errors() -> None:
    """The hint for an unknown label is the nearest label of the metric; a missing label is named."""
    assert definition_error(lambda: input_series(ORDERS, {**LABELS, MISSPELT_TABLE: "1"}, count(1, MINUTE))) == (
        'orders_total has no label tabel; did you mean "table"? Use it, or declare "tabel"'
    )
    assert definition_error(lambda: input_series(ORDERS, {TABLE: "1"}, count(1, MINUTE))) == (
        "a series of orders_total lacks the label guest_id; give it a guest_id"
    )


@pytest.mark.parametrize(("metric", "name"), [(ORDERS, "orders_total"), (BELL, "bell_timestamp_seconds")])
def test_an_input_series_without_segments_is_an_error(metric: Metric, name: str) -> None:
    """The segment in the hint is possible for every type of metric."""
    labels = dict.fromkeys(metric.labels, "1")
    assert definition_error(lambda: input_series(metric, labels)) == (
        f"the series of {name} has no segments; add one, as no_samples(hours(1))"
    )
    assert input_series(metric, labels, no_samples(hours(1))).segments == (NoSamples(hours(1)),)


@pytest.mark.parametrize(
    ("metric", "segment", "metric_type"),
    [
        (ORDERS, observe(1, 5, MINUTE), "counter"),
        (ORDERS, clock(MINUTE), "counter"),
        (WAIT, count(1, MINUTE), "histogram"),
        (WAIT, clock(MINUTE), "histogram"),
        (BELL, count(1, MINUTE), "gauge"),
        (BELL, observe(1, 5, MINUTE), "gauge"),
        (BELL, exists(MINUTE), "gauge"),
        (ORDERS, exists(MINUTE), "counter"),
    ],
)
def test_a_segment_of_another_type_of_metric_is_an_error(metric: Metric, segment: Segment, metric_type: str) -> None:
    """A counter is counted, a histogram observed, and a gauge holds the time; one that fits hides no other that
    does not."""
    labels = dict.fromkeys(metric.labels, "1")
    message = definition_error(lambda: input_series(metric, labels, no_samples(MINUTE), segment))
    assert message == f"{metric.name} is a {metric_type}; {SEGMENTS_BY_TYPE}"


@pytest.mark.parametrize(
    ("metric", "segment"), [(ORDERS, count(1, MINUTE)), (WAIT, observe(1, 5, MINUTE)), (BELL, clock(MINUTE))]
)
def test_every_metric_can_stop_and_restart(metric: Metric, segment: Segment) -> None:
    """Segments without samples and restarts are possible for every type of metric."""
    labels = dict.fromkeys(metric.labels, "1")
    segments = (segment, no_samples(MINUTE), Restart(), segment)
    assert input_series(metric, labels, *segments).segments == segments


def test_a_firing_alert_has_labels_by_name() -> None:
    """An alert without labels has none, and an expectation without alerts is an expectation too."""
    assert firing(TICKET, 0.1, {TABLE: "1"}) == FiringAlert(TICKET, 0.1, {"table": "1"})
    assert firing(PAGE, 1) == FiringAlert(PAGE, 1, {})
    assert expect_firing(minutes(40), firing(PAGE, 1)) == Expectation(minutes(40), (FiringAlert(PAGE, 1, {}),))
    assert expect_none(minutes(30)) == Expectation(minutes(30), ())


def test_a_firing_alert_can_outlast_its_condition() -> None:
    """`condition_ended` is when the condition was last true, where only keep_firing_for makes the alert fire."""
    assert firing(PAGE, 1, {TABLE: "1"}, minutes(20)) == FiringAlert(PAGE, 1, {"table": "1"}, minutes(20))


def test_a_scenario_sorts_its_expectations_by_time() -> None:
    """Input series and expectations may be listed in any order."""
    orders = input_series(ORDERS, LABELS, count(1, hours(1)))
    assert scenario(expect_none(minutes(60)), orders, expect_none(minutes(30))) == Scenario(
        (orders,), (expect_none(minutes(30)), expect_none(minutes(60))), minutes(1)
    )


@pytest.mark.parametrize(
    ("evaluation_interval", "sample_interval"),
    [(seconds(30), seconds(30)), (minutes(1), minutes(1)), (hours(1), minutes(1))],
)
def test_series_have_a_sample_a_minute_at_least(evaluation_interval: Duration, sample_interval: Duration) -> None:
    """However long the evaluation interval is: an increase over 5 minutes needs two samples."""
    assert scenario(evaluation_interval=evaluation_interval).sample_interval == sample_interval


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (
            lambda: scenario(input_series(ORDERS, LABELS, count(1, seconds(90)))),
            "a segment of 90s does not end at a sample; use a multiple of 1m",
        ),
        (
            lambda: scenario(input_series(ORDERS, LABELS, no_samples(seconds(59)))),
            "a segment of 59s does not end at a sample; use a multiple of 1m",
        ),
        (
            lambda: scenario(input_series(BELL, {TABLE: "1"}, clock(seconds(61)))),
            "a segment of 61s does not end at a sample; use a multiple of 1m",
        ),
        (
            lambda: scenario(expect_none(seconds(90))),
            "the expectation at 90s is between two evaluations; use a multiple of 1m",
        ),
        (
            lambda: scenario(expect_none(minutes(12)), evaluation_interval=minutes(5)),
            "the expectation at 12m is between two evaluations; use a multiple of 5m",
        ),
    ],
)
def test_times_between_samples_or_evaluations_are_errors(define: Callable[[], object], message: str) -> None:
    """A segment that ends between two samples would be cut, and an expectation between two evaluations is never
    checked."""
    assert definition_error(define) == message


def test_a_segment_may_end_between_two_evaluations() -> None:
    """Series have a sample a minute, even where rules are evaluated every 5 minutes."""
    orders = input_series(ORDERS, LABELS, count(1, minutes(12)))
    assert scenario(orders, expect_none(minutes(10)), evaluation_interval=minutes(5)).series == (orders,)


def test_an_alert_test_has_its_claim_and_place() -> None:
    """The claim is the docstring in one line; the id is explicit; the place is file, line and function."""

    def half_is_spilt(platform: Platform) -> Scenario:
        """Half is spilt
        from minute 30 on."""
        return scenario()

    test = alert_test("SpiltOrders", PAGE, TICKET, covers=(Coverage.FIRES,), id="spilling")(half_is_spilt)
    assert (test.alert, test.severities, test.covers) == ("SpiltOrders", (PAGE, TICKET), (Coverage.FIRES,))
    assert (test.id, test.module) == ("spilling", "tests.dsl.test_alert_test")
    assert test.claim == "Half is spilt from minute 30 on."
    assert test.where == f"tests/dsl/test_alert_test.py:{half_is_spilt.__code__.co_firstlineno} half_is_spilt"
    assert unwrap(test.build) is half_is_spilt


def test_an_alert_test_without_a_docstring_is_an_error() -> None:
    """An alert test must claim something."""

    def half_is_spilt(platform: Platform) -> Scenario:
        return scenario()

    define = alert_test("SpiltOrders", PAGE, covers=(Coverage.FIRES,), id="spilling")
    assert definition_error(lambda: define(half_is_spilt)) == (
        "the alert test half_is_spilt has no docstring; say in a sentence what happens and what fires"
    )


def test_kinds_that_are_not_applicable_are_declared() -> None:
    """A declaration has the alert, its severities, the kinds of coverage, and the reason."""
    kinds = (Coverage.BELOW_THRESHOLD, Coverage.BEFORE_FOR)
    declaration = not_applicable("Watchdog", PAGE, TICKET, covers=kinds, reason="It always fires.")
    assert declaration == NotApplicable("Watchdog", (PAGE, TICKET), kinds, "It always fires.")


def test_there_are_seven_kinds_of_coverage() -> None:
    """Every alert needs a test of each of these kinds, or a reason why the kind is not applicable."""
    assert {kind.value for kind in Coverage} == {
        "fires in time",
        "does not fire just below the threshold",
        "does not fire before its time",
        "resolves",
        "does not fire at low traffic",
        "does not fire at a counter reset",
        "does not fire for others",
    }


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (30, "30 s"),
        (2010, "33 min 30 s"),
        (7140, "119 min"),
        (7200, "2 h"),
        (9000, "2 h 30 min"),
        (86400, "1 d"),
        (280800, "3 d 6 h"),
    ],
)
def test_a_time_is_short(seconds: int, text: str) -> None:
    """Minutes up to two hours, then hours, then days."""
    assert time_text(seconds) == text


def claiming(claim: str, **values: ClaimValue) -> str:
    """The claim of a test whose scenario has these values."""
    test = AlertTest("some_test", "alerts.tests.some", claim, "Some", (PAGE,), (), lambda _: scenario(), "some.py:1")
    return test.claim_of(scenario(claim=values))


def test_a_claim_has_the_numbers_of_the_scenario() -> None:
    """A ratio is in percent, a duration is a time since the start, a number has commas."""
    claim = claiming(
        "{route} fails {ratio} of {count} requests: fires at {fires}.",
        route="/chat",
        ratio=percent("5.75"),
        count=1500,
        fires=minutes(33) + seconds(30),
    )
    assert claim == "/chat fails 5.75% of 1,500 requests: fires at 33 min 30 s."


def test_a_claim_without_the_value_of_a_placeholder_is_an_error() -> None:
    """A placeholder that is not filled in would be shipped as it is."""
    assert definition_error(lambda: claiming("It fires at {fires}, in {window}.", window="5 minutes")) == (
        "the claim names {fires}, which its scenario does not give; "
        "give it in scenario(…, claim={…}), or remove it from the docstring"
    )


def test_a_test_that_is_not_possible_has_no_scenario(platform: Platform) -> None:
    """The reason says which number of the platform rules the scenario out; it cannot be empty."""

    def impossible(platform: Platform) -> NotPossible:
        """It never fires."""
        return not_possible("the minimum is one request")

    test = alert_test("SpiltOrders", PAGE, covers=(Coverage.FIRES,), id="impossible")(impossible)
    assert test.scenario(platform) is None
    assert impossible(platform).reason == "the minimum is one request"
    assert definition_error(lambda: not_possible(" ")).startswith("the reason is empty; ")
