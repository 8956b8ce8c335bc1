"""A build whose windows are all shorter by one factor: the shipped definitions, in a time in which a test can wait.

Names of recorded series stay (`…:increase5m` is then the increase of 20 seconds), so that rules and dashboards still
speak of the same ones; thresholds, labels and texts stay as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any, TypeVar

from generator.checks.registry import broken_in_text
from generator.dsl.units import Duration
from generator.ir.build import Compiled, Lowered
from generator.ir.rule_files import RenderedGroup
from generator.ir.rules import FAST_INTERVAL, SLOW_INTERVAL, RecordingRule
from generator.pipeline import render
from generator.rendering.rule_files import rule_files

T = TypeVar("T")


def time_lapse(lowered: Lowered, times: int) -> Compiled:
    """The build with every duration divided by `times`, lawful like any other. Every one must be divisible by it."""
    lapsed = replace(
        lowered,
        recorded=tuple(_recorded(rule, times) for rule in lowered.recording_rules),
        alerts=shorter(lowered.alerts, times),
        drawn=shorter(lowered.dashboards, times),
    )
    made = rule_files(lapsed.platform, lapsed.recording_rules, lapsed.alerts, lapsed.link)
    files = tuple(replace(file, groups=tuple(_paced(group, times) for group in file.groups)) for file in made)
    compiled = Compiled(lapsed, files, render(lapsed, files))
    assert broken_in_text(compiled) == []
    return compiled


def shorter(node: T, times: int) -> T:
    """A tree in which each `Duration`, wherever it stands, is shorter by a factor."""
    return _shorter(node, times)  # type: ignore[no-any-return]


def _shorter(node: Any, times: int) -> Any:
    walk = partial(_shorter, times=times)
    match node:
        case Duration(seconds=seconds):
            assert seconds % times == 0, f"{node} cannot be divided by {times}"
            return Duration(seconds // times)
        case tuple():
            return tuple(map(walk, node))
        case Mapping():
            return {key: walk(value) for key, value in node.items()}
    if is_dataclass(node) and not isinstance(node, type):
        changed = {one.name: walk(getattr(node, one.name)) for one in fields(node) if one.init}
        return replace(node, **changed)
    return node


def _recorded(rule: RecordingRule, times: int) -> RecordingRule:
    """How often it is evaluated stays for now: groups are made by it."""
    return replace(rule, expression=shorter(rule.expression, times))


def _paced(group: RenderedGroup, times: int) -> RenderedGroup:
    paces = {str(pace): str(shorter(pace, times)) for pace in (FAST_INTERVAL, SLOW_INTERVAL)}
    return replace(group, interval=paces[group.interval])
