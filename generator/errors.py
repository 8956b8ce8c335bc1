"""Problems of an input, each with its place, what is wrong and a hint; and errors of the generator itself."""

from __future__ import annotations

import difflib
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import field
from pathlib import Path
from typing import NamedTuple

from generator.frozen import frozen
from generator.project import DEFINITION_PACKAGES, OWN_PACKAGE, default_path, definition_path

LINE_OF_FILE = re.compile(r"(?P<file>[^\s:]+):(?P<line>[0-9]+)(?= |$)")


class Location(NamedTuple):
    """A place in a file, whose path is the one that the user gave. Lines and columns count from 1; 0 is unknown, and
    line 0 the file as a whole.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@frozen
class Problem:
    """Something wrong with an input. `where` is a file, a line and a place in it; `hint` says what to do; `check` is
    the id of the check that found it, if one did. `place` is the location that `where` names, where it is known.
    """

    where: str
    what: str
    hint: str
    check: str = ""
    place: Location | None = field(default=None, compare=False)

    @property
    def location(self) -> Location | None:
        """The file, line and column: `place`, or what `where` begins with, such as `alerts/errors.py:17 route_down`."""
        if self.place is not None:
            return self.place
        matched = LINE_OF_FILE.match(self.where)
        return Location(matched["file"], int(matched["line"])) if matched else None

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

    def __reduce__(self) -> tuple[type[BuildError], tuple[tuple[Problem, ...]]]:
        """A copy in another process has the problems, not their text."""
        return BuildError, (self.problems,)


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


def print_internal_error(error: Exception, debug: bool = False) -> int:
    """Print a bug of the generator, in `debug` with its traceback, and return the exit status."""
    if debug:
        traceback.print_exception(error)
    print(internal_error_text(error), file=sys.stderr)
    print(
        "This is a bug of the generator, not of your files. Please report it with the output of --debug.",
        file=sys.stderr,
    )
    return 2


def internal_error_text(error: Exception) -> str:
    """A bug of the generator on one line, with the place where it happened."""
    cause = error.__cause__ or error
    frames = traceback.extract_tb(cause.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno} {frames[-1].name}" if frames else ""
    return f"internal error{place}: {type(cause).__name__}: {cause}"


def place_of(definition: Callable[..., object]) -> str:
    """The place of a definition's function in the source: alerts/errors.py:17 route_down."""
    code = definition.__code__
    is_own = definition.__module__.startswith(f"{OWN_PACKAGE}.")
    file = definition_path(code.co_filename) if is_own else _default_file(definition.__module__)
    return f"{file}:{code.co_firstlineno} {definition.__name__}"


def _default_file(module: str) -> str:
    path = f"{module.replace('.', '/')}.py"
    return default_path(path) if module.split(".")[0] in DEFINITION_PACKAGES else path


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A hint for a misspelt name: the nearest known name, or all of them where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"? Use it, or declare "{wrong}"'
    if not names:
        return f'declare "{wrong}" first'
    return f"use one of {', '.join(names)}" if len(names) > 1 else f"use {names[0]}"


def nearest_name(wrong: str, known: Iterable[str], most: int = 100) -> str:
    """A hint for a name that the user cannot declare, such as an option: the nearest known name, or at `most` all."""
    names = sorted(known)
    near = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"? If not, give another one'
    more = f" or {len(names) - most} more" if len(names) > most else ""
    return f"give {'one of ' if len(names) > 1 else ''}{', '.join(names[:most])}{more}"
