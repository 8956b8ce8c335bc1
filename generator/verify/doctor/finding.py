"""A finding of a running system, and what a check of one is: a function with an id, a severity, a hint and a page."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import TypeAlias

from generator.frozen import frozen
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import System

MAX_EVIDENCE = 8
"""How many lines of evidence the text of a finding has; the JSON document has all."""


class FindingSeverity(Enum):
    """How bad a finding is; the worst is first. Errors alone decide the exit status."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """The place in a list, the worst first."""
        return [*FindingSeverity].index(self)


@frozen
class Evidence:
    """What was observed: a series, a group of rules or another object, and its value as text."""

    subject: str
    value: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.value}"


@frozen
class Observation:
    """What a check sees: what is wrong, and by which evidence. `hint` and `severity` are those of the check where an
    observation has none of its own."""

    what: str
    evidence: Sequence[Evidence] = ()
    hint: str = ""
    severity: FindingSeverity | None = None


@frozen
class Finding:
    """What is wrong with a running system, by which check and evidence, and what to do about it."""

    check: str
    severity: FindingSeverity
    what: str
    evidence: Sequence[Evidence]
    hint: str

    @property
    def page(self) -> str:
        """The page of the check, as a path in the repository."""
        return f"docs/checks/{self.check}.md"

    def data(self) -> dict[str, object]:
        """The finding as an object of JSON."""
        evidence = [{"subject": each.subject, "value": each.value} for each in self.evidence]
        return {
            "check": self.check,
            "severity": self.severity.value,
            "what": self.what,
            "evidence": evidence,
            "hint": self.hint,
            "page": self.page,
        }


Examine: TypeAlias = Callable[[Subject, System], Iterable[Observation]]


@frozen
class LiveCheck:
    """A check of a running system. `reads` says what it reads, `example` is a finding as it is reported."""

    id: str
    severity: FindingSeverity
    function: Examine
    reads: str
    example: str
    hint: str

    @property
    def condition(self) -> str:
        """What must hold: the first paragraph of the docstring."""
        return self._paragraphs[0]

    @property
    def reason(self) -> str:
        """Why it must hold: the rest of the docstring."""
        return "\n\n".join(self._paragraphs[1:])

    @property
    def _paragraphs(self) -> list[str]:
        docstring = inspect.getdoc(self.function) or ""
        return [" ".join(paragraph.split()) for paragraph in docstring.split("\n\n")]

    def findings(self, subject: Subject, system: System) -> Iterator[Finding]:
        """What is wrong, with the id of the check, and its severity and hint where an observation has none."""
        for seen in self.function(subject, system):
            severity, hint = seen.severity or self.severity, seen.hint or self.hint
            yield Finding(self.id, severity, seen.what, tuple(seen.evidence), hint)


def live_check(
    id: str, severity: FindingSeverity, *, reads: str, example: str, hint: str
) -> Callable[[Examine], LiveCheck]:
    """Make a check of a function. Its docstring has two paragraphs: what must hold, and why."""

    def define(function: Examine) -> LiveCheck:
        return LiveCheck(f"live/{id}", severity, function, reads, example, hint)

    return define
