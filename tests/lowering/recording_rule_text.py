"""What a ledger holds, as text that a person compares."""

from __future__ import annotations

from generator.ir.rules import RecordingRule
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat, quoted


def entered(lowering: QueryLowering) -> dict[str, str]:
    """The expressions of all recorded series, by their names and the labels that their rules set."""
    return {named(rule): flat(rule.expression) for rule in lowering.rules.all()}


def named(rule: RecordingRule) -> str:
    """A recorded series as PromQL picks it."""
    static_labels = ",".join(f"{label.name}={quoted(value)}" for label, value in rule.static_labels)
    return f"{rule.name}{{{static_labels}}}" if static_labels else rule.name
