"""What two builds say differently: alerts, panels, recorded series, the contract, and what a change of it hits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Any, TypeVar

from generator.view.diff.dependencies import Ground, ground
from generator.view.diff.snapshot import Key, Panel, Rule, Snapshot

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])")
T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True)
class Change:
    """One thing that is said differently. `panels` are those whose picture may change by it."""

    kind: str
    what: str
    how: tuple[str, ...] = ()
    panels: tuple[Key, ...] = ()


def compare(before: Snapshot, after: Snapshot) -> list[Change]:
    """All changes, the contract's first: everything else may follow from them."""
    old, new = ground(before), ground(after)
    return [
        *_contract(old, new),
        *_alerts(old, new),
        *_panels(before, after),
        *_told("dashboard", before.boards, after.boards, lambda old, new: list(_differences(old, new, ""))),
        *_recorded(old, new),
        *_told("story", before.stories, after.stories, lambda old, new: ["told differently"]),
        *_told("file", before.files, after.files, lines),
    ]


def _told(kind: str, before: Mapping[K, T], after: Mapping[K, T], how: Callable[[T, T], list[str]]) -> Iterator[Change]:
    return (change for _, change in _each(kind, before, after, how))


def _each(
    kind: str, before: Mapping[K, T], after: Mapping[K, T], how: Callable[[T, T], list[str]]
) -> Iterator[tuple[K, Change]]:
    for key in [*before, *(key for key in after if key not in before)]:
        if key not in after:
            yield key, Change(kind, f"{key} removed")
        elif key not in before:
            yield key, Change(kind, f"{key} added")
        elif before[key] != after[key]:
            yield key, Change(kind, f"{key} changed", tuple(how(before[key], after[key])))


def _alerts(old: Ground, new: Ground) -> Iterator[Change]:
    for key, change in _each("alert", old.build.alerts, new.build.alerts, rule_changes):
        was, now = old.build.alerts.get(key), new.build.alerts.get(key)
        if was and now and _judged(was) == _judged(now):
            yield change
        else:
            sides = ((old, was), (new, now))
            yield replace(change, panels=_all(side.marked(rule) for side, rule in sides if rule))


def _judged(rule: Rule) -> tuple[str, Any]:
    """What decides whether it fires, and as what: all but its words."""
    return rule.expression, {key: value for key, value in rule.says.items() if key != "annotations"}


def _recorded(old: Ground, new: Ground) -> Iterator[Change]:
    for key, change in _each("recorded series", old.build.recorded, new.build.recorded, rule_changes):
        side = new if key in new.build.recorded else old
        name = side.build.recorded[key].name
        yield replace(change, how=(*change.how, *side.hits(name)), panels=_all(side.seen(name) for side in (old, new)))


def _all(several: Iterable[Iterable[Key]]) -> tuple[Key, ...]:
    return tuple(dict.fromkeys(key for keys in several for key in keys))


def rule_changes(old: Rule, new: Rule) -> list[str]:
    """What a rule says differently: its numbers where only they differ, else its expression; then all else."""
    found = [f"{old_text} → {new_text}" for old_text, new_text in numbers(old.expression, new.expression)]
    if not found and old.expression != new.expression:
        found = [f"expression: {one_line(old.expression)} → {one_line(new.expression)}"]
    for key in sorted({*old.says, *new.says}):
        was, now = old.says.get(key), new.says.get(key)
        if isinstance(was, dict) and isinstance(now, dict):
            found += [
                f"{part}: {was.get(part)} → {now.get(part)}"
                for part in sorted({*was, *now})
                if was.get(part) != now.get(part)
            ]
        elif was != now:
            found.append(f"{key}: {was} → {now}")
    return found


def numbers(old: str, new: str) -> list[tuple[str, str]]:
    """The numbers that differ between two expressions that are otherwise the same, each after its comparison."""
    if NUMBER.sub("#", old) != NUMBER.sub("#", new):
        return []
    pairs = zip(NUMBER.finditer(old), NUMBER.finditer(new), strict=True)
    return [
        (f"threshold {was[0]}" if _compared(old, was) else was[0], now[0]) for was, now in pairs if was[0] != now[0]
    ]


def _compared(text: str, found: re.Match[str]) -> bool:
    return text[: found.start()].rstrip().endswith((">", "<", "="))


def one_line(text: str) -> str:
    """An expression on one line."""
    return " ".join(text.split())


def lines(old: str, new: str) -> list[str]:
    """The lines of a text that are gone, and those that have come, as git marks them."""
    found = list(unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm=""))
    return [line for line in found[2:] if not line.startswith("@@")]


def _panels(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for key in [*before.panels, *(key for key in after.panels if key not in before.panels)]:
        old, new = before.panels.get(key), after.panels.get(key)
        if old is None and new is not None:
            yield Change("panel", f"{new.place} added", panels=(key,))
        elif new is None and old is not None:
            yield Change("panel", f"{old.place} removed", panels=(key,))
        elif old is not None and new is not None and old != new:
            yield Change("panel", f"{new.place} changed", tuple(panel_changes(old, new)), (key,))


def panel_changes(old: Panel, new: Panel) -> Iterator[str]:
    """What a panel asks or shows differently."""
    for was, now in zip(old.queries, new.queries, strict=False):
        if was != now:
            yield f"query: {one_line(was)} → {one_line(now)}"
    if len(old.queries) != len(new.queries):
        yield f"{len(old.queries)} → {len(new.queries)} queries"
    yield from _differences(old.looks, new.looks, "")


def _differences(old: Any, new: Any, place: str) -> Iterator[str]:
    """The innermost differences of two values, each with its place: fieldConfig.defaults.unit: reqps → ops."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _differences(old.get(key), new.get(key), f"{place}.{key}" if place else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (was, now) in enumerate(zip(old, new, strict=True)):
            yield from _differences(was, now, f"{place}[{number}]")
    else:
        yield f"{place}: {_said(old)} → {_said(new)}"


def _said(value: Any) -> str:
    if isinstance(value, list):
        whole = any(isinstance(part, list | dict) for part in value)
        return f"{len(value)} of them" if whole else ", ".join(map(str, value))
    return "nothing" if value is None else one_line(value if isinstance(value, str) else json.dumps(value))


def _contract(before: Ground, after: Ground) -> Iterator[Change]:
    told, tells = before.build.metrics, after.build.metrics
    for name in [*told, *(name for name in tells if name not in told)]:
        old, new = told.get(name), tells.get(name)
        if old == new:
            continue
        state = "removed" if new is None else "added" if old is None else "changed"
        how = _differences(old, new, "") if old and new else ()
        yield Change("contract", f"{name} {state}", (*how, *(before if new is None else after).hits(name)))
