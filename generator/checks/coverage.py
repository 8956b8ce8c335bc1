"""Law 5: whatever the Workers emit is looked at."""

from __future__ import annotations

from contract import METRICS, area_of
from generator.checks.expressions import drawn, rules
from generator.checks.selectors import series_of
from generator.errors import DefinitionError, Problem
from generator.ir.build import Compiled
from generator.promql.parser import parsed


def every_metric_is_on_a_dashboard(compiled: Compiled) -> list[Problem]:
    """Every metric of the contract is read by a panel, as it is or through series that are recorded from it."""
    looked_at = looked_at_in(compiled)
    return [
        Problem(
            f"contract/{area_of(metric.name)}.py {metric.name}",
            "no dashboard reads it",
            "draw it, or stop emitting it",
        )
        for metric in METRICS
        if not looked_at & {metric.name, *metric.names()}
    ]


def looked_at_in(compiled: Compiled) -> set[str]:
    """All series that panels read, and those that these are recorded from."""
    made_of: dict[str, set[str]] = {}
    for rule in (placed.rule for placed in rules(compiled) if placed.rule.kind == "record"):
        try:
            made_of.setdefault(rule.name, set()).update(series_of(parsed(rule.expression)))
        except DefinitionError:
            continue
    found: set[str] = set()
    left = {name for expression in drawn(compiled) for name in series_of(expression)}
    while left:
        found |= left
        left = {below for name in left for below in made_of.get(name, ())} - found
    return found
