"""Reports of problems: the text has the first fifty and the number, JSON has all, each in its parts."""

from __future__ import annotations

import json
import sys

import pytest

from generator.errors import Location, Problem
from generator.reporting import MAX_SHOWN, Outcome, print_document, print_event, print_problems, problem_data

Captured = pytest.CaptureFixture[str]


def outcome(count: int, ending: str = "", summary: str = "") -> Outcome:
    """An outcome with a number of problems."""
    problems = [Problem(f"a.yaml:{number}", "wrong", "fix it") for number in range(1, count + 1)]
    return Outcome(2, {"files": 3}, problems, ending, summary)


@pytest.mark.parametrize(
    ("count", "show_all", "lines", "last"),
    [
        (1, False, 1, "1 problem; nothing was written."),
        (50, False, 50, "50 problems; nothing was written."),
        (51, False, 50, "50 of 51 problems shown; --all shows all; nothing was written."),
        (203, False, 50, "50 of 203 problems shown; --all shows all; nothing was written."),
        (203, True, 203, "203 problems; nothing was written."),
    ],
)
def test_the_text_has_the_first_fifty_problems(
    count: int, show_all: bool, lines: int, last: str, capsys: Captured
) -> None:
    """More are counted, and the last line says how to see them."""
    print_problems(outcome(count, "; nothing was written"), show_all)
    captured = capsys.readouterr()
    *problems, summary = captured.err.splitlines()
    assert captured.out == ""
    assert problems == [f"a.yaml:{number}: wrong; fix it." for number in range(1, lines + 1)]
    assert summary == last
    assert MAX_SHOWN == 50


def test_a_summary_is_in_place_of_the_number(capsys: Captured) -> None:
    """A command that counts its problems itself has the last line, also where not all problems are shown."""
    print_problems(outcome(2, summary="3 lines, 2 violations"))
    assert capsys.readouterr().err.splitlines()[2:] == ["3 lines, 2 violations"]
    print_problems(outcome(51, summary="60 lines, 51 violations"))
    assert capsys.readouterr().err.splitlines()[50:] == [
        "50 of 51 problems shown; --all shows all.",
        "60 lines, 51 violations",
    ]


def test_a_document_has_all_problems_and_the_result(capsys: Captured) -> None:
    """One JSON object: the keys of every command, and those of the command's result beside them."""
    print_document("build", outcome(203))
    document = json.loads(capsys.readouterr().out)
    assert len(document.pop("problems")) == 203
    assert document == {"version": 1, "command": "build", "exit_status": 2, "internal_error": None, "files": 3}


def test_events_are_lines(capsys: Captured) -> None:
    """An event, and the end of a command that prints events, are JSON on one line each."""
    print_event(sys.stdout, "serving", url="http://127.0.0.1:1")
    print_document("preview", outcome(1), one_line=True)
    event, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert event == {"version": 1, "event": "serving", "url": "http://127.0.0.1:1"}
    assert end["exit_status"] == 2


@pytest.mark.parametrize(
    ("problem", "file", "line", "column"),
    [
        (Problem("a.yaml:3 size", "x", "y", place=Location("a.yaml", 3, 7)), "a.yaml", 3, 7),
        (Problem("a.yaml", "x", "y", place=Location("a.yaml")), "a.yaml", None, None),
        (Problem("alerts/errors.py:17 route_down", "x", "y"), "alerts/errors.py", 17, None),
        (Problem("alerts/errors.py:17", "x", "y"), "alerts/errors.py", 17, None),
        (Problem("--case", "x", "y"), None, None, None),
        (Problem("http://127.0.0.1:9090/a", "x", "y"), None, None, None),
    ],
)
def test_the_place_of_a_problem_is_data(
    problem: Problem, file: str | None, line: int | None, column: int | None
) -> None:
    """File, line and column are separate, and null where they are not known."""
    data = problem_data(problem)
    assert (data["where"], data["file"], data["line"], data["column"]) == (problem.where, file, line, column)
    assert (data["what"], data["hint"], data["check"]) == ("x", "y", None)


def test_a_check_is_data() -> None:
    """The id of the check is a part of its own."""
    assert problem_data(Problem("a", "x", "y", "config/unknown-team"))["check"] == "config/unknown-team"
