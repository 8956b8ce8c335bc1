"""Rules without results: they fail, or are not loaded, while an incident of a case lasts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from contract.labels import RULE_GROUP
from generator.verify.backtest.case import Case
from generator.verify.replay.stages import ReplayRule
from generator.verify.simulation.incident import Incident, IncidentKind


def without_missing_results(rules: Iterable[ReplayRule], case: Case) -> tuple[ReplayRule, ...]:
    """Return the rules, of which those of a group whose rules record nothing have no result in that time."""
    incidents = [each for each in case.incidents if each.kind is IncidentKind.RULES_RECORD_NOTHING]
    return tuple(_without_results(rule, incidents, case.clock.start) for rule in rules)


def _without_results(rule: ReplayRule, incidents: Iterable[Incident], start: int) -> ReplayRule:
    for incident in incidents:
        if incident.matchers[RULE_GROUP.name].rpartition(";")[2] == rule.group:
            first, last = start + incident.start, start + incident.start + incident.duration
            expr = f"({rule.body['expr']}) unless on () (vector(time()) > {first} <= {last})"
            rule = replace(rule, body={**rule.body, "expr": expr})
    return rule
