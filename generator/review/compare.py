"""What two builds say differently: alerts, panels, recorded series, the contract, and what a change of it hits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from generator.laws.parsed import name_of, parsed, selectors
from generator.review.snapshot import Panel, Rule, Snapshot

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])")
VARIABLE = re.compile(r"\$__(?:interval|rate_interval|range)")
SUFFIX = re.compile(r"_(?:bucket|sum|count)$")
T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True)
class Change:
    """One thing that is said differently. `panels` are those whose picture changes, by dashboard and id."""

    kind: str
    what: str
    how: tuple[str, ...] = ()
    panels: tuple[tuple[str, int], ...] = ()


def compare(before: Snapshot, after: Snapshot) -> list[Change]:
    """All changes, the contract's first: everything else may follow from them."""
    return [
        *_contract(before, after),
        *_each("alert", before.alerts, after.alerts, str, alert_changes),
        *_panels(before, after),
        *_each("recorded series", before.recorded, after.recorded, str, alert_changes),
        *_each("story", before.stories, after.stories, str, lambda old, new: ["told differently"]),
    ]


def _each(
    kind: str,
    before: Mapping[K, T],
    after: Mapping[K, T],
    called: Callable[[K], str],
    how: Callable[[T, T], list[str]],
) -> Iterator[Change]:
    for key in [*before, *(key for key in after if key not in before)]:
        if key not in after:
            yield Change(kind, f"{called(key)} removed")
        elif key not in before:
            yield Change(kind, f"{called(key)} added")
        elif before[key] != after[key]:
            yield Change(kind, f"{called(key)} changed", tuple(how(before[key], after[key])))


def alert_changes(old: Rule, new: Rule) -> list[str]:
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
    changed = sorted(key for key in {*old.looks, *new.looks} if old.looks.get(key) != new.looks.get(key))
    for key in changed:
        looked, looks = old.looks.get(key), new.looks.get(key)
        short = isinstance(looked, str) and isinstance(looks, str)
        yield f"{key}: {looked} → {looks}" if short else f"{key} differs"


def _contract(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for name in [*before.metrics, *(name for name in after.metrics if name not in before.metrics)]:
        old, new = before.metrics.get(name), after.metrics.get(name)
        if old == new:
            continue
        state = "removed" if new is None else "added" if old is None else "changed"
        fields = sorted(key for key in {*(old or {}), *(new or {})} if (old or {}).get(key) != (new or {}).get(key))
        how = [", ".join(fields)] if old and new else []
        yield Change("contract", f"{name} {state}", (*how, *hits(name, before if new is None else after)))


def hits(metric: str, build: Snapshot) -> Iterator[str]:
    """Every panel, alert and story that rests on a metric, directly or through what is recorded from it."""
    made_from: dict[str, set[str]] = {}
    for rule in build.recorded.values():
        made_from.setdefault(rule.name, set()).update(read(rule.expression))

    def rests(expression: str) -> bool:
        found: set[str] = set()
        left = read(expression)
        while left:
            found |= left
            left = {below for name in left for below in made_from.get(name, ())} - found
        return metric in {SUFFIX.sub("", name) for name in found} | found

    alerts = {key: rule.name for key, rule in build.alerts.items() if rests(rule.expression)}
    yield from (f"hits panel {panel.place}" for panel in build.panels.values() if any(map(rests, panel.queries)))
    yield from (f"hits alert {key}" for key in alerts)
    told = set(alerts.values())
    for name, story in build.stories.items():
        if told & {moment["alertname"] for moment in story["alert_rule_test"]}:
            yield f"hits story {name}"


def read(expression: str) -> set[str]:
    """The names of all series that an expression reads."""
    return {name_of(selector) for selector in selectors(parsed(VARIABLE.sub("5m", expression)))}
