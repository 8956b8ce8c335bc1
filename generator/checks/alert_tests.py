"""What stories must be: true to what they say they show, and told of every alert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from contract import COMBINED_COUNTERS
from generator.definitions import attempt
from generator.dsl.alert import Severity
from generator.dsl.alert_test import AlertTest, Coverage, InputSeries, NotApplicable, Restart, Scenario
from generator.errors import Problem, did_you_mean
from generator.ir.build import Lowered
from generator.lowering.ids import PRODUCTION


def stories_can_be_told(lowered: Lowered) -> list[Problem]:
    """A story makes sense on this platform, and no two of a module share a name."""
    problems: list[Problem] = []
    given = Counter((alert_test.module, alert_test.id) for alert_test in lowered.definitions.alert_tests)
    for alert_test in lowered.definitions.alert_tests:
        attempt(lambda alert_test=alert_test: alert_test.build(lowered.platform), problems, alert_test.where)  # type: ignore[misc]
        if given[alert_test.module, alert_test.id] > 1:
            problems.append(
                Problem(
                    alert_test.where, f"{given[alert_test.module, alert_test.id]} stories bear its name", "rename one"
                )
            )
    return problems


def stories_are_of_alerts(lowered: Lowered) -> list[Problem]:
    """A story, and a declaration that one makes no sense, is of alerts that there are; a declaration has a reason, and
    no story contradicts it."""
    there = {(one.alert.name, one.alert.severity) for one in lowered.alerts}
    problems: list[Problem] = []
    for alert_test, scenario in told(lowered):
        spoken = {*alert_test.severities, *(one.severity for moment in scenario.expectations for one in moment.firing)}
        problems += _unknown(alert_test.where, alert_test.alert, sorted(spoken, key=lambda x: x.value), there)
    for one in lowered.definitions.not_applicable:
        where = f"tests/stories senseless({one.alert!r})"
        problems += _unknown(where, one.alert, one.severities, there)
        if not one.reason.strip():
            problems.append(Problem(where, "no reason is given", "say why there is no such story"))
        problems += [
            Problem(alert_test.where, f'"{shows.value}" is declared senseless for {one.alert}', "drop one of the two")
            for alert_test in lowered.definitions.alert_tests
            for shows in alert_test.covers
            if alert_test.alert == one.alert
            and shows in one.covers
            and set(alert_test.severities) & set(one.severities)
        ]
    return problems


def stories_show_what_they_say(lowered: Lowered) -> list[Problem]:
    """A story's moments bear out what it says it shows, for each of its severities: one that fires is heard; one that
    is quiet before its time is quiet, then heard; one that recovers is heard, then quiet; one that is quiet is never
    heard, a reset holds a restart, and one that touches no other has another, of whom nothing is heard."""
    return [
        Problem(
            alert_test.where, f'it does not show "{shows.value}" ({severity.value}): {lack}', "mend it, or say less"
        )
        for alert_test, scenario in told(lowered)
        for severity in alert_test.severities
        for shows in alert_test.covers
        if (lack := lacking(scenario, severity, shows))
    ]


def every_alert_has_its_stories(lowered: Lowered) -> list[Problem]:
    """Every rule has a story of each kind, or a reason why that kind makes no sense for it; stories are told of
    production, and no other platform is asked for any."""
    if lowered.platform.name != PRODUCTION:
        return []
    definitions = lowered.definitions
    said: tuple[AlertTest | NotApplicable, ...] = (*definitions.alert_tests, *definitions.not_applicable)
    covered = {(one.alert, severity, shows) for one in said for severity in one.severities for shows in one.covers}
    return [
        Problem(
            alert.where,
            f'no story of {alert.name} ({alert.severity.value}) shows "{shows.value}"',
            f"tell one in alerts/tests/{alert.family}.py with Shows.{shows.name}, or declare it senseless(…)",
        )
        for alert in (one.alert for one in lowered.alerts)
        for shows in Coverage
        if (alert.name, alert.severity, shows) not in covered
    ]


def told(lowered: Lowered) -> Iterator[tuple[AlertTest, Scenario]]:
    """Every story that can be told, told."""
    for alert_test in lowered.definitions.alert_tests:
        scenario = attempt(lambda alert_test=alert_test: alert_test.build(lowered.platform), [])  # type: ignore[misc]
        if scenario is not None:
            yield alert_test, scenario


def lacking(scenario: Scenario, severity: Severity, shows: Coverage) -> str:
    """What a plot lacks to show this of a severity; empty where it lacks nothing."""
    expect_firing = [any(one.severity is severity for one in moment.firing) for moment in scenario.expectations]
    if not expect_firing:
        return "it expects nothing"
    match shows:
        case Coverage.FIRES:
            return "" if any(expect_firing) else "it is never heard"
        case Coverage.BEFORE_FOR:
            return "" if follows(expect_firing, False, True) else "it is not quiet before it is heard"
        case Coverage.RECOVERS:
            return "" if follows(expect_firing, True, False) else "it is not quiet after it was heard"
        case Coverage.OTHERS_UNAFFECTED:
            return "" if _another(scenario, severity) else "nobody else is there of whom nothing is heard"
    if any(expect_firing):
        return "it is heard"
    restarts = any(
        isinstance(segment, Restart) for input_series in scenario.series for segment in input_series.segments
    )
    return "" if restarts or shows is not Coverage.COUNTER_RESET else "no counter restarts"


def follows(expect_firing: Sequence[bool], first: bool, then: bool) -> bool:
    """Whether what is heard is first so, and later otherwise."""
    return first in expect_firing and then in expect_firing[expect_firing.index(first) :]


def _another(scenario: Scenario, severity: Severity) -> bool:
    alerts = [one for moment in scenario.expectations for one in moment.firing if one.severity is severity]
    return any(
        labels.get(label) not in (None, *(one.labels[label] for one in alerts if label in one.labels))
        for labels in map(labels_of, scenario.series)
        for label in {label for one in alerts for label in one.labels}
    )


def labels_of(input_series: InputSeries) -> dict[str, str]:
    """A flow's labels, and those that tell its counter from others with which it is taken together."""
    marks = {
        label.name: value
        for combined in COMBINED_COUNTERS
        for member in combined.members
        if member.counter is input_series.metric
        for label, value in member.distinguishing_labels.items()
    }
    return {**marks, **input_series.labels}


def _unknown(
    where: str, alert: str, severities: Sequence[Severity], there: set[tuple[str, Severity]]
) -> Iterator[Problem]:
    known = {f"{name} ({severity.value})" for name, severity in there}
    for severity in severities:
        said = f"{alert} ({severity.value})"
        if said not in known:
            yield Problem(where, f"there is no alert {said}", did_you_mean(said, known))
