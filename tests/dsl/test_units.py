"""Units: numbers are read exactly, and said as a person says them."""

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
from tests.dsl.refused import refused

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

SPOKEN = [
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


@pytest.mark.parametrize(("duration", "written", "spoken", "span"), DURATIONS)
def test_a_duration_is_told_in_the_largest_unit_that_divides_it(
    duration: Duration, written: str, spoken: str, span: str
) -> None:
    """Prometheus gets 90m where no whole hour fits, a person 90 minutes; one hour alone is "the last hour"."""
    assert (str(duration), duration.text(), duration.window_text()) == (written, spoken, span)


def test_durations_are_whole_seconds() -> None:
    """A day is 24 hours, an hour 60 minutes, a minute 60 seconds."""
    assert (days(1), hours(1), minutes(1)) == (hours(24), minutes(60), seconds(60))


def test_durations_are_reckoned_exactly() -> None:
    """They add, subtract, multiply, compare, and divide to an exact fraction."""
    assert (hours(1) + minutes(30), days(1) - hours(18), minutes(5) * 3) == (minutes(90), hours(6), minutes(15))
    assert (hours(1) / minutes(5), minutes(5) / hours(1)) == (Fraction(12), Fraction(1, 12))
    assert minutes(59) < hours(1) < days(1)


def test_a_duration_is_a_threshold_in_seconds() -> None:
    """Three minutes are 180 seconds."""
    assert minutes(3).quantity() == Quantity(Fraction(180), SECONDS)


def test_no_duration_is_refused() -> None:
    """Nothing, less than nothing and a broken second are no durations, however they came about."""
    hint = "give a whole number of seconds above 0"
    assert refused(lambda: seconds(0)) == f"0 s is no duration; {hint}"
    assert refused(lambda: minutes(-1)) == f"-60 s is no duration; {hint}"
    assert refused(lambda: hours(1) - minutes(60)) == f"0 s is no duration; {hint}"
    assert refused(lambda: minutes(5) - hours(1)) == f"-3300 s is no duration; {hint}"
    assert refused(lambda: hours(2) * 0) == f"0 s is no duration; {hint}"
    assert refused(lambda: minutes(1.5)) == f"90.0 s is no duration; {hint}"  # type: ignore[arg-type]


def test_numbers_are_read_as_they_are_written() -> None:
    """A tenth of a percent is a thousandth to the letter, whether it comes as a float, a text or a fraction."""
    assert percent(0.1) == percent("0.1") == percent(Fraction(1, 10)) == Quantity(Fraction(1, 1000), RATIO)
    assert percent(99.5).amount == Fraction(199, 200)
    assert quantity(0.282, DOLLARS).amount == Fraction(141, 500)
    assert quantity(1e-7, DOLLARS).amount == Fraction(1, 10_000_000)
    assert quantity("1/3", RATIO).amount == Fraction(1, 3)


@pytest.mark.parametrize(("amount", "unit", "said"), SPOKEN)
def test_a_quantity_is_said_in_its_unit(amount: int | float | str, unit: Unit, said: str) -> None:
    """Each unit is said as a person says it: one is singular, thousands have commas, cents have two digits."""
    assert quantity(amount, unit).text() == said


def test_a_number_for_a_person_has_no_exponent() -> None:
    """Neither the smallest price nor a large count is written with an e; what never ends stops after twelve digits."""
    assert format_number(Fraction(12, 10**9)) == "0.000000012"
    assert format_number(Fraction(3 * 10**15 + 1)) == "3,000,000,000,000,001"
    assert format_number(Fraction(20000000001, 2)) == "10,000,000,000.5"
    assert format_number(Fraction(1, 3)) == "0.333333333333"
    assert format_number(Fraction(-5, 2)) == "-2.5"


def test_a_rate_has_a_unit_of_its_own() -> None:
    """Requests become requests per second, drawn as reqps; a rate has no rate, nor has what is not counted."""
    assert REQUESTS_UNIT.rate() == Unit("requests per second", "reqps")
    assert refused(lambda: REQUESTS_UNIT.rate().rate()).startswith("requests per second have no rate; ")
    assert refused(MILLISECONDS.rate) == (
        "milliseconds have no rate; count them over a window, or give the unit a per_second"
    )


def test_units_of_one_look_are_not_one() -> None:
    """Counts of requests and of errors are drawn alike and still are two units."""
    assert REQUESTS_UNIT.grafana == ERRORS_UNIT.grafana
    assert quantity(15, REQUESTS_UNIT) != quantity(15, ERRORS_UNIT)
