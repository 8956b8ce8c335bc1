"""Input series of requests against an error budget, and the ratios that alerts on its burn rate see in them.

Long windows are sums of 5-minute increases, which count what the series count: a ratio is that of the whole numbers.
The tests begin without history: the error budget left is that of the requests since their start.
"""

from __future__ import annotations

import math
from dataclasses import field
from fractions import Fraction

from alerts.tests.names import Labels, routes
from alerts.tests.request_series import errors, requests
from contract.objectives import FAST_BURN, MEDIUM_BURN, SLOW_BURN
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import FiringAlert, InputSeries, Segment, count, firing
from generator.dsl.alert_timing import increase_between
from generator.dsl.platform import Platform
from generator.dsl.slo import BurnRateWindows, Slo
from generator.dsl.units import Duration, hours
from generator.frozen import frozen

BUSY = 1000
"""The fewest requests per minute of tests that are not about the minimums."""
PEAK = 160
"""How many times more requests the busy hour before an incident has."""
ALREADY_EXHAUSTED = -1


@frozen
class ErrorBudget:
    """The SLO of a route, and the error ratios at which its error budget burns too fast."""

    slo: Slo
    min_requests: Fraction
    min_errors: Fraction

    @property
    def ratio(self) -> Fraction:
        """The error budget: the ratio of requests that may fail."""
        return self.slo.error_budget.amount

    @property
    def fast(self) -> Fraction:
        """The ratio of an hour that pages."""
        return self._threshold(FAST_BURN)

    @property
    def medium(self) -> Fraction:
        """The ratio of six hours that pages."""
        return self._threshold(MEDIUM_BURN)

    @property
    def slow(self) -> Fraction:
        """The ratio of three days that opens a ticket."""
        return self._threshold(SLOW_BURN)

    def _threshold(self, burn: BurnRateWindows) -> Fraction:
        return self.slo.error_ratio_at(burn.budget_fraction, burn.long_window).amount

    def busy(self, *ratios: Fraction) -> Fraction:
        """A rate of requests of which each of these ratios is a whole number, with the minimums in five minutes."""
        denominator = math.lcm(*(ratio.denominator for ratio in ratios))
        fewest = max(Fraction(BUSY), self.min_requests / 5, self.min_errors / 5 / min(ratios))
        return Fraction(denominator * math.ceil(fewest / denominator))


def error_budget(platform: Platform) -> ErrorBudget:
    """The error budget of the first route."""
    return ErrorBudget(platform.availability, platform.min_requests.amount, platform.min_errors.amount)


@frozen
class RouteSeries:
    """The requests of a route and those that fail, as segments of the same length."""

    requests: tuple[Segment, ...]
    errors: tuple[Segment, ...]

    def series(self, labels: Labels) -> tuple[InputSeries, InputSeries]:
        """Both as input series."""
        return requests(labels, *self.requests), errors(labels, *self.errors)

    def ratio(self, at: Duration, window: Duration) -> Fraction:
        """The error ratio of the window that ends at a time."""
        start = max(0, at.seconds - window.seconds)
        counted = increase_between(self.requests, start, at.seconds)
        return increase_between(self.errors, start, at.seconds) / counted


@frozen
class BudgetAlerts:
    """The alerts of ErrorBudgetBurn that a route's series are expected to make fire."""

    budget: ErrorBudget
    route: RouteSeries
    labels: Labels
    values: dict[str, float] = field(default_factory=dict)

    def page(self, at: Duration, *, by_six_hours: bool = False) -> FiringAlert:
        """A page, whose value is the ratio of an hour, or that of six hours where it fires for these alone."""
        hour, six_hours = (self.route.ratio(at, burn.long_window) for burn in (FAST_BURN, MEDIUM_BURN))
        values = {
            "burn_rate": float(hour / self.budget.ratio),
            "medium_burn_rate": float(six_hours / self.budget.ratio),
            **self._left(at, hour),
        }
        return firing(PAGE, float(six_hours if by_six_hours else hour), self.labels, values=values)

    def ticket(self, at: Duration) -> FiringAlert:
        """A ticket, whose value is the ratio of three days."""
        three_days = self.route.ratio(at, SLOW_BURN.long_window)
        values = {"burn_rate": float(three_days / self.budget.ratio), **self._left(at, three_days)}
        return firing(TICKET, float(three_days), self.labels, values=values)

    def _left(self, at: Duration, ratio: Fraction) -> dict[str, float]:
        """The error budget left, and when it is exhausted at the burn rate of a ratio: in whole minutes."""
        left = 1 - self.route.ratio(at, at) / self.budget.ratio
        window = Fraction(self.budget.slo.window.seconds, 60)
        in_minutes = round(left * window / (ratio / self.budget.ratio))
        return {"budget_left": float(left), "when_exhausted": 60.0 * in_minutes if left > 0 else ALREADY_EXHAUSTED}


def budget_alerts(platform: Platform, route: RouteSeries) -> BudgetAlerts:
    """The alerts of the first route."""
    return BudgetAlerts(error_budget(platform), route, routes(platform)[0])


def after_peak(per_minute: Fraction, *rest: Segment) -> tuple[Segment, ...]:
    """These segments after an hour of so much more traffic that a window with that hour in it has next to no errors."""
    return (count(per_minute * PEAK, hours(1)), *rest)
