"""A rehearsal as JSON data (docs/rehearse.md)."""

from __future__ import annotations

from typing import Any

from generator.verify.rehearse.change import AlertChange, DetectionChange
from generator.verify.rehearse.detection import AlertScore, IncidentDetection
from generator.verify.rehearse.estimate import Estimate
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.rehearse.result import RehearsalResult
from generator.verify.rehearse.summary import TOP_TENANTS, AlertSummary, ReceiverSummary


def alert_data(alert: AlertSummary, time: RehearsedTime) -> dict[str, Any]:
    """An alert: its notifications and their times, its firings and their lengths in seconds, and its tenants."""
    shortest, longest = alert.durations or (None, None)
    tenants = alert.tenants
    return {
        "alert": alert.title,
        "severity": alert.severity,
        "notifications": len(alert.notified),
        "notified_at": [time.text(at) for at in alert.notified],
        "firings": len(alert.firings),
        "shortest_seconds": shortest,
        "longest_seconds": longest,
        "tenants": len(tenants),
        "top_tenants": [{"tenant_id": name, "firings": count} for name, count in tenants[:TOP_TENANTS]],
    }


def receiver_data(receiver: ReceiverSummary) -> dict[str, Any]:
    """A receiver: its notifications by day, and the nights in which a page wakes it."""
    return {
        "receiver": receiver.receiver,
        "notifications": receiver.count,
        "days": dict(receiver.days),
        "nights": [*receiver.nights],
    }


def result_data(result: RehearsalResult) -> dict[str, Any]:
    """Everything, in the order of the documentation."""
    time, summary = result.time, result.after
    return {
        "url": result.source if result.cost else None,
        "recording": None if result.cost else result.source,
        "start": time.text(time.start),
        "end": time.text(time.end),
        "estimate": result.estimate and estimate_data(result.estimate),
        "cost": result.cost and estimate_data(result.cost),
        "alerts": [alert_data(each, time) for each in summary.alerts],
        "not_rehearsed": [{"alert": title, "reason": why} for title, why in sorted(result.not_rehearsed.items())],
        "receivers": [receiver_data(each) for each in summary.receivers],
        "base": result.base or None,
        "changes": [_change_data(each, time) for each in result.changes],
        "incidents": [_detection_data(each, time) for each in result.detections],
        "detection_changes": [_detection_change_data(each, time) for each in result.detection_changes],
        "scores": [_score_data(each) for each in result.scores],
    }


def _change_data(change: AlertChange, time: RehearsedTime) -> dict[str, Any]:
    before, after = (each and alert_data(each, time) for each in (change.before, change.after))
    return {"alert": change.title, "before": before, "after": after}


def _detection_data(detection: IncidentDetection, time: RehearsedTime) -> dict[str, Any]:
    incident = detection.incident
    return {
        "start": time.text(incident.start),
        "end": time.text(incident.end),
        "what": incident.what,
        "labels": dict(incident.labels),
        "notified_after_seconds": detection.notified,
        "alerts": [{"alert": title, "after_seconds": after} for title, after in detection.alerts],
    }


def _detection_change_data(change: DetectionChange, time: RehearsedTime) -> dict[str, Any]:
    return {
        "start": time.text(change.after.incident.start),
        "what": change.after.incident.what,
        "before_seconds": change.before.notified,
        "after_seconds": change.after.notified,
    }


def _score_data(score: AlertScore) -> dict[str, Any]:
    return {
        "alert": score.title,
        "sent": score.sent,
        "about_incidents": score.about_incidents,
        "precision": score.precision,
        "recall": score.recall,
        "detected_after_seconds": [*score.detected],
    }


def estimate_data(estimate: Estimate) -> dict[str, Any]:
    """What a rehearsal costs the server; the samples are null where it does not say."""
    return {"queries": estimate.queries, "samples": estimate.samples, "seconds": round(estimate.seconds, 3)}
