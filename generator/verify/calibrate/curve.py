"""A curve: what alerts do at each value of a threshold, and the value that a stated rule suggests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.frozen import frozen
from generator.verify.rehearse.change import alert_changes
from generator.verify.rehearse.detection import detections, is_about
from generator.verify.rehearse.incident_file import KnownIncident
from generator.verify.rehearse.summary import AlertSummary, Summary

WEEK = 7 * 86_400


@frozen
class CurvePoint:
    """What the alerts that depend on a threshold do at a value: notifications and firings of each, by its title, how
    many notifications are about no known incident, and the incidents of which nobody is notified. `not_rehearsed` has
    the alerts that could not be."""

    value: float
    alerts: Mapping[str, tuple[int, int]]
    false: int
    missed: tuple[KnownIncident, ...]
    not_rehearsed: Mapping[str, str]


@frozen
class Curve:
    """The points of a threshold in the order of their values; `current` is today's value, `weeks` the length of the
    history, and `limit` the number of false notifications a week that are acceptable."""

    points: tuple[CurvePoint, ...]
    current: float
    weeks: float
    limit: float

    def false_per_week(self, point: CurvePoint) -> float:
        """The false notifications of a week."""
        return point.false / self.weeks

    @property
    def suggestion(self) -> CurvePoint | None:
        """The acceptable value that is nearest to the current one: it has at most `limit` false notifications a week,
        and misses no incident that is detected at some value. None: no value is acceptable."""
        detected_everywhere = min((len(point.missed) for point in self.points), default=0)
        acceptable = [
            point
            for point in self.points
            if self.false_per_week(point) <= self.limit and len(point.missed) == detected_everywhere
        ]
        return min(acceptable, key=lambda point: abs(point.value - self.current), default=None)


def curve(
    summaries: Mapping[float, Summary],
    incidents: Sequence[KnownIncident],
    current: float,
    seconds: float,
    limit: float,
) -> Curve:
    """The curve of the summaries of each value, over a history of so many seconds."""
    first = summaries[current]
    titles = {change.title for each in summaries.values() for change in alert_changes(first, each)}
    points = (_point(value, summary, incidents, titles) for value, summary in sorted(summaries.items()))
    return Curve(tuple(points), current, seconds / WEEK, limit)


def _point(value: float, summary: Summary, incidents: Sequence[KnownIncident], titles: set[str]) -> CurvePoint:
    own = [alert for alert in summary.notifying if alert.title in titles]
    counts = {alert.title: (len(alert.notified), len(alert.firings)) for alert in own}
    missed = tuple(each.incident for each in detections(summary, incidents) if each.notified is None)
    return CurvePoint(value, counts, sum(_false(alert, incidents) for alert in own), missed, summary.not_rehearsed)


def _false(alert: AlertSummary, incidents: Sequence[KnownIncident]) -> int:
    """The notifications whose first alerts are about no incident."""
    about = {each.start for each in alert.sent if any(is_about(each, incident) for incident in incidents)}
    return sum(at not in about for at in alert.notified)
