"""The changes between two builds: metrics, alerts, panels, dashboards, recording rules, alert tests and other files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import unified_diff
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from generator.frozen import frozen
from generator.view.diff.dependencies import Affected, BuildDependencies, dependencies_of
from generator.view.diff.expressions import NumberDifference, number_differences
from generator.view.diff.snapshot import BuildSnapshot, DashboardSnapshot, PanelKey, PanelSnapshot, RuleSnapshot

T = TypeVar("T")

NOTHING_AFFECTED = Affected()


class ChangeKind(Enum):
    """The kind of what changes; the value is its singular noun, whose plural ends in s."""

    METRIC = "metric"
    ALERT = "alert"
    PANEL = "panel"
    DASHBOARD = "dashboard"
    RECORDING_RULE = "recording rule"
    ALERT_TEST = "alert test"
    FILE = "file"


class ChangeState(Enum):
    """Whether one build lacks it, or both have it and differ."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@frozen
class ValueDifference:
    """A value that differs, with its keys and list indexes from the outside in; None where a build does not have it."""

    path: tuple[str | int, ...]
    before: Any
    after: Any


@frozen
class LineDifference:
    """A line of a file that is added or removed."""

    state: ChangeState
    line: str


Difference: TypeAlias = ValueDifference | NumberDifference | LineDifference


@frozen
class BuildChange:
    """A part of a build that is added, removed or changed. `redrawn` are the panels that may look different by it."""

    kind: ChangeKind
    name: str
    state: ChangeState
    differences: tuple[Difference, ...] = ()
    affected: Affected = NOTHING_AFFECTED
    redrawn: tuple[PanelKey, ...] = ()


def compare(before: BuildSnapshot, after: BuildSnapshot) -> list[BuildChange]:
    """All changes: metrics, alerts, panels and dashboards, then what mostly follows from them."""
    old, new = dependencies_of(before), dependencies_of(after)
    return [
        *_metric_changes(old, new),
        *_alert_changes(old, new),
        *_panel_changes(before.panels, after.panels),
        *_changes(ChangeKind.DASHBOARD, before.dashboards, after.dashboards, _dashboard_differences),
        *_recording_rule_changes(old, new),
        *_changes(ChangeKind.ALERT_TEST, before.alert_tests, after.alert_tests, lambda old, new: ()),
        *_changes(ChangeKind.FILE, before.files, after.files, line_differences),
    ]


def _changes(
    kind: ChangeKind,
    before: Mapping[str, T],
    after: Mapping[str, T],
    differences: Callable[[T, T], Iterable[Difference]],
) -> Iterator[BuildChange]:
    """The changes of one kind, by name: first those that the old build has, then those that are added."""
    for name in {**before, **after}:
        if name not in after:
            yield BuildChange(kind, name, ChangeState.REMOVED)
        elif name not in before:
            yield BuildChange(kind, name, ChangeState.ADDED)
        elif before[name] != after[name]:
            yield BuildChange(kind, name, ChangeState.CHANGED, tuple(differences(before[name], after[name])))


def _metric_changes(old: BuildDependencies, new: BuildDependencies) -> Iterator[BuildChange]:
    for change in _changes(ChangeKind.METRIC, old.build.metrics, new.build.metrics, value_differences):
        side = old if change.state is ChangeState.REMOVED else new
        yield replace(change, affected=side.affected_by_series({change.name}))


def _alert_changes(old: BuildDependencies, new: BuildDependencies) -> Iterator[BuildChange]:
    for change in _changes(ChangeKind.ALERT, old.build.alerts, new.build.alerts, rule_differences):
        if change.state is ChangeState.CHANGED and all(map(_is_annotation, change.differences)):
            yield change
            continue
        sides = [side for side in (old, new) if change.name in side.build.alerts]
        redrawn = (key for side in sides for key in side.panels_showing(side.build.alerts[change.name]))
        affected = sides[-1].affected_by_alert(sides[-1].build.alerts[change.name])
        yield replace(change, affected=affected, redrawn=_unique(redrawn))


def _is_annotation(difference: Difference) -> bool:
    return isinstance(difference, ValueDifference) and difference.path[0] == "annotations"


def _recording_rule_changes(old: BuildDependencies, new: BuildDependencies) -> Iterator[BuildChange]:
    rules = (old.build.recording_rules, new.build.recording_rules)
    for change in _changes(ChangeKind.RECORDING_RULE, *rules, rule_differences):
        side = old if change.state is ChangeState.REMOVED else new
        series = {side.build.recording_rules[change.name].name}
        redrawn = (key for side in (old, new) for key in side.panels_changed_by(series))
        yield replace(change, affected=side.affected_by_series(series), redrawn=_unique(redrawn))


def _panel_changes(
    before: Mapping[PanelKey, PanelSnapshot], after: Mapping[PanelKey, PanelSnapshot]
) -> Iterator[BuildChange]:
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        # The key of a panel stays while its title changes: each panel is compared under the name that it has now.
        name = (new or before[key]).place
        panels = [{name: panel} if panel else {} for panel in (old, new)]
        for change in _changes(ChangeKind.PANEL, panels[0], panels[1], panel_differences):
            yield replace(change, redrawn=(key,))


def _unique(keys: Iterable[PanelKey]) -> tuple[PanelKey, ...]:
    return tuple(dict.fromkeys(keys))


def rule_differences(old: RuleSnapshot, new: RuleSnapshot) -> Iterator[Difference]:
    """How two rules differ: in the numbers of the expression if nothing else in it differs, else in the whole
    expression; then in their other fields."""
    numbers = number_differences(old.expression, new.expression)
    yield from numbers
    if not numbers and old.expression != new.expression:
        yield ValueDifference(("expression",), old.expression, new.expression)
    yield from value_differences(old.fields, new.fields)


def panel_differences(old: PanelSnapshot, new: PanelSnapshot) -> Iterator[ValueDifference]:
    """How two panels differ: in their queries, in how many they have, and in their other options."""
    for was, now in zip(old.queries, new.queries, strict=False):
        if was != now:
            yield ValueDifference(("query",), was, now)
    if len(old.queries) != len(new.queries):
        yield ValueDifference(("number of queries",), len(old.queries), len(new.queries))
    yield from value_differences(old.options, new.options)


def _dashboard_differences(old: DashboardSnapshot, new: DashboardSnapshot) -> Iterator[ValueDifference]:
    return value_differences(old.options, new.options)


def value_differences(old: Any, new: Any, path: tuple[str | int, ...] = ()) -> Iterator[ValueDifference]:
    """The innermost differences of two values of JSON or YAML."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from value_differences(old.get(key), new.get(key), (*path, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (was, now) in enumerate(zip(old, new, strict=True)):
            yield from value_differences(was, now, (*path, index))
    else:
        yield ValueDifference(path, old, new)


def line_differences(old: str, new: str) -> Iterator[LineDifference]:
    """The lines that are removed from a text, and those that are added."""
    states = {"-": ChangeState.REMOVED, "+": ChangeState.ADDED}
    hunks = list(unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm=""))[2:]
    return (LineDifference(states[line[0]], line[1:]) for line in hunks if not line.startswith("@@"))


def changes_by_panel(changes: Sequence[BuildChange]) -> dict[PanelKey, tuple[BuildChange, ...]]:
    """The panels that may look different, each with the changes that may be the reason."""
    panels: dict[PanelKey, tuple[BuildChange, ...]] = {}
    for change in changes:
        for key in change.redrawn:
            panels[key] = (*panels.get(key, ()), change)
    return panels
