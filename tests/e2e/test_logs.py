"""The Workers' log lines match the contract, contain no secrets, and describe each request."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.ir.build import Compiled
from tests.e2e.client import SentRequest
from tests.e2e.end_to_end_run import EndToEndRun
from tests.e2e.planted_secrets import NEEDLES
from tests.e2e.workload import EXTERNAL_REQUEST_ID


@pytest.fixture(scope="module")
def remembered_chat(run: EndToEndRun) -> SentRequest:
    """A chat that succeeded and stored its question as a document."""
    chats = (request for request in run.sent if request.route == "/chat")
    return next(request for request in chats if request.documents and not request.failed)


def test_every_line_matches_the_schema(run: EndToEndRun, built: tuple[Compiled, Path]) -> None:
    """Each line validates, every step of a request has lines, and there is no other output."""
    schema = json.loads(built[0].texts["contract/log.schema.json"])
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    lines = run.application.log_lines()
    problems = [
        f"{error.json_path}: {error.message}: {line}" for line in lines for error in validator.iter_errors(line)
    ]
    assert problems == []
    assert {"arrival", "call", "answer", "message"} <= {line["metadata"]["step"] for line in lines}
    assert [line[:200] for line in run.application.output() if not line.startswith("{")] == []


@pytest.mark.parametrize("secret", NEEDLES)
def test_no_line_contains_a_secret(run: EndToEndRun, secret: str) -> None:
    """Secrets in questions, headers, session names and error messages are never logged."""
    spellings = {NEEDLES[secret], json.dumps(NEEDLES[secret])[1:-1]}
    lines = run.application.output()
    assert [line[:200] for line in lines if any(spelling in line for spelling in spellings)] == []


def test_the_log_contains_redacted_texts(run: EndToEndRun) -> None:
    """Errors that quote questions and sessions named by an e-mail address are logged, with their secrets redacted."""
    lines = run.application.log_lines()
    errors = [line["error"]["message"] for line in lines if line.get("error")]
    assert [message for message in errors if message.startswith("a question of") and "[redacted:" in message]
    sessions = {line["metadata"]["conversation"] for line in lines if "conversation" in line["metadata"]}
    assert {"[redacted:email]/0", "careless"} <= sessions


def test_all_lines_of_a_request_have_its_id(run: EndToEndRun, remembered_chat: SentRequest) -> None:
    """The request id of the response is on the lines of both Workers, of the Durable Object and of the queue consumer,
    all with one tenant."""
    lines = [line for line in run.application.log_lines() if line["request_id"] == remembered_chat.request_id]
    messages = {(line["service"], line["message"]) for line in lines}
    assert {("worker-api", "conversation turn"), ("ingest-worker", "document stored")} <= messages
    routes = {(line["service"], line["route"]) for line in lines}
    assert routes == {("worker-api", "/chat"), ("ingest-worker", "/ingest")}
    assert {line["tenant_id"] for line in lines} == {remembered_chat.tenant}


def test_an_external_request_id_is_not_used(run: EndToEndRun) -> None:
    """An id of an external client is logged beside the generated id, which is in the response."""
    lines = run.application.log_lines()
    external = [line for line in lines if line["metadata"].get("caller_request_id") == EXTERNAL_REQUEST_ID]
    expected_ids = {request.request_id for request in run.sent if request.route == "other"}
    assert {line["request_id"] for line in external} == expected_ids
    assert all(line["request_id"] != EXTERNAL_REQUEST_ID for line in lines)


def test_the_log_commands_accept_the_file(run: EndToEndRun, remembered_chat: SentRequest, root: Path) -> None:
    """`logs lint` finds no problem, and `trace` shows the request in both Workers and the queue."""
    log = str(run.application.log)
    check = _generator(root, "logs", "lint", log)
    assert check.returncode == 0, check.stderr
    trace: Any = json.loads(_generator(root, "trace", "--json", remembered_chat.request_id, log).stdout)
    (request,) = trace["spans"]
    assert (request["service"], request["name"]) == ("worker-api", "worker-api /chat")
    callers = {span["name"] for span in _spans(request) for child in span["children"] if "/ingest" in child["name"]}
    assert callers == {"INGEST fetch", "QUEUE send"}


def test_spans_have_the_ids_and_parents_of_their_lines(
    run: EndToEndRun, remembered_chat: SentRequest, root: Path
) -> None:
    """Exported as OTLP, each unit of work has the span id and the parent that its lines name, over the service binding,
    the Durable Object and the queue, and the trace id of the request."""
    exported: Any = json.loads(
        _generator(root, "trace", "--otlp", remembered_chat.request_id, str(run.application.log)).stdout
    )
    spans = [span for each in exported["resourceSpans"] for scope in each["scopeSpans"] for span in scope["spans"]]
    assert {span["traceId"] for span in spans} == {remembered_chat.request_id.replace("-", "")}
    lines = [line for line in run.application.log_lines() if line["request_id"] == remembered_chat.request_id]
    logged = {line["metadata"]["span_id"]: line["metadata"].get("parent_span_id", "") for line in lines}
    parents = {span["spanId"]: span["parentSpanId"] for span in spans}
    assert parents == logged
    assert [span["name"] for span in spans if not span["parentSpanId"]] == ["worker-api /chat"]
    assert {parent for parent in logged.values() if parent} <= logged.keys()


def _spans(span: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield span
    for child in span["children"]:
        yield from _spans(child)


def _generator(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "generator", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
