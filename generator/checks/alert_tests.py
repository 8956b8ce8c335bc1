"""What stories must be: true to what they say they show, and told of every alert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from contract import UNIONS
from generator.definitions import attempt
from generator.dsl.alert import Severity
from generator.dsl.alert_test import Flow, Plot, Restart, Senseless, Shows, Story
from generator.errors import Problem, did_you_mean
from generator.lowering.ids import PRODUCTION

if TYPE_CHECKING:
    from generator.pipeline import Lowered


def stories_can_be_told(lowered: Lowered) -> list[Problem]:
    """A story makes sense on this platform, and no two of a module share a name."""
    problems: list[Problem] = []
    given = Counter((story.module, story.name) for story in lowered.definitions.stories)
    for story in lowered.definitions.stories:
        attempt(lambda story=story: story.tells(lowered.platform), problems, story.where)  # type: ignore[misc]
        if given[story.module, story.name] > 1:
            problems.append(
                Problem(story.where, f"{given[story.module, story.name]} stories bear its name", "rename one")
            )
    return problems


def stories_are_of_alerts(lowered: Lowered) -> list[Problem]:
    """A story, and a declaration that one makes no sense, is of alerts that there are; a declaration has a reason, and
    no story contradicts it."""
    there = {(one.alert.name, one.alert.severity) for one in lowered.alerts}
    problems: list[Problem] = []
    for story, plot in told(lowered):
        spoken = {*story.severities, *(one.severity for moment in plot.expected for one in moment.told)}
        problems += _unknown(story.where, story.alert, sorted(spoken, key=lambda x: x.value), there)
    for one in lowered.definitions.senseless:
        where = f"tests/stories senseless({one.alert!r})"
        problems += _unknown(where, one.alert, one.severities, there)
        if not one.reason.strip():
            problems.append(Problem(where, "no reason is given", "say why there is no such story"))
        problems += [
            Problem(story.where, f'"{shows.value}" is declared senseless for {one.alert}', "drop one of the two")
            for story in lowered.definitions.stories
            for shows in story.shows
            if story.alert == one.alert and shows in one.shows and set(story.severities) & set(one.severities)
        ]
    return problems


def stories_show_what_they_say(lowered: Lowered) -> list[Problem]:
    """A story's moments bear out what it says it shows, for each of its severities: one that fires is heard; one that
    is quiet before its time is quiet, then heard; one that recovers is heard, then quiet; one that is quiet is never
    heard, a reset holds a restart, and one that touches no other has another, of whom nothing is heard."""
    return [
        Problem(story.where, f'it does not show "{shows.value}" ({severity.value}): {lack}', "mend it, or say less")
        for story, plot in told(lowered)
        for severity in story.severities
        for shows in story.shows
        if (lack := lacking(plot, severity, shows))
    ]


def every_alert_has_its_stories(lowered: Lowered) -> list[Problem]:
    """Every rule has a story of each kind, or a reason why that kind makes no sense for it; stories are told of
    production, and no other platform is asked for any."""
    if lowered.platform.name != PRODUCTION:
        return []
    definitions = lowered.definitions
    said: tuple[Story | Senseless, ...] = (*definitions.stories, *definitions.senseless)
    covered = {(one.alert, severity, shows) for one in said for severity in one.severities for shows in one.shows}
    return [
        Problem(
            alert.where,
            f'no story of {alert.name} ({alert.severity.value}) shows "{shows.value}"',
            f"tell one in alerts/tests/{alert.family}.py with Shows.{shows.name}, or declare it senseless(…)",
        )
        for alert in (one.alert for one in lowered.alerts)
        for shows in Shows
        if (alert.name, alert.severity, shows) not in covered
    ]


def told(lowered: Lowered) -> Iterator[tuple[Story, Plot]]:
    """Every story that can be told, told."""
    for story in lowered.definitions.stories:
        plot = attempt(lambda story=story: story.tells(lowered.platform), [])  # type: ignore[misc]
        if plot is not None:
            yield story, plot


def lacking(plot: Plot, severity: Severity, shows: Shows) -> str:
    """What a plot lacks to show this of a severity; empty where it lacks nothing."""
    heard = [any(one.severity is severity for one in moment.told) for moment in plot.expected]
    if not heard:
        return "it expects nothing"
    match shows:
        case Shows.FIRES:
            return "" if any(heard) else "it is never heard"
        case Shows.BEFORE:
            return "" if follows(heard, False, True) else "it is not quiet before it is heard"
        case Shows.RECOVERS:
            return "" if follows(heard, True, False) else "it is not quiet after it was heard"
        case Shows.OTHERS:
            return "" if _another(plot, severity) else "nobody else is there of whom nothing is heard"
    if any(heard):
        return "it is heard"
    restarts = any(isinstance(act, Restart) for flow in plot.flows for act in flow.acts)
    return "" if restarts or shows is not Shows.RESET else "no counter restarts"


def follows(heard: Sequence[bool], first: bool, then: bool) -> bool:
    """Whether what is heard is first so, and later otherwise."""
    return first in heard and then in heard[heard.index(first) :]


def _another(plot: Plot, severity: Severity) -> bool:
    alerts = [one for moment in plot.expected for one in moment.told if one.severity is severity]
    return any(
        labels.get(label) not in (None, *(one.labels[label] for one in alerts if label in one.labels))
        for labels in map(labels_of, plot.flows)
        for label in {label for one in alerts for label in one.labels}
    )


def labels_of(flow: Flow) -> dict[str, str]:
    """A flow's labels, and those that tell its counter from others with which it is taken together."""
    marks = {
        label.name: value
        for union in UNIONS
        for part in union.parts
        if part.counter is flow.metric
        for label, value in part.told_apart.items()
    }
    return {**marks, **flow.labels}


def _unknown(
    where: str, alert: str, severities: Sequence[Severity], there: set[tuple[str, Severity]]
) -> Iterator[Problem]:
    known = {f"{name} ({severity.value})" for name, severity in there}
    for severity in severities:
        said = f"{alert} ({severity.value})"
        if said not in known:
            yield Problem(where, f"there is no alert {said}", did_you_mean(said, known))
