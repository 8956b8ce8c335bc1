"""Stories that do not show what they say, of alerts there are not, or contradicted: each is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, SERVICE, STORE, TENANT
from contract.storage import KV_READS, VECTORIZE_QUERIES
from generator.checks.alert_tests import (
    every_alert_has_its_stories,
    lacking,
    stories_are_of_alerts,
    stories_can_be_told,
    stories_show_what_they_say,
)
from generator.dsl.alert import NONE, PAGE, TICKET, Severity
from generator.dsl.alert_test import (
    AlertTest,
    Coverage,
    Expectation,
    InputSeries,
    NotApplicable,
    Restart,
    Scenario,
    Segment,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    not_applicable,
    scenario,
)
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import hours, minutes
from generator.ir.build import Compiled
from tests.checks.builds import said

CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}
FIRST, SECOND = {TENANT: "a", **CHAT}, {TENANT: "b", **CHAT}
LAWS = (stories_can_be_told, stories_are_of_alerts, stories_show_what_they_say)


def traffic(
    *labels: dict[Label, str], segments: tuple[Segment, ...] = (count(60, hours(1)),)
) -> tuple[InputSeries, ...]:
    """Requests of each of these series."""
    return tuple(input_series(REQUESTS, each, *segments) for each in labels)


def ticket_at(minute: int) -> Expectation:
    """The first tenant's ticket."""
    return expect_firing(minutes(minute), firing(TICKET, 0.1, FIRST))


BOTH, ALONE = traffic(FIRST, SECOND), traffic(FIRST)
RESTARTED = traffic(FIRST, segments=(count(60, minutes(30)), Restart(), count(60, minutes(30))))
TRUE = [
    (Coverage.FIRES, scenario(*ALONE, ticket_at(40))),
    (Coverage.BEFORE_FOR, scenario(*ALONE, expect_none(minutes(34)), ticket_at(40))),
    (Coverage.RECOVERS, scenario(*ALONE, ticket_at(40), expect_none(minutes(60)))),
    (Coverage.BELOW_THRESHOLD, scenario(*ALONE, expect_none(minutes(40)))),
    (Coverage.LOW_TRAFFIC, scenario(*ALONE, expect_none(minutes(40)))),
    (Coverage.COUNTER_RESET, scenario(*RESTARTED, expect_none(minutes(40)))),
    (Coverage.OTHERS_UNAFFECTED, scenario(*BOTH, ticket_at(40))),
]
FALSE = [
    (Coverage.FIRES, scenario(*ALONE, expect_none(minutes(40))), "it is never heard"),
    (Coverage.FIRES, scenario(*ALONE, expect_firing(minutes(40), firing(PAGE, 0.1, CHAT))), "it is never heard"),
    (Coverage.FIRES, scenario(*ALONE), "it expects nothing"),
    (Coverage.BEFORE_FOR, scenario(*ALONE, ticket_at(40)), "it is not quiet before it is heard"),
    (
        Coverage.BEFORE_FOR,
        scenario(*ALONE, ticket_at(40), expect_none(minutes(60))),
        "it is not quiet before it is heard",
    ),
    (Coverage.BEFORE_FOR, scenario(*ALONE, expect_none(minutes(60))), "it is not quiet before it is heard"),
    (
        Coverage.RECOVERS,
        scenario(*ALONE, expect_none(minutes(34)), ticket_at(40)),
        "it is not quiet after it was heard",
    ),
    (Coverage.RECOVERS, scenario(*ALONE, expect_none(minutes(34))), "it is not quiet after it was heard"),
    (Coverage.BELOW_THRESHOLD, scenario(*ALONE, ticket_at(40)), "it is heard"),
    (Coverage.LOW_TRAFFIC, scenario(*ALONE, ticket_at(40)), "it is heard"),
    (Coverage.COUNTER_RESET, scenario(*RESTARTED, ticket_at(40)), "it is heard"),
    (Coverage.COUNTER_RESET, scenario(*ALONE, expect_none(minutes(40))), "no counter restarts"),
    (Coverage.BELOW_THRESHOLD, scenario(*ALONE), "it expects nothing"),
    (Coverage.OTHERS_UNAFFECTED, scenario(*ALONE, ticket_at(40)), "nobody else is there of whom nothing is heard"),
    (
        Coverage.OTHERS_UNAFFECTED,
        scenario(*BOTH, expect_firing(minutes(40), firing(TICKET, 0.1, FIRST), firing(TICKET, 0.1, SECOND))),
        "nobody else is there of whom nothing is heard",
    ),
    (
        Coverage.OTHERS_UNAFFECTED,
        scenario(*BOTH, expect_none(minutes(40))),
        "nobody else is there of whom nothing is heard",
    ),
]


@pytest.mark.parametrize(("shows", "told_"), TRUE, ids=lambda value: getattr(value, "name", ""))
def test_what_a_story_shows_is_seen(covers: Coverage, told_: Scenario) -> None:
    """A plot that bears out its claim lacks nothing."""
    assert lacking(told_, TICKET, covers) == ""


@pytest.mark.parametrize(("shows", "told_", "lack"), FALSE)
def test_what_a_story_does_not_show_is_told(covers: Coverage, told_: Scenario, lack: str) -> None:
    """A plot that does not bear out its claim is told what it lacks."""
    assert lacking(told_, TICKET, covers) == lack


