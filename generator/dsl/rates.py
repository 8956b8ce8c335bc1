"""Rates of input series in alert tests: per minute, exact in floating point where a test compares them exactly.

An increase of a counter is exact where its samples are: whole numbers, or multiples of a power of two. A ratio of two
exact increases that equals a threshold is then not above it.
"""

from __future__ import annotations

import math
from fractions import Fraction

from generator.dsl.units import Duration
from generator.frozen import frozen

RESOLUTION = 2**16
"""Rates that are not whole are multiples of a minute's 65,536th: coarse enough for long sums, fine enough for the
smallest minimum in the longest window."""
WHOLE = 100
"""From this rate on, rates are whole: a fraction of one changes them by less than 1 %."""


@frozen
class Traffic:
    """Requests per minute and how many of them fail."""

    requests: Fraction
    errors: Fraction

    @property
    def ratio(self) -> Fraction:
        """The error ratio."""
        return self.errors / self.requests

    def halves(self) -> tuple[Traffic, Traffic]:
        """The same traffic in two parts of about the same size, whose error ratios differ where they can. Both parts
        have errors: an alert that looks at the larger part alone does not see all of them."""
        first = Fraction(math.ceil(self.requests / 2)) if self.is_large else self.requests / 2
        more = Fraction(math.ceil(self.errors * 3 / 5)) if self.is_large else self.errors * 3 / 4
        errors = max(min(first, more), self.errors - (self.requests - first))
        return Traffic(first, errors), Traffic(self.requests - first, self.errors - errors)

    @property
    def is_large(self) -> bool:
        """Whether both rates are whole numbers whose halves may be rounded."""
        return self.errors >= 10 and self.requests.denominator == self.errors.denominator == 1


@frozen
class Minimums:
    """The requests and errors that a window must have before an alert on their ratio fires."""

    requests: Fraction
    errors: Fraction

    def steady(self, ratio: Fraction, step: Duration, *same_requests: Fraction) -> Traffic:
        """The smallest whole rates of which each step has the minimums, with a ratio; the requests also allow the
        ratios of `same_requests` to be whole."""
        denominator = math.lcm(ratio.denominator, *(each.denominator for each in same_requests))
        in_minutes = Fraction(step.seconds, 60)
        fewest = [self.requests / (denominator * in_minutes), self.errors / (ratio * denominator * in_minutes)]
        requests = denominator * max(1, *map(math.ceil, fewest))
        return Traffic(Fraction(requests), ratio * requests)

    def just_reached(self, threshold: Fraction, window: Duration) -> Traffic:
        """The rates of which a window has just the minimum of requests, and just the minimum of errors or the fewest
        that are above a threshold."""
        requests = rate_of(max(self.requests, self.errors), window)
        above = Fraction(math.floor(threshold * requests * RESOLUTION) + 1, RESOLUTION)
        return Traffic(requests, min(requests, max(rate_of(self.errors, window), above)))

    def too_few_requests(self, window: Duration) -> Traffic | None:
        """All requests fail, but one is missing for the minimum. None: with a minimum of 1, no request is left."""
        rate = (self.requests - 1) * 60 / window.seconds
        return Traffic(rate, rate) if rate else None

    def too_few_errors(self, threshold: Fraction, window: Duration) -> Traffic | None:
        """The ratio is far above a threshold, but one error is missing for the minimum. None: so few errors are never
        above the threshold of the minimum of requests."""
        errors = self.errors - 1
        requests = max(self.requests, errors / min(threshold * 9 / 5, (1 + threshold) / 2))
        traffic = Traffic(rate_of(requests, window), errors * 60 / window.seconds)
        return traffic if traffic.ratio > threshold else None


def rate_of(amount: Fraction, window: Duration) -> Fraction:
    """The smallest exact rate of which a window has at least an amount."""
    return Fraction(math.ceil(amount * 60 * RESOLUTION / window.seconds), RESOLUTION)


def at_most(rate: Fraction) -> Fraction:
    """The largest exact rate that is not above another one."""
    return Fraction(math.floor(rate)) if rate >= WHOLE else Fraction(math.floor(rate * RESOLUTION), RESOLUTION)


def well_above(threshold: Fraction) -> Fraction:
    """A ratio 15 % above a threshold, or halfway between the threshold and 1: only a whole window is above it."""
    return min(threshold * 23 / 20, (1 + threshold) / 2)


def slightly_above(threshold: Fraction) -> Fraction:
    """A ratio 10 % above a threshold, or halfway between the threshold and 1."""
    return min(threshold * 11 / 10, (1 + threshold) / 2)


def just_below(threshold: Fraction) -> Fraction:
    """A ratio 10 % below a threshold."""
    return threshold * 9 / 10


def diluted(errors: Fraction, threshold: Fraction) -> Fraction:
    """The whole rate of requests among which errors are well below a threshold."""
    return Fraction(math.ceil(errors / threshold * 6 / 5))
