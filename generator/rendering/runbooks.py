"""Runbooks: a page for each alert, for the person who was woken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from generator.dsl.alert import Alert, Severity
from generator.dsl.alert_test import Shows, Story
from generator.dsl.text import Hole, Piece
from generator.dsl.units import Quantity
from generator.lowering.alerts import LoweredAlert
from generator.lowering.recording_rules import PROMPT
from generator.rendering import promql
from generator.rendering.templates import render
from generator.rendering.thresholds import alternatives, limits
from generator.rendering.timeline import Timeline, timeline

if TYPE_CHECKING:
    from generator.pipeline import Lowered

HEADINGS = {Severity.PAGE: "Page", Severity.TICKET: "Ticket", Severity.NONE: "To the dead man's receiver"}
BLANK_LINES = re.compile(r"\n{3,}")


def runbooks(lowered: Lowered) -> dict[str, str]:
    """A page for each runbook that alerts name, by its path in `out/`; rules of one name share a page."""
    by_page = sorted(lowered.alerts, key=lambda one: one.alert.runbook)
    return {
        f"runbooks/{page}.md": _page(lowered, list(rules))
        for page, rules in groupby(by_page, key=lambda one: one.alert.runbook)
    }


def _page(lowered: Lowered, rules: Sequence[LoweredAlert]) -> str:
    first = rules[0].alert
    source = f"alerts/{first.family}.py"
    page = render("runbook.md.j2", name=first.name, rules=[_rule(lowered, rule) for rule in rules], source=source)
    return BLANK_LINES.sub("\n\n", page)


def _rule(lowered: Lowered, rule: LoweredAlert) -> dict[str, object]:
    alert, labels = rule.alert, ", ".join(f"`{label.name}`" for label in rule.labels)
    return {
        "heading": HEADINGS[alert.severity] + (f", told per {labels}" if labels else ""),
        "summary": read(rule, alert.prose.summary),
        "meaning": read(rule, alert.prose.description),
        "severity": alert.severity.value,
        "owner": rule.owner,
        "told_per": labels or "the whole platform",
        "every": PROMPT.spoken(),
        "lasting": rule.lasting.spoken() if rule.lasting else "at once",
        "lingering": rule.lingering.spoken() if rule.lingering else "no longer",
        "impact": alert.prose.impact,
        "steps": alert.prose.steps,
        "panel": _panel(lowered, alert),
        "alternatives": alternatives(rule.condition),
        "limits": limits(rule.condition),
        "expression": promql.text(rule.expression),
        "story": _story(lowered, rule),
    }


def read(rule: LoweredAlert, pieces: tuple[Piece, ...]) -> str:
    """A text as a page says it, where no alert fills its holes."""
    return "".join(piece if isinstance(piece, str) else _hole(rule, piece) for piece in pieces)


def _hole(rule: LoweredAlert, hole: Hole) -> str:
    if hole.name == "window" and rule.window:
        return rule.window.span()
    if hole.name == "limit":
        return rule.threshold.spoken() if isinstance(rule.threshold, Quantity) else "`limit`"
    return f"`{hole.name}`"


def _panel(lowered: Lowered, alert: Alert) -> dict[str, str] | None:
    found = lowered.leads[alert.key]
    if found is None:
        return None
    url = f"{lowered.platform.links.grafana}/d/{found.uid}?viewPanel=panel-{found.panel}"
    return {"title": f"{found.dashboard.title}: {found.title}", "url": url}


def _story(lowered: Lowered, rule: LoweredAlert) -> Timeline | None:
    """The story in which this rule fires, with the fewest other things in it."""
    alert = rule.alert

    def fits(story: Story) -> bool:
        return story.alert == alert.name and alert.severity in story.severities and Shows.FIRES in story.shows

    found = sorted(filter(fits, lowered.definitions.stories), key=lambda one: (len(one.severities), -len(one.shows)))
    rules = {one.alert.severity: one for one in lowered.alerts if one.alert.name == alert.name}
    return timeline(found[0], lowered.platform, rules) if found else None
