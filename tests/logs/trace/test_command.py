"""The command `trace`: its output and its exit status."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from generator.cli import main
from tests.logs.trace.sample_request import BINDING_AND_QUEUE, REQUEST_ID, answer, arrival, call, line, ndjson

Captured = pytest.CaptureFixture[str]
OTHER = "00000000-4c5d-4e6f-8a9b-0c1d2e3f4a5b"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A file with a request of ten lines."""
    file = tmp_path / "log.ndjson"
    file.write_bytes(ndjson(BINDING_AND_QUEUE))
    return file


def trace(*arguments: str | Path) -> int:
    """The exit status of the command."""
    return main(["trace", *map(str, arguments)])


@pytest.mark.parametrize("request_id", [REQUEST_ID, REQUEST_ID.upper(), f" {REQUEST_ID}\n"])
def test_a_request_is_drawn(log: Path, capsys: Captured, request_id: str) -> None:
    """The waterfall goes to stdout with exit status 0; the id may have capitals and surrounding space."""
    assert trace(request_id, log) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(f"request  {REQUEST_ID}\n")
    assert captured.err == ""


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """`-` reads standard input."""
    stream = io.BufferedReader(io.BytesIO(ndjson(BINDING_AND_QUEUE)))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
    assert trace(REQUEST_ID, "-") == 0
    assert "lines    10 of 10 searched" in capsys.readouterr().out


@pytest.mark.parametrize("request_id", ["", "8d3f2b1a", REQUEST_ID + "0", "\x1b[31m" + REQUEST_ID, "x" * 1000])
def test_an_invalid_id_is_rejected(log: Path, capsys: Captured, request_id: str) -> None:
    """An invalid id exits with 2 and a hint about its format, and cannot control the terminal."""
    assert trace(request_id, log) == 2
    error = capsys.readouterr().err
    assert "is not a UUID; give the request_id of a log line or the x-request-id of a response" in error
    assert "\x1b" not in error
    assert len(error) < 300


def test_an_id_that_is_not_found_is_a_problem(log: Path, capsys: Captured) -> None:
    """An unknown id exits with 2 and the number of searched lines."""
    assert trace(OTHER, log, log) == 2
    error = capsys.readouterr().err
    assert f"no line of {OTHER} among 20 lines of 2 files; name the logs of all services" in error
    assert error.endswith("\n1 problem.\n")


def test_an_id_from_a_caller_leads_to_the_request_id(log: Path, capsys: Captured) -> None:
    """For an id that a caller sent, the hint has the request id that was assigned."""
    log.write_bytes(ndjson([arrival(0, meta={"caller_request_id": OTHER})]))
    assert trace(OTHER, log) == 2
    assert f"; trace {REQUEST_ID}, the requests whose caller sent this id." in capsys.readouterr().err


def test_missing_files_are_reported_together(tmp_path: Path, capsys: Captured) -> None:
    """Two missing files are two problems and exit with 2."""
    assert trace(REQUEST_ID, tmp_path / "a", tmp_path / "b") == 2
    assert capsys.readouterr().err.count("file not found") == 2


def test_json_has_the_whole_trace(log: Path, capsys: Captured) -> None:
    """`--json` prints the nested spans in ASCII, with times relative to the first arrival and errors with stacks."""
    error = {"message": "boom ✗", "stack": "Error: boom"}
    log.write_bytes(
        ndjson([arrival(0), call(50, 20, error=error, meta={"binding": "B"}), answer(60, 60), line(61, "message")])
    )
    assert trace(REQUEST_ID, log, "--json") == 0
    text = capsys.readouterr().out
    parsed = json.loads(text)
    (server,) = parsed["spans"]
    client, event = server["children"]
    assert text.isascii()
    assert [parsed[key] for key in ("request_id", "tenant_id", "route")] == [
        REQUEST_ID,
        "com-mrrainbowsmoke",
        "/chat",
    ]
    assert [parsed[key] for key in ("status_code", "latency_ms", "start_time")] == [
        200,
        60,
        "2026-11-24T18:25:26.000+00:00",
    ]
    assert (parsed["lines"]["found"], parsed["lines"]["searched"], parsed["notes"]) == (4, 4, [])
    assert (server["kind"], server["service"], server["failed"], server["location"]) == (
        "server",
        "worker-api",
        False,
        f"{log}:3",
    )
    assert (client["kind"], client["failed"], client["error"]) == ("client", True, error)
    assert (client["start_ms"], client["duration_ms"]) == (30, 20)
    assert (event["kind"], event["start_ms"], event["children"]) == ("event", 61, [])


