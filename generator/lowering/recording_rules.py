"""The ledger of recorded series: what rules and panels read is entered as they are lowered, never listed by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contract.labels import ORDER
from generator.dsl.labels import Label
from generator.dsl.units import Duration, minutes, seconds
from generator.ir.expression import Expression

BASE = minutes(5)
"""The window in which increases are recorded; longer ones are added up from it."""
PROMPT = seconds(30)
"""How often what alerts wait for is evaluated."""
UNHURRIED = minutes(2)
"""How often windows of hours and days are added up: within the look-back of 5 minutes, so that none is missed."""


@dataclass(frozen=True)
class Recorded:
    """A recording rule. `labels` are those of its series; `static` those that the rule itself sets."""

    name: str
    labels: tuple[Label, ...]
    expression: Expression
    file: str
    static: tuple[tuple[Label, str], ...] = ()
    depth: int = 0
    every: Duration = PROMPT

    @property
    def key(self) -> tuple[int, str, tuple[str, ...]]:
        """By what rules are sorted: what others are made from first, then by name and set labels."""
        return (self.depth, self.name, tuple(value for _, value in self.static))


class Ledger:
    """All recorded series of a build, each entered once under its name."""

    def __init__(self) -> None:
        self._rules: dict[str, tuple[Recorded, ...]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._rules

    def enter(self, name: str, rules: Iterable[Recorded]) -> None:
        """Enter the rules that make the series of a name; the same name twice is the same series."""
        self._rules.setdefault(name, tuple(rules))

    def rules(self) -> tuple[Recorded, ...]:
        """All rules, sorted so that a rule comes after those it reads."""
        return tuple(sorted((rule for rules in self._rules.values() for rule in rules), key=lambda rule: rule.key))

    def labels(self) -> dict[str, tuple[Label, ...]]:
        """The labels of each recorded series, by its name."""
        return {name: rules[0].labels for name, rules in self._rules.items() if rules}


def ordered(labels: Iterable[Label]) -> tuple[Label, ...]:
    """Labels, each once, in the contract's order."""
    wanted = set(labels)
    return tuple(label for label in ORDER if label in wanted)


def level(labels: Iterable[Label]) -> str:
    """The first part of a recorded series' name: the labels by which it is told."""
    return "_".join(label.name for label in ordered(labels)) or "all"
