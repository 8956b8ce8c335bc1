"""Units, quantities and durations: exact numbers, and the texts that people read."""

from __future__ import annotations

from fractions import Fraction

import pytest

from generator.dsl.units import (
    DOLLARS,
    DOLLARS_PER_TOKEN,
    ERRORS_UNIT,
    MILLISECONDS,
    ONE,
    PERCENT,
    QUERIES_UNIT,
    RATIO,
    REQUESTS_UNIT,
    SECONDS,
    TOKENS_UNIT,
    Duration,
    Quantity,
    Unit,
    days,
    format_number,
    hours,
    minutes,
    percent,
    quantity,
    seconds,
)
from tests.dsl.definition_errors import definition_error

DURATIONS = [
    (seconds(1), "1s", "1 second", "second"),
    (seconds(90), "90s", "90 seconds", "90 seconds"),
    (seconds(60), "1m", "1 minute", "minute"),
    (seconds(300), "5m", "5 minutes", "5 minutes"),
    (seconds(5400), "90m", "90 minutes", "90 minutes"),
    (seconds(3600), "1h", "1 hour", "hour"),
    (hours(11), "11h", "11 hours", "11 hours"),
    (hours(36), "36h", "36 hours", "36 hours"),
    (seconds(86400), "1d", "24 hours", "24 hours"),
    (days(30), "30d", "30 days", "30 days"),
]

QUANTITIES = [
    (0, REQUESTS_UNIT, "0 requests"),
    (1, REQUESTS_UNIT, "1 request"),
    (1, QUERIES_UNIT, "1 query"),
    (15, REQUESTS_UNIT, "15 requests"),
    (1.5, TOKENS_UNIT, "1.5 tokens"),
    (999, TOKENS_UNIT, "999 tokens"),
    (1000000, TOKENS_UNIT, "1,000,000 tokens"),
    (7, ONE, "7"),
    (80, PERCENT, "80 percent"),
    (0.05, RATIO, "5%"),
    (0.001, RATIO, "0.1%"),
    (1, RATIO, "100%"),
    (0.072, RATIO, "7.2%"),
    (0.5, MILLISECONDS, "0.5 ms"),
    (999, MILLISECONDS, "999 ms"),
    (1000, MILLISECONDS, "1 s"),
    (1500, MILLISECONDS, "1.5 s"),
    (10000, MILLISECONDS, "10 s"),
    (180, SECONDS, "3 minutes"),
    (1, SECONDS, "1 second"),
    (0, SECONDS, "0 seconds"),
    (0.5, SECONDS, "0.5 seconds"),
    (50, DOLLARS, "$50"),
    (0.1, DOLLARS, "$0.10"),
    (1234.5, DOLLARS, "$1,234.50"),
    ("0.000000012", DOLLARS_PER_TOKEN, "$0.000000012"),
]


@pytest.mark.parametrize(("duration", "promql", "text", "window_text"), DURATIONS)
def test_a_duration_is_written_in_the_largest_unit_that_divides_it(
    duration: Duration, promql: str, text: str, window_text: str
) -> None:
    """PromQL gets 90m where no whole hour fits, and texts "90 minutes"; a window of 1 hour is "the last hour"."""
    assert (str(duration), duration.text(), duration.window_text()) == (promql, text, window_text)


def test_durations_are_whole_seconds() -> None:
    """A day is 24 hours, an hour 60 minutes, a minute 60 seconds."""
    assert (days(1), hours(1), minutes(1)) == (hours(24), minutes(60), seconds(60))


def test_arithmetic_with_durations_is_exact() -> None:
    """Durations add, subtract, multiply and compare, and divide to an exact fraction."""
    assert (hours(1) + minutes(30), days(1) - hours(18), minutes(5) * 3) == (minutes(90), hours(6), minutes(15))
    assert (hours(1) / minutes(5), minutes(5) / hours(1)) == (Fraction(12), Fraction(1, 12))
    assert minutes(59) < hours(1) < days(1)


def test_a_duration_is_a_threshold_in_seconds() -> None:
    """Three minutes are 180 seconds."""
    assert minutes(3).quantity() == Quantity(Fraction(180), SECONDS)


def test_a_duration_is_a_whole_number_of_seconds_above_0() -> None:
    """Zero, negative numbers and fractions of a second are errors, also as the result of arithmetic."""
    hint = "give a whole number of seconds above 0"
    assert definition_error(lambda: seconds(0)) == f"0 s is not a duration; {hint}"
    assert definition_error(lambda: minutes(-1)) == f"-60 s is not a duration; {hint}"
    assert definition_error(lambda: hours(1) - minutes(60)) == f"0 s is not a duration; {hint}"
    assert definition_error(lambda: minutes(5) - hours(1)) == f"-3300 s is not a duration; {hint}"
    assert definition_error(lambda: hours(2) * 0) == f"0 s is not a duration; {hint}"
    assert definition_error(lambda: Duration(90.0)) == f"90.0 s is not a duration; {hint}"  # type: ignore[arg-type]


def test_numbers_are_exactly_as_written() -> None:
    """A tenth of a percent is exactly a thousandth, whether it is a float, a text or a fraction."""
    assert percent(0.1) == percent("0.1") == percent(Fraction(1, 10)) == Quantity(Fraction(1, 1000), RATIO)
    assert percent(99.5).amount == Fraction(199, 200)
    assert quantity(0.282, DOLLARS).amount == Fraction(141, 500)
    assert quantity(1e-7, DOLLARS).amount == Fraction(1, 10_000_000)
    assert quantity("1/3", RATIO).amount == Fraction(1, 3)


@pytest.mark.parametrize(("amount", "unit", "text"), QUANTITIES)
def test_a_quantity_is_written_in_its_unit(amount: int | float | str, unit: Unit, text: str) -> None:
    """One is singular, thousands have commas, cents have two digits, and large times are in larger units."""
    assert quantity(amount, unit).text() == text


def test_numbers_in_texts_have_no_exponent() -> None:
    """Neither a small price nor a large count has an exponent; a periodic number has twelve digits."""
    assert format_number(Fraction(12, 10**9)) == "0.000000012"
    assert format_number(Fraction(3 * 10**15 + 1)) == "3,000,000,000,000,001"
    assert format_number(Fraction(20000000001, 2)) == "10,000,000,000.5"
    assert format_number(Fraction(1, 3)) == "0.333333333333"
    assert format_number(Fraction(-5, 2)) == "-2.5"


def test_a_rate_has_a_unit_of_its_own() -> None:
    """The rate of requests is in requests per second, Grafana's reqps; rates and milliseconds have no rate."""
    assert REQUESTS_UNIT.rate() == Unit("requests per second", "reqps")
    assert definition_error(lambda: REQUESTS_UNIT.rate().rate()).startswith("requests per second have no rate; ")
    assert definition_error(MILLISECONDS.rate) == (
        "milliseconds have no rate; use .increase(window), or give the unit a per_second"
    )


def test_units_that_grafana_shows_alike_are_different() -> None:
    """Requests and errors have the same Grafana unit and are still two units."""
    assert REQUESTS_UNIT.grafana == ERRORS_UNIT.grafana
    assert quantity(15, REQUESTS_UNIT) != quantity(15, ERRORS_UNIT)
