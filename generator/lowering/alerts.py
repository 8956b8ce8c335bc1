"""Alerts as rules, with everything that their annotations need."""

from __future__ import annotations

from generator.dsl.alert import Alert
from generator.dsl.metrics import fixed_windows
from generator.dsl.query import Condition, Query, Rule, WithoutPrice, labels_of
from generator.errors import DefinitionError
from generator.ir.rules import AlertRule
from generator.lowering.conditions import lower_condition
from generator.lowering.queries import QueryLowering


def lower_alert(lowering: QueryLowering, alert: Alert) -> AlertRule:
    """The rule of an alert. Raises DefinitionError for a definition that cannot be lowered, and for a family without an
    owner."""
    built = alert.build(lowering.platform)
    rule = built if isinstance(built, Rule) else None
    condition = built.condition if isinstance(built, Rule) else built
    if not isinstance(condition, Condition):
        raise DefinitionError(
            f"{alert.name} returns {condition!r}, which is not a condition", "end it with .above(…) or .for_(…)"
        )
    first = next(condition.comparisons(), None)
    queries = _queries(condition)
    windows = [fixed_windows(query) for query in queries]
    return AlertRule(
        alert=alert,
        expression=lower_condition(lowering, condition),
        labels=labels_of(condition),
        unit=queries[0].unit if queries else None,
        threshold=first.threshold if first is not None else None,
        window=windows[0][0] if windows and windows[0] else None,
        lookback=max((window for of_query in windows for window in of_query), default=None),
        for_=rule.for_ if rule else None,
        keep_firing_for=rule.keep_firing if rule else None,
        owner=lowering.platform.owner_of(alert.family).name,
        condition=condition,
    )


def _queries(condition: Condition) -> list[Query]:
    if isinstance(condition, WithoutPrice):
        return [condition.query]
    return [comparison.query for comparison in condition.comparisons()]
