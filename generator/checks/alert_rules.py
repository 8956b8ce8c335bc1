"""Law 4, of the texts: what an alert sends is whole, and leads to what lies in `out/`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from generator.checks.expressions import Placed, boards, rules
from generator.checks.series import known
from generator.errors import DefinitionError, Problem, did_you_mean
from generator.ir.build import Compiled
from generator.promql.output_labels import output_labels
from generator.promql.parser import parsed
from generator.rendering.promql import quoted

ALERTMANAGER = "alertmanager/alertmanager.yaml"
SEVERITIES = ("page", "ticket", "none")
FILLED = re.compile(r"\{\{.*?\}\}")
LABEL = re.compile(r"\$labels\.(\w+)")
NAMED = re.compile(r'alertname=~?"([^"]*)"')


def every_alert_is_whole(compiled: Compiled) -> list[Problem]:
    """Every alert has a summary, a description, a severity, and an owner whom Alertmanager routes to."""
    routed = compiled.texts[ALERTMANAGER]
    return [Problem(placed.where, *said) for placed in alerts(compiled) for said in _lacking(placed, routed)]


def no_alert_label_changes(compiled: Compiled) -> list[Problem]:
    """A label that an alert sets never holds a template: an alert whose label changes ends and begins anew."""
    return [
        Problem(placed.where, f"its label {label} changes: {value}", "say it in the description")
        for placed in alerts(compiled)
        for label, value in placed.rule.labels.items()
        if "{{" in value
    ]


def annotations_speak_of_labels_that_are_there(compiled: Compiled) -> list[Problem]:
    """A label that an annotation fills in is one that the alert has."""
    labels = known(compiled).labels
    problems = []
    for placed in alerts(compiled):
        try:
            told = output_labels(parsed(placed.rule.expression), labels)
        except DefinitionError:
            continue
        own = (told or frozenset()) | placed.rule.labels.keys()
        for name, text in placed.rule.annotations.items():
            for label in sorted(set(LABEL.findall(text)) - own):
                problems.append(Problem(placed.where, f'its {name} says "{label}"', did_you_mean(label, own)))
    return problems


def every_alert_has_a_runbook(compiled: Compiled) -> list[Problem]:
    """An alert's runbook is a page in `out/`."""
    pages = {path.removeprefix("runbooks/") for path in compiled.texts if path.startswith("runbooks/")}
    problems = []
    for placed in alerts(compiled):
        page = placed.rule.annotations.get("runbook_url", "").rpartition("/")[2]
        if page not in pages:
            problems.append(Problem(placed.where, f'there is no runbook "{page}"', did_you_mean(page, pages)))
    return problems


def every_link_opens_a_panel(compiled: Compiled) -> list[Problem]:
    """An alert's link opens a panel that exists, on a dashboard whose variables of one value it all fills."""
    by_uid = {board["uid"]: board for board in boards(compiled).values()}
    return [
        Problem(placed.where, *said)
        for placed in alerts(compiled)
        if (url := placed.rule.annotations.get("dashboard_url"))
        for said in _astray(url, by_uid)
    ]


def every_alert_that_is_routed_exists(compiled: Compiled) -> list[Problem]:
    """Alertmanager's configuration names alerts that there are."""
    there = {placed.rule.name for placed in alerts(compiled)}
    named = {name for found in NAMED.findall(compiled.texts[ALERTMANAGER]) for name in found.split("|")}
    return [
        Problem(ALERTMANAGER, f"there is no alert {name}", did_you_mean(name, there)) for name in sorted(named - there)
    ]


def alerts(compiled: Compiled) -> Iterator[Placed]:
    """All alerting rules, with their places."""
    return (placed for placed in rules(compiled) if placed.rule.kind == "alert")


def _lacking(placed: Placed, routed: str) -> Iterator[tuple[str, str]]:
    rule = placed.rule
    for part in ("summary", "description"):
        if not rule.annotations.get(part, "").strip():
            yield f"it has no {part}", "say it in the docstring"
    if rule.labels.get("severity") not in SEVERITIES:
        yield "it has no severity", f"give one of {', '.join(SEVERITIES)}"
    owner = rule.labels.get("owner", "")
    if f"owner={quoted(owner)}" not in routed:
        yield f'nobody routes to its owner, "{owner}"', "name the owner of its family in platform.yaml"


def _astray(url: str, by_uid: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    parts = urlsplit(FILLED.sub("x", url))
    given = parse_qs(parts.query)
    uid = parts.path.rpartition("/")[2]
    if uid not in by_uid:
        yield f'its link opens the dashboard "{uid}"', did_you_mean(uid, by_uid)
        return
    board = by_uid[uid]
    panel = given.get("viewPanel", [""])[0]
    if panel not in {f"panel-{one['id']}" for one in board["panels"]}:
        yield f'its link opens "{panel}", which {board["title"]} does not have', "name a panel that is there"
    for variable in board["templating"]["list"]:
        needed = variable["type"] == "query" and not variable["multi"]
        if needed and f"var-{variable['name']}" not in given:
            yield f"its link leaves {variable['name']} open", "tell the alert by that label, or lead elsewhere"
