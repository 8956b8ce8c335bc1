"""Which recorded series an alert rests on, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.ir.expression import Expression, selectors
from generator.lowering.recording_rules import Recorded


def reads(recorded: Iterable[Recorded]) -> dict[str, set[str]]:
    """What each recorded series is made from, by its name."""
    found: dict[str, set[str]] = {}
    for rule in recorded:
        found.setdefault(rule.name, set()).update(names(rule.expression))
    return found


def names(expression: Expression) -> set[str]:
    """The names of all series that an expression selects."""
    return {selector.name for selector in selectors(expression)}


def reach(expression: Expression, made_from: Mapping[str, set[str]]) -> set[str]:
    """All recorded series that an expression rests on."""
    found: set[str] = set()
    left = names(expression) & made_from.keys()
    while left:
        found |= left
        left = {below for name in left for below in made_from[name]} & made_from.keys() - found
    return found
