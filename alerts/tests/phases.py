"""The phases of an alert test: normal traffic, an incident, normal traffic again; with restarts of what reports it."""

from fractions import Fraction

from generator.dsl.alert_test import Restart, Segment, count
from generator.dsl.alert_timing import AlertTiming, IncidentTimes, incident_bounds, multiple
from generator.dsl.units import Duration, minutes
from generator.frozen import frozen

HOUR = 3600
EIGHT_MINUTES, TWENTY_MINUTES = minutes(8), minutes(20)


@frozen
class Phases:
    """When the incident begins and ends, and when the input series end.

    Without an incident, a rate may change at `start`. The reporting process restarts there, where a rate changes a
    moment later: a restart within the window that sees the change must not hide it.
    """

    start: Duration
    end: Duration
    length: Duration

    def constant(self, per_minute: Fraction) -> Segment:
        """A constant rate for the whole test."""
        return count(per_minute, self.length)

    def incident(self, per_minute: Fraction) -> tuple[Segment, ...]:
        """A rate during the incident, and none before and after."""
        return count(0, self.start), count(per_minute, self.end - self.start), count(0, self.length - self.end)

    def with_restarts(self, per_minute: Fraction, apart: Duration = EIGHT_MINUTES) -> tuple[Segment, ...]:
        """A constant rate, with two restarts of the reporting process."""
        rest = self.length - self.start - apart
        return (
            count(per_minute, self.start),
            Restart(),
            count(per_minute, apart),
            Restart(),
            count(per_minute, rest),
        )

    def changing(self, before: Fraction, after: Fraction, *restarts: Duration) -> tuple[Segment, ...]:
        """A rate that changes where the incident would begin, with restarts at these times after the change."""
        segments: list[Segment] = [count(before, self.start)]
        time = self.start
        for restart in restarts:
            segments += [count(after, self.start + restart - time), Restart()]
            time = self.start + restart
        return (*segments, count(after, self.length - time))

    def throughout(self, *times: int) -> tuple[Duration, ...]:
        """These minutes, and the end of the series."""
        ends = {minutes(time) for time in times} | {self.length}
        return tuple(sorted(time for time in ends if time <= self.length))


def phases(*alerts: AlertTiming, shortest: Duration = TWENTY_MINUTES) -> Phases:
    """The phases in which each of these alerts fires and resolves: an hour, or more for longer windows."""
    start, end = incident_bounds(*alerts, shortest=shortest)
    lasts = [IncidentTimes(alert, start, end, Fraction(1_000_000)).last for alert in alerts]
    latest = max((*lasts, end + minutes(10)))
    return Phases(start, end, multiple(max(HOUR, latest.seconds), minutes(5)))
