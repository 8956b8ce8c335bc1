"""What a person reads of a check: breaches by kind, each with where, what and cure, bounded, and a summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from generator.errors import Problem
from generator.logs.validator import FOREIGN
from generator.logs.violations import SHOWN, Tally


@dataclass(frozen=True)
class Checked:
    """All files of a check: what each holds, by its name, in the order in which they were read."""

    files: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines were read, blank ones too."""
        return sum(one.lines for one in self.files.values())

    @property
    def ours(self) -> int:
        """How many of them are ours."""
        return sum(one.ours for one in self.files.values())

    @property
    def foreign(self) -> int:
        """How many of them are not ours; blank ones are nobody's."""
        return sum(count for (rule, _), count in self.counts(True).items() if rule == FOREIGN)

    def counts(self, strict: bool) -> dict[tuple[str, str], int]:
        """How many breaches there are of each kind; lines that are not ours only where `strict`."""
        counts: dict[tuple[str, str], int] = {}
        for one in self.files.values():
            for kind, count in one.counts.items():
                if strict or kind[0] != FOREIGN:
                    counts[kind] = counts.get(kind, 0) + count
        return counts


def checked(tallies: Iterable[tuple[str, Tally]]) -> Checked:
    """The parts of files, put together."""
    files: dict[str, Tally] = {}
    for name, tally in tallies:
        files[name] = files.get(name, Tally()).then(tally)
    return Checked(files)


def problems(result: Checked, strict: bool) -> list[Problem]:
    """The first breaches of each kind, kind by kind; after them, how many more there are."""
    told: list[Problem] = []
    for kind, count in result.counts(strict).items():
        placed = [(name, one) for name, tally in result.files.items() for one in tally.first.get(kind, ())][:SHOWN]
        told += [
            Problem(f"{name}:{one.line} {one.breach.field}".rstrip(), one.breach.what, one.breach.hint)
            for name, one in placed
        ]
        if count > len(placed):
            name, one = placed[-1]
            more = f"{count - len(placed):,} more of this kind ({kind[0]}{' ' if kind[1] else ''}{kind[1]})"
            told.append(Problem(f"{name}:{one.line} and after", more, one.breach.hint))
    return told


def summary(result: Checked, strict: bool) -> str:
    """What was read, and what is wrong with it, in one line."""
    counts = result.counts(strict)
    lines = f"{_many(len(result.files), 'file')}: {result.ours:,} of {_many(result.lines, 'line')} are ours"
    found = f"{_many(sum(counts.values()), 'fault')} of {_many(len(counts), 'kind')}"
    return f"{lines}, {result.foreign:,} not; {found if counts else 'they keep the contract, and nothing leaks'}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
