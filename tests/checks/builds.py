"""Builds with one part changed, so that a check finds a problem in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from generator.checks.parsed_output import ParsedOutput
from generator.checks.registry import CHECKS
from generator.checks.stages import COMPILED, COVERAGE, LOWERED
from generator.dsl.alert import Alert
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.errors import Problem
from generator.ir.build import Compiled, Lowered
from generator.ir.rule_files import RenderedGroup, RenderedRule, RuleFile
from generator.lowering.lower import lower
from generator.pipeline import render
from generator.rendering.rule_files import rule_files


def build(platform: Platform, definitions: Definitions) -> Compiled:
    """A build without any checks."""
    lowered = lower(platform, definitions)
    files = rule_files(lowered)
    return Compiled(lowered, files, render(lowered, files))


def violations(subject: Lowered | Compiled, *ids: str) -> list[str]:
    """The violations of the checks of a build that have these ids, or ids that start with them, as a person reads
    them."""
    stages = (COMPILED,) if isinstance(subject, Compiled) else (LOWERED, COVERAGE)
    parsed = ParsedOutput(subject) if isinstance(subject, Compiled) else subject
    checks = [check for check in CHECKS if check.id.startswith(ids) and check.stage in stages]
    assert checks, f"no check has an id that starts with one of {ids}"
    return [str(problem) for check in checks for problem in check.problems(parsed)]


def texts(problems: Iterable[Problem]) -> list[str]:
    """Problems as a person reads them."""
    return [str(problem) for problem in problems]


def with_alert(built: Compiled, alert: Alert) -> Lowered:
    """The lowered build with one more alert, in the family of errors."""
    lowered = built.lowered
    alerts = (*lowered.definitions.alerts, replace(alert, family="errors"))
    return lower(lowered.platform, replace(lowered.definitions, alerts=alerts))


def with_rule(built: Compiled, rule: RenderedRule) -> Compiled:
    """The build with one more rule, in a file of its own."""
    return replace(built, files=(*built.files, RuleFile("example", (RenderedGroup("example", "30s", (rule,)),))))


def with_expression(built: Compiled, expression: str) -> Compiled:
    """The build with one more recorded series, `test:example`."""
    return with_rule(built, RenderedRule("record", "test:example", expression))


def with_first_alert(built: Compiled, change: Callable[[RenderedRule], RenderedRule]) -> Compiled:
    """The build with RouteDown, the first alert of its family, changed."""
    return replace(built, files=tuple(_with_first_alert(file, change) for file in built.files))


def _with_first_alert(file: RuleFile, change: Callable[[RenderedRule], RenderedRule]) -> RuleFile:
    if file.name != "errors":
        return file
    (group,) = file.groups
    first, *others = group.rules
    return replace(file, groups=(replace(group, rules=(change(first), *others)),))


def with_dashboard(built: Compiled, name: str, change: Callable[[dict[str, Any]], object]) -> Compiled:
    """The build with the JSON of a dashboard changed in place."""
    path = f"grafana/dashboards/{name}.json"
    board = json.loads(built.texts[path])
    change(board)
    return replace(built, texts={**built.texts, path: json.dumps(board)})


def panel_query(expression: str) -> Callable[[dict[str, Any]], object]:
    """A change of a dashboard: its second panel has this query. The first one is the same on every dashboard."""

    def change(board: dict[str, Any]) -> None:
        _, panel, *_ = (panel for panel in board["panels"] if "targets" in panel)
        panel["targets"][0]["expr"] = expression

    return change
