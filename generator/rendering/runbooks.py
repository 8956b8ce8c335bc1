"""Runbooks: a page for each alert name, for the on-call engineer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from generator.dsl.alert import Alert, Severity
from generator.dsl.alert_test import AlertTest, Coverage
from generator.dsl.text import Placeholder, TemplatePart
from generator.ir.build import Lowered
from generator.ir.rules import FAST_INTERVAL, AlertRule
from generator.output import runbook_path
from generator.rendering import promql
from generator.rendering.annotation_text import constant_text
from generator.rendering.templates import render
from generator.rendering.thresholds import alternatives, threshold_tables
from generator.rendering.timeline import ScenarioTimeline, timeline

HEADINGS = {Severity.PAGE: "Page", Severity.TICKET: "Ticket", Severity.NONE: "Dead man's switch"}
INHIBITOR = "Inhibitor"
"""The heading of an alert that is not for its receiver, but for what it inhibits."""
BLANK_LINES = re.compile(r"\n{3,}")


def runbooks(lowered: Lowered) -> dict[str, str]:
    """The page of each runbook that alerts name, by its path in `out/`; rules of one name share a page."""
    by_page = sorted(lowered.alerts, key=lambda rule: rule.alert.runbook)
    return {
        runbook_path(page): _page(lowered, list(rules))
        for page, rules in groupby(by_page, key=lambda rule: rule.alert.runbook)
    }


def _page(lowered: Lowered, rules: Sequence[AlertRule]) -> str:
    alert = rules[0].alert
    source = f"alerts/{alert.family}.py"
    page = render("runbook.md.j2", name=alert.name, rules=[_rule(lowered, rule) for rule in rules], source=source)
    return BLANK_LINES.sub("\n\n", page)


def _rule(lowered: Lowered, rule: AlertRule) -> dict[str, object]:
    alert, labels = rule.alert, ", ".join(f"`{label.name}`" for label in rule.labels)
    heading = INHIBITOR if alert.follows else HEADINGS[alert.severity]
    return {
        "heading": heading + (f", grouped by {labels}" if labels else ""),
        "summary": readable(rule, alert.alert_text.summary),
        "description": readable(rule, alert.alert_text.description),
        "severity": rule.severity_name,
        "owner": rule.owner,
        "labels": labels or "nothing (the whole platform)",
        "evaluation_interval": FAST_INTERVAL.text(),
        "for_": rule.for_.text() if rule.for_ is not None else "0 seconds",
        "keep_firing_for": rule.keep_firing_for.text() if rule.keep_firing_for is not None else "0 seconds",
        "impact": readable(rule, alert.alert_text.impact),
        "steps": [readable(rule, step) for step in alert.alert_text.steps],
        "panel": _panel(lowered, alert),
        "alternatives": alternatives(rule.condition),
        "tables": threshold_tables(rule.condition),
        "expression": promql.text(rule.expression),
        "example": _example(lowered, rule),
    }


def readable(rule: AlertRule, parts: tuple[TemplatePart, ...]) -> str:
    """A text for a page: placeholders without a constant value stay, as code."""
    return "".join(part if isinstance(part, str) else _placeholder(rule, part) for part in parts)


def _placeholder(rule: AlertRule, placeholder: Placeholder) -> str:
    constant = constant_text(rule, placeholder)
    return f"`{placeholder.name}`" if constant is None else constant


def _panel(lowered: Lowered, alert: Alert) -> dict[str, str] | None:
    link = lowered.link(alert)
    if link is None:
        return None
    url = f"{link.dashboard_url}&viewPanel=panel-{link.panel_id}"
    return {"title": f"{link.dashboard_title}: {link.panel_title}", "url": url}


def _example(lowered: Lowered, rule: AlertRule) -> ScenarioTimeline | None:
    """The timeline of a test in which the rule fires: the one that covers the fewest severities and the most kinds."""
    alert = rule.alert

    def fires(test: AlertTest) -> bool:
        return test.alert == alert.name and alert.severity in test.severities and Coverage.FIRES in test.covers

    tests = sorted(
        filter(fires, lowered.definitions.alert_tests), key=lambda test: (len(test.severities), -len(test.covers))
    )
    rules = {each.alert.severity: each for each in lowered.alerts if each.alert.name == alert.name}
    possible = ((test, test.scenario(lowered.platform)) for test in tests)
    return next(
        (timeline(test, scenario, rules, lowered.platform.metric_prefix) for test, scenario in possible if scenario),
        None,
    )
