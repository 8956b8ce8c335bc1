"""What a check is: a function that finds problems, with its id, its stage and its examples."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import replace
from textwrap import dedent
from typing import Generic, TypeAlias, TypeVar

from generator.errors import Problem
from generator.frozen import frozen

T = TypeVar("T")
CheckFunction: TypeAlias = Callable[[T], Iterable[Problem]]


@frozen
class Stage(Generic[T]):
    """A step of the pipeline at which checks run. The type variable is what its checks read."""

    name: str
    description: str


@frozen
class Check(Generic[T]):
    """A check. The examples are text in `language`; `message` is what the bad one is reported as."""

    id: str
    stage: Stage[T]
    function: CheckFunction[T]
    bad: str
    good: str
    message: str
    language: str

    @property
    def condition(self) -> str:
        """What must hold: the first paragraph of the docstring."""
        return self._paragraphs[0]

    @property
    def reason(self) -> str:
        """Why it must hold: the rest of the docstring."""
        return "\n\n".join(self._paragraphs[1:])

    @property
    def area(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The part of the id after the slash."""
        return self.id.partition("/")[2]

    @property
    def _paragraphs(self) -> list[str]:
        docstring = inspect.getdoc(self.function) or ""
        return [" ".join(paragraph.split()) for paragraph in docstring.split("\n\n")]

    def problems(self, subject: T) -> list[Problem]:
        """All violations, each with the id of the check."""
        return [replace(problem, check=self.id) for problem in self.function(subject)]


def check(
    id: str, *, stage: Stage[T], bad: str, good: str, message: str, language: str = "promql"
) -> Callable[[CheckFunction[T]], Check[T]]:
    """Make a check of a function. Its docstring has two paragraphs: what must hold, and why."""

    def define(function: CheckFunction[T]) -> Check[T]:
        return Check(id, stage, function, _example(bad), _example(good), message, language)

    return define


def _example(text: str) -> str:
    return dedent(text).strip("\n")
