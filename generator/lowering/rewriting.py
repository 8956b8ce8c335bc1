"""Applies one function to every expression of a rule or a dashboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from generator.ir.dashboard import Absence, DashboardSpec, PanelSpec, QueryTarget
from generator.ir.expression import Expression
from generator.ir.rules import AlertRule, AnnotationQuery

Rewrite: TypeAlias = Callable[[Expression], Expression]
"""What takes the place of an expression."""


def rewritten_alert(rule: AlertRule, rewrite: Rewrite) -> AlertRule:
    """An alerting rule whose expression, and those of its annotations, are rewritten."""
    values = {
        name: replace(value, expression=rewrite(value.expression)) if isinstance(value, AnnotationQuery) else value
        for name, value in rule.values.items()
    }
    link_start = None if rule.link_start is None else rewrite(rule.link_start)
    return replace(rule, expression=rewrite(rule.expression), values=values, link_start=link_start)


def rewritten_dashboard(dashboard: DashboardSpec, rewrite: Rewrite) -> DashboardSpec:
    """A dashboard whose panels, variables and annotations have rewritten expressions."""
    rows = (replace(row, panels=tuple(_panel(panel, rewrite) for panel in row.panels)) for row in dashboard.rows)
    variables = (replace(each, source=rewrite(each.source)) for each in dashboard.variables)
    annotations = (replace(each, expression=rewrite(each.expression)) for each in dashboard.annotations)
    return replace(dashboard, rows=tuple(rows), variables=tuple(variables), annotations=tuple(annotations))


def _panel(panel: PanelSpec, rewrite: Rewrite) -> PanelSpec:
    return replace(panel, targets=tuple(_target(target, rewrite) for target in panel.targets))


def _target(target: QueryTarget, rewrite: Rewrite) -> QueryTarget:
    absence = target.absence
    if absence is not None:
        alive = None if absence.alive is None else rewrite(absence.alive)
        absence = Absence(rewrite(absence.result), alive)
    return replace(target, expression=rewrite(target.expression), absence=absence)
