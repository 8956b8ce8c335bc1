"""The check of the alerts that texts name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from generator.check import check
from generator.checks.alerts import example
from generator.checks.stages import LOWERED
from generator.dsl.sentences import literal_text
from generator.errors import Problem, did_you_mean
from generator.ir.build import Lowered
from generator.lowering.alert_names import disabled_names

CAMEL_CASE = re.compile(r"\b[A-Z][a-z0-9]*(?:[A-Z][a-z0-9]*)+\b")
MISSPELT = 0.9
"""How similar a word in CamelCase is to the name of an alert, of 1, that it is taken for a misspelt one."""


@check(
    "alert/unknown-alert-in-text",
    stage=LOWERED,
    language="python",
    bad=example(description="{quantile} latency is {value}. With failures, RouteDwn fires too."),
    good=example(description="{quantile} latency is {value}. With failures, RouteDown fires too."),
    message='its text names "RouteDwn", and there is no such alert; '
    'did you mean "RouteDown"? Use it, or declare "RouteDwn"',
)
def texts_name_existing_alerts(lowered: Lowered) -> Iterator[Problem]:
    """The texts of alerts, of their tests and of panels name no alert that the platform lacks.

    Nobody can look it up. A sentence about an alert that platform.yaml disables is left out with it, but for a summary,
    a title, a claim, and a description or an impact of no other sentence.
    """
    known = {rule.alert.name for rule in lowered.alerts}
    disabled = disabled_names(lowered.platform, lowered.definitions.alerts)
    for where, text in _texts(lowered):
        for word in dict.fromkeys(CAMEL_CASE.findall(text)):
            if word in disabled:
                what = f'its text names "{word}", which the platform disables'
                yield Problem(where, what, "name it in a sentence of its own, which is left out with the alert")
            elif word not in known and difflib.get_close_matches(word, known, n=1, cutoff=MISSPELT):
                yield Problem(where, f'its text names "{word}", and there is no such alert', did_you_mean(word, known))


def _texts(lowered: Lowered) -> Iterator[tuple[str, str]]:
    """Each text that may name an alert, with the place of its definition."""
    for rule in lowered.alerts:
        text = rule.alert.alert_text
        for parts in (text.summary, text.description, text.impact, *text.steps):
            yield rule.alert.where, literal_text(parts)
    for test in lowered.definitions.alert_tests:
        yield test.where, test.claim
    for dashboard in lowered.definitions.dashboards:
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            yield panel.where, f"{panel.title} {panel.description}"
