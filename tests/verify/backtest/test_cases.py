"""The library of cases: each can be run, and asks for alerts that are shipped."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from generator.dsl.platform import Platform
from generator.verify.backtest.cases import cases, ordinary
from generator.verify.backtest.rules import static, tried
from generator.verify.replay.stages import load_rules
from generator.verify.simulation.incident import IncidentKind


def test_there_are_enough_and_no_two_share_a_file(platform: Platform) -> None:
    """At least sixteen incidents and the ordinary days; every plot has a name of its own."""
    every = (*cases(platform), ordinary(platform))
    assert len(every) >= 17
    assert len({case.slug for case in every}) == len(every)


def test_what_is_due_can_be_told(platform: Platform, root: Path) -> None:
    """Every alarm that is due or allowed is a shipped alert of that severity, and what is due looks back no further
    than the case's warm-up."""
    shipped = load_rules(root / "out" / "prometheus" / "rules")
    for case in cases(platform):
        known = {(rule.body.get("alert"), rule.body["labels"]["severity"]) for rule in shipped if "alert" in rule.body}
        soon = {
            (rule.body["alert"], rule.body["labels"]["severity"])
            for rule in tried(shipped, case.warm_up)
            if "alert" in rule.body
        }
        assert {(due.alarm.name, due.alarm.severity) for due in case.due} <= soon, case.name
        assert {(alarm.name, alarm.severity) for alarm in case.may} <= known, case.name


def test_a_case_starts_after_its_warm_up_and_is_watched_to_its_end(platform: Platform) -> None:
    """Each incident starts at the case's `at`, and the run outlasts what is due."""
    for case in cases(platform):
        assert min(one.start for one in case.incidents) == case.warm_up, case.name
        assert case.clock.start + case.warm_up == case.at, case.name
        assert all(due.within <= case.lasting + case.after for due in case.due), case.name


def test_the_static_thresholds_take_the_routes_promises(platform: Platform) -> None:
    """/search is slow from 500 ms on, as production promises it; there are six static alerts, all pages."""
    copied = static(platform)
    assert len(copied) == 6
    (search,) = (str(rule.body["expr"]) for rule in copied if "/search" in str(rule.body["expr"]))
    assert search.endswith("> 500")
    assert {rule.body["labels"]["severity"] for rule in copied} == {"page"}


def test_an_ordinary_month_holds_mishaps_and_nothing_is_due(platform: Platform) -> None:
    """30 days from a Monday on: 22 deploys that reset and fail for a minute, 4 weeks' gaps and models, 30 nights."""
    month = ordinary(platform)
    assert (month.due, month.may, month.clock.length) == ((), (), 30 * 86_400)
    kinds = Counter(one.kind for one in month.incidents)
    assert kinds == {
        IncidentKind.COUNTERS_RESET: 22,
        IncidentKind.REQUESTS_FAIL: 22,
        IncidentKind.MODEL_FAILS: 4,
        IncidentKind.SAMPLES_MISSING: 4,
        IncidentKind.LONE_REQUESTS: 30,
    }
    assert all(one.start + one.duration <= month.clock.length for one in month.incidents)


def test_few_requests_are_cases_of_their_own(platform: Platform) -> None:
    """Four cases have the requests that budgets make, and the loop, whose tokens must count; the rest have more."""
    few = {case.name for case in cases(platform) if case.rush == 1}
    assert len(few) == 5
    assert {name for name in few if not name.endswith(", few requests")} == {"a runaway loop of tokens"}