def test_another_may_be_of_any_label(built: Compiled) -> None:
    """Another store is told from the first by the counter alone, since no Worker emits the label `store`."""
    where = {TENANT: "a", **CHAT}
    alone = scenario(
        input_series(KV_READS, where, count(60, hours(1))),
        expect_firing(minutes(40), firing(TICKET, 0.1, {STORE: "kv"})),
    )
    assert lacking(alone, TICKET, Coverage.OTHERS_UNAFFECTED)
    both = replace(alone, series=(*alone.series, input_series(VECTORIZE_QUERIES, where, count(60, hours(1)))))
    assert lacking(both, TICKET, Coverage.OTHERS_UNAFFECTED) == ""


def a_story(alert: str = "HighErrorRate", severity: Severity = TICKET, covers: Coverage = Coverage.FIRES) -> AlertTest:
    """A story that fires."""

    @alert_test(alert, severity, covers=(covers,), id="sours")
    def sours(platform: Platform) -> Scenario:
        """The first tenant sours."""
        return scenario(input_series(ERRORS, FIRST, count(6, hours(1))), *BOTH, ticket_at(40))

    return sours


def broken(built: Compiled, alert_tests: tuple[AlertTest, ...], declared: tuple[NotApplicable, ...] = ()) -> list[str]:
    """What the laws that break a build say of stories."""
    definitions = replace(built.lowered.definitions, alert_tests=alert_tests, not_applicable=declared)
    lowered = replace(built.lowered, definitions=definitions)
    return said(problem for law in LAWS for problem in law(lowered))


def test_a_true_story_is_lawful(built: Compiled) -> None:
    """A story that fires and says so, and a declaration beside it, break no law."""
    declared = not_applicable("Watchdog", NONE, covers=(Coverage.BELOW_THRESHOLD,), reason="It always fires.")
    assert broken(built, (a_story(),), (declared,)) == []


def test_a_lie_is_told_with_its_place(built: Compiled) -> None:
    """A story that fires and says that it is quiet is told."""
    (problem,) = broken(built, (a_story(covers=Coverage.BELOW_THRESHOLD),))
    assert problem.startswith("tests/checks/test_alert_tests.py:")
    assert problem.endswith('it does not show "quiet just below" (ticket): it is heard; mend it, or say less.')


def test_a_story_of_no_alert_is_told(built: Compiled) -> None:
    """A misspelt alert, and a severity that an alert does not have, are told."""
    (problem,) = broken(built, (a_story(alert="HighErorRate"),))
    assert 'there is no alert HighErorRate (ticket); did you mean "HighErrorRate (ticket)"?' in problem
    assert any("there is no alert RouteDown (ticket)" in problem for problem in broken(built, (a_story("RouteDown"),)))


def test_a_declaration_of_no_alert_is_told(built: Compiled) -> None:
    """What is declared senseless is of an alert that there is, and has a reason."""
    declared = not_applicable("Wachdog", NONE, covers=(Coverage.BELOW_THRESHOLD,), reason=" ")
    problems = broken(built, (), (declared,))
    assert ['there is no alert Wachdog (none); did you mean "Watchdog (none)"?' in problem for problem in problems] == [
        True,
        False,
    ]
    assert "no reason is given; say why there is no such story" in problems[1]


def test_a_declaration_that_a_story_contradicts_is_told(built: Compiled) -> None:
    """A kind of story that is there cannot make no sense."""
    declared = not_applicable(
        "HighErrorRate", PAGE, TICKET, covers=(Coverage.FIRES, Coverage.BELOW_THRESHOLD), reason="Of no use."
    )
    (problem,) = broken(built, (a_story(),), (declared,))
    assert '"fires in time" is declared senseless for HighErrorRate; drop one of the two' in problem


def test_two_stories_of_one_name_are_told(built: Compiled) -> None:
    """promtool would say a name and mean either of two."""
    problems = broken(built, (a_story(), a_story()))
    assert problems
    assert all("2 stories bear its name; rename one" in problem for problem in problems)


def test_a_story_that_cannot_be_told_is_told(built: Compiled) -> None:
    """A word used wrongly in a story is a fault with its line, not a traceback."""

    @alert_test("HighErrorRate", TICKET, covers=(Coverage.FIRES,), id="too_short")
    def too_short(platform: Platform) -> Scenario:
        """Begins before it begins."""
        return scenario(expect_none(minutes(0)))

    (problem,) = broken(built, (too_short,))
    assert problem.startswith("tests/checks/test_alert_tests.py:")
    assert "no duration" in problem


def test_a_missing_story_is_told(built: Compiled) -> None:
    """Without stories, every rule lacks every kind; one story is one less, a declaration too."""
    lowered = built.lowered
    missing = said(every_alert_has_its_stories(lowered))
    assert len(missing) == len(lowered.alerts) * len(Coverage)
    place = next(one.alert.where for one in lowered.alerts if one.alert.name == "RouteDown")
    assert missing[0] == (
        f'{place}: no story of RouteDown (page) shows "fires in time"; '
        "tell one in alerts/tests/errors.py with Shows.FIRES, or declare it senseless(…)."
    )
    declared = not_applicable(
        "Watchdog", NONE, covers=(Coverage.BELOW_THRESHOLD, Coverage.COUNTER_RESET), reason="It always fires."
    )
    definitions = replace(lowered.definitions, alert_tests=(a_story(),), not_applicable=(declared,))
    assert len(every_alert_has_its_stories(replace(lowered, definitions=definitions))) == len(missing) - 3
