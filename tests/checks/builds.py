"""Builds that are spoilt in one place, so that a law is seen to tell it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from generator.dsl.alert import Alert
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.errors import Problem
from generator.ir.build import Compiled, Lowered
from generator.ir.rule_files import RenderedGroup, RenderedRule, RuleFile
from generator.pipeline import lower, render
from generator.rendering.rule_files import rule_files


def build(platform: Platform, definitions: Definitions) -> Compiled:
    """A build that no law has looked at."""
    lowered = lower(platform, definitions)
    files = rule_files(lowered)
    return Compiled(lowered, files, render(lowered, files))


def with_alert(built: Compiled, alert: Alert) -> Lowered:
    """The trees with one more alert, in the family of errors."""
    lowered = built.lowered
    more = (*lowered.definitions.alerts, replace(alert, family="errors"))
    return lower(lowered.platform, replace(lowered.definitions, alerts=more))


def with_rule(built: Compiled, rule: RenderedRule) -> Compiled:
    """The build with one more rule."""
    return replace(built, files=(*built.files, RuleFile("spoilt", (RenderedGroup("spoilt", "30s", (rule,)),))))


def asking(built: Compiled, expression: str) -> Compiled:
    """The build with one more recorded series, `test:asked`."""
    return with_rule(built, RenderedRule("record", "test:asked", expression))


def with_first_alert(built: Compiled, change: Callable[[RenderedRule], RenderedRule]) -> Compiled:
    """The build with RouteDown, the first alert of its family, changed."""
    return replace(built, files=tuple(_changed(file, change) for file in built.files))


def _changed(file: RuleFile, change: Callable[[RenderedRule], RenderedRule]) -> RuleFile:
    if file.name != "errors":
        return file
    (group,) = file.groups
    first, *others = group.rules
    return replace(file, groups=(replace(group, rules=(change(first), *others)),))


def with_board(built: Compiled, name: str, change: Callable[[dict[str, Any]], object]) -> Compiled:
    """The build with a dashboard's JSON changed in place."""
    path = f"grafana/dashboards/{name}.json"
    board = json.loads(built.texts[path])
    change(board)
    return replace(built, texts={**built.texts, path: json.dumps(board)})


def panel_asking(expression: str) -> Callable[[dict[str, Any]], object]:
    """A change of a dashboard: its first panel asks this."""

    def change(board: dict[str, Any]) -> None:
        next(panel for panel in board["panels"] if "targets" in panel)["targets"][0]["expr"] = expression

    return change


def said(problems: Iterable[Problem]) -> list[str]:
    """Faults as a person reads them."""
    return [str(problem) for problem in problems]
