"""Alerts: a condition, and all that the person who is told needs. The docstring is what the pager says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from generator.dsl.condition import Condition, Lasting
from generator.dsl.platform import Platform
from generator.dsl.text import Piece, one_line, pieces
from generator.errors import DefinitionError, place_of


class Severity(Enum):
    """How a person is told."""

    PAGE = "page"
    """Wakes somebody."""
    TICKET = "ticket"
    """Waits for the working day."""
    NONE = "none"
    """Tells nobody: it goes to the receiver that notices its absence."""


PAGE, TICKET, NONE = Severity.PAGE, Severity.TICKET, Severity.NONE
Says: TypeAlias = Callable[[Platform], Condition | Lasting]


@dataclass(frozen=True)
class Prose:
    """What an alert's docstring says, in its parts. Steps are plain text, without their numbers."""

    summary: tuple[Piece, ...]
    description: tuple[Piece, ...]
    impact: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Alert:
    """A definition: one alerting rule, told per the labels of its condition. `where` is its place in the source."""

    name: str
    severity: Severity
    family: str
    panel: str
    runbook: str
    prose: Prose
    says: Says
    where: str

    @property
    def key(self) -> str:
        """What tells this rule from all others: several rules may share an alert's name, each with a key of its own."""
        return f"{self.family}.{self.says.__name__}"


def alert(name: str, severity: Severity, *, panel: str = "", runbook: str = "") -> Callable[[Says], Alert]:
    """Make an alert of a function of the platform; the family is the module's name.

    `panel` is where the link leads, as `dashboard/panel`, both by their names in the source. `runbook` is the page's
    name; left out, it follows from the alert's. Refuses a docstring without its parts.
    """

    def define(says: Says) -> Alert:
        family = says.__module__.rpartition(".")[2]
        page = runbook or dashed(name)
        return Alert(name, severity, family, panel, page, prose(says), says, place_of(says))

    return define


def dashed(name: str) -> str:
    """HighAIErrorRate as high-ai-error-rate."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def prose(says: Says) -> Prose:
    """The parts of a docstring: a summary, a description, `Impact:`, and numbered lines under `First steps:`."""
    text = inspect.getdoc(says) or ""
    body, _, rest = text.partition("\nImpact:")
    impact, _, steps = rest.partition("\nFirst steps:")
    summary, _, description = body.partition("\n\n")
    listed = tuple(map(one_line, re.split(r"^\s*\d+\.\s+", steps, flags=re.MULTILINE)[1:]))
    if not (summary and description.strip() and impact.strip() and listed):
        raise DefinitionError(
            f"the docstring of {says.__name__} lacks a part",
            'give a summary, a description, "Impact:" and "First steps:" with numbers, with empty lines between them',
        )
    return Prose(pieces(one_line(summary)), pieces(one_line(description)), one_line(impact), listed)
