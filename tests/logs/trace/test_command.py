"""The command `trace`: what it prints, where, and with which status it ends."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from generator.cli import main
from tests.logs.trace.made import REQUEST, THROUGH, answer, arrival, call, line, ndjson

Captured = pytest.CaptureFixture[str]
OTHER = "00000000-4c5d-4e6f-8a9b-0c1d2e3f4a5b"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A file with a request of ten lines."""
    file = tmp_path / "log.ndjson"
    file.write_bytes(ndjson(THROUGH))
    return file


def trace(*arguments: str | Path) -> int:
    """The status with which the command ends."""
    return main(["trace", *map(str, arguments)])


@pytest.mark.parametrize("given", [REQUEST, REQUEST.upper(), f" {REQUEST}\n"])
def test_a_request_is_drawn(log: Path, capsys: Captured, given: str) -> None:
    """Status 0, the picture on standard output; the id may be written as it was copied."""
    assert trace(given, log) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"request  {REQUEST}\n")
    assert said.err == ""


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """`-` among the files."""
    stream = io.BufferedReader(io.BytesIO(ndjson(THROUGH)))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
    assert trace(REQUEST, "-") == 0
    assert "lines    10 of 10 searched" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["", "8d3f2b1a", REQUEST + "0", "\x1b[31m" + REQUEST, "x" * 1000])
def test_an_id_that_is_none_is_refused(log: Path, capsys: Captured, given: str) -> None:
    """Status 2; the cure says what an id looks like, and what was given cannot steer the terminal."""
    assert trace(given, log) == 2
    said = capsys.readouterr().err
    assert "is no UUID; give the request_id of a log line or the x-request-id of an answer" in said
    assert "\x1b" not in said
    assert len(said) < 300


def test_an_id_that_is_not_there_is_one_fault(log: Path, capsys: Captured) -> None:
    """Status 2, with how many lines were searched."""
    assert trace(OTHER, log, log) == 2
    said = capsys.readouterr().err
    assert f"no line of {OTHER} among 20 lines of 2 files; name the logs of all services" in said
    assert said.endswith("\n1 fault.\n")


def test_the_id_of_a_caller_leads_to_ours(log: Path, capsys: Captured) -> None:
    """Who gives an id of a caller's is told the request that it belongs to."""
    log.write_bytes(ndjson([arrival(0, meta={"caller_request_id": OTHER})]))
    assert trace(OTHER, log) == 2
    assert f"a caller gave this id to requests that have ids of ours; trace {REQUEST}." in capsys.readouterr().err


def test_files_that_are_not_there_are_told_at_once(tmp_path: Path, capsys: Captured) -> None:
    """Two names, two faults, status 2."""
    assert trace(REQUEST, tmp_path / "a", tmp_path / "b") == 2
    assert capsys.readouterr().err.count("there is no such file") == 2


def test_json_is_for_machines(log: Path, capsys: Captured) -> None:
    """The same flow, nested, times from the first arrival, failures with their stacks; ASCII alone."""
    failure = {"message": "boom ✗", "stack": "Error: boom"}
    log.write_bytes(
        ndjson([arrival(0), call(50, 20, error=failure, meta={"binding": "B"}), answer(60, 60), line(61, "message")])
    )
    assert trace(REQUEST, log, "--json") == 0
    text = capsys.readouterr().out
    read = json.loads(text)
    (visit,) = read["steps"]
    asked, said = visit["steps"]
    assert text.isascii()
    assert [read[name] for name in ("request_id", "tenant_id", "route")] == [REQUEST, "com-mrrainbowsmoke", "/chat"]
    assert [read[name] for name in ("status_code", "latency_ms", "began")] == [200, 60, "2026-11-24T18:25:26.000+00:00"]
    assert (read["lines"]["found"], read["lines"]["lines"], read["remarks"]) == (4, 4, [])
    assert (visit["kind"], visit["service"], visit["failed"], visit["place"]) == (
        "visit",
        "worker-api",
        False,
        f"{log}:3",
    )
    assert (asked["start_ms"], asked["duration_ms"], asked["failed"], asked["error"]) == (30, 20, True, failure)
    assert (said["kind"], said["start_ms"], said["steps"]) == ("said", 61, [])


def test_the_order_of_files_does_not_matter(tmp_path: Path, capsys: Captured) -> None:
    """Each service's lines in a file of its own, named in either order, make one picture."""
    names = [tmp_path / "api", tmp_path / "ingest"]
    for name, service in zip(names, ("worker-api", "ingest-worker"), strict=True):
        name.write_bytes(ndjson(one for one in THROUGH if one["service"] == service))
    trace(REQUEST, *names)
    first = capsys.readouterr().out
    trace(REQUEST, *reversed(names))
    assert capsys.readouterr().out == first