def test_the_order_of_files_does_not_matter(tmp_path: Path, capsys: Captured) -> None:
    """With each service's lines in a file of its own, both orders of the files have the same output."""
    names = [tmp_path / "api", tmp_path / "ingest"]
    for name, service in zip(names, ("worker-api", "ingest-worker"), strict=True):
        name.write_bytes(ndjson(record for record in BINDING_AND_QUEUE if record["service"] == service))
    trace(REQUEST_ID, *names)
    first = capsys.readouterr().out
    trace(REQUEST_ID, *reversed(names))
    assert capsys.readouterr().out == first


def test_a_trace_id_is_the_request_id_without_dashes(log: Path, capsys: Captured) -> None:
    """The trace id of a line finds the request."""
    assert trace(REQUEST_ID.replace("-", ""), log) == 0
    assert capsys.readouterr().out.startswith(f"request  {REQUEST_ID}\n")


@pytest.mark.parametrize(("arguments", "missing"), [([], "REQUEST_ID, FILE"), ([REQUEST_ID], "FILE")])
def test_what_is_missing_is_a_problem(capsys: Captured, arguments: list[str], missing: str) -> None:
    """Without `--follow`, an id and logs are required."""
    assert trace(*arguments) == 2
    assert f" trace: the following arguments are required: {missing}; " in capsys.readouterr().err


def test_otlp_is_one_line_of_json(log: Path, capsys: Captured) -> None:
    """`--otlp` prints one message, whose trace id is the request id without dashes, and excludes `--json`."""
    assert trace("--otlp", REQUEST_ID, log) == 0
    (message,) = capsys.readouterr().out.splitlines()
    spans = [span for each in json.loads(message)["resourceSpans"] for span in each["scopeSpans"][0]["spans"]]
    assert {span["traceId"] for span in spans} == {REQUEST_ID.replace("-", "")}
    assert trace("--otlp", "--json", REQUEST_ID, log) == 2
    assert "it has no meaning together with --json" in capsys.readouterr().out


@pytest.fixture
def input_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two requests on standard input."""
    data = ndjson([*BINDING_AND_QUEUE, line(0, "message", request_id=OTHER)])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))


@pytest.mark.usefixtures("input_of_requests")
@pytest.mark.parametrize("arguments", [[], [REQUEST_ID], [REQUEST_ID, "-"]])
def test_following_shows_each_request(capsys: Captured, arguments: list[str]) -> None:
    """`--follow` shows all requests, or the one with the id, with an empty line after each."""
    assert trace("--follow", *arguments) == 0
    shown = [text.splitlines()[0] for text in capsys.readouterr().out.split("\n\nrequest")]
    assert len(shown) == (1 if arguments else 2)
    assert shown[0] == f"request  {REQUEST_ID}"


@pytest.mark.usefixtures("input_of_requests")
def test_following_prints_documents(capsys: Captured) -> None:
    """With `--json` each trace is an event on a line, and the last line is the document of the command's end."""
    assert trace("--follow", "--json") == 0
    first, second, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert [first["event"], first["request_id"], second["request_id"]] == ["trace", REQUEST_ID, OTHER]
    assert (end["command"], end["exit_status"]) == ("trace", 0)


@pytest.mark.usefixtures("input_of_requests")
def test_following_prints_otlp(capsys: Captured) -> None:
    """With `--otlp` each trace is a message on a line."""
    assert trace("--follow", "--otlp") == 0
    assert ["resourceSpans" in json.loads(text) for text in capsys.readouterr().out.splitlines()] == [True, True]


def test_files_are_not_followed(log: Path, capsys: Captured) -> None:
    """`--follow` with a file is a problem."""
    assert trace("--follow", REQUEST_ID, log) == 2
    assert "--follow: only standard input is followed; pipe the logs" in capsys.readouterr().err
