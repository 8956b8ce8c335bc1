"""Problems as annotations of GitHub: the workflow commands that a step prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.errors import Problem

TITLE = "logs lint"


def github_commands(problems: Iterable[Problem], summary: str) -> Iterator[str]:
    """Yield a command for each problem, an error at its file and line, and one for the summary.

    A name of a file could contain what ends a command, and is escaped.
    """
    problems = list(problems)
    for problem in problems:
        location = problem.location
        place = f"file={_property(location.file)}," if location else ""
        if location and location.line:
            place += f"line={location.line},"
        yield f"::error {place}title={TITLE}::{_text(str(problem))}"
    yield f"::{'error' if problems else 'notice'} title={TITLE}::{_text(summary)}"


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
