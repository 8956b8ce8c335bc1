"""What is wrong with an input, said in three parts: where it stands, what it is, and what cures it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input. `where` names a file, a line and a place; `cure` is an order to the reader."""

    where: str
    what: str
    hint: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.hint}."

    def __lt__(self, other: Problem) -> bool:
        """In the order of their places, as a reader counts: line 9 comes before line 10."""
        return self._rank() < other._rank()

    def _rank(self) -> tuple[list[str | int], str, str]:
        place: list[str | int] = [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", self.where)]
        return place, self.what, self.hint


class BuildError(Exception):
    """All that is wrong with an input, found in one go; never empty."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(map(str, self.problems)))


class DefinitionError(Exception):
    """A word was used in a way that makes no sense. Whoever runs the definition knows where, and makes it a Fault."""

    def __init__(self, what: str, hint: str) -> None:
        self.what = what
        self.hint = hint
        super().__init__(f"{what}; {hint}")

    def at(self, where: str) -> Problem:
        """The same, with its place."""
        return Problem(where, self.what, self.hint)


def place_of(definition: Callable[..., object]) -> str:
    """Where a definition's function stands in the source: alerts/errors.py:17 route_down."""
    file = f"{definition.__module__.replace('.', '/')}.py"
    return f"{file}:{definition.__code__.co_firstlineno} {definition.__name__}"


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A cure for a misspelt name: the nearest known one, or all of them where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"? Use it, or declare "{wrong}"'
    return f"use one of {', '.join(names)}" if names else f'declare "{wrong}" first'
