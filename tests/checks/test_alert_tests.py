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
    Act,
    Expected,
    Flow,
    Plot,
    Restart,
    Senseless,
    Shows,
    Story,
    count,
    flow,
    heard,
    plot,
    quiet,
    senseless,
    story,
    told,
)
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.units import hours, minutes
from generator.pipeline import Compiled
from tests.checks.builds import said

CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}
FIRST, SECOND = {TENANT: "a", **CHAT}, {TENANT: "b", **CHAT}
LAWS = (stories_can_be_told, stories_are_of_alerts, stories_show_what_they_say)


def traffic(*labels: dict[Label, str], acts: tuple[Act, ...] = (count(60, hours(1)),)) -> tuple[Flow, ...]:
    """Requests of each of these series."""
    return tuple(flow(REQUESTS, each, *acts) for each in labels)


def ticket_at(minute: int) -> Expected:
    """The first tenant's ticket."""
    return heard(minutes(minute), told(TICKET, 0.1, FIRST))


BOTH, ALONE = traffic(FIRST, SECOND), traffic(FIRST)
RESTARTED = traffic(FIRST, acts=(count(60, minutes(30)), Restart(), count(60, minutes(30))))
TRUE = [
    (Shows.FIRES, plot(*ALONE, ticket_at(40))),
    (Shows.BEFORE, plot(*ALONE, quiet(minutes(34)), ticket_at(40))),
    (Shows.RECOVERS, plot(*ALONE, ticket_at(40), quiet(minutes(60)))),
    (Shows.BELOW, plot(*ALONE, quiet(minutes(40)))),
    (Shows.LOW_TRAFFIC, plot(*ALONE, quiet(minutes(40)))),
    (Shows.RESET, plot(*RESTARTED, quiet(minutes(40)))),
    (Shows.OTHERS, plot(*BOTH, ticket_at(40))),
]
FALSE = [
    (Shows.FIRES, plot(*ALONE, quiet(minutes(40))), "it is never heard"),
    (Shows.FIRES, plot(*ALONE, heard(minutes(40), told(PAGE, 0.1, CHAT))), "it is never heard"),
    (Shows.FIRES, plot(*ALONE), "it expects nothing"),
    (Shows.BEFORE, plot(*ALONE, ticket_at(40)), "it is not quiet before it is heard"),
    (Shows.BEFORE, plot(*ALONE, ticket_at(40), quiet(minutes(60))), "it is not quiet before it is heard"),
    (Shows.BEFORE, plot(*ALONE, quiet(minutes(60))), "it is not quiet before it is heard"),
    (Shows.RECOVERS, plot(*ALONE, quiet(minutes(34)), ticket_at(40)), "it is not quiet after it was heard"),
    (Shows.RECOVERS, plot(*ALONE, quiet(minutes(34))), "it is not quiet after it was heard"),
    (Shows.BELOW, plot(*ALONE, ticket_at(40)), "it is heard"),
    (Shows.LOW_TRAFFIC, plot(*ALONE, ticket_at(40)), "it is heard"),
    (Shows.RESET, plot(*RESTARTED, ticket_at(40)), "it is heard"),
    (Shows.RESET, plot(*ALONE, quiet(minutes(40))), "no counter restarts"),
    (Shows.BELOW, plot(*ALONE), "it expects nothing"),
    (Shows.OTHERS, plot(*ALONE, ticket_at(40)), "nobody else is there of whom nothing is heard"),
    (
        Shows.OTHERS,
        plot(*BOTH, heard(minutes(40), told(TICKET, 0.1, FIRST), told(TICKET, 0.1, SECOND))),
        "nobody else is there of whom nothing is heard",
    ),
    (Shows.OTHERS, plot(*BOTH, quiet(minutes(40))), "nobody else is there of whom nothing is heard"),
]


@pytest.mark.parametrize(("shows", "told_"), TRUE, ids=lambda value: getattr(value, "name", ""))
def test_what_a_story_shows_is_seen(shows: Shows, told_: Plot) -> None:
    """A plot that bears out its claim lacks nothing."""
    assert lacking(told_, TICKET, shows) == ""


@pytest.mark.parametrize(("shows", "told_", "lack"), FALSE)
def test_what_a_story_does_not_show_is_told(shows: Shows, told_: Plot, lack: str) -> None:
    """A plot that does not bear out its claim is told what it lacks."""
    assert lacking(told_, TICKET, shows) == lack


def test_another_may_be_of_any_label(built: Compiled) -> None:
    """Another store is told from the first by the counter alone, since no Worker emits the label `store`."""
    where = {TENANT: "a", **CHAT}
    alone = plot(flow(KV_READS, where, count(60, hours(1))), heard(minutes(40), told(TICKET, 0.1, {STORE: "kv"})))
    assert lacking(alone, TICKET, Shows.OTHERS)
    both = replace(alone, flows=(*alone.flows, flow(VECTORIZE_QUERIES, where, count(60, hours(1)))))
    assert lacking(both, TICKET, Shows.OTHERS) == ""


