"""Law 4, of the trees: every alert says who is told, of what, and where to look."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from generator.dsl.alert import Severity
from generator.dsl.text import Hole
from generator.errors import Fault, Refusal
from generator.rendering import annotations as annotation

if TYPE_CHECKING:
    from generator.pipeline import Lowered

NAME = re.compile(r"([A-Z][a-z0-9]*)+")


def alerts_are_told_apart(lowered: Lowered) -> list[Fault]:
    """Every alert has a name in CamelCase, and no two rules share a name and a severity."""
    given = Counter((one.alert.name, one.alert.severity) for one in lowered.alerts)
    faults = []
    for alert in (one.alert for one in lowered.alerts):
        if not NAME.fullmatch(alert.name):
            faults.append(Fault(alert.where, f'"{alert.name}" is no name of an alert', "write it LikeThis"))
        if given[alert.name, alert.severity] > 1:
            what = f"{given[alert.name, alert.severity]} rules are {alert.name} ({alert.severity.value})"
            faults.append(Fault(alert.where, what, "give each a name or a severity of its own, or join them with |"))
    return faults


def every_hole_can_be_filled(lowered: Lowered) -> list[Fault]:
    """A hole in an alert's summary or description is a label by which it is told, or its value, limit or window."""
    faults = []
    for one in lowered.alerts:
        for pieces in (one.alert.prose.summary, one.alert.prose.description):
            for piece in pieces:
                try:
                    annotation.template(one, (piece,))
                except Refusal as refusal:
                    faults.append(refusal.at(one.alert.where))
    return faults


def every_alert_says_its_value(lowered: Lowered) -> list[Fault]:
    """An alert's description says its value, unless it has none to say."""
    return [
        Fault(one.alert.where, "its description does not say the value", "put {value} into the docstring's description")
        for one in lowered.alerts
        if one.unit is not None and Hole("value") not in one.alert.prose.description
    ]


def every_alert_leads_to_a_panel(lowered: Lowered) -> list[Fault]:
    """An alert that tells somebody leads to a panel on which its trouble can be seen."""
    cure = 'name the panel: @alert(…, panel="dashboard/panel")'
    return [
        Fault(one.alert.where, "it leads to no panel", cure)
        for one in lowered.alerts
        if one.alert.severity is not Severity.NONE and lowered.leads[one.alert.key] is None
    ]
