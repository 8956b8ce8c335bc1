"""What a change of the rules means: each alert, and each incident, before and after."""

from __future__ import annotations

from collections.abc import Iterable

from generator.frozen import frozen
from generator.verify.rehearse.detection import IncidentDetection
from generator.verify.rehearse.summary import AlertSummary, Summary


@frozen
class AlertChange:
    """An alert that notifies or fires otherwise than before; None where a build does not have it."""

    title: str
    before: AlertSummary | None
    after: AlertSummary | None


@frozen
class DetectionChange:
    """An incident that is detected earlier, later, only before or only after."""

    before: IncidentDetection
    after: IncidentDetection


def alert_changes(before: Summary, after: Summary) -> tuple[AlertChange, ...]:
    """The alerts whose firings or notifications differ."""
    old, new = ({alert.title: alert for alert in each.notifying} for each in (before, after))
    unknown = before.not_rehearsed.keys() | after.not_rehearsed.keys()
    changes = (AlertChange(title, old.get(title), new.get(title)) for title in sorted(old.keys() | new.keys()))
    return tuple(
        each for each in changes if each.title not in unknown and _outcome(each.before) != _outcome(each.after)
    )


def _outcome(alert: AlertSummary | None) -> object:
    return alert and (alert.notified, [(each.start, each.end, dict(each.labels)) for each in alert.firings])


def detection_changes(
    before: Iterable[IncidentDetection], after: Iterable[IncidentDetection]
) -> tuple[DetectionChange, ...]:
    """The incidents of which somebody is notified at another time."""
    pairs = zip(before, after, strict=True)
    return tuple(DetectionChange(*pair) for pair in pairs if pair[0].notified != pair[1].notified)
