"""Checks of texts: every number with a unit of time, percentage and percentile is filled in from the definition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.check import check
from generator.checks.alerts import example
from generator.checks.stages import LOWERED
from generator.dsl.alert import AlertText
from generator.dsl.dashboard import Dashboard
from generator.dsl.text import TemplatePart
from generator.errors import Problem
from generator.ir.build import Lowered

WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety"
    "|twenty-four|hundred"
)
TIME = "milliseconds?|ms|seconds?|s|minutes?|min|m|hours?|h|days?|d|weeks?|months?|years?"
NUMBER = re.compile(
    rf"(?<![\w.])(?:\d[\d.,]*[ -]?|(?:{WORDS})[ -])(?:%|(?:percent|{TIME})\b)"
    r"|\blast (?:second|minute|hour|day|week|month|year)\b|\bp\d{2,3}\b",
    re.IGNORECASE,
)
"""A number with a unit of time or in percent, a single unit of time after "last", or a percentile. Other numbers are
names: the class of a response (5xx), an error code (3040), a time of day (00:00 UTC)."""
HINT = "fill it in from the definition, as {window}, {threshold} or {quantile}, or from a function `values`"
PANEL_HINT = "fill it in from the panel, as {window}, {quantile}, {threshold}, {warning} or {critical}"


@check(
    "alert/number-in-text",
    stage=LOWERED,
    language="python",
    bad=example(description="{quantile} latency is {value} (last 5 minutes)."),
    good=example(description="{quantile} latency is {value} (last {window})."),
    message=f'its text has the number "5 minutes"; {HINT}',
)
def numbers_of_alerts_are_filled_in(lowered: Lowered) -> Iterator[Problem]:
    """No number with a unit of time, percentage or percentile is written in the docstring of an alert: placeholders are
    filled from the definition and from the platform.

    A number in a text stays when the definition or the platform's file changes, and misleads the on-call engineer.
    """
    for rule in lowered.alerts:
        for number in _numbers(_texts(rule.alert.alert_text)):
            yield Problem(rule.alert.where, f'its text has the number "{number}"', HINT)


@check(
    "dashboard/number-in-text",
    stage=LOWERED,
    language="python",
    bad='''
        @panel("Latency, p95", id="latency_now")
        def latency_now(platform: Platform) -> Stat:
            """Latency of the last {window}."""
            return Stat(LATENCY.quantile(P95, minutes(5)))
    ''',
    good='''
        @panel("Latency, {quantile}", id="latency_now")
        def latency_now(platform: Platform) -> Stat:
            """Latency of the last {window}."""
            return Stat(LATENCY.quantile(P95, minutes(5)))
    ''',
    message=f'its text has the number "p95"; {PANEL_HINT}',
)
def numbers_of_dashboards_are_filled_in(lowered: Lowered) -> Iterator[Problem]:
    """No number with a unit of time, percentage or percentile is written in the title or the docstring of a panel, or
    in the title or description of a row or dashboard.

    A number in a text stays when the query or its threshold changes, and the panel then shows something else than it
    says.
    """
    for dashboard in lowered.definitions.dashboards:
        for number in _numbers(_dashboard_texts(dashboard)):
            what = f'the text of the dashboard {dashboard.id} has the number "{number}"'
            yield Problem(f"dashboards/{dashboard.id}.py", what, "write it on the panel that shows it")
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            for number in _numbers((panel.title, panel.description)):
                yield Problem(panel.where, f'its text has the number "{number}"', PANEL_HINT)


def _numbers(texts: Iterable[str]) -> Iterator[str]:
    return (match.group() for text in texts for match in NUMBER.finditer(text))


def _texts(text: AlertText) -> Iterator[str]:
    """The texts of an alert, with a gap in the place of each placeholder."""
    for parts in (text.summary, text.description, text.impact, *text.steps):
        yield "".join(map(_literal, parts))


def _literal(part: TemplatePart) -> str:
    return part if isinstance(part, str) else "…"


def _dashboard_texts(dashboard: Dashboard) -> Iterator[str]:
    yield from (dashboard.title, dashboard.description)
    yield from (row.title for row in dashboard.rows)
