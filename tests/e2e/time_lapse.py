"""A build whose windows are all shorter by one factor: the shipped definitions, fast enough for a test.

Names of recorded series do not change (`…:increase5m` is then the increase of ten seconds), so that rules and
dashboards still select the same series; thresholds, labels and texts do not change either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any, TypeVar

from generator.checks.registry import build_problems
from generator.dsl.stops import StopsComing
from generator.dsl.units import Duration
from generator.ir.build import Compiled, Lowered
from generator.ir.dashboard import PanelSpec
from generator.ir.rule_files import RenderedGroup
from generator.ir.rules import FAST_INTERVAL, SLOW_INTERVAL, RecordingRule
from generator.pipeline import render
from generator.rendering.contract_json import platform_schema
from generator.rendering.rule_files import rule_files

T = TypeVar("T")


def time_lapse(lowered: Lowered, factor: int) -> Compiled:
    """Return the build with every duration divided by `factor`, which must divide all of them. It passes all checks."""
    shortened = replace(
        lowered,
        recording_rules=tuple(_shorten_window(rule, factor) for rule in lowered.recording_rules),
        alerts=shorten(lowered.alerts, factor),
        dashboards=shorten(lowered.dashboards, factor),
    )
    unpaced = rule_files(shortened)
    files = tuple(
        replace(file, groups=tuple(_shorten_interval(group, factor) for group in file.groups)) for file in unpaced
    )
    schema = platform_schema(lowered.platform, lowered.definitions.alerts, lowered.definitions.contract)
    compiled = Compiled(shortened, files, {**render(shortened, files), **schema})
    assert build_problems(compiled) == []
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
        case StopsComing():
            # It checks its window, and its durations are in the expression.
            return node
        case tuple():
            return tuple(map(recurse, node))
        case Mapping():
            return {key: recurse(value) for key, value in node.items()}
    if is_dataclass(node) and not isinstance(node, type):
        changed = {field.name: getattr(node, field.name) for field in fields(node) if field.init}
        if isinstance(node, PanelSpec) and node.min_step is not None:
            # No query of a rule has it, so that it may be rounded: up, for a rate needs two samples.
            changed["min_step"] = Duration(-(-node.min_step.seconds // factor) * factor)
        return replace(node, **{name: recurse(value) for name, value in changed.items()})
    return node


def _shorten_window(rule: RecordingRule, factor: int) -> RecordingRule:
    """Keep the evaluation interval, by which rules are grouped; `_shorten_interval` shortens that of the groups."""
    return replace(rule, expression=shorten(rule.expression, factor))


def _shorten_interval(group: RenderedGroup, factor: int) -> RenderedGroup:
    intervals = {str(interval): str(shorten(interval, factor)) for interval in (FAST_INTERVAL, SLOW_INTERVAL)}
    return replace(group, interval=intervals[group.interval])
