"""The command `logs check`: its output and its exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main
from generator.logs.bench import generate_lines
from generator.logs.validator import LineValidator
from generator.pipeline import TEST_PLATFORM
from tests.logs.sample_lines import SCHEMA, line
from tests.rendering.platform_by_hand import platform_by_hand

Captured = pytest.CaptureFixture[str]
SECRET = "jane.doe@example.com"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The path of a log file that does not exist yet."""
    return tmp_path / "log.ndjson"


def check(*arguments: str | Path) -> int:
    """The exit status of a check with the tests' platform."""
    return main(["logs", "check", "--platform", str(TEST_PLATFORM), *map(str, arguments)])


def test_valid_lines_pass(log: Path, capsys: Captured) -> None:
    """Valid lines print one line on stdout and exit with 0; unrecognized lines are counted but are not violations."""
    log.write_bytes(line() + b"\nplain text\n\n" + line() + b"\n")
    assert check(log) == 0
    captured = capsys.readouterr()
    assert captured.out == "1 file: 2 of 4 lines recognized, 1 unrecognized; no violations\n"
    assert captured.err == ""


def test_violations_have_a_place_a_message_and_a_hint(log: Path, capsys: Captured) -> None:
    """Violations exit with 2 and name the file, line, field and rule, but never the secret."""
    log.write_bytes(line() + b"\n" + line(message=f"to {SECRET}", level="debug") + b"\n")
    assert check(log) == 2
    enum, email, summary = capsys.readouterr().err.splitlines()
    assert enum.startswith(f"{log}:2 level: the value is not one of those that the contract lists; ")
    assert email.startswith(f"{log}:2 message: text that rule email redacts was logged (an e-mail address")
    assert summary == "1 file: 2 of 2 lines recognized, 0 unrecognized; 2 violations of 2 kinds"
    assert SECRET not in enum + email


def test_violations_of_a_kind_are_bounded(tmp_path: Path, capsys: Captured) -> None:
    """Of 1,200 leaks in each of two files, five are shown with their lines and 2,395 are counted."""
    files = [tmp_path / name for name in ("a", "b")]
    for file in files:
        file.write_bytes((line(message=f"to {SECRET}") + b"\n") * 1200)
    assert check(*files) == 2
    *shown, more, summary = capsys.readouterr().err.splitlines()
    assert [problem.partition(" ")[0] for problem in shown] == [f"{files[0]}:{number}" for number in range(1, 6)]
    assert more.startswith(f"{files[0]}:5 and later: 2,395 more of this kind (email: message); ")
    assert summary == "2 files: 2,400 of 2,400 lines recognized, 0 unrecognized; 2,400 violations of 1 kind"


def test_strict_reports_unrecognized_lines(log: Path, capsys: Captured) -> None:
    """With --strict, an unrecognized line is a violation with its line number."""
    log.write_bytes(line() + b"\nplain text\n")
    assert check(log, "--strict") == 2
    assert capsys.readouterr().err.startswith(f"{log}:2: unrecognized line: not JSON in UTF-8; keep other ")


def test_raw_allows_raw_text(log: Path, capsys: Captured) -> None:
    """A prompt is a violation without --raw, and not with it."""
    log.write_bytes(line(metadata={"prompt": "a poem about rain"}))
    assert check(log) == 2
    assert "a poem" not in capsys.readouterr().err
    assert check("--raw", log) == 0


def test_a_missing_file_is_a_problem(log: Path, capsys: Captured) -> None:
    """A missing file exits with 2 before anything is read."""
    assert check(log) == 2
    assert capsys.readouterr().err.startswith(f"{log}: file not found; ")


def test_generated_lines_are_valid() -> None:
    """The benchmark's lines have no violations, contain a few failures, and are equal for equal seeds."""
    platform = platform_by_hand(worker_api=("/chat", "/search"), ingest_worker=("/ingest",))
    lines = list(generate_lines(platform, 1000))
    validator = LineValidator(SCHEMA)
    assert [violation for text in lines for violation in validator.violations(text.encode())] == []
    assert 1 <= sum('"status_code":500' in text for text in lines) <= 10
    assert lines == list(generate_lines(platform, 1000)) != list(generate_lines(platform, 1000, seed=2))
