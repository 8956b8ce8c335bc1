"""Alerts as rules, with everything that their annotations need."""

from __future__ import annotations

from collections.abc import Sequence

from generator.dsl.alert import Alert
from generator.dsl.labels import Label
from generator.dsl.metrics import fixed_windows
from generator.dsl.query import Query, labels_of
from generator.dsl.units import Duration, Quantity
from generator.errors import DefinitionError
from generator.ir.rules import AlertRule, AnnotationQuery
from generator.lowering.conditions import lower_condition
from generator.lowering.queries import QueryLowering


def lower_alert(lowering: QueryLowering, alert: Alert) -> AlertRule:
    """The rule of an alert. Raises DefinitionError for a definition that cannot be lowered, and for a family without an
    owner."""
    platform = lowering.platform
    settings, rule = alert.settings(platform), alert.rule(platform)
    condition = rule.condition
    first = next(condition.comparisons(), None)
    queries = list(condition.queries())
    windows = [fixed_windows(query) for query in queries]
    return AlertRule(
        alert=alert,
        expression=lower_condition(lowering, condition),
        labels=labels_of(condition),
        unit=queries[0].unit if queries else None,
        threshold=first.threshold if first is not None else None,
        window=windows[0][0] if windows and windows[0] else None,
        lookback=max((window for of_query in windows for window in of_query), default=None),
        for_=rule.for_,
        keep_firing_for=rule.keep_firing,
        owner=(settings.owner or platform.owner_of(alert.family)).name,
        runbook_url=settings.runbook_url or platform.links.runbook(alert.runbook),
        extra_labels=settings.labels,
        condition=condition,
        values=_values(lowering, alert, labels_of(condition)),
    )


def _values(
    lowering: QueryLowering, alert: Alert, labels: Sequence[Label]
) -> dict[str, AnnotationQuery | Quantity | Duration]:
    """The values of the alert's own placeholders; a query reads the series that have the alert's labels."""
    values: dict[str, AnnotationQuery | Quantity | Duration] = {}
    for name, value in alert.values(lowering.platform).items():
        if not isinstance(value, Query):
            values[name] = value
            continue
        for label in value.output_labels:
            if label not in labels:
                what = f"the value {name} of {alert.name} is grouped by {label.name}, and the alert is not"
                raise DefinitionError(what, "group it by labels of the alert")
        of_alert = value.where(*(label.matches_variable() for label in value.output_labels))
        values[name] = AnnotationQuery(lowering.lower(of_alert), value.unit)
    return values
