"""The command `logs check`: what it says, how much of it, and with which status it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main
from generator.logs.bench import made
from generator.logs.validator import Judge
from generator.pipeline import TEST_PLATFORM
from tests.logs.lines import SCHEMA, line
from tests.rendering.platform_by_hand import platform_by_hand

Captured = pytest.CaptureFixture[str]
SECRET = "jane.doe@example.com"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A file of logs, to be filled."""
    return tmp_path / "log.ndjson"


def check(*arguments: str | Path) -> int:
    """The status with which a check ends, on production."""
    return main(["logs", "check", "--platform", str(TEST_PLATFORM), *map(str, arguments)])


def test_good_lines_are_good(log: Path, capsys: Captured) -> None:
    """Status 0, one line on standard output; lines that are not ours are counted, and no fault."""
    log.write_bytes(line() + b"\nplain text\n\n" + line() + b"\n")
    assert check(log) == 0
    said = capsys.readouterr()
    assert said.out == "1 file: 2 of 4 lines are ours, 1 not; they keep the contract, and nothing leaks\n"
    assert said.err == ""


def test_faults_say_where_what_and_cure(log: Path, capsys: Captured) -> None:
    """Status 2; the file, the line, the field and the rule are told, the secret never is."""
    log.write_bytes(line() + b"\n" + line(message=f"to {SECRET}", level="debug") + b"\n")
    assert check(log) == 2
    enum, email, summary = capsys.readouterr().err.splitlines()
    assert enum.startswith(f"{log}:2 level: the value is none of those that the contract lists; ")
    assert email.startswith(f"{log}:2 message: what rule email finds was logged (an e-mail address")
    assert summary == "1 file: 2 of 2 lines are ours, 0 not; 2 faults of 2 kinds"
    assert SECRET not in enum + email


def test_many_faults_of_a_kind_are_bounded(tmp_path: Path, capsys: Captured) -> None:
    """Of 1,200 leaks in each of two files, five are shown with their lines, and 2,395 counted."""
    files = [tmp_path / name for name in ("a", "b")]
    for file in files:
        file.write_bytes((line(message=f"to {SECRET}") + b"\n") * 1200)
    assert check(*files) == 2
    *shown, more, summary = capsys.readouterr().err.splitlines()
    assert [one.partition(" ")[0] for one in shown] == [f"{files[0]}:{number}" for number in range(1, 6)]
    assert more.startswith(f"{files[0]}:5 and after: 2,395 more of this kind (email message); ")
    assert summary == "2 files: 2,400 of 2,400 lines are ours, 0 not; 2,400 faults of 1 kind"


def test_strict_minds_what_is_not_ours(log: Path, capsys: Captured) -> None:
    """With --strict, a line of something else is a fault with its place."""
    log.write_bytes(line() + b"\nplain text\n")
    assert check(log, "--strict") == 2
    assert capsys.readouterr().err.startswith(f"{log}:2: the line is not ours: it is not JSON in UTF-8; keep other ")


def test_raw_text_is_let_through_where_it_is_meant(log: Path, capsys: Captured) -> None:
    """A prompt is a fault, and with --raw none."""
    log.write_bytes(line(metadata={"prompt": "a poem about rain"}))
    assert check(log) == 2
    assert "a poem" not in capsys.readouterr().err
    assert check("--raw", log) == 0


def test_a_file_that_is_not_there_is_a_fault(log: Path, capsys: Captured) -> None:
    """Status 2, before anything is read."""
    assert check(log) == 2
    assert capsys.readouterr().err.startswith(f"{log}: there is no such file; ")


def test_the_lines_of_the_benchmark_are_what_workers_write() -> None:
    """They keep the contract, leak nothing, fail now and then, and are the same for the same seed."""
    platform = platform_by_hand(worker_api=("/chat", "/search"), ingest_worker=("/ingest",))
    lines = list(made(platform, 1000))
    judge = Judge(SCHEMA)
    assert [breach for one in lines for breach in judge.breaches(one.encode())] == []
    assert 1 <= sum('"status_code":500' in one for one in lines) <= 10
    assert lines == list(made(platform, 1000)) != list(made(platform, 1000, seed=2))
