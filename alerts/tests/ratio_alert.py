"""What the tests of an alert on an error ratio derive from it: its times, and rates around its threshold and
minimums."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from alerts.tests.names import Labels
from alerts.tests.phases import Phases
from generator.dsl.alert import Alert, Severity
from generator.dsl.alert_test import ClaimValue, Expectation, FiringAlert, expect_firing, expect_none, firing
from generator.dsl.alert_timing import AlertTiming, IncidentTimes, timing
from generator.dsl.platform import Platform
from generator.dsl.rates import Minimums, Traffic, just_below, slightly_above, well_above
from generator.dsl.units import RATIO, Duration, Quantity
from generator.frozen import frozen


@frozen
class RatioAlert:
    """An alert that fires while an error ratio is above a threshold, with enough requests and errors in its window."""

    timing: AlertTiming
    threshold: Fraction
    minimums: Minimums

    @property
    def well_above(self) -> Traffic:
        """Rates whose ratio is so far above the threshold that only nearly a whole window of them is above it."""
        return self.traffic(well_above(self.threshold))

    @property
    def just_below(self) -> Traffic:
        """Rates whose ratio is just below the threshold, with many requests."""
        return self.traffic(just_below(self.threshold))

    def at_then_above(self) -> tuple[Traffic, Traffic]:
        """Rates whose ratio is exactly the threshold, then slightly above it with the same requests."""
        above = slightly_above(self.threshold)
        at = self.minimums.steady(self.threshold, self.timing.steps.step, above)
        return at, Traffic(at.requests, at.requests * above)

    def traffic(self, ratio: Fraction) -> Traffic:
        """The smallest whole rates with a ratio, of which each step of the window has the minimums."""
        return self.minimums.steady(ratio, self.timing.steps.step)

    def just_enough(self) -> tuple[Traffic, Duration]:
        """The rates of which a window has just the minimums, with a ratio above the threshold; and when the alert fires
        if a test begins with them: once a window has the minimums."""
        traffic = self.minimums.just_reached(self.threshold, self.timing.window)
        fires = self.fires_from_start(traffic)
        assert fires is not None, "a whole window has the minimums"
        return traffic, fires

    def fires_from_start(self, traffic: Traffic) -> Duration | None:
        """When the alert fires if a test begins with rates above its threshold; None: no window has the minimums."""
        requests, errors = traffic.requests * self.window_minutes, traffic.errors * self.window_minutes
        fraction = max(self.minimums.requests / requests, self.minimums.errors / errors)
        return self.timing.fires_from_start(fraction) if fraction <= 1 else None

    def too_few_requests(self) -> Traffic | None:
        """Rates that fail altogether, with one request less than the minimum in a window. None: the minimum is 1."""
        return self.minimums.too_few_requests(self.timing.window)

    def too_few_errors(self) -> Traffic | None:
        """Rates with one error less than the minimum in a window, and a ratio above the threshold. None: there are
        none."""
        return self.minimums.too_few_errors(self.threshold, self.timing.window)

    @property
    def few_requests_claim(self) -> Mapping[str, ClaimValue]:
        """What a claim says about one request less than the minimum."""
        return {
            "requests": self.minimums.requests - 1,
            "window": self.timing.window.text(),
            "minimum": self.minimums.requests,
        }

    @property
    def enough_claim(self) -> Mapping[str, ClaimValue]:
        """What a claim says about the minimums."""
        traffic, fires = self.just_enough()
        return {**self._counts(traffic), "fires": fires}

    def few_errors_claim(self, traffic: Traffic) -> Mapping[str, ClaimValue]:
        """What a claim says about one error less than the minimum."""
        return {**self._counts(traffic), "minimum": self.minimums.errors}

    def _counts(self, traffic: Traffic) -> Mapping[str, ClaimValue]:
        in_minutes = self.window_minutes
        return {
            "requests": round(traffic.requests * in_minutes, 2),
            "errors": round(traffic.errors * in_minutes, 2),
            "window": self.timing.window.text(),
        }

    @property
    def window_minutes(self) -> Fraction:
        """The window in minutes."""
        return Fraction(self.timing.window.seconds, 60)

    def incident(self, during: Phases, ratio: Fraction) -> IncidentTimes:
        """When the alert fires because of an incident with a ratio, before which nothing failed."""
        return IncidentTimes(self.timing, during.start, during.end, ratio / self.threshold)

    def fires_in(self, times: IncidentTimes, severity: Severity, labels: Labels) -> tuple[Expectation, ...]:
        """The alert fires because of an incident, with what its window shows of it, and then resolves."""

        def alert(time: Duration, condition_ended: Duration | None = None) -> FiringAlert:
            seen = times.seen_at(time if condition_ended is None else condition_ended)
            return firing(severity, float(times.excess * self.threshold * seen), labels, condition_ended)

        return (
            expect_none(times.start),
            expect_none(self.timing.before(times.fires)),
            expect_firing(times.fires, alert(times.fires)),
            expect_firing(times.end, alert(times.end)),
            expect_firing(times.last, alert(times.last, condition_ended=times.true_until)),
            expect_none(self.timing.after(times.last)),
        )

    def fires_after(
        self, during: Phases, at: Traffic, above: Traffic, severity: Severity, labels: Labels, *later: Duration
    ) -> tuple[Expectation, ...]:
        """The alert fires after the ratio rose above the threshold, and at later times too."""
        fires = self.timing.fires_after_change(during.start)

        def alert(time: Duration) -> FiringAlert:
            steps = (time - during.start).seconds // self.timing.steps.step.seconds
            seen = self.timing.steps.seen(steps, from_zero=False)
            return firing(severity, float(at.ratio + (above.ratio - at.ratio) * seen), labels)

        times = sorted({fires, *(max(fires, time) for time in later), during.length})
        return (
            expect_none(during.start),
            expect_none(self.timing.before(fires)),
            *(expect_firing(time, alert(time)) for time in times),
        )


def ratio_alert(alert: Alert, platform: Platform, threshold: Quantity, *others: Alert) -> RatioAlert:
    """An alert on an error ratio on a platform, with the threshold for the series of its tests; `others` are alerts of
    the same tests."""
    minimums = Minimums(platform.min_requests.amount, platform.min_errors.amount)
    times = timing(alert.rule(platform), *(other.rule(platform) for other in others))
    return RatioAlert(times, threshold.amount, minimums)


def share(ratio: Fraction) -> Quantity:
    """A ratio for the claim of a test."""
    return Quantity(ratio, RATIO)


MINIMUM_OF_ONE = "the minimum is one request, so that none is left below it"
"""Why a test below the minimum of requests may not be possible."""
NO_FEWER_ERRORS = "so few errors are not above the threshold of the minimum of requests"
"""Why a test below the minimum of errors may not be possible."""
