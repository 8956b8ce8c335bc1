"""A rehearsal as a page of HTML that loads nothing: tables, and the firings of each alert on a time line."""

from __future__ import annotations

from collections.abc import Iterable

from generator.frozen import frozen
from generator.rendering.templates import render
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.rehearse.result import RehearsalResult
from generator.verify.rehearse.text import (
    change_text,
    counted,
    detection_change_text,
    detection_line,
    duration,
    estimate_text,
    fired_alerts,
    kind,
    receiver_line,
    score_line,
    tenants_text,
)

WIDTH = 1000
"""The units of a time line's width."""
MIN_WIDTH = 2
"""Of a firing: a shorter one would not be seen."""

Rectangle = tuple[int, int]
"""Where a rectangle begins, and its width."""


@frozen
class RehearsedRow:
    """An alert in the table: counts, lengths and tenants as texts, and the rectangles of its firings."""

    title: str
    notifications: str
    firings: int
    lengths: str
    tenants: str
    rectangles: tuple[Rectangle, ...]


def page(result: RehearsalResult) -> str:
    """Return the page."""
    time, summary = result.time, result.after
    rows = []
    for alert in fired_alerts(summary):
        lengths = " to ".join(dict.fromkeys(map(duration, alert.durations or ())))
        rectangles = _rectangles(((each.start, each.end + alert.interval) for each in alert.firings), time)
        notifications = counted(len(alert.notified), kind(alert))
        rows.append(
            RehearsedRow(alert.title, notifications, len(alert.firings), lengths, tenants_text(alert), rectangles)
        )
    return render(
        "rehearsal.html.j2",
        start=time.text(time.start),
        end=time.text(time.end),
        source=result.source,
        base=result.base,
        compared=result.before is not None,
        changes=[*map(change_text, result.changes), *map(detection_change_text, result.detection_changes)],
        not_rehearsed=sorted(result.not_rehearsed.items()),
        rows=rows,
        silent=[each.title for each in summary.notifying if not each.firings],
        receivers=[*map(receiver_line, summary.receivers)],
        incidents=[detection_line(each, time) for each in result.detections],
        incident_rectangles=_rectangles(((each.start, each.end) for each in result.incidents), time),
        scores=[*map(score_line, result.scores)],
        cost=result.cost and estimate_text(result.cost).removeprefix("estimate: "),
        width=WIDTH,
    )


def _rectangles(intervals: Iterable[tuple[float, float]], time: RehearsedTime) -> tuple[Rectangle, ...]:
    """The rectangles of intervals in their order; those that touch are one."""
    rectangles: list[Rectangle] = []
    scale = WIDTH / (time.end - time.start)
    for start, end in sorted(intervals):
        first = round((max(start, time.start) - time.start) * scale)
        last = max(round((min(end, time.end) - time.start) * scale), first + MIN_WIDTH)
        if rectangles and first <= sum(rectangles[-1]):
            rectangles[-1] = (rectangles[-1][0], max(last, sum(rectangles[-1])) - rectangles[-1][0])
        elif end > time.start and start < time.end:
            rectangles.append((first, last - first))
    return tuple(rectangles)
