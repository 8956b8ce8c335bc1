"""A rehearsal as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from generator.verify.rehearse.change import AlertChange, DetectionChange
from generator.verify.rehearse.detection import AlertScore, IncidentDetection
from generator.verify.rehearse.estimate import Estimate
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.rehearse.result import RehearsalResult
from generator.verify.rehearse.summary import TOP_TENANTS, AlertSummary, ReceiverSummary, Summary

MINUTE, HOUR, DAY = 60, 3_600, 86_400
SHOWN_DAYS, SHOWN_ALERTS = 5, 3


def duration(seconds: float) -> str:
    """A length of time with two digits or so: 45 s, 12 min, 3.5 h, 2.1 days."""
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.1f} days"


def counted(count: int, name: str) -> str:
    """A number of things: 1 ticket, 2 tickets."""
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def kind(alert: AlertSummary) -> str:
    """What a notification of an alert is called."""
    return alert.severity if alert.severity in ("page", "ticket") else "notification"


def estimate_text(estimate: Estimate) -> str:
    """What a rehearsal costs the server, in a line."""
    samples = "an unknown number of" if estimate.samples is None else f"{estimate.samples:,}"
    time = duration(estimate.seconds)
    return f"estimate: {counted(estimate.queries, 'query').replace('querys', 'queries')}, {samples} samples, {time}"


def result_lines(result: RehearsalResult) -> Iterator[str]:
    """The alerts, those that notify most first, the receivers, what changed, and the incidents."""
    summary, time = result.after, result.time
    fired = fired_alerts(summary)
    silent = [each.title for each in summary.notifying if not each.firings]
    yield f"{time.text(time.start)} to {time.text(time.end)}: {len(fired)} alerts fired, {len(silent)} did not"
    for alert in fired:
        yield alert_line(alert)
        if tenants := tenants_text(alert):
            yield f"  {tenants}"
    if silent:
        yield f"did not fire: {', '.join(silent)}"
    yield from map(receiver_line, summary.receivers)
    if result.before is not None:
        yield f"compared with {result.base}:" if result.changes else f"no alert differs from {result.base}"
        yield from (f"  {change_text(each)}" for each in result.changes)
    for detection in result.detections:
        yield detection_line(detection, time)
    yield from (f"  {detection_change_text(each)}" for each in result.detection_changes)
    yield from map(score_line, result.scores)
    yield from (f"not rehearsed: {title}, because {why}" for title, why in sorted(result.not_rehearsed.items()))


def fired_alerts(summary: Summary) -> list[AlertSummary]:
    """The alerts that fired and notify somebody, those that notify most first."""
    fired = (each for each in summary.notifying if each.firings)
    return sorted(fired, key=lambda each: (-len(each.notified), each.title))


def change_text(change: AlertChange) -> str:
    """TenantErrors (ticket): 14 → 3 tickets; firings where these are as many as before."""
    before, after = change.before, change.after
    alert = after or before
    assert alert is not None
    if before is None or after is None:
        state = "new" if before is None else "gone"
        return f"{change.title}: {state}, {counted(len(alert.notified), kind(alert))}"
    if len(before.notified) != len(after.notified):
        return f"{change.title}: {len(before.notified)} → {counted(len(after.notified), kind(after))}"
    same = f"{counted(len(after.notified), kind(after))} as before"
    if len(before.firings) != len(after.firings):
        return f"{change.title}: {same}, {len(before.firings)} → {counted(len(after.firings), 'firing')}"
    return f"{change.title}: {same}, {counted(len(after.firings), 'firing')} at other times"


def detection_line(detection: IncidentDetection, time: RehearsedTime) -> str:
    """When an incident was detected, by which alerts first."""
    incident = detection.incident
    alerts = ", ".join(f"{title} after {duration(after)}" for title, after in detection.alerts[:SHOWN_ALERTS])
    notified = "nobody was notified" if detection.notified is None else f"notified after {duration(detection.notified)}"
    return f"{time.text(incident.start)} {incident.what}: {notified}" + (f"; {alerts}" if alerts else "")


def detection_change_text(change: DetectionChange) -> str:
    """Whether an incident is detected earlier or later than before."""
    before, after, what = change.before.notified, change.after.notified, change.after.incident.what
    if before is None or after is None:
        return f"{what}: {'not detected before' if before is None else 'not detected any more'}"
    return f"{what}: detected {duration(abs(after - before))} {'later' if after > before else 'earlier'}"


def score_line(score: AlertScore) -> str:
    """The precision and the recall of an alert."""
    precision = (
        "nothing sent" if score.precision is None else f"{score.about_incidents} of {score.sent} sent are about one"
    )
    return f"{score.title}: fired in {len(score.detected)} of {counted(score.incidents, 'incident')}; {precision}"


def alert_line(alert: AlertSummary) -> str:
    """An alert's notifications and firings in a line."""
    line = f"{alert.title}: {counted(len(alert.notified), kind(alert))}, {counted(len(alert.firings), 'firing')}"
    if alert.durations:
        shortest, longest = map(duration, alert.durations)
        line += f" of {shortest}" + (f" to {longest}" if longest != shortest else "")
    return line


def tenants_text(alert: AlertSummary) -> str:
    """The tenants of an alert's firings, at most ten of them by name; empty for an alert without tenants."""
    tenants = alert.tenants
    if not tenants:
        return ""
    shown = ", ".join(f"{name} ({count})" for name, count in tenants[:TOP_TENANTS])
    more = f" and {len(tenants) - TOP_TENANTS:,} more" if len(tenants) > TOP_TENANTS else ""
    return f"{counted(len(tenants), 'tenant')}: {shown}{more}"


def receiver_line(receiver: ReceiverSummary) -> str:
    """A receiver's notifications by day in a line."""
    most = sorted(receiver.days.items(), key=lambda item: (-item[1], item[0]))[:SHOWN_DAYS]
    days = ", ".join(f"{day}: {count}" for day, count in most)
    line = f"{receiver.receiver}: {counted(receiver.count, 'notification')} on {counted(len(receiver.days), 'day')}"
    nights = f", {counted(len(receiver.nights), 'night')} woken" if receiver.nights else ""
    return line + (f" ({days}{', …' if len(receiver.days) > SHOWN_DAYS else ''})" if days else "") + nights
