"""What a ledger holds, as text that a person compares."""

from __future__ import annotations

from generator.lowering.queries import Reader
from generator.lowering.recording_rules import Recorded
from generator.rendering.promql import flat, quoted


def entered(reader: Reader) -> dict[str, str]:
    """The expressions of all recorded series, by their names and the labels that their rules set."""
    return {named(rule): flat(rule.expression) for rule in reader.ledger.rules()}


def named(rule: Recorded) -> str:
    """A recorded series as PromQL picks it."""
    static = ",".join(f"{label.name}={quoted(value)}" for label, value in rule.static)
    return f"{rule.name}{{{static}}}" if static else rule.name
