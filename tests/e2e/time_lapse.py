"""A build whose windows are all shorter by one factor: the shipped definitions, fast enough for a test.

Names of recorded series do not change (`…:increase5m` is then the increase of ten seconds), so that rules and
dashboards still select the same series; thresholds, labels and texts do not change either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any, TypeVar

from generator.checks.registry import broken_in_text
from generator.dsl.units import Duration
from generator.ir.rule_text import GroupText
from generator.lowering.recording_rules import PROMPT, UNHURRIED, Recorded
from generator.pipeline import Compiled, Lowered, emit
from generator.rendering.rule_files import rule_files

T = TypeVar("T")


def time_lapse(lowered: Lowered, factor: int) -> Compiled:
    """Return the build with every duration divided by `factor`, which must divide all of them. It passes all checks."""
    shortened = replace(
        lowered,
        recorded=tuple(_shorten_window(rule, factor) for rule in lowered.recorded),
        alerts=shorten(lowered.alerts, factor),
        drawn=shorten(lowered.drawn, factor),
    )
    unpaced = rule_files(shortened.platform, shortened.recorded, shortened.alerts, shortened.link)
    files = tuple(
        replace(file, groups=tuple(_shorten_interval(group, factor) for group in file.groups)) for file in unpaced
    )
    compiled = Compiled(shortened, files, emit(shortened, files))
    assert broken_in_text(compiled) == []
    return compiled


def shorten(node: T, factor: int) -> T:
    """Return a tree in which each `Duration` at any depth is divided by a factor."""
    return _shorten(node, factor)  # type: ignore[no-any-return]


def _shorten(node: Any, factor: int) -> Any:
    recurse = partial(_shorten, factor=factor)
    match node:
        case Duration(seconds=seconds):
            assert seconds % factor == 0, f"{node} cannot be divided by {factor}"
            return Duration(seconds // factor)
        case tuple():
            return tuple(map(recurse, node))
        case Mapping():
            return {key: recurse(value) for key, value in node.items()}
    if is_dataclass(node) and not isinstance(node, type):
        changed = {field.name: recurse(getattr(node, field.name)) for field in fields(node) if field.init}
        return replace(node, **changed)
    return node


def _shorten_window(rule: Recorded, factor: int) -> Recorded:
    """Keep the evaluation interval, by which rules are grouped; `_shorten_interval` shortens that of the groups."""
    return replace(rule, expression=shorten(rule.expression, factor))


def _shorten_interval(group: GroupText, factor: int) -> GroupText:
    intervals = {str(interval): str(shorten(interval, factor)) for interval in (PROMPT, UNHURRIED)}
    return replace(group, interval=intervals[group.interval])
