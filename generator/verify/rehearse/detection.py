"""How well alerts find the incidents that people know of: detection times, recall and precision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.frozen import frozen
from generator.verify.notified.notifications import AlertInterval
from generator.verify.rehearse.incident_file import KnownIncident
from generator.verify.rehearse.summary import AlertSummary, Summary

AFTER_END = 600
"""Seconds after an incident's end in which an alert may still be about it: windows of minutes still show it."""


@frozen
class IncidentDetection:
    """An incident, and the seconds from its start to the first alert of each title that fired about it, and to the
    first one that was sent; None where there was none."""

    incident: KnownIncident
    alerts: tuple[tuple[str, float], ...]
    notified: float | None


@frozen
class AlertScore:
    """Of an alert's firings that were sent, how many are about an incident; of the incidents, how many it fired about,
    inhibited or not, and how many seconds after their starts."""

    title: str
    sent: int
    about_incidents: int
    incidents: int
    detected: tuple[float, ...]

    @property
    def precision(self) -> float | None:
        """The part of what was sent that is about an incident, or None where nothing was sent."""
        return self.about_incidents / self.sent if self.sent else None

    @property
    def recall(self) -> float:
        """The part of the incidents about which the alert fired."""
        return len(self.detected) / self.incidents


def detections(summary: Summary, incidents: Iterable[KnownIncident]) -> tuple[IncidentDetection, ...]:
    """When each incident was detected, by which alerts."""
    return tuple(_detection(summary, incident) for incident in incidents)


def scores(summary: Summary, incidents: Sequence[KnownIncident]) -> tuple[AlertScore, ...]:
    """The score of each alert that fired."""
    return tuple(_score(alert, incidents) for alert in summary.notifying if alert.firings) if incidents else ()


def is_about(alert: AlertInterval, incident: KnownIncident) -> bool:
    """Whether an alert fires while an incident lasts, or shortly after, and no label of it names something else."""
    return (
        alert.start <= incident.end + AFTER_END
        and alert.end >= incident.start
        and all(alert.labels.get(name, value) == value for name, value in incident.labels.items())
    )


def _detection(summary: Summary, incident: KnownIncident) -> IncidentDetection:
    firings = ((alert.title, _first(alert.firings, incident)) for alert in summary.notifying)
    alerts = sorted(((title, after) for title, after in firings if after is not None), key=lambda item: item[::-1])
    sent = (_first(alert.sent, incident) for alert in summary.notifying)
    return IncidentDetection(incident, tuple(alerts), min((each for each in sent if each is not None), default=None))


def _first(alerts: Iterable[AlertInterval], incident: KnownIncident) -> float | None:
    starts = (max(alert.start - incident.start, 0) for alert in alerts if is_about(alert, incident))
    return min(starts, default=None)


def _score(alert: AlertSummary, incidents: Sequence[KnownIncident]) -> AlertScore:
    about = sum(any(is_about(each, incident) for incident in incidents) for each in alert.sent)
    times = (_first(alert.firings, incident) for incident in incidents)
    detected = tuple(each for each in times if each is not None)
    return AlertScore(alert.title, len(alert.sent), about, len(incidents), detected)
