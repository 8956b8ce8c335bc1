"""A rehearsal's result: what it cost, what the alerts would have done, and what a revision's would have."""

from __future__ import annotations

from generator.frozen import frozen
from generator.verify.rehearse.change import AlertChange, DetectionChange, alert_changes, detection_changes
from generator.verify.rehearse.detection import AlertScore, IncidentDetection, detections, scores
from generator.verify.rehearse.estimate import Estimate
from generator.verify.rehearse.incident_file import KnownIncident
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.rehearse.summary import Summary


@frozen
class RehearsalResult:
    """The URL of the server or the file of the recording, the time, the estimate and what it took, which a recording
    does not have; `before` is the summary of the revision `base`, if any."""

    source: str
    time: RehearsedTime
    estimate: Estimate | None
    cost: Estimate | None
    after: Summary
    base: str = ""
    before: Summary | None = None
    incidents: tuple[KnownIncident, ...] = ()

    @property
    def not_rehearsed(self) -> dict[str, str]:
        """The alerts of either build that were not rehearsed, and why."""
        before = self.before.not_rehearsed if self.before else {}
        return {**{f"{title} at {self.base}": why for title, why in before.items()}, **self.after.not_rehearsed}

    @property
    def changes(self) -> tuple[AlertChange, ...]:
        """The alerts that differ from the revision's."""
        return alert_changes(self.before, self.after) if self.before else ()

    @property
    def detections(self) -> tuple[IncidentDetection, ...]:
        """When each incident is detected."""
        return detections(self.after, self.incidents)

    @property
    def scores(self) -> tuple[AlertScore, ...]:
        """How well each alert detects the incidents."""
        return scores(self.after, self.incidents)

    @property
    def detection_changes(self) -> tuple[DetectionChange, ...]:
        """The incidents that are detected at another time than by the revision's alerts."""
        return detection_changes(detections(self.before, self.incidents), self.detections) if self.before else ()
