"""Annotations of GitHub Actions: the syntax of workflow commands, and its escapes."""

from __future__ import annotations

from generator.errors import Location, Problem
from generator.logs.github import github_commands


def test_a_problem_is_an_error_at_its_line() -> None:
    """A command has the file, the line and the text; the summary follows."""
    problem = Problem("a.log:12 message", "it leaks", "do not log it", place=Location("a.log", 12))
    assert list(github_commands([problem], "1 of 1 lines checked")) == [
        "::error file=a.log,line=12,title=logs lint::a.log:12 message: it leaks; do not log it.",
        "::error title=logs lint::1 of 1 lines checked",
    ]


def test_without_problems_the_summary_is_a_notice() -> None:
    """A clean log has one notice with its coverage."""
    assert list(github_commands([], "2 of 2 lines checked")) == ["::notice title=logs lint::2 of 2 lines checked"]


def test_a_name_cannot_write_another_command() -> None:
    """What ends a property or a command is escaped in names of files."""
    command, _ = github_commands(
        [Problem("a,b:%\n::error::x", "empty", "leave it out", place=Location("a,b:%\n::error::x"))], ""
    )
    assert command.startswith("::error file=a%2Cb%3A%25%0A%3A%3Aerror%3A%3Ax,title=logs lint::a,b:%25%0A::error::x: ")
    assert "\n" not in command
