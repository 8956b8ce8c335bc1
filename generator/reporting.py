"""What a command ends with, and how its problems are reported: as text, or as JSON (docs/cli.md)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, TextIO

from generator.errors import Location, Problem
from generator.frozen import frozen

VERSION = 1
"""The version of the JSON documents. It changes when a reader of the old form could not read the new one."""
MAX_SHOWN = 50
"""How many problems the text has without `--all`."""
RED, PLAIN = "\033[31m", "\033[0m"


@frozen
class Outcome:
    """The exit status of a command, its problems, and its result as JSON data.

    A command prints its result for people itself, while it works; the problems are printed for it. `ending` is added to
    their number, and `summary` is printed in place of it.
    """

    status: int = 0
    result: Mapping[str, object] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    ending: str = ""
    summary: str = ""


def print_problems(outcome: Outcome, show_all: bool = False) -> None:
    """Print problems to standard error, and their number; without `show_all` the first `MAX_SHOWN`."""
    colour, plain = (RED, PLAIN) if sys.stderr.isatty() else ("", "")
    print(problems_text(outcome, show_all, colour, plain), end="", file=sys.stderr)


def problems_text(outcome: Outcome, show_all: bool = False, colour: str = "", plain: str = "") -> str:
    """The lines of problems, their places in a colour, and of their number."""
    problems = outcome.problems
    shown = problems[: None if show_all else MAX_SHOWN]
    lines = [f"{colour}{problem.where}{plain}{str(problem).removeprefix(problem.where)}" for problem in shown]
    count = f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}"
    if len(shown) < len(problems):
        lines.append(f"{len(shown)} of {count} shown; --all shows all{outcome.ending}.")
    elif not outcome.summary:
        lines.append(f"{count}{outcome.ending}.")
    if outcome.summary:
        lines.append(outcome.summary)
    return "\n".join(lines) + "\n"


def print_document(command: str, outcome: Outcome, internal_error: str | None = None, one_line: bool = False) -> None:
    """Print the JSON document of a command's end: what all commands have, then the keys of its own result."""
    document = {
        "version": VERSION,
        "command": command or None,
        "exit_status": outcome.status,
        "problems": [problem_data(problem) for problem in outcome.problems],
        "internal_error": internal_error,
        **outcome.result,
    }
    print(json.dumps(document, indent=None if one_line else 2))


def print_event(stream: TextIO, event: str, **data: object) -> None:
    """Print what happened in a command that runs until it is stopped, as JSON on one line."""
    print(json.dumps({"version": VERSION, "event": event, **data}), file=stream, flush=True)


def ignore_event(event: str, **data: object) -> None:
    """Print nothing: the command prints for people."""


def problem_data(problem: Problem) -> dict[str, object]:
    """A problem as JSON data; what is not known is null."""
    location = problem.location
    return {
        "where": problem.where,
        "file": location.file if location else None,
        "line": (location.line or None) if location else None,
        "column": (location.column or None) if location else None,
        "what": problem.what,
        "hint": problem.hint,
        "check": problem.check or None,
    }


def problem_from(data: Mapping[str, Any]) -> Problem:
    """The problem of JSON data."""
    file, line, column = data["file"], data["line"] or 0, data["column"] or 0
    place = Location(file, line, column) if file else None
    return Problem(data["where"], data["what"], data["hint"], data["check"] or "", place)
