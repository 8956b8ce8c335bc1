"""Bugs of the generator are reported as internal errors, and errors of a definition as its problems."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from types import FunctionType

import pytest

from contract.api import REQUESTS
from generator.cli import main
from generator.definitions import attempt
from generator.dsl.dashboard import Panel, Row, Stat
from generator.dsl.units import minutes
from generator.errors import BuildError, InternalError, Problem
from generator.lowering.layout import given_lines
from generator.pipeline import TEST_PLATFORM
from tests.copied_project import copied

BUG = "'NoneType' object is not callable"
REPORT = "This is a bug of the generator, not of your files. Please report it with the output of --debug."


def requests() -> object:
    """A definition without an error."""
    return REQUESTS.increase(minutes(5))


def division_by_zero() -> object:
    """A definition that raises an exception itself."""
    return 1 / 0


def wrong_call() -> object:
    """A definition that calls the DSL with an argument that does not exist."""
    return REQUESTS.increase(windw=minutes(5))  # type: ignore[call-arg]


def misspelt_method() -> object:
    """A definition that calls a method that does not exist."""
    return REQUESTS.increas(minutes(5))  # type: ignore[attr-defined]


def two_problems() -> object:
    """A step of the build that finds two problems."""
    raise BuildError([Problem("a", "wrong", "fix it"), Problem("b", "wrong", "fix it")])


def test_an_exception_in_the_generator_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the DSL is not blamed on the definition that called it, and the exception is kept as the cause."""
    monkeypatch.setattr("generator.dsl.metrics.Increase", None)
    problems: list[Problem] = []
    with pytest.raises(InternalError, match=BUG) as caught:
        attempt(requests, problems, "alerts/x.py")
    assert isinstance(caught.value.__cause__, TypeError)
    assert problems == []


def test_an_internal_error_passes_through_nested_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that runs other steps does not make a problem of their internal error."""
    monkeypatch.setattr("generator.dsl.metrics.Increase", None)
    with pytest.raises(InternalError, match=BUG) as caught:
        attempt(partial(attempt, requests, [], "alerts/x.py"), [], "alerts/y.py")
    assert isinstance(caught.value.__cause__, TypeError)


@pytest.mark.parametrize(
    ("definition", "what", "hint"),
    [
        (division_by_zero, "ZeroDivisionError: division by zero", "fix this line of the definition"),
        (
            wrong_call,
            "TypeError: Countable.increase() got an unexpected keyword argument 'windw'",
            "fix this line of the definition",
        ),
        (misspelt_method, 'there is no "increas"', 'did you mean "increase"? Use it, or declare "increas"'),
    ],
)
def test_an_exception_in_a_definition_is_its_problem(definition: FunctionType, what: str, hint: str) -> None:
    """The place is the line that raised the exception."""
    problems: list[Problem] = []
    assert attempt(definition, problems, "alerts/x.py") is None
    place = f"tests/test_internal_errors.py:{definition.__code__.co_firstlineno + 2} {definition.__name__}"
    assert problems == [Problem(place, what, hint)]


def test_a_definition_error_is_a_problem_at_the_line_of_the_definition() -> None:
    """The place is the line of the definition that used the DSL wrongly, not the line of the DSL."""

    def late() -> object:
        return REQUESTS.increase(300)  # type: ignore[arg-type]

    problems: list[Problem] = []
    assert attempt(late, problems, "alerts/x.py") is None
    (problem,) = problems
    assert problem.where == f"tests/test_internal_errors.py:{late.__code__.co_firstlineno + 1} late"
    assert problem.what == ".increase(…) takes a duration, not 300"


def test_a_definition_error_without_a_line_is_at_the_place_of_the_step() -> None:
    """What the generator finds wrong while it lowers a definition has the place that the step gives."""
    panel = Panel("x", "X", "X.", lambda platform: Stat(REQUESTS.rate()), "dashboards/x.py:1 x")
    problems: list[Problem] = []
    assert attempt(partial(given_lines, Row("X", (panel,), widths=(23,)), 1), problems, "dashboards/x.py") is None
    (problem,) = problems
    assert problem.where == "dashboards/x.py"
    assert problem.what == 'the widths (23,) of row "X" do not fit its panels'


def test_all_problems_of_a_step_are_added() -> None:
    """A build error has several problems, and a step that succeeds adds none."""
    problems: list[Problem] = []
    query = requests()
    assert attempt(lambda: query, problems) is query
    assert attempt(two_problems, problems) is None
    assert [problem.where for problem in problems] == ["a", "b"]


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("generator.lowering.alerts.labels_of", r"alerts\.py:\d+ lower_alert"),
        ("generator.pipeline.rule_files", r"pipeline\.py:\d+ compile_all"),
    ],
    ids=["while lowering a definition", "outside of definitions"],
)
def test_the_command_reports_an_internal_error(
    target: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the place in the generator and asks for a report, without a traceback, with status 2."""
    monkeypatch.setattr(target, None)
    assert main(["build", "--platform", str(TEST_PLATFORM), "--out", str(tmp_path / "out")]) == 2
    error, report = capsys.readouterr().err.splitlines()
    assert re.fullmatch(f"internal error in {place}: TypeError: {BUG}", error)
    assert report == REPORT
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("before_command", [True, False])
def test_debug_adds_the_traceback(
    before_command: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--debug`, before or after the command, prints the traceback of the cause before the same message."""
    monkeypatch.setattr("generator.lowering.alerts.labels_of", None)
    out = str(tmp_path / "out")
    command = ["build", "--platform", str(TEST_PLATFORM), "--out", out]
    assert main(["--debug", *command] if before_command else [*command, "--debug"]) == 2
    text = capsys.readouterr().err
    assert text.startswith("Traceback (most recent call last):\n")
    assert "in lower_alert" in text
    *_, error, report = text.splitlines()
    assert re.fullmatch(rf"internal error in alerts\.py:\d+ lower_alert: TypeError: {BUG}", error)
    assert report == REPORT


def test_an_internal_error_ends_the_process_with_status_2(root: Path, tmp_path: Path) -> None:
    """A generator with a bug does not end with status 1, which means that a test failed."""
    project = copied(root, tmp_path / "project")
    project.change("generator/lowering/ids.py", "return int.from_bytes(", "return int.does_not_exist(")
    for options in ((), ("--debug",)):
        result = project.generator("build", *options)
        assert result.returncode == 2
        assert ("Traceback" in result.stderr) == bool(options)


def test_a_module_that_cannot_be_imported_is_an_internal_error(root: Path, tmp_path: Path) -> None:
    """A generator that does not even start reports it as its bug: status 2 and no traceback."""
    project = copied(root, tmp_path / "project")
    options = project.folder / "generator/logs/options.py"
    options.write_text("raise RuntimeError('damaged')\n", encoding="utf-8")
    result = project.generator("build")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines() == ["internal error in options.py:1 <module>: RuntimeError: damaged", REPORT]
