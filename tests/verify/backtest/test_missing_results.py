"""Rules that fail or are not loaded have no results while an incident lasts."""

from __future__ import annotations

from dataclasses import replace

from generator.promql.parser import parsed
from generator.verify.backtest.missing_results import without_missing_results
from generator.verify.replay.stages import ReplayRule
from generator.verify.simulation.incident import Incident, IncidentKind
from tests.verify.backtest.examples import outage

RULE = ReplayRule({"record": "e:5m", "expr": 'sum(increase(e{a="b"}[5m])) or vector(0)'}, 30, "production:api")


def nothing_recorded(group: str) -> Incident:
    """Rules of a group record nothing for ten minutes from an hour after the start on."""
    return Incident(
        IncidentKind.RULES_RECORD_NOTHING, 3_600, 600, matchers={"rule_group": f"/etc/rules/api.yaml;{group}"}
    )


def test_results_of_the_group_are_missing_in_that_time() -> None:
    """The case starts at 3,600 s before its incident: results are missing after that time, up to ten minutes later."""
    case = replace(outage(), incidents=(nothing_recorded("production:api"),))
    start = case.incident_start
    (rule,) = without_missing_results((RULE,), case)
    assert rule.body["record"] == "e:5m"
    assert rule.body["expr"] == (
        f'(sum(increase(e{{a="b"}}[5m])) or vector(0)) unless on () (vector(time()) > {start} <= {start + 600})'
    )
    parsed(rule.body["expr"])
    assert rule.reads() == RULE.reads()


def test_other_groups_and_other_incidents_change_nothing() -> None:
    """A rule of another group has its results, and so has every rule of a case without such an incident."""
    case = replace(outage(), incidents=(nothing_recorded("production:ai"),))
    assert without_missing_results((RULE,), case) == (RULE,)
    assert without_missing_results((RULE,), outage()) == (RULE,)
