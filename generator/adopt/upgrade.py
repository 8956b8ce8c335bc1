"""`upgrade OLD_VERSION`: which default definitions changed since a version, and which own ones they touch."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence

from generator import __version__
from generator.adopt.record import Record, current_record, record_of_version
from generator.definitions import load_own_definitions
from generator.dsl.alert import Alert
from generator.dsl.dashboard import Dashboard, Panel
from generator.frozen import frozen
from generator.own_definitions import OwnDefinitions
from generator.reporting import Outcome


@frozen
class DefaultChange:
    """A default definition that was added, removed or changed; `parts` says what of it changed, and how."""

    key: str
    change: str
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.change} {self.key}" + (f": {', '.join(self.parts)}" if self.parts else "")


def upgrade(options: argparse.Namespace) -> Outcome:
    """Print the changes since a version, and the project's own definitions that replace or disable a changed one."""
    changes = list(default_changes(record_of_version(options.old_version), current_record()))
    print(f"default definitions from {options.old_version} to {__version__}: {len(changes)} changes")
    for change in changes:
        print(f"  {change}")
    touched = list(touched_overrides(load_own_definitions(), changes))
    print(f"your own definitions that they touch: {len(touched)}")
    for where, change in touched:
        print(f"  {where}: {change}")
    return Outcome(
        result={
            "changes": [{"definition": each.key, "change": each.change, "parts": [*each.parts]} for each in changes],
            "touched": [{"where": where, "definition": change.key} for where, change in touched],
        }
    )


def default_changes(old: Record, new: Record) -> Iterator[DefaultChange]:
    """What differs between two records, by key."""
    for key in sorted({*old, *new}):
        if key not in old:
            yield DefaultChange(key, "added")
        elif key not in new:
            yield DefaultChange(key, "removed")
        elif old[key] != new[key]:
            names = [name for name in {**old[key], **new[key]} if old[key].get(name) != new[key].get(name)]
            yield DefaultChange(key, "changed", tuple(_part(name, old[key], new[key]) for name in names))


def touched_overrides(own: OwnDefinitions, changes: Sequence[DefaultChange]) -> Iterator[tuple[str, DefaultChange]]:
    """Each own definition that replaces or disables a default one which changed, with the change. A dashboard stands
    for its panels too."""
    for where, key in sorted({*_overrides(own)}):
        for change in changes:
            if change.key == key or (key.startswith("dashboard ") and change.key.startswith(f"panel {key[10:]}/")):
                yield where, change


def _overrides(own: OwnDefinitions) -> Iterator[tuple[str, str]]:
    for alert in own.alerts:
        yield alert.where, f"alert {alert.definition.key}"
    for dashboard in own.dashboards:
        yield dashboard.where, f"dashboard {dashboard.definition.id}"
    for test in own.alert_tests:
        yield test.where, f"alert test {test.definition.module.rpartition('.')[2]}/{test.definition.id}"
    for metric in own.declared:
        yield metric.where, f"metric {metric.definition.name}"
    for located in own.disabled:
        for definition in located.definition.definitions:
            match definition:
                case Alert():
                    yield located.where, f"alert {definition.key}"
                case Dashboard():
                    yield located.where, f"dashboard {definition.id}"
                case Panel():
                    yield (
                        located.where,
                        f"panel {definition.where.rpartition('/')[2].partition('.')[0]}/{definition.id}",
                    )
                case _:
                    yield located.where, f"metric {definition.name}"


def _part(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    before, after = (" ".join(each.get(name, "").split()) for each in (old, new))
    if any(text.startswith("sha256:") for text in (before, after)):
        return name
    return f"{name} {before or 'none'} -> {after or 'none'}"
