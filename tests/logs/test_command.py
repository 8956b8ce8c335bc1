"""The command `logs lint`: its output and its exit status."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from generator.cli import main
from generator.config.load import load
from generator.logs.bench import generate_lines
from generator.logs.validator import LineValidator
from generator.pipeline import TEST_PLATFORM
from tests.logs.exports import EXPORTS
from tests.logs.sample_lines import SCHEMA, line
from tests.rendering.platform_by_hand import platform_by_hand

Captured = pytest.CaptureFixture[str]
SECRET = "jane.doe@example.com"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The path of a log file that does not exist yet."""
    return tmp_path / "log.ndjson"


def lint(*arguments: str | Path) -> int:
    """The exit status with the tests' platform."""
    return main(["logs", "lint", "--platform", str(TEST_PLATFORM), *map(str, arguments)])


def test_valid_lines_pass(log: Path, capsys: Captured) -> None:
    """Valid lines print the coverage on stdout and exit with 0; lines of others are searched and are no violations."""
    log.write_bytes(line() + b"\nplain text\n\n" + line() + b"\n")
    assert lint(log) == 0
    captured = capsys.readouterr()
    assert captured.out == "1 file: 2 of 3 lines checked, 1 searched only; no violations\n"
    assert captured.err == ""


def test_violations_have_a_place_a_message_and_a_hint(log: Path, capsys: Captured) -> None:
    """Violations exit with 2 and name the file, line, field and rule, but never the secret."""
    log.write_bytes(line() + b"\n" + line(message=f"to {SECRET}", level="debug") + b"\n")
    assert lint(log) == 2
    enum, email, summary = capsys.readouterr().err.splitlines()
    assert enum.startswith(f"{log}:2 level: the value is not one of those that the contract lists; ")
    assert email.startswith(f"{log}:2 message: text that rule email redacts was logged (an e-mail address")
    assert summary == "1 file: 2 of 2 lines checked; 2 violations of 2 kinds"
    assert SECRET not in enum + email


def test_violations_of_a_kind_are_bounded(tmp_path: Path, capsys: Captured) -> None:
    """Of 1,200 leaks in each of two files, five are shown with their lines and 2,395 are counted."""
    files = [tmp_path / name for name in ("a", "b")]
    for file in files:
        file.write_bytes((line(message=f"to {SECRET}") + b"\n") * 1200)
    assert lint(*files) == 2
    *shown, more, summary = capsys.readouterr().err.splitlines()
    assert [problem.partition(" ")[0] for problem in shown] == [f"{files[0]}:{number}" for number in range(1, 6)]
    assert more.startswith(f"{files[0]}:5 and later: 2,395 more of this kind (email: message); ")
    assert summary == "2 files: 2,400 of 2,400 lines checked; 2,400 violations of 1 kind"


def test_strict_reports_unrecognized_lines(log: Path, capsys: Captured) -> None:
    """With --strict, an unrecognized line is a violation with its line number."""
    log.write_bytes(line() + b"\nplain text\n")
    assert lint(log, "--strict") == 2
    assert capsys.readouterr().err.startswith(
        f"{log}:2: unrecognized line: no object with a service and a request_id; "
    )


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "nothing was checked: it has no lines"),
        (b"\n\n", "nothing was checked: it has no lines"),
        (b"plain text\n" * 3, "nothing was checked: none of its 3 lines is of the Workers"),
        (b'{"level":30,"msg":"pino"}\n', "nothing was checked: none of its 1 line is of the Workers"),
    ],
)
@pytest.mark.parametrize("strict", [[], ["--strict"]])
def test_a_file_in_which_nothing_is_checked_is_a_problem(
    tmp_path: Path, capsys: Captured, data: bytes, what: str, strict: list[str]
) -> None:
    """An empty file and a file of others exit with 2, also beside a file with valid lines."""
    (tmp_path / "valid").write_bytes(line())
    (tmp_path / "other").write_bytes(data)
    assert lint(tmp_path / "valid", tmp_path / "other", *strict) == 2
    assert f"{tmp_path / 'other'}: {what}; " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "coverage"),
    [
        (line() + b"\n" + line()[:-40], "1 of 2 lines checked, 1 unreadable"),
        (line()[40:] + b"\n" + line(), "1 of 2 lines checked, 1 unreadable"),
        (line() + b"\n\xff\xfe", "1 of 2 lines checked, 1 unreadable"),
        (
            b'{"Logs":[{"Message":[' + json.dumps(line().decode()[:80]).encode() + b"]}]}",
            "0 of 1 line checked, 1 unreadable",
        ),
    ],
)
def test_what_cannot_be_read_is_a_problem(log: Path, capsys: Captured, data: bytes, coverage: str) -> None:
    """Lines that are cut at an end or inside of an export, and other encodings, exit with 2 and are counted."""
    log.write_bytes(data)
    assert lint(log) == 2
    error = capsys.readouterr().err
    assert "unreadable line: " in error
    assert f"1 file: {coverage}; " in error