def a_story(alert: str = "HighErrorRate", severity: Severity = TICKET, shows: Shows = Shows.FIRES) -> Story:
    """A story that fires."""

    @story(alert, severity, shows=(shows,))
    def sours(platform: Platform) -> Plot:
        """The first tenant sours."""
        return plot(flow(ERRORS, FIRST, count(6, hours(1))), *BOTH, ticket_at(40))

    return sours


def broken(built: Compiled, stories: tuple[Story, ...], declared: tuple[Senseless, ...] = ()) -> list[str]:
    """What the laws that break a build say of stories."""
    definitions = replace(built.lowered.definitions, stories=stories, senseless=declared)
    lowered = replace(built.lowered, definitions=definitions)
    return said(problem for law in LAWS for problem in law(lowered))


def test_a_true_story_is_lawful(built: Compiled) -> None:
    """A story that fires and says so, and a declaration beside it, break no law."""
    declared = senseless("Watchdog", NONE, shows=(Shows.BELOW,), reason="It always fires.")
    assert broken(built, (a_story(),), (declared,)) == []


def test_a_lie_is_told_with_its_place(built: Compiled) -> None:
    """A story that fires and says that it is quiet is told."""
    (problem,) = broken(built, (a_story(shows=Shows.BELOW),))
    assert problem.startswith("tests/checks/test_alert_tests.py:")
    assert problem.endswith('it does not show "quiet just below" (ticket): it is heard; mend it, or say less.')


def test_a_story_of_no_alert_is_told(built: Compiled) -> None:
    """A misspelt alert, and a severity that an alert does not have, are told."""
    (problem,) = broken(built, (a_story(alert="HighErorRate"),))
    assert 'there is no alert HighErorRate (ticket); did you mean "HighErrorRate (ticket)"?' in problem
    assert any("there is no alert RouteDown (ticket)" in problem for problem in broken(built, (a_story("RouteDown"),)))


def test_a_declaration_of_no_alert_is_told(built: Compiled) -> None:
    """What is declared senseless is of an alert that there is, and has a reason."""
    declared = senseless("Wachdog", NONE, shows=(Shows.BELOW,), reason=" ")
    problems = broken(built, (), (declared,))
    assert ['there is no alert Wachdog (none); did you mean "Watchdog (none)"?' in problem for problem in problems] == [
        True,
        False,
    ]
    assert "no reason is given; say why there is no such story" in problems[1]


def test_a_declaration_that_a_story_contradicts_is_told(built: Compiled) -> None:
    """A kind of story that is there cannot make no sense."""
    declared = senseless("HighErrorRate", PAGE, TICKET, shows=(Shows.FIRES, Shows.BELOW), reason="Of no use.")
    (problem,) = broken(built, (a_story(),), (declared,))
    assert '"fires in time" is declared senseless for HighErrorRate; drop one of the two' in problem


def test_two_stories_of_one_name_are_told(built: Compiled) -> None:
    """promtool would say a name and mean either of two."""
    problems = broken(built, (a_story(), a_story()))
    assert problems
    assert all("2 stories bear its name; rename one" in problem for problem in problems)


def test_a_story_that_cannot_be_told_is_told(built: Compiled) -> None:
    """A word used wrongly in a story is a fault with its line, not a traceback."""

    @story("HighErrorRate", TICKET, shows=(Shows.FIRES,))
    def too_short(platform: Platform) -> Plot:
        """Begins before it begins."""
        return plot(quiet(minutes(0)))

    (problem,) = broken(built, (too_short,))
    assert problem.startswith("tests/checks/test_alert_tests.py:")
    assert "no duration" in problem


def test_a_missing_story_is_told(built: Compiled) -> None:
    """Without stories, every rule lacks every kind; one story is one less, a declaration too."""
    lowered = built.lowered
    missing = said(every_alert_has_its_stories(lowered))
    assert len(missing) == len(lowered.alerts) * len(Shows)
    place = next(one.alert.where for one in lowered.alerts if one.alert.name == "RouteDown")
    assert missing[0] == (
        f'{place}: no story of RouteDown (page) shows "fires in time"; '
        "tell one in alerts/tests/errors.py with Shows.FIRES, or declare it senseless(…)."
    )
    declared = senseless("Watchdog", NONE, shows=(Shows.BELOW, Shows.RESET), reason="It always fires.")
    definitions = replace(lowered.definitions, stories=(a_story(),), senseless=(declared,))
    assert len(every_alert_has_its_stories(replace(lowered, definitions=definitions))) == len(missing) - 3
