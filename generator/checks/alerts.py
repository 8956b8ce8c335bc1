"""Checks of the definitions of alerts: names, placeholders, values and panels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from generator.check import check
from generator.checks.stages import LOWERED
from generator.dsl.alert import Severity
from generator.dsl.text import Placeholder
from generator.errors import DefinitionError, Problem
from generator.ir.build import Lowered
from generator.rendering import annotation_text

ALERT_NAME = re.compile(r"([A-Z][a-z0-9]*)+")
MAX_NAME_LENGTH = 63
"""In characters: the name is a label's value, and with hyphens a file's name."""


def example(
    decorator: str = '@alert("RouteSlow", TICKET, panel="overview/latency_by_route")',
    description: str = "{quantile} latency is {value} (last {window}).",
    threshold: str = "milliseconds(500)",
) -> str:
    """The definition of an alert for the page of a check, with one part of it changed."""
    return f'''
{decorator}
def route_slow(platform: Platform) -> Condition:
    """{{route}} ({{service}}) is slow.

    {description}

    Impact: Callers wait.

    First steps:
    1. Open the AI dashboard: is a model slow?
    """
    return LATENCY.quantile(P95, minutes(5)).by(ROUTE, SERVICE).above({threshold})
'''


@check(
    "alert/invalid-name",
    stage=LOWERED,
    language="python",
    bad=example('@alert("route_slow", TICKET, panel="overview/latency_by_route")'),
    good=example(),
    message='"route_slow" is not a valid name of an alert; write it in CamelCase, as RouteSlow',
)
def names_are_camel_case(lowered: Lowered) -> Iterator[Problem]:
    """The name of an alert is in CamelCase, in at most 63 characters.

    Silences, routes and runbooks refer to alerts by name, and the names of their pages follow from it.
    """
    for rule in lowered.alerts:
        if len(rule.alert.name) > MAX_NAME_LENGTH:
            what = f"the name of the alert has {len(rule.alert.name)} characters: {rule.alert.name}"
            yield Problem(rule.alert.where, what, f"write at most {MAX_NAME_LENGTH}")
        elif not ALERT_NAME.fullmatch(rule.alert.name):
            camel_case = "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", rule.alert.name))
            hint = f"write it in CamelCase, as {camel_case or 'RouteDown'}"
            yield Problem(rule.alert.where, f'"{rule.alert.name}" is not a valid name of an alert', hint)


@check(
    "alert/duplicate-rule",
    stage=LOWERED,
    language="python",
    bad=example('@alert("RouteDown", PAGE, panel="overview/latency_by_route")'),
    good=example(),
    message="there are 2 rules RouteDown (page); give each its own name or severity, or join the conditions with |",
)
def rules_are_unique(lowered: Lowered) -> Iterator[Problem]:
    """No two alerting rules have the same name and the same severity.

    Nobody could distinguish their alerts, in a notification or in a silence.
    """
    counts = Counter(rule.alert.key for rule in lowered.alerts)
    for rule in lowered.alerts:
        if (count := counts[rule.alert.key]) > 1:
            hint = "give each its own name or severity, or join the conditions with |"
            yield Problem(rule.alert.where, f"there are {count} rules {rule.alert.key}", hint)


@check(
    "alert/unknown-placeholder",
    stage=LOWERED,
    language="python",
    bad=example(description="Latency of {rout} is {value}."),
    good=example(description="Latency of {route} is {value}."),
    message='RouteSlow cannot fill {rout}; did you mean "route"? Use it, or declare "rout"',
)
def placeholders_can_be_filled(lowered: Lowered) -> Iterator[Problem]:
    """A placeholder in the summary or description of an alert is a label that the alert is grouped by, or its value,
    threshold or window.

    Prometheus renders anything else as nothing.
    """
    for rule in lowered.alerts:
        text = rule.alert.alert_text
        for part in (*text.summary, *text.description):
            try:
                annotation_text.template(rule, (part,))
            except DefinitionError as error:
                yield error.at(rule.alert.where)


@check(
    "alert/missing-value",
    stage=LOWERED,
    language="python",
    bad=example(description="The latency is too high."),
    good=example(description="The latency is {value}."),
    message="its description does not contain the value; add {value} to the description in the docstring",
)
def descriptions_contain_the_value(lowered: Lowered) -> Iterator[Problem]:
    """The description of an alert contains its value, unless the alert has none.

    The on-call engineer decides by it how urgent the alert is.
    """
    for rule in lowered.alerts:
        if rule.unit is not None and Placeholder("value") not in rule.alert.alert_text.description:
            hint = "add {value} to the description in the docstring"
            yield Problem(rule.alert.where, "its description does not contain the value", hint)


@check(
    "alert/missing-panel",
    stage=LOWERED,
    language="python",
    bad=example('@alert("RouteSlow", TICKET)'),
    good=example(),
    message='it links to no panel; name one: @alert(…, panel="dashboard/panel")',
)
def alerts_link_to_a_panel(lowered: Lowered) -> Iterator[Problem]:
    """Every alert that notifies somebody links to a panel.

    The panel shows since when, how much and for whom. An alert of severity none notifies nobody.
    """
    for rule in lowered.alerts:
        if rule.alert.severity is not Severity.NONE and lowered.link(rule.alert) is None:
            hint = 'name one: @alert(…, panel="dashboard/panel")'
            yield Problem(rule.alert.where, "it links to no panel", hint)
