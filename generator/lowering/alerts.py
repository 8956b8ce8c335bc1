"""Alerts as rules, with everything that their annotations need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import TypeVar

from contract.api import ALERTS_FOR_STATE
from contract.labels import ALERTNAME, SEVERITY, TENANT
from generator.dsl.alert import Alert
from generator.dsl.arguments import require
from generator.dsl.chance import TooManyToBeChance, shown_comparison
from generator.dsl.labels import Label
from generator.dsl.metrics import fixed_windows
from generator.dsl.query import Query, labels_of, value_conditions
from generator.dsl.units import Duration, Quantity
from generator.errors import DefinitionError
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.ir.links import link_before
from generator.ir.rules import AlertRule, AnnotationQuery
from generator.lowering.conditions import lower_condition
from generator.lowering.queries import MILLISECONDS_PER_SECOND, QueryLowering
from generator.lowering.thresholds import with_threshold_label

T = TypeVar("T")


def lower_alert(lowering: QueryLowering, alert: Alert) -> AlertRule:
    """The rule of an alert. Raises DefinitionError for a definition that cannot be lowered, and for a family without an
    owner."""
    platform = lowering.platform
    settings, rule = alert.settings(platform), alert.rule(platform)
    condition = rule.condition
    of_value = value_conditions(condition)
    is_chance = isinstance(condition, TooManyToBeChance)
    thresholds = [shown_comparison(first).threshold for each in of_value for first in islice(each.comparisons(), 1)]
    value_queries = [query for each in of_value for query in islice(each.queries(), 1)]
    windows = [fixed_windows(query) for query in condition.queries()]
    lookback = max((window for of_query in windows for window in of_query), default=None)
    lowered = AlertRule(
        alert=alert,
        expression=lower_condition(lowering, condition),
        labels=labels_of(condition),
        unit=_common([query.alert_unit for query in value_queries]),
        threshold=_common(thresholds),
        window=None if is_chance else _common([next(iter(fixed_windows(query)), None) for query in value_queries]),
        lookback=lookback,
        for_=rule.pending,
        keep_firing_for=rule.keep_firing,
        owner=(settings.owner or platform.owner_of(alert.family)).name,
        runbook_url=settings.runbook_url or platform.links.runbook(alert.runbook),
        extra_labels={**platform.labels, **settings.labels},
        severity_names=platform.severity_names,
        condition=condition,
        values=_values(lowering, alert, labels_of(condition)),
        link_start=_link_start(alert, labels_of(condition), lookback),
    )
    threshold = lowered.labelled_threshold
    if threshold is None:
        return lowered
    return replace(lowered, expression=with_threshold_label(lowered.expression, threshold))


def _link_start(alert: Alert, labels: Sequence[Label], lookback: Duration | None) -> Expression | None:
    """Where the time range of a link begins, of an alert that began before the usual range. None for alerts of tenants:
    thousands may fire, and each would query at every evaluation."""
    if not alert.panel or TENANT in labels:
        return None
    before = Scalar(Fraction(link_before(lookback).seconds))
    own = (ALERTNAME.is_(alert.name), SEVERITY.is_(alert.severity.value), *(each.matches_variable() for each in labels))
    began = Aggregate("min", Selector(ALERTS_FOR_STATE.name, own), ())
    earlier = Binary("<", began, Binary("-", Call("time", ()), before))
    return Binary("*", MILLISECONDS_PER_SECOND, Binary("-", earlier, before))


def _common(values: Sequence[T]) -> T | None:
    """The value that all alternatives of a condition have; None where they differ, or there is none."""
    return values[0] if values and all(value == values[0] for value in values) else None


def _values(
    lowering: QueryLowering, alert: Alert, labels: Sequence[Label]
) -> dict[str, AnnotationQuery | Quantity | Duration]:
    """The values of the alert's own placeholders; a query reads the series that have the alert's labels."""
    values: dict[str, AnnotationQuery | Quantity | Duration] = {}
    by_name = alert.values(lowering.platform)
    require(
        (by_name,),
        Mapping,
        f"the function `values` of {alert.name}",
        "a mapping as its result",
        'return {"name": query}',
    )
    require(by_name, str, f"the function `values` of {alert.name}", "names of placeholders", 'return {"name": query}')
    for name, value in by_name.items():
        if isinstance(value, Quantity | Duration):
            values[name] = value
            continue
        kinds = "a query, a quantity or a duration"
        require((value,), Query, f"the placeholder {name} of {alert.name}", kinds, "return one of these for each name")
        for label in value.output_labels:
            if label not in labels:
                what = f"the value {name} of {alert.name} is grouped by {label.name}, and the alert is not"
                raise DefinitionError(what, "group it by labels of the alert")
        of_alert = value.where(*(label.matches_variable() for label in value.output_labels))
        values[name] = AnnotationQuery(lowering.lower(of_alert), value.unit)
    return values
