"""What is wrong with log lines: single breaches, and how many there are of each kind, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SHOWN = 5
"""So many breaches of a kind are kept with their place; the others are counted."""


@dataclass(frozen=True)
class Breach:
    """One thing wrong with a line: which rule is broken and in which field. It never holds what the field holds.

    `group` is the field as the contract knows it: names that it does not know are all `*`, so that groups are few.
    """

    rule: str
    field: str
    group: str
    what: str
    hint: str

    @property
    def kind(self) -> tuple[str, str]:
        """What it is counted by."""
        return self.rule, self.group


@dataclass(frozen=True)
class Placed:
    """A breach and the line that it is on, from 1."""

    line: int
    breach: Breach


@dataclass(frozen=True)
class Tally:
    """A run of lines: how many there are, how many of them ours, and by kind, the first breaches and how many in all.

    Line numbers count from the run's beginning.
    """

    lines: int = 0
    ours: int = 0
    first: Mapping[tuple[str, str], tuple[Placed, ...]] = field(default_factory=dict)
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def then(self, after: Tally) -> Tally:
        """This run and the one right after it, as one."""
        first = dict(self.first)
        for kind, several in after.first.items():
            moved = (Placed(self.lines + one.line, one.breach) for one in several)
            first[kind] = (*first.get(kind, ()), *moved)[:SHOWN]
        counts = dict(self.counts)
        for kind, count in after.counts.items():
            counts[kind] = counts.get(kind, 0) + count
        return Tally(self.lines + after.lines, self.ours + after.ours, first, counts)