def test_long_lines_and_utf_16_are_checked(log: Path, capsys: Captured) -> None:
    """A line of two MiB and a file in UTF-16 are read, and their leaks found."""
    long = json.dumps({"Logs": [{"Message": [line().decode()]}], "padding": "x " * (1 << 20), "to": SECRET}).encode()
    log.write_bytes(long)
    assert lint(log) == 2
    assert f"{log}:1 to: text that rule email redacts" in capsys.readouterr().err
    log.write_bytes((line() + b"\r\n" + line(message=SECRET)).decode().encode("utf-16"))
    assert lint(log) == 2
    error = capsys.readouterr().err
    assert f"{log}:2 message: text that rule email redacts" in error
    assert "2 of 2 lines checked; 1 violation" in error


def test_standard_input_is_checked(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """`-` is standard input, here an indented array."""
    data = EXPORTS["indented array"]([line(), line(message=SECRET)])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
    assert lint("-") == 2
    assert "1 file: 2 of 2 lines checked; 1 violation of 1 kind" in capsys.readouterr().err


def test_json_has_the_coverage(log: Path, capsys: Captured) -> None:
    """`--json` prints the numbers, the files in which nothing was checked, and each problem with its file and line."""
    log.write_bytes(line() + b"\ntext\n" + line(message=SECRET) + b"\n" + line()[:-9])
    empty = log.with_name("empty")
    empty.touch()
    assert lint("--json", log, empty) == 2
    document = json.loads(capsys.readouterr().out)
    keys = ("files", "lines", "checked", "searched", "unreadable", "unchecked_files")
    assert [document[key] for key in keys] == [2, 4, 2, 1, 1, [str(empty)]]
    assert {"rule": "email", "field": "message", "count": 1} in document["violations"]
    assert [(problem["file"], problem["line"]) for problem in document["problems"]] == [
        (str(log), 3),
        (str(log), 4),
        (str(empty), None),
    ]
    assert SECRET not in json.dumps(document)


def test_github_gets_annotations(log: Path, capsys: Captured) -> None:
    """`--github` prints a workflow command for each problem, and a notice for a clean log."""
    log.write_bytes(line(message=SECRET))
    assert lint("--github", log) == 2
    assert capsys.readouterr().out.startswith(f"::error file={log},line=1,title=logs lint::{log}:1 message: text that")
    log.write_bytes(line())
    assert lint("--github", log) == 0
    assert capsys.readouterr().out == "::notice title=logs lint::1 file: 1 of 1 line checked; no violations\n"


def test_a_route_of_another_service_can_be_allowed(log: Path) -> None:
    """`--origin-routes` accepts the routes that queues and RPC carry to other services."""
    platform = load(TEST_PLATFORM)
    (service, _), (_, routes) = list(platform.services.items())[:2]
    log.write_bytes(
        line(service=service, route=next(route for route in routes if route not in platform.services[service]))
    )
    assert lint(log) == 2
    assert lint("--origin-routes", log) == 0


def test_check_is_another_name(log: Path) -> None:
    """The task's former name still works."""
    log.write_bytes(line())
    assert main(["logs", "check", "--platform", str(TEST_PLATFORM), str(log)]) == 0


def test_raw_allows_raw_text(log: Path, capsys: Captured) -> None:
    """A prompt is a violation without --raw, and not with it."""
    log.write_bytes(line(metadata={"prompt": "a poem about rain"}))
    assert lint(log) == 2
    assert "a poem" not in capsys.readouterr().err
    assert lint("--raw", log) == 0


def test_a_missing_file_is_a_problem(log: Path, capsys: Captured) -> None:
    """A missing file exits with 2 before anything is read."""
    assert lint(log) == 2
    assert capsys.readouterr().err.startswith(f"{log}: file not found; ")


def test_generated_lines_are_valid() -> None:
    """The benchmark's lines have no violations, contain a few failures, and are equal for equal seeds."""
    platform = platform_by_hand(worker_api=("/chat", "/search"), ingest_worker=("/ingest",))
    lines = list(generate_lines(platform, 1000))
    validator = LineValidator(SCHEMA)
    assert [violation for text in lines for violation in validator.violations(text.encode())] == []
    assert 1 <= sum('"status_code":500' in text for text in lines) <= 10
    assert lines == list(generate_lines(platform, 1000)) != list(generate_lines(platform, 1000, seed=2))
