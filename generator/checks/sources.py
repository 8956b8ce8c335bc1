"""The sources of the files in the output: a person edits those, so hints name them."""

from __future__ import annotations

from dataclasses import replace

from generator.dsl.contract import Contract
from generator.errors import Problem
from generator.ir.build import Lowered
from generator.lowering.ids import rule_namespace
from generator.output import (
    ALERT_TESTS_FOLDER,
    ALERTMANAGER_CONFIG,
    DASHBOARDS_FOLDER,
    NOTIFICATION_TEMPLATES,
    PROMETHEUS_CONFIG,
    RULES_FOLDER,
)

DEFAULT = "default "
"""The start of the places of default definitions in a project with its own."""
RECORDED = "recorded-"
"""The start of the names of rule files with recording rules: the area of the contract follows."""


def with_source(problem: Problem, lowered: Lowered, folder: str = "") -> Problem:
    """A problem whose hint names the source, if its place is in a file of the output; `folder` is the output's path."""
    source = source_of(problem.where.removeprefix(f"{folder}/"), lowered)
    return replace(problem, hint=f"{problem.hint}, in {source}") if source else problem


def source_of(place: str, lowered: Lowered) -> str:
    """The source of a file of the output, which a place begins with; empty for other places."""
    if place.startswith(DASHBOARDS_FOLDER):
        id_ = place.removeprefix(DASHBOARDS_FOLDER).partition(".json")[0]
        rows = (row for each in lowered.definitions.dashboards if each.id == id_ for row in each.rows)
        files = [panel.where.partition(":")[0] for row in rows for panel in row.panels]
        # A project's dashboard that is derived from a default one has panels of both.
        own = [file for file in files if not file.startswith(DEFAULT)] or files
        # Some panels of a dashboard may be those of another one.
        return max(own, key=own.count, default="dashboards/")
    if place.startswith(RULES_FOLDER):
        name = place.removeprefix(RULES_FOLDER).partition(".yaml")[0]
        name = name.removeprefix(f"{rule_namespace(lowered.platform)}-")
        if name.startswith(RECORDED):
            return _file_of_area(name.removeprefix(RECORDED), lowered.definitions.contract)
        files = [alert.where.partition(":")[0] for alert in lowered.definitions.alerts if alert.family == name]
        # Own alerts follow the default ones of their family.
        return files[-1] if files else "alerts/"
    if place.startswith(ALERT_TESTS_FOLDER):
        return "alerts/tests/"
    if place.startswith((ALERTMANAGER_CONFIG, NOTIFICATION_TEMPLATES)):
        return "alerts/routing.py"
    return "the platform file" if place.startswith(PROMETHEUS_CONFIG) else ""


def _file_of_area(area: str, contract: Contract) -> str:
    declared = contract.areas.get(area)
    return contract.place_of(declared[-1]).rpartition(" ")[0] if declared else "contract/"
