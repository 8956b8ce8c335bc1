"""A rehearsal as the comment of a pull request, in GitHub's Markdown: what changed first, everything else folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from generator.rendering.templates import cell
from generator.verify.rehearse.result import RehearsalResult
from generator.verify.rehearse.text import (
    change_text,
    counted,
    detection_change_text,
    detection_line,
    duration,
    fired_alerts,
    kind,
    receiver_line,
    score_line,
    tenants_text,
)

MARKER = "<!-- workers-ai-observability rehearse -->"
"""The first line, by which a workflow finds the comment to replace."""


def comment(result: RehearsalResult) -> str:
    """Return the comment."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: RehearsalResult) -> Iterator[str]:
    time, summary = result.time, result.after
    yield MARKER
    yield f"### Rehearsal, {time.text(time.start)} to {time.text(time.end)}"
    yield ""
    if result.before is not None:
        yield from _list(f"Compared with `{result.base}`:", map(change_text, result.changes), "No alert differs.")
        yield from _list("", map(detection_change_text, result.detection_changes))
    missing = (f"**not rehearsed**: {title}, because {why}" for title, why in sorted(result.not_rehearsed.items()))
    yield from _list("", missing)
    pages = f"{counted(len(summary.nights), 'night')} with a page" if summary.nights else "no night with a page"
    yield f"<details><summary>{len(fired_alerts(summary))} alerts fired, {pages}</summary>"
    yield ""
    yield "| alert | notifications | firings | shortest | longest | tenants |"
    yield "|---|---|---|---|---|---|"
    for alert in fired_alerts(summary):
        shortest, longest = map(duration, alert.durations or (0, 0))
        counts = f"{counted(len(alert.notified), kind(alert))} | {len(alert.firings)}"
        yield f"| {_text(alert.title)} | {counts} | {shortest} | {longest} | {_text(tenants_text(alert))} |"
    yield ""
    yield from _list("", map(receiver_line, summary.receivers))
    yield from _list("", (detection_line(each, time) for each in result.detections))
    yield from _list("", map(score_line, result.scores))
    yield "</details>"


def _list(heading: str, items: Iterable[str], empty: str = "") -> Iterator[str]:
    lines = [f"- {_text(item)}" for item in items]
    if heading:
        yield from (heading, "")
    if lines or empty:
        yield from (*(lines or [empty]), "")


def _text(text: str) -> str:
    """A text of a server or of a file as Markdown shows it: without tags, on one line."""
    return cell(escape(text, quote=False))
