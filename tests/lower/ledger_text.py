"""What a ledger holds, as text that a person compares."""

from __future__ import annotations

from generator.emit.promql import flat, quoted
from generator.lower.ledger import Recorded
from generator.lower.reading import Reader


def entered(reader: Reader) -> dict[str, str]:
    """The expressions of all recorded series, by their names and the labels that their rules set."""
    return {named(rule): flat(rule.expression) for rule in reader.ledger.rules()}


def named(rule: Recorded) -> str:
    """A recorded series as PromQL picks it."""
    static = ",".join(f"{label.name}={quoted(value)}" for label, value in rule.static)
    return f"{rule.name}{{{static}}}" if static else rule.name
