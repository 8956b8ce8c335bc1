"""Problems of an input, each with its place, what is wrong and a hint; and errors of the generator itself."""

from __future__ import annotations

import difflib
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """Something wrong with an input. `where` is a file, a line and a place in it; `hint` says what to do; `check` is
    the id of the check that found it, if one did.
    """

    where: str
    what: str
    hint: str
    check: str = ""

    def __str__(self) -> str:
        suffix = f" [{self.check}]" if self.check else ""
        return f"{self.where}: {self.what}; {self.hint}.{suffix}"

    def __lt__(self, other: Problem) -> bool:
        """By place, with line 9 before line 10."""
        return self._sort_key() < other._sort_key()

    def _sort_key(self) -> tuple[list[str | int], str, str]:
        place: list[str | int] = [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", self.where)]
        return place, self.what, self.hint


class BuildError(Exception):
    """All problems of an input; never empty."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(map(str, self.problems)))


class DefinitionError(Exception):
    """The DSL was used wrongly. Whoever runs the definition adds the place and makes it a Problem."""

    def __init__(self, what: str, hint: str) -> None:
        self.what = what
        self.hint = hint
        super().__init__(f"{what}; {hint}")

    def at(self, where: str) -> Problem:
        """The problem with its place."""
        return Problem(where, self.what, self.hint)


class InternalError(Exception):
    """A bug of the generator: an exception that no definition can be blamed for. Its cause is the exception."""


def print_internal_error(error: Exception) -> int:
    """Print a bug of the generator, with the place where it happened, and return the exit status."""
    cause = error.__cause__ or error
    *_, frame = traceback.extract_tb(cause.__traceback__)
    place = f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
    print(f"internal error in {place}: {type(cause).__name__}: {cause}", file=sys.stderr)
    print(
        "This is a bug of the generator, not of your files. Please report it with the output of --debug.",
        file=sys.stderr,
    )
    return 2


def place_of(definition: Callable[..., object]) -> str:
    """The place of a definition's function in the source: alerts/errors.py:17 route_down."""
    file = f"{definition.__module__.replace('.', '/')}.py"
    return f"{file}:{definition.__code__.co_firstlineno} {definition.__name__}"


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A hint for a misspelt name: the nearest known name, or all of them where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"? Use it, or declare "{wrong}"'
    if not names:
        return f'declare "{wrong}" first'
    return f"use one of {', '.join(names)}" if len(names) > 1 else f"use {names[0]}"
