"""The thresholds of panels: those of alerts, and warnings that are a fraction of the critical threshold."""

from __future__ import annotations

from types import NoneType
from typing import TypeAlias

from generator.dsl.alert import Severity
from generator.dsl.arguments import require
from generator.dsl.query import Query, ThresholdSeries
from generator.dsl.units import RATIO, Quantity, example
from generator.errors import DefinitionError
from generator.frozen import frozen


@frozen
class AlertThreshold:
    """The threshold of an alert, by its name; with a severity, of the alert that has both."""

    alert: str
    severity: Severity | None = None


@frozen
class FractionOfCritical:
    """A warning at a fraction of the panel's critical threshold, above 0 and below 1."""

    fraction: Quantity


PanelThreshold: TypeAlias = Quantity | ThresholdSeries
"""A threshold of its own: a number, or one for each label value."""
CriticalThreshold: TypeAlias = PanelThreshold | AlertThreshold
WarningThreshold: TypeAlias = CriticalThreshold | FractionOfCritical
KINDS = (Quantity, ThresholdSeries, AlertThreshold, NoneType)


def threshold_of(alert: str, severity: Severity | None = None) -> AlertThreshold:
    """Return the threshold above which an alert fires, on any platform. Alerts of one name need the severity."""
    require((alert,), str, "threshold_of(…)", "an alert's name", 'write threshold_of("NAME")')
    require((severity,), (Severity, NoneType), "threshold_of(…)", "a severity", "write PAGE or TICKET")
    return AlertThreshold(alert, severity)


def fraction_of_critical(fraction: Quantity) -> FractionOfCritical:
    """Return a warning at a fraction of the panel's critical threshold. DefinitionError: not between 0 and 100 %."""
    hint = "write fraction_of_critical(percent(50))"
    require((fraction,), Quantity, "fraction_of_critical(…)", "a percentage", hint)
    if fraction.unit != RATIO or not 0 < fraction.amount < 1:
        raise DefinitionError(f"fraction_of_critical(…) takes a percentage below 100, not {fraction.text()}", hint)
    return FractionOfCritical(fraction)


def require_thresholds(call: str, query: Query, critical: object, warning: object) -> None:
    """Raise DefinitionError unless the arguments of a panel are thresholds, numbers are in the unit of its query, and a
    fraction has something to be of."""
    kinds = (*KINDS, FractionOfCritical)
    for threshold, allowed in ((critical, KINDS), (warning, kinds)):
        require((threshold,), allowed, call, "a quantity", f"write {example(threshold, query.unit)}")
        if isinstance(threshold, Quantity):
            _require_unit(threshold, query)
    if isinstance(warning, FractionOfCritical) and critical is None:
        what = f"{call} has a warning that is a fraction of no critical threshold"
        raise DefinitionError(what, 'add the critical one, such as threshold_of("ALERT")')


def _require_unit(threshold: Quantity, query: Query) -> None:
    if threshold.unit != query.unit:
        raise DefinitionError(
            f"a threshold in {threshold.unit.name} on a panel in {query.unit.name}",
            f"give it in {query.unit.name}, as {example(1, query.unit)}",
        )
    query.check_threshold(threshold)
