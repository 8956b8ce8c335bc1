"""Recording rules as text."""

from __future__ import annotations

from generator.ir.rules import RecordingRule
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat, quoted


def recorded_expressions(lowering: QueryLowering) -> dict[str, str]:
    """The expressions of all recording rules, by the selectors of their series."""
    return {series_selector(rule): flat(rule.expression) for rule in lowering.rules.all()}


def series_selector(rule: RecordingRule) -> str:
    """The name of a recorded series with the labels that its rule sets."""
    static_labels = ",".join(f"{label.name}={quoted(value)}" for label, value in rule.static_labels)
    return f"{rule.name}{{{static_labels}}}" if static_labels else rule.name
