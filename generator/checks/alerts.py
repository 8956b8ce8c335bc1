"""Law 4, of the trees: every alert says who is told, of what, and where to look."""

from __future__ import annotations

import re
from collections import Counter

from generator.dsl.alert import Severity
from generator.dsl.text import Placeholder
from generator.errors import DefinitionError, Problem
from generator.ir.build import Lowered
from generator.rendering import annotation_text as annotation

NAME = re.compile(r"([A-Z][a-z0-9]*)+")


def alerts_are_told_apart(lowered: Lowered) -> list[Problem]:
    """Every alert has a name in CamelCase, and no two rules share a name and a severity."""
    given = Counter((one.alert.name, one.alert.severity) for one in lowered.alerts)
    problems = []
    for alert in (one.alert for one in lowered.alerts):
        if not NAME.fullmatch(alert.name):
            problems.append(Problem(alert.where, f'"{alert.name}" is no name of an alert', "write it LikeThis"))
        if given[alert.name, alert.severity] > 1:
            what = f"{given[alert.name, alert.severity]} rules are {alert.name} ({alert.severity.value})"
            problems.append(
                Problem(alert.where, what, "give each a name or a severity of its own, or join them with |")
            )
    return problems


def every_hole_can_be_filled(lowered: Lowered) -> list[Problem]:
    """A hole in an alert's summary or description is a label by which it is told, or its value, limit or window."""
    problems = []
    for one in lowered.alerts:
        for template_parts in (one.alert.alert_text.summary, one.alert.alert_text.description):
            for piece in template_parts:
                try:
                    annotation.template(one, (piece,))
                except DefinitionError as refusal:
                    problems.append(refusal.at(one.alert.where))
    return problems


def every_alert_says_its_value(lowered: Lowered) -> list[Problem]:
    """An alert's description says its value, unless it has none to say."""
    return [
        Problem(
            one.alert.where, "its description does not say the value", "put {value} into the docstring's description"
        )
        for one in lowered.alerts
        if one.unit is not None and Placeholder("value") not in one.alert.alert_text.description
    ]


def every_alert_leads_to_a_panel(lowered: Lowered) -> list[Problem]:
    """An alert that tells somebody leads to a panel on which its trouble can be seen."""
    hint = 'name the panel: @alert(…, panel="dashboard/panel")'
    return [
        Problem(one.alert.where, "it leads to no panel", hint)
        for one in lowered.alerts
        if one.alert.severity is not Severity.NONE and lowered.panel_links[one.alert.key] is None
    ]
