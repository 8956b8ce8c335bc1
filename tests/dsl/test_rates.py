"""Rates of alert tests: whole or exact, around thresholds and minimums; worked out by hand."""

from __future__ import annotations

from fractions import Fraction

from generator.dsl.rates import (
    RESOLUTION,
    Minimums,
    Traffic,
    at_most,
    diluted,
    just_below,
    rate_of,
    slightly_above,
    well_above,
)
from generator.dsl.units import hours, minutes, seconds

FIVE_PERCENT = Fraction(1, 20)
MINIMUMS = Minimums(Fraction(15), Fraction(10))
FIVE_MINUTES = minutes(5)


def traffic(requests: Fraction | int, errors: Fraction | int) -> Traffic:
    """Requests and errors per minute."""
    return Traffic(Fraction(requests), Fraction(errors))


def test_ratios_around_a_threshold_stay_below_one() -> None:
    """15 and 10 percent above a threshold, or halfway to 1; 10 percent below it."""
    assert well_above(FIVE_PERCENT) == Fraction("0.0575")
    assert slightly_above(FIVE_PERCENT) == Fraction("0.055")
    assert just_below(FIVE_PERCENT) == Fraction("0.045")
    assert well_above(Fraction(99, 100)) == slightly_above(Fraction(99, 100)) == Fraction("0.995")


def test_steady_rates_are_the_smallest_whole_ones() -> None:
    """5.75 % are 23 of 400; with a minimum of 700 errors a minute, 31 times as many."""
    assert MINIMUMS.steady(Fraction("0.0575"), minutes(1)) == traffic(400, 23)
    assert Minimums(Fraction(5000), Fraction(700)).steady(Fraction("0.0575"), minutes(1)) == traffic(12400, 713)
    assert MINIMUMS.steady(FIVE_PERCENT, minutes(1), Fraction("0.055")) == traffic(200, 10)
    assert MINIMUMS.steady(Fraction(1, 2), seconds(30)) == traffic(40, 20)


def test_just_the_minimums() -> None:
    """15 requests and 10 errors in 5 minutes; where the threshold is high, the fewest errors above it; where more
    errors than requests are needed, all fail."""
    assert MINIMUMS.just_reached(FIVE_PERCENT, FIVE_MINUTES) == traffic(3, 2)
    above = MINIMUMS.just_reached(Fraction(9, 10), FIVE_MINUTES)
    assert above.requests == 3
    assert 0 < above.errors - Fraction(27, 10) <= Fraction(1, RESOLUTION)
    assert Minimums(Fraction(5), Fraction(10)).just_reached(FIVE_PERCENT, FIVE_MINUTES) == traffic(2, 2)


def test_one_less_than_the_minimums() -> None:
    """14 requests in 5 minutes, 9 errors of 100; a minimum of one request leaves none, and 9 errors of at least 15
    requests are never above 60 %."""
    assert MINIMUMS.too_few_requests(FIVE_MINUTES) == traffic(Fraction("2.8"), Fraction("2.8"))
    assert MINIMUMS.too_few_errors(FIVE_PERCENT, FIVE_MINUTES) == traffic(20, Fraction("1.8"))
    assert Minimums(Fraction(1), Fraction(1)).too_few_requests(FIVE_MINUTES) is None
    assert MINIMUMS.too_few_errors(Fraction(3, 5), FIVE_MINUTES) is None


def test_the_halves_of_traffic_add_up_and_differ() -> None:
    """Neither half has more errors than requests."""
    assert traffic(1000, 23).halves() == (traffic(500, 14), traffic(500, 9))
    assert traffic(40, 39).halves() == (traffic(20, 20), traffic(20, 19))
    assert traffic(3, 2).halves() == (traffic(Fraction(3, 2), Fraction(3, 2)), traffic(Fraction(3, 2), Fraction(1, 2)))
    first, second = traffic(Fraction("2.8"), Fraction("2.8")).halves()
    assert first == second == traffic(Fraction("1.4"), Fraction("1.4"))


def test_a_rate_of_a_minimum_is_exact_and_hardly_more() -> None:
    """15 in an hour are a quarter a minute; 17 are the next multiple of the resolution."""
    assert rate_of(Fraction(15), hours(1)) == Fraction(1, 4)
    rate = rate_of(Fraction(17), hours(1))
    assert rate.denominator <= RESOLUTION
    assert 0 <= rate * 60 - 17 <= Fraction(60, RESOLUTION)


def test_a_rate_at_most_another_one_is_whole_where_it_is_large() -> None:
    """40,000.7 tokens are 40,000; small rates are multiples of the resolution."""
    assert at_most(Fraction("40000.7")) == 40_000
    assert at_most(Fraction("0.3")) == Fraction(19_660, RESOLUTION)


def test_diluted_errors_are_well_below_a_threshold() -> None:
    """23 errors are 2 % of 1,150 requests; of 1,380 they are 1.67 %."""
    assert diluted(Fraction(23), Fraction(1, 50)) == 1380
