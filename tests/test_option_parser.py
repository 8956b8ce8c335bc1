"""Wrong usage: one problem with the nearest name, status 2 and no usage text."""

from __future__ import annotations

import json

import pytest

from generator.cli import PROGRAM, main

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["biuld"], ': there is no command "biuld"; did you mean "build"? If not, give another one.'),
        (["logs", "chekc"], ' logs: there is no task "chekc"; did you mean "check"? If not, give another one.'),
        (
            ["build", "--plattform", "x"],
            ' build --plattform: there is no such option; did you mean "--platform"? If not, give another one.',
        ),
        (["build", "--plat", "x"], " build --plat: there is no such option; "),
        (["build", "--plattform=x"], " build --plattform: there is no such option; "),
        (["--vesrion"], ' --vesrion: there is no such option; did you mean "--version"? If not, give another one.'),
        (
            ["build", "platform.yaml"],
            " build platform.yaml: this argument is too many; remove it, or put quotes around a value that has spaces.",
        ),
        (["simulate", "--days", "x"], " simulate --days: 'x' is not a number; give a number."),
        (["simulate", "--seed", "1.5"], " simulate --seed: '1.5' is not a whole number; give a whole number."),
        (
            ["build", "--out"],
            " build --out: expected one argument; workers-ai-observability build --help describes it.",
        ),
        (
            ["trace"],
            " trace: the following arguments are required: REQUEST_ID, FILE; "
            "workers-ai-observability trace --help lists the arguments.",
        ),
        (
            ["diff", "--text", "--page", "x.html"],
            " diff --page: it has no meaning together with --text; remove one of the two.",
        ),
        (
            ["simulate", "--bench", "--to", "x"],
            " simulate --to: it has no meaning together with --bench; remove one of the two.",
        ),
        (["simulate", "--days", "2", "--bench"], " simulate --bench: it has no meaning together with --days; "),
        (["simulate", "--bench", "--seed", "1000"], " simulate --seed: it has no meaning together with --bench; "),
        (["simulate", "--bench", "--incident", "x"], " simulate --incident: it has no meaning together with --bench; "),
        (["backtest", "--case", "x", "--to", "y"], " backtest --to: it has no meaning together with --case; "),
        (["pictures", "--port", "1"], " pictures --port: there is no such option; "),
        (["preview", "--light"], " preview --light: there is no such option; "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_one_problem(arguments: list[str], problem: str, capsys: Captured) -> None:
    """The place is the command and its argument; the hint has the nearest name, or where to look."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    line, count = captured.err.splitlines()
    assert captured.out == ""
    assert line.startswith(PROGRAM + problem)
    assert count == "1 problem."


def test_every_unknown_option_is_reported(capsys: Captured) -> None:
    """Two unknown options are two problems; what follows the first may be its value, and is none."""
    assert main(["build", "--plattform", "x", "--color"]) == 2
    first, second, count = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{PROGRAM} build --color: ")
    assert second.startswith(f"{PROGRAM} build --plattform: ")
    assert count == "2 problems."


def test_a_wrong_value_is_safe_to_show(capsys: Captured) -> None:
    """It is one line, without control characters, and shortened."""
    assert main(["\x1b[31m\n" + "x" * 1000]) == 2
    text = capsys.readouterr().err
    assert len(text.splitlines()) == 2
    assert "\x1b" not in text
    assert len(text) < 400


@pytest.mark.parametrize("arguments", [["--json", "build", "--colour"], ["build", "--colour", "--json"]])
def test_wrong_usage_is_a_document_with_json(arguments: list[str], capsys: Captured) -> None:
    """`--json` before or after the command: the problem is in the document, and standard error is empty."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert captured.err == ""
    assert (document["exit_status"], document["command"], document["internal_error"]) == (2, "build", None)
    (problem,) = document["problems"]
    assert (problem["where"], problem["file"]) == (f"{PROGRAM} build --colour", None)
