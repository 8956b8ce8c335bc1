"""Where rules are evaluated: on the server where nothing changed, with constants in place, or on the scratch server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from generator.verify.rehearse.plan import Place, plan
from generator.verify.replay.stages import ReplayRule
from tests.verify.rehearse.loaded_rules import loaded


def record(name: str, expr: str, group: str = "p:g", **labels: str) -> ReplayRule:
    """A recording rule, evaluated every 30 s."""
    return ReplayRule({"record": name, "expr": expr, "labels": labels}, 30, group)


def alert(name: str, expr: str, **fields: str) -> ReplayRule:
    """A ticket, evaluated every 30 s."""
    return ReplayRule({"alert": name, "expr": expr, "labels": {"severity": "ticket"}, **fields}, 30, "p:alerts")


def changed(rule: ReplayRule, **fields: object) -> ReplayRule:
    """The rule with other fields."""
    return replace(rule, body={**rule.body, **fields})


ERRORS = record("r:errors:5m", "sum by (r) (increase(errors[5m]))")
SHARE = record("r:errors:share", "r:errors:5m / r:requests:5m")
REQUESTS = record("r:requests:5m", "sum by (r) (increase(requests[5m]))")
LIMITS = (record("r:limit", "vector(5)", r="/a"), record("r:limit", "vector(7)", r="/b"))
HIGH = alert("High", "r:errors:share > 0.1")
ABOVE = alert("Above", "errors > on (r) r:limit")
RAW = alert("Raw", "rate(errors[5m]) > 1")
RULES = (ERRORS, REQUESTS, SHARE, *LIMITS, HIGH, ABOVE, RAW)


def places(rules: Iterable[ReplayRule], server: Iterable[ReplayRule]) -> dict[str, str]:
    """The place of each alert."""
    return {str(each.rule.body["alert"]): each.place.name for each in plan([*rules], loaded(*server)).alerts}


def test_unchanged_rules_stay_on_the_server() -> None:
    """All is loaded: nothing is computed, and nothing copied."""
    planned = plan(RULES, loaded(*RULES))
    assert {each.place for each in planned.alerts} == {Place.SERVER}
    assert (planned.recorded, planned.copied) == ((), frozenset())


def test_a_changed_alert_stays_on_the_server() -> None:
    """Its threshold is in its own expression."""
    rules = [*RULES[:5], changed(HIGH, expr="r:errors:share > 0.2")]
    assert places(rules, RULES) == {"High": "SERVER"}


def test_a_changed_constant_takes_its_place() -> None:
    """The server's constants are others: the alert reads the new ones in place of what is recorded."""
    limits = (LIMITS[0], changed(LIMITS[1], expr="vector(70)"))
    (above,) = plan((*limits, ABOVE), loaded(*RULES)).alerts
    assert above.place is Place.SERVER
    assert above.rule.body["expr"] == (
        'errors > on (r) (label_replace((vector(5)), "r", "/a", "", "") or '
        'label_replace((vector(70)), "r", "/b", "", ""))'
    )


def test_what_reads_a_changed_rule_is_evaluated_beside_it() -> None:
    """r:errors:5m changed: the server evaluates it, the scratch server what reads it, with a copy of r:requests:5m."""
    edited = changed(ERRORS, expr="sum by (r) (increase(errors[5m])) > 2")
    planned = plan((edited, REQUESTS, SHARE, HIGH, RAW), loaded(*RULES))
    assert [(each.title, each.place.name) for each in (*planned.recorded, *planned.alerts)] == [
        ("r:errors:5m", "SERVER"),
        ("r:errors:share", "SCRATCH"),
        ("High (ticket)", "SCRATCH"),
        ("Raw (ticket)", "SERVER"),
    ]
    assert planned.copied == {"r:requests:5m"}


def test_any_difference_of_a_recording_rule_is_a_change() -> None:
    """Its expression, a label, its interval, a rule more or less of its name; not the text of its expression."""
    of_alert = (REQUESTS, SHARE, HIGH)
    assert places((ERRORS, *of_alert), (*RULES, record("r:errors:5m", "vector(1)", r="/c"))) == {"High": "SCRATCH"}
    assert places((ERRORS, *of_alert), (REQUESTS, SHARE)) == {"High": "SCRATCH"}
    assert places((changed(ERRORS, labels={"x": "y"}), *of_alert), RULES) == {"High": "SCRATCH"}
    assert places((replace(ERRORS, interval=60), *of_alert), RULES) == {"High": "SCRATCH"}
    assert places((changed(ERRORS, expr="sum  by(r)(increase(errors[5m]))"), *of_alert), RULES) == {"High": "SERVER"}


def test_rules_of_another_platform_do_not_matter() -> None:
    """A group of another prefix records the same name."""
    other = record("r:errors:5m", "sum by (r) (increase(other_errors[5m]))", "other:g")
    assert places((ERRORS, REQUESTS, SHARE, HIGH), (*RULES, other)) == {"High": "SERVER"}


def test_raw_series_beside_a_changed_rule_are_a_reason() -> None:
    """The scratch server has no raw series: the alert says so, and what reads it does too."""
    edited = changed(ERRORS, expr="sum by (r) (increase(errors[10m]))")
    mixed = record("r:mixed", "r:errors:5m / rate(requests[5m])")
    planned = plan((edited, mixed, alert("Mixed", "r:mixed > 1")), loaded(*RULES, mixed))
    what = "it reads r:errors:5m, whose rule changed, beside requests, which no rule records"
    assert planned.not_rehearsed == {"Mixed (ticket)": what}


def test_templates_in_labels_are_a_reason() -> None:
    """What they yield is not known."""
    templated = alert("T", "up == 0", labels={"severity": "ticket", "to": "{{ $labels.team }}"})  # type: ignore[arg-type]
    assert plan((templated,), loaded(*RULES)).not_rehearsed == {"T (ticket)": "its labels are templates"}


def test_an_alert_that_reads_alerts_follows_what_changed() -> None:
    """It reads the server's ALERTS while those that it reads are loaded as they are; it follows them otherwise."""
    follower = alert("Follower", 'group by (r) (ALERTS{alertname="High",alertstate="firing"})')
    rules = (*RULES, follower)
    assert places(rules, rules)["Follower"] == "SERVER"
    for edited in (changed(HIGH, expr="r:errors:share > 0.2"), changed(HIGH, **{"for": "5m"})):
        assert places((*RULES[:5], edited, follower), rules)["Follower"] == "FOLLOWS"
    assert places((changed(ERRORS, expr="vector(1)"), *RULES[1:], follower), rules)["Follower"] == "FOLLOWS"
